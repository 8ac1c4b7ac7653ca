"""Puts the HTTP application together: routes, errors, entrance, OGC services."""

from typing import Any

from fastapi import Depends, FastAPI
from starlette.types import ASGIApp

from gis_platform import __version__
from gis_platform.api import errors
from gis_platform.api.catalogue import CatalogueCache
from gis_platform.api.deps import Service, refuse_doubled
from gis_platform.api.entrance import Compression, Entrance
from gis_platform.api.index import AddressIndex
from gis_platform.api.kept import Kept
from gis_platform.api.lifetime import close_with, count_with
from gis_platform.api.ogc import WithOgc, make_ogc
from gis_platform.api.rights import Gate
from gis_platform.api.routes import (
    addresses,
    assets,
    batch,
    ckan,
    compatible,
    content,
    desk,
    feeds,
    files,
    health,
    iso,
    layer_facts,
    layers,
    nominatim,
    portal,
    rdf,
    register,
    reports,
    rows,
    static_copy,
    tiles,
)
from gis_platform.api.uses import Uses
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.pool import ReadPool
from gis_platform.opendata.portal.assets import read_assets
from gis_platform.opendata.portal.content_pages import read_content
from gis_platform.opendata.portal.paths import LANGUAGES
from gis_platform.opendata.portal.render import Renderer
from gis_platform.opendata.withheld import served_register

API = "/api/v1"
SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "birim anahtarı / key of a department: gis_…; X-API-Key too",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "OpenID Connect belirteci / token of the OpenID Connect issuer",
    },
}


class Application(FastAPI):
    """FastAPI with our entrance outside everything, so that no answer passes beside it."""

    is_https: bool = False

    def openapi(self) -> dict[str, Any]:
        """The description of the API, with the two ways of saying who one is."""
        found = super().openapi()
        found["components"].setdefault("securitySchemes", SECURITY)
        found.setdefault("security", [{}, *({name: []} for name in SECURITY)])
        return found

    def build_middleware_stack(self) -> ASGIApp:
        """The entrance, then compression, then the gate, then the OGC API or FastAPI's own."""
        service: Service = self.state.service
        behind = WithOgc(self.state.ogc, super().build_middleware_stack())
        gate = Gate(behind, service.settings.access, service.callers, errors.refuse)
        return Entrance(
            Compression(gate),
            is_https=self.is_https,
            origins=service.settings.server.cors_origins,
            uses=service.uses,
        )


def create_app(settings: Settings, database: Database, *, is_copy: bool = False) -> FastAPI:
    """The application over a database that has been upgraded.

    Args:
        settings: of the portal.
        database: it reads from.
        is_copy: whether its answers become a static copy: pages are without what only a server
            can answer.

    Raises:
        ConfigError: the npm packages the pages need are not installed; a page or list of one's
            own is not in order, or narrows the licence.
        Unavailable: the database does not answer.
    """
    app = Application(
        title="Eyüpsultan Açık Veri / Open Data", version=__version__,
        openapi_url=f"{API}/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.is_https = (settings.server.public_url or "").startswith("https:")
    found, prose = read_assets(settings), read_content(settings.portal)
    app.state.service = Service(
        settings=settings,
        database=database,
        catalogue=CatalogueCache(),
        index=AddressIndex(settings, is_absent=is_copy),
        assets=found,
        renderer=Renderer(
            settings,
            found,
            {language: prose.links(language) for language in LANGUAGES},
            is_copy=is_copy,
        ),
        outlines=Kept(),
        starts=Kept(),
        facts=Kept(),
        counts=Kept(),
        changes=Kept(),
        callers=ReadPool(database, size=4, writes=True),
        uses=Uses(database, is_counting=settings.portal.count_use and not is_copy),
        content=prose,
        register=served_register(settings),
        coverages=Kept(),
        is_copy=is_copy,
    )
    close_with(app, app.state.service.callers)
    count_with(app, app.state.service.uses)
    errors.install(app)
    strict = [Depends(refuse_doubled)]
    for resource in (
        addresses, register, compatible, nominatim, batch, layers, layer_facts, rows, desk,
    ):  # fmt: skip
        app.include_router(resource.router, prefix=API, dependencies=strict)
    if is_copy:
        app.include_router(static_copy.router)
    for resource in (
        health, feeds, iso, rdf, ckan, tiles, files, assets, portal, reports, content,
    ):  # fmt: skip
        app.include_router(resource.router)
    app.include_router(layer_facts.pages)
    app.state.ogc = make_ogc(app, database, settings, app.state.service.renderer)
    return app
