"""The public pages, in Turkish and in English."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from gis_platform.api.deps import ConnectionDep, Service, Visit, VisitDep
from gis_platform.api.errors import KNOWN_ERRORS
from gis_platform.api.html import html, pages
from gis_platform.api.routes.layer_facts import facts_of
from gis_platform.core.errors import Gone, Unavailable, UsageError
from gis_platform.opendata.coverage import Coverage, coverage, coverage_layers
from gis_platform.opendata.portal.address_page import (
    AddressView,
    AskedAddress,
    address_page,
    address_view,
)
from gis_platform.opendata.portal.catalogue_page import choice_of, layers_page
from gis_platform.opendata.portal.developers_page import developers_page
from gis_platform.opendata.portal.error_page import Lost, withdrawn_page
from gis_platform.opendata.portal.home_page import MOST_USED, HomeFacts, home_page
from gis_platform.opendata.portal.layer_page import Asked, layer_page
from gis_platform.opendata.portal.layer_table import table_view
from gis_platform.opendata.portal.outline import starting_place
from gis_platform.opendata.portal.pages import (
    QUERY_LIMIT,
    query_problem,
    search_page,
    unsearchable_page,
)
from gis_platform.opendata.portal.statistics_page import most_used
from gis_platform.opendata.portal.verify_page import verify_page
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.verify import checksum_of, verify_hash

router = APIRouter(include_in_schema=False)
_ANSWERS = 5


@pages(router, "home")
def home(visit: VisitDep, connection: ConnectionDep) -> HTMLResponse:
    """The front page."""
    layers = visit.service.catalogue.published(connection)
    service = visit.service
    facts = HomeFacts(
        service.index.example(), most_used(service.uses.by_layer(connection), layers, MOST_USED),
        _coverage(service, connection, layers),
    )  # fmt: skip
    return html(visit, home_page(visit.language, layers, facts))


@pages(router, "layers")
def layers(visit: VisitDep, connection: ConnectionDep, request: Request) -> HTMLResponse:
    """The catalogue."""
    finder = visit.service.catalogue.finder(connection)
    return html(visit, layers_page(visit.language, finder, choice_of(request.query_params)))


@pages(router, "layer")
def layer(visit: VisitDep, connection: ConnectionDep, name: str, request: Request) -> HTMLResponse:
    """The page of a layer; 410 where it was withdrawn."""
    catalogue = visit.service.catalogue
    versions = catalogue.versions(connection, name)
    try:
        current = catalogue.layer(connection, name)
    except Gone:
        gone = withdrawn_page(
            visit.language,
            versions[0],
            Lost(request.url.path, catalogue.known(), request_id=visit.request_id),
        )
        return html(visit, gone, status=410)
    others = [each for each in catalogue.published(connection) if each.name != name]
    view = table_view(current, request.query_params.multi_items())
    start = visit.service.starts.get(
        (name, current.data_sha256), lambda: starting_place(connection, current)
    )
    facts = facts_of(visit, connection, name)
    asked = Asked(visit.language, view, visit.base_url, start, facts)
    return html(visit, layer_page(connection, versions, others, asked))


@pages(router, "search")
def search(visit: VisitDep, connection: ConnectionDep, q: str = "") -> HTMLResponse:
    """Layers and addresses that answer a text."""
    problem = query_problem(visit.language, q)
    if problem is not None:
        return html(visit, unsearchable_page(visit.language, q, problem), is_kept=False)
    finder = visit.service.catalogue.finder(connection)
    view = _view(visit, q)
    return html(visit, search_page(visit.language, finder, q.strip(), view), is_kept=False)


@pages(router, "address")
def address(visit: VisitDep, connection: ConnectionDep, q: str = "") -> HTMLResponse:
    """Where an address lies, with a map."""
    problem = query_problem(visit.language, q) if q else None
    view = _view(visit, q) if q and problem is None else None
    found = visit.service.catalogue.published(connection)
    service = visit.service
    public = service.settings.access.public_scopes.split(",")
    asked = AskedAddress(
        q.strip(), view, service.index.example(), problem,
        is_key_needed="batch" not in {each.strip() for each in public},
    )  # fmt: skip
    page = address_page(visit.language, asked, found)
    return html(visit, page, is_kept=False)


@pages(router, "developers")
def developers(visit: VisitDep) -> HTMLResponse:
    """How programs use the portal."""
    example = visit.service.index.example()
    page = developers_page(visit.language, visit.base_url, KNOWN_ERRORS, example)
    return html(visit, page)


@pages(router, "verify")
def verify(visit: VisitDep, connection: ConnectionDep, sha256: str = "") -> HTMLResponse:
    """Whether a file is one we published, and still valid."""
    said = sha256.strip()[:QUERY_LIMIT]
    if not said:
        return html(visit, verify_page(visit.language, "", None))
    try:
        digest = checksum_of(said)
    except UsageError as error:
        problem = error.say(visit.language)
        return html(visit, verify_page(visit.language, said, None, problem), is_kept=False)
    found = verify_hash(connection, digest)
    return html(visit, verify_page(visit.language, digest, found), is_kept=False)


def _coverage(
    service: Service, connection: Connection, layers: Sequence[PublicLayer]
) -> Coverage | None:
    """Counted once for the two layers as they stand."""
    two = coverage_layers(layers)
    if two is None:
        return None
    return service.coverages.get(
        tuple(each.data_sha256 for each in two), lambda: coverage(connection, *two)
    )


def _view(visit: Visit, said: str) -> AddressView:
    caller = visit.caller
    if "search" not in caller.scopes or "numarataj" not in caller.levels:
        return AddressView("closed")
    try:
        match, places = visit.service.index.search(said, _ANSWERS)
    except Unavailable:
        return address_view(visit.language, None, ())
    return address_view(visit.language, match, places)
