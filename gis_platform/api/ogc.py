"""The OGC API: one handler per resource, over the pygeoapi of the current catalogue."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from json import dumps
from typing import Any

import psycopg
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gis_platform.api import ogc_documents as documents
from gis_platform.api import ogc_records as records
from gis_platform.api import ogc_tiles as tiles
from gis_platform.api.lifetime import close_with
from gis_platform.api.ogc_abandoned import while_waited_for
from gis_platform.api.ogc_answer import answer, nothing, refuse, stamp, unchanged, version_of
from gis_platform.api.ogc_catalogue import Catalogue, Edition
from gis_platform.api.ogc_encodings import check_encoding, encoded, is_encoded
from gis_platform.api.ogc_items import (
    Counts,
    feature_body,
    feature_links,
    guarded,
    headers_of,
    page_body,
    page_links,
    read_feature,
    read_page,
)
from gis_platform.api.ogc_openapi import description
from gis_platform.api.ogc_pages import Pages
from gis_platform.api.ogc_problem import Refused
from gis_platform.api.ogc_query import read_query, read_system
from gis_platform.api.ogc_request import (
    HTML,
    TILEJSON,
    Asked,
    is_for_people,
    read_request,
    spoken,
)
from gis_platform.api.ogc_resources import (
    CATALOGUE_OF,
    ITEM,
    ITEMS,
    RECORD,
    RECORDS,
    RESOURCES,
    SORTABLES_OF_RECORDS,
    TILE,
    Resource,
)
from gis_platform.core.errors import GisPlatformError, Text, Unavailable
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.pool import ReadPool
from gis_platform.opendata.ogc import PLACE
from gis_platform.opendata.portal.assets import read_assets
from gis_platform.opendata.portal.render import Renderer
from gis_platform.opendata.public import PublicLayer

Handler = Callable[[Request], Awaitable[Response]]
ROOT = "/ogc"
_MAKERS: dict[str, Callable[..., dict[str, Any]]] = {
    "landing": documents.landing,
    "openapi": description,
    "conformance": documents.classes,
    "collections": documents.collections,
    "collection": documents.collection,
    "queryables": documents.queryables,
    "sortables": documents.sortables,
    "schema": documents.schema,
    "catalogue": records.catalogue,
    "record_sortables": records.sortables,
    "schemes": tiles.schemes,
    "scheme": tiles.scheme,
    "tile_sets": tiles.tile_sets,
    "tile_set": tiles.tile_set,
    "tilejson": tiles.tile_json,
    "styles": tiles.styles,
    "style": tiles.style,
}
_SPECIAL = (CATALOGUE_OF, SORTABLES_OF_RECORDS, RECORDS, RECORD)
"""Their paths fit those of a layer too."""
_ASKED_MOST = (ITEMS, ITEM, TILE)
_SAID = {
    404: Text("Bu adreste bir şey yok.", "There is nothing at this address."),
    405: Text("Bu adres yalnızca okunur: GET ve HEAD.", "This address is read only: GET and HEAD."),
    500: Text("Sunucuda beklenmeyen bir hata.", "An unexpected error on the server."),
}
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """What the handlers share."""

    settings: Settings
    catalogue: Catalogue
    pool: ReadPool
    pages: Pages
    tiles: tiles.Tiles
    counts: Counts = field(default_factory=Counts)


class WithOgc:
    """Sends what begins with ``/ogc`` to the OGC API and everything else to the application.

    Before the router of the application, which would try its routes first. ``/ogc`` answers as
    ``/ogc/`` does: clients ask for exactly what was pasted.
    """

    def __init__(self, ogc: ASGIApp, others: ASGIApp) -> None:
        self._ogc, self._others = ogc, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not f"{path}/".startswith(f"{ROOT}/"):
            await self._others(scope, receive, send)
            return
        root = scope.get("root_path", "") + ROOT
        whole = f"{path}/" if path == ROOT else path
        await self._ogc({**scope, "path": whole, "root_path": root}, receive, send)


def make_ogc(
    app: FastAPI, database: Database, settings: Settings, renderer: Renderer | None = None
) -> ASGIApp:
    """The OGC API of the published layers, to be served under ``/ogc``; it ends with ``app``.

    Raises:
        Unavailable: the database does not answer.
        ConfigError: the npm packages the pages need are not installed.
    """
    pool = ReadPool(database)
    pages = Pages(renderer or Renderer(settings, read_assets(settings)))
    service = Service(settings, Catalogue(settings, database, pool), pool, pages, tiles.Tiles(pool))
    # Routes are tried in their order: what is asked most comes first.
    ordered = sorted(RESOURCES, key=lambda each: (each not in _SPECIAL, each not in _ASKED_MOST))
    inner = Starlette(routes=[Route(each.route, _handler(service, each)) for each in ordered])
    inner.router.redirect_slashes = False
    for kind in (GisPlatformError, HTTPException, psycopg.Error, Exception):
        inner.add_exception_handler(kind, partial(_on_error, service))
    close_with(app, pool)
    app.state.ogc_service = service
    return inner


def _handler(service: Service, resource: Resource) -> Handler:
    asking = {ITEMS: _items, ITEM: _item, TILE: _tile}
    if resource in {RECORDS, RECORD}:
        return partial(_records, service, resource)
    if resource in asking:
        return partial(while_waited_for, partial(asking[resource], service))
    return partial(_document, service, resource)


async def _document(service: Service, resource: Resource, request: Request) -> Response:
    asked = read_request(request, service.settings, resource.formats, resource.parameters)
    edition = await service.catalogue.current()
    names = tuple(request.path_params.values())
    if "collection_id" in request.path_params:
        edition.layer(request.path_params["collection_id"])
    known = stamp(edition.version, asked)
    if known.is_known_to(request):
        return unchanged(asked, known)
    key = (resource.name, names, asked.language, asked.language_said, asked.format.name)
    if key not in edition.kept:
        nowhere = replace(asked, place=PLACE)
        edition.kept[key] = await asyncio.to_thread(
            _made, service, resource, edition, nowhere, names
        )
    body: bytes = edition.kept[key].replace(PLACE.encode(), asked.place.encode())
    return answer(request, asked, body, known)


def _made(
    service: Service, resource: Resource, edition: Edition, asked: Asked, names: tuple[str, ...]
) -> bytes:
    """A document as bytes, with ``PLACE`` where scheme and host belong."""
    maker = "tilejson" if asked.format is TILEJSON else resource.name
    said = _MAKERS[maker](edition, asked.language, *names)
    if asked.format is HTML:
        return service.pages.document(resource.name, edition, asked, said).encode()
    if asked.language_said:
        said = documents.speaking(said, asked.language)
    return dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


async def _items(service: Service, request: Request) -> Response:
    edition = await service.catalogue.current()
    name = request.path_params["collection_id"]
    known_names = (*ITEMS.parameters, *edition.layer(name).entry.types)
    asked = read_request(request, service.settings, ITEMS.formats, known_names)

    async def read(layer: PublicLayer) -> Response:
        known = stamp(version_of(layer), asked, layer.published_at)
        if known.is_held_by(request):  # of these very parameters: they were read before
            return unchanged(asked, known)
        query = read_query(layer, asked.parameters)
        if known.is_known_to(request):
            return unchanged(asked, known)
        check_encoding(asked, query)
        page = await read_page(service.pool, service.counts, layer, query)
        links = page_links(asked, page, query, _collection(asked, name))
        if asked.format is HTML:
            html = await asyncio.to_thread(service.pages.items, asked, layer, page, links)
            return answer(request, asked, html.encode(), known)
        headers = headers_of(links, query.system, _collection(asked, name))
        if is_encoded(asked.format):
            body = await asyncio.to_thread(encoded, asked, layer, page, query, links)
            return answer(request, asked, body, known, headers)
        return answer(request, asked, page_body(page, links), known, headers)

    return await guarded(service.catalogue, edition, name, read)


async def _item(service: Service, request: Request) -> Response:
    edition = await service.catalogue.current()
    name, item_id = request.path_params["collection_id"], request.path_params["item_id"]
    edition.layer(name)
    asked = read_request(request, service.settings, ITEM.formats, ITEM.parameters)
    system = read_system("crs", asked.parameters)

    async def read(layer: PublicLayer) -> Response:
        known = stamp(version_of(layer), asked, layer.published_at)
        text = await read_feature(service.pool, layer, item_id, system)
        if known.is_known_to(request):
            return unchanged(asked, known)
        links = feature_links(asked, _collection(asked, name))
        if asked.format is HTML:
            html = await asyncio.to_thread(service.pages.item, asked, layer, text, links)
            return answer(request, asked, html.encode(), known)
        headers = headers_of(links, system, _collection(asked, name))
        return answer(request, asked, feature_body(text, links), known, headers)

    return await guarded(service.catalogue, edition, name, read)


async def _records(service: Service, resource: Resource, request: Request) -> Response:
    edition = await service.catalogue.current()
    asked = read_request(request, service.settings, resource.formats, resource.parameters)
    known = stamp(edition.version, asked)
    if known.is_held_by(request):
        return unchanged(asked, known)
    headers: dict[str, str] = {}
    if resource is RECORD:
        name = request.path_params["recordId"]
        said = records.one_record(edition, asked.language, name, service.settings)
        headers = records.templates_header(said, asked.place)
    else:  # of two thousand records the search takes a while
        said = await asyncio.to_thread(records.records, edition, asked, service.settings)
    if known.is_known_to(request):
        return unchanged(asked, known)
    return answer(request, asked, records.body(said, asked.place), known, headers)


async def _tile(service: Service, request: Request) -> Response:
    edition = await service.catalogue.current()
    name = request.path_params["collection_id"]
    edition.layer(name)
    asked = read_request(request, service.settings, TILE.formats)

    async def read(layer: PublicLayer) -> Response:
        z, x, y = tiles.tile_of(request.path_params)
        known = stamp(version_of(layer), asked, layer.published_at)
        if known.is_known_to(request):
            return unchanged(asked, known)
        body = await service.tiles.get(layer, z, x, y)
        if not body:
            return nothing(asked, known)
        return answer(request, asked, body, known)

    return await guarded(service.catalogue, edition, name, read)


def _collection(asked: Asked, name: str) -> str:
    return f"{asked.place}{ROOT}/collections/{name}"


async def _on_error(service: Service, request: Request, error: Exception) -> Response:
    """Every error as a problem document, or as a page where a person asked."""
    refused, language = _refused(error), spoken(request)
    if refused.status >= 500:  # noqa: PLR2004
        _LOG.error("%s: %s", request.url.path, error)
    if not is_for_people(request):
        return refuse(refused, language)
    html = service.pages.problem(refused, language)
    return refuse(refused, language, html.encode())


def _refused(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, Unavailable):
        return Refused(503, error.text, headers={"Retry-After": "5"})
    if isinstance(error, HTTPException) and error.status_code in {404, 405}:
        return Refused(
            error.status_code, _SAID[error.status_code], headers=dict(error.headers or {})
        )
    return Refused(500, _SAID[500])
