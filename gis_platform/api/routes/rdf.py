"""The catalogue and its data sets for machines: RDF (DCAT-AP), Frictionless data packages."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from rdflib import Graph

from gis_platform import __version__
from gis_platform.api.caching import etag_of, is_known, kept
from gis_platform.api.deps import ConnectionDep, Visit, VisitDep
from gis_platform.core.errors import NotFound, Text
from gis_platform.opendata.data_package import data_package
from gis_platform.opendata.dcat import PREFIXES, Page, catalogue_graph, dataset_graph
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.quality import results

router = APIRouter(include_in_schema=False)
PAGE_SIZE = 100
FORMATS = {
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "rdf": ("xml", "application/rdf+xml"),
    "jsonld": ("json-ld", "application/ld+json"),
}
"""By the end of the path: how rdflib calls it, and its media type."""
_OPEN = {"access-control-allow-origin": "*"}
Known = Annotated[str | None, Header(alias="if-none-match")]


@router.get("/katalog.{ending}")
def catalogue(
    visit: VisitDep,
    connection: ConnectionDep,
    ending: str,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    known: Known = None,
) -> Response:
    """The catalogue, ``PAGE_SIZE`` data sets a page."""
    _check(ending)
    layers = visit.service.catalogue.published(connection)
    part = layers[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if not part and page > 1:
        raise NotFound(Text("Katalogda böyle bir sayfa yok.", "The catalogue has no such page."))
    where = Page(visit.base_url, f"/katalog.{ending}", page, PAGE_SIZE, len(layers))
    settings, base = visit.service.settings, visit.base_url
    make = partial(catalogue_graph, part, settings, base, where, is_copy=visit.service.is_copy)
    return _answer(visit, ending, known, layers, make)


@router.get("/katman/{name}/datapackage.json")
@router.get("/en/layer/{name}/datapackage.json")
def package(visit: VisitDep, connection: ConnectionDep, name: str, known: Known = None) -> Response:
    """One data set as a Frictionless data package, its table described column by column."""
    layer = visit.service.catalogue.layer(connection, name)
    said = data_package(layer, visit.language, visit.base_url)
    body = json.dumps(said, ensure_ascii=False, indent=1).encode()
    return kept(body, "application/json", known, headers=_OPEN)


@router.get("/katman/{name}.{ending}")
def dataset(
    visit: VisitDep, connection: ConnectionDep, name: str, ending: str, known: Known = None
) -> Response:
    """One data set."""
    _check(ending)
    layer = visit.service.catalogue.layer(connection, name)
    service = visit.service
    measured = service.catalogue.measured(connection, name)
    found = next((each for each in measured if each.version == layer.version), None)
    quality = list(results(layer, found, layer.published_at.date())) if found else []
    make = partial(
        dataset_graph, layer, service.settings, visit.base_url, quality, is_copy=service.is_copy
    )
    return _answer(visit, ending, known, [layer], make)


def _check(ending: str) -> None:
    if ending not in FORMATS:
        there = ", ".join(FORMATS)
        raise NotFound(Text(f"Bu biçim yok; olanlar: {there}", f"There are: {there}"))


def _answer(
    visit: Visit,
    ending: str,
    known: str | None,
    layers: Sequence[PublicLayer],
    make: Callable[[], Graph],
) -> Response:
    """The graph ``make`` gives, made only where the reader does not hold it.

    It follows from the layers, from who publishes and from the address: its tag is made of those,
    for the names of blank nodes differ each time.
    """
    name, media_type = FORMATS[ending]
    parts = [__version__, visit.base_url, visit.service.settings.portal.model_dump_json(), name]
    parts += [f"{each.name} {each.version} {each.metadata_sha256}" for each in layers]
    etag = etag_of("\n".join(parts).encode())
    said = b"" if is_known(known, etag) else _serialised(make(), name)
    return kept(said, media_type, known, etag=etag, headers=_OPEN)


def _serialised(graph: Graph, name: str) -> bytes:
    if name != "json-ld":
        return graph.serialize(None, name, None, "utf-8")
    context = {prefix: str(space) for prefix, space in PREFIXES.items()}
    said = json.loads(graph.serialize(None, name, None, "utf-8", context=context))
    return json.dumps(_ordered(said), ensure_ascii=False, indent=1).encode()


def _ordered(said: Any) -> Any:
    """JSON-LD with its sets in one order: rdflib writes them as they come."""
    if isinstance(said, dict):
        return {name: _ordered(said[name]) for name in sorted(said)}
    if isinstance(said, list):
        made = [_ordered(each) for each in said]
        return sorted(made, key=lambda each: json.dumps(each, sort_keys=True))
    return said
