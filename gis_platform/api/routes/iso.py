"""Metadata of a data set as ISO 19139 and ISO 19115-3 XML, for the national portal."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from gis_platform.api.caching import kept
from gis_platform.api.deps import ConnectionDep, Visit, VisitDep
from gis_platform.opendata.iso19115_3 import iso19115_3
from gis_platform.opendata.iso19139 import iso19139
from gis_platform.opendata.iso_facts import IsoFacts, iso_facts
from gis_platform.opendata.portal.paths import ISO_FILES

router = APIRouter(include_in_schema=False)
_OPEN = {"access-control-allow-origin": "*"}
Known = Annotated[str | None, Header(alias="if-none-match")]


@router.get(ISO_FILES["iso19139"])
def as_iso19139(
    visit: VisitDep, connection: ConnectionDep, name: str, known: Known = None
) -> Response:
    """A data set as ISO 19139:2007."""
    return kept(iso19139(_facts(visit, connection, name)), "application/xml", known, headers=_OPEN)


@router.get(ISO_FILES["iso19115-3"])
def as_iso19115_3(
    visit: VisitDep, connection: ConnectionDep, name: str, known: Known = None
) -> Response:
    """A data set as ISO 19115-3:2016."""
    said = iso19115_3(_facts(visit, connection, name))
    return kept(said, "application/xml", known, headers=_OPEN)


def _facts(visit: Visit, connection: ConnectionDep, name: str) -> IsoFacts:
    service = visit.service
    layer = service.catalogue.layer(connection, name)
    return iso_facts(layer, service.settings, visit.base_url, is_copy=service.is_copy)
