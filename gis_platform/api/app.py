"""Puts the HTTP application together: routes, errors, entrance, OGC services."""

from fastapi import Depends, FastAPI
from starlette.types import ASGIApp

from gis_platform import __version__
from gis_platform.api import errors
from gis_platform.api.catalogue import CatalogueCache
from gis_platform.api.deps import Service, refuse_doubled
from gis_platform.api.entrance import Compression, Entrance
from gis_platform.api.index import AddressIndex
from gis_platform.api.kept import Kept
from gis_platform.api.ogc import mount_ogc
from gis_platform.api.routes import (
    addresses,
    assets,
    compatible,
    desk,
    files,
    health,
    layers,
    portal,
    register,
    tiles,
)
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.portal.assets import read_assets
from gis_platform.opendata.portal.render import Renderer

API = "/api/v1"


class Application(FastAPI):
    """FastAPI with our entrance outside everything, so that no answer passes beside it."""

    is_https: bool = False

    def build_middleware_stack(self) -> ASGIApp:
        """The entrance, then compression, then FastAPI's own."""
        return Entrance(Compression(super().build_middleware_stack()), is_https=self.is_https)


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The application over a database that has been upgraded.

    Raises:
        ConfigError: the npm packages the pages need are not installed.
        Unavailable: the database does not answer.
    """
    app = Application(
        title="Eyüpsultan Açık Veri / Open Data", version=__version__,
        openapi_url=f"{API}/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.is_https = (settings.server.public_url or "").startswith("https:")
    found = read_assets(settings)
    app.state.service = Service(
        settings=settings,
        database=database,
        catalogue=CatalogueCache(),
        index=AddressIndex(settings),
        assets=found,
        renderer=Renderer(settings, found),
        outlines=Kept(),
        starts=Kept(),
    )
    errors.install(app)
    strict = [Depends(refuse_doubled)]
    for resource in (addresses, register, compatible, layers, desk):
        app.include_router(resource.router, prefix=API, dependencies=strict)
    for resource in (health, tiles, files, assets, portal):
        app.include_router(resource.router)
    mount_ogc(app, database, settings, app.state.service.renderer)
    return app
