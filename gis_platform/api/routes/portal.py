"""The public pages, in Turkish and in English."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from gis_platform.api.deps import ConnectionDep, Visit, VisitDep
from gis_platform.api.errors import KNOWN_ERRORS
from gis_platform.api.routes.layer_facts import facts_of
from gis_platform.core.errors import Gone, Unavailable, UsageError
from gis_platform.opendata.portal import pages
from gis_platform.opendata.portal.address_page import (
    AddressView,
    AskedAddress,
    address_page,
    address_view,
)
from gis_platform.opendata.portal.catalogue_page import choice_of, layers_page
from gis_platform.opendata.portal.developers_page import developers_page
from gis_platform.opendata.portal.layer_page import Asked, layer_page, table_view
from gis_platform.opendata.portal.outline import starting_place
from gis_platform.opendata.portal.paths import PAGES
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.portal.verify_page import verify_page
from gis_platform.opendata.verify import checksum_of, verify_hash

router = APIRouter(include_in_schema=False)
_ANSWERS = 5


def _pages(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a page under its path in each language."""

    def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        for language, path in PAGES[name].items():
            router.get(path, name=f"{name}-{language}")(endpoint)
        return endpoint

    return register


@_pages("home")
def home(visit: VisitDep, connection: ConnectionDep) -> HTMLResponse:
    """The front page."""
    layers = visit.service.catalogue.published(connection)
    return _html(visit, pages.home_page(visit.language, layers, visit.service.index.example()))


@_pages("layers")
def layers(visit: VisitDep, connection: ConnectionDep, request: Request) -> HTMLResponse:
    """The catalogue."""
    finder = visit.service.catalogue.finder(connection)
    return _html(visit, layers_page(visit.language, finder, choice_of(request.query_params)))


@_pages("layer")
def layer(visit: VisitDep, connection: ConnectionDep, name: str, request: Request) -> HTMLResponse:
    """The page of a layer; 410 where it was withdrawn."""
    catalogue = visit.service.catalogue
    versions = catalogue.versions(connection, name)
    try:
        current = catalogue.layer(connection, name)
    except Gone:
        gone = pages.withdrawn_page(visit.language, versions[0], visit.request_id)
        return _html(visit, gone, status=410)
    others = [each for each in catalogue.published(connection) if each.name != name]
    view = table_view(current, request.query_params)
    start = visit.service.starts.get(
        (name, current.data_sha256), lambda: starting_place(connection, current)
    )
    facts = facts_of(visit, connection, name)
    asked = Asked(visit.language, view, visit.base_url, start, facts)
    return _html(visit, layer_page(connection, versions, others, asked))


@_pages("search")
def search(visit: VisitDep, connection: ConnectionDep, q: str = "") -> HTMLResponse:
    """Layers and addresses that answer a text."""
    problem = pages.query_problem(visit.language, q)
    if problem is not None:
        return _html(visit, pages.unsearchable_page(visit.language, q, problem), is_kept=False)
    finder = visit.service.catalogue.finder(connection)
    view = _view(visit, q)
    return _html(visit, pages.search_page(visit.language, finder, q.strip(), view), is_kept=False)


@_pages("address")
def address(visit: VisitDep, connection: ConnectionDep, q: str = "") -> HTMLResponse:
    """Where an address lies, with a map."""
    problem = pages.query_problem(visit.language, q) if q else None
    view = _view(visit, q) if q and problem is None else None
    found = visit.service.catalogue.published(connection)
    service = visit.service
    public = service.settings.access.public_scopes.split(",")
    asked = AskedAddress(
        q.strip(), view, service.index.example(), problem,
        is_key_needed="batch" not in {each.strip() for each in public},
    )  # fmt: skip
    page = address_page(visit.language, asked, found)
    return _html(visit, page, is_kept=False)


@_pages("developers")
def developers(visit: VisitDep) -> HTMLResponse:
    """How programs use the portal."""
    example = visit.service.index.example()
    page = developers_page(visit.language, visit.base_url, KNOWN_ERRORS, example)
    return _html(visit, page)


@_pages("verify")
def verify(visit: VisitDep, connection: ConnectionDep, sha256: str = "") -> HTMLResponse:
    """Whether a file is one we published, and still valid."""
    said = sha256.strip()[: pages.QUERY_LIMIT]
    if not said:
        return _html(visit, verify_page(visit.language, "", None))
    try:
        digest = checksum_of(said)
    except UsageError as error:
        problem = error.say(visit.language)
        return _html(visit, verify_page(visit.language, said, None, problem), is_kept=False)
    found = verify_hash(connection, digest)
    return _html(visit, verify_page(visit.language, digest, found), is_kept=False)


@_pages("about")
def about(visit: VisitDep) -> HTMLResponse:
    """Who publishes and on which terms."""
    return _html(visit, pages.about_page(visit.language))


def _view(visit: Visit, said: str) -> AddressView:
    caller = visit.caller
    if "search" not in caller.scopes or "numarataj" not in caller.levels:
        return AddressView("closed")
    try:
        match, places = visit.service.index.search(said, _ANSWERS)
    except Unavailable:
        return address_view(visit.language, None, ())
    return address_view(visit.language, match, places)


def _html(visit: Visit, page: Page, *, status: int = 200, is_kept: bool = True) -> HTMLResponse:
    """The page; ``is_kept`` = a browser may keep it if it asks whether it is still right."""
    headers = {"cache-control": "no-cache" if is_kept else "no-store"}
    headers["content-language"] = page.frame.language
    return HTMLResponse(visit.service.renderer.page(page, visit.base_url), status, headers)
