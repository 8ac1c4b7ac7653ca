"""The catalogue and its data sets for machines: RDF (DCAT-AP), Frictionless data packages."""

import hashlib
import json
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from rdflib import BNode, Graph

from gis_platform.api.caching import UNTIL_WITHDRAWN, is_known
from gis_platform.api.deps import ConnectionDep, VisitDep
from gis_platform.core.errors import NotFound, Text
from gis_platform.opendata.data_package import data_package
from gis_platform.opendata.dcat import PREFIXES, Page, catalogue_graph, dataset_graph

router = APIRouter(include_in_schema=False)
PAGE_SIZE = 100
FORMATS = {
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "rdf": ("xml", "application/rdf+xml"),
    "jsonld": ("json-ld", "application/ld+json"),
}
"""By the end of the path: how rdflib calls it, and its media type."""
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
    graph = catalogue_graph(part, visit.service.settings, visit.base_url, where)
    return _answer(graph, ending, known)


@router.get("/katman/{name}/datapackage.json")
@router.get("/en/layer/{name}/datapackage.json")
def package(visit: VisitDep, connection: ConnectionDep, name: str, known: Known = None) -> Response:
    """One data set as a Frictionless data package, its table described column by column."""
    layer = visit.service.catalogue.layer(connection, name)
    said = data_package(layer, visit.language, visit.base_url)
    body = json.dumps(said, ensure_ascii=False, indent=1).encode()
    return _kept(body, "application/json", f'"{hashlib.sha256(body).hexdigest()[:32]}"', known)


@router.get("/katman/{name}.{ending}")
def dataset(
    visit: VisitDep, connection: ConnectionDep, name: str, ending: str, known: Known = None
) -> Response:
    """One data set."""
    _check(ending)
    layer = visit.service.catalogue.layer(connection, name)
    return _answer(dataset_graph(layer, visit.service.settings, visit.base_url), ending, known)


def _check(ending: str) -> None:
    if ending not in FORMATS:
        there = ", ".join(FORMATS)
        raise NotFound(Text(f"Bu biçim yok; olanlar: {there}", f"There are: {there}"))


def _answer(graph: Graph, ending: str, known: str | None) -> Response:
    name, media_type = FORMATS[ending]
    context = {"context": {k: str(v) for k, v in PREFIXES.items()}} if ending == "jsonld" else {}
    said = graph.serialize(None, name, None, "utf-8", **context)
    # The names of blank nodes differ each time; the tag is made of what is said of them.
    etag = f'"{hashlib.sha256(_stable(graph)).hexdigest()[:32]}-{ending}"'
    return _kept(said, media_type, etag, known)


def _kept(said: bytes, media_type: str, etag: str, known: str | None) -> Response:
    headers = {"etag": etag, "cache-control": UNTIL_WITHDRAWN, "access-control-allow-origin": "*"}
    if is_known(known, etag):
        return Response(status_code=304, headers=headers)
    return Response(said, media_type=media_type, headers=headers)


def _stable(graph: Graph) -> bytes:
    """Every triple without the names of blank nodes, in an order that is always the same."""
    lines = sorted(
        " ".join("_" if isinstance(part, BNode) else part.n3() for part in triple)
        for triple in graph
    )
    return "\n".join(lines).encode()
