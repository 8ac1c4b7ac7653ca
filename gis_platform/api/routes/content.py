"""Pages of prose, the register of what is not published, and the statistics of use."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from gis_platform.api.deps import ConnectionDep, Visit, VisitDep
from gis_platform.api.html import html, pages
from gis_platform.core.errors import NotFound, Text
from gis_platform.opendata.portal.content_pages import CONTENT_PAGES, content_page
from gis_platform.opendata.portal.paths import USE_FILES
from gis_platform.opendata.portal.statistics_page import statistics_page, use_csv
from gis_platform.opendata.portal.withheld_page import withheld_page
from gis_platform.opendata.use import today

router = APIRouter(include_in_schema=False)
_CSV = "text/csv; charset=utf-8; header=present"


def _prose(name: str) -> Callable[[Visit], HTMLResponse]:
    def page(visit: VisitDep) -> HTMLResponse:
        return _shown(visit, name)

    return page


for _name in CONTENT_PAGES:
    pages(router, _name)(_prose(_name))


@pages(router, "page")
def added_page(visit: VisitDep, name: str) -> HTMLResponse:
    """A page the municipality added."""
    if name in CONTENT_PAGES:
        raise _unknown()
    return _shown(visit, name)


@pages(router, "withheld")
def withheld(visit: VisitDep, connection: ConnectionDep) -> HTMLResponse:
    """What is not published, and why."""
    service, portal = visit.service, visit.service.settings.portal
    entries = service.register.entries(service.catalogue.known_of(connection))
    name = portal.organisation_tr if visit.language == "tr" else portal.organisation_en
    return html(visit, withheld_page(visit.language, entries, name))


@pages(router, "statistics")
def statistics(visit: VisitDep, connection: ConnectionDep) -> HTMLResponse:
    """How much the layers are used."""
    said = visit.service.uses.by_month(connection)
    layers = visit.service.catalogue.published(connection)
    return html(visit, statistics_page(visit.language, said, layers, today()))


@router.get(USE_FILES["tr"])
@router.get(USE_FILES["en"])
def statistics_csv(visit: VisitDep, connection: ConnectionDep) -> Response:
    """The same as CSV."""
    said = visit.service.uses.by_month(connection)
    layers = visit.service.catalogue.published(connection)
    name = USE_FILES[visit.language].rpartition("/")[2]
    headers: dict[str, Any] = {
        "cache-control": "no-cache", "content-disposition": f'attachment; filename="{name}"',
    }  # fmt: skip
    return Response(use_csv(said, layers), 200, headers, media_type=_CSV)


def _shown(visit: Visit, name: str) -> HTMLResponse:
    page = visit.service.content.pages.get((name, visit.language))
    if page is None:
        raise _unknown()
    return html(visit, content_page(visit.service.settings.portal, page))


def _unknown() -> NotFound:
    return NotFound(Text("Böyle bir sayfa yok.", "There is no such page."))
