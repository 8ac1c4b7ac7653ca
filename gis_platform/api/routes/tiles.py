"""Vector tiles and small pictures of published layers, asked for again after half a minute."""

import json
from typing import Annotated

from fastapi import APIRouter, Header, Response

from gis_platform import __version__
from gis_platform.api.caching import UNTIL_WITHDRAWN, is_known
from gis_platform.api.deps import ConnectionDep, ServiceDep
from gis_platform.core.errors import NotFound, Text
from gis_platform.opendata.portal.outline import label_points, outline_values
from gis_platform.opendata.portal.page import has_labels
from gis_platform.opendata.tiles import tile

router = APIRouter(include_in_schema=False)
_MVT = "application/vnd.mapbox-vector-tile"
_CACHED = {"cache-control": UNTIL_WITHDRAWN}


@router.get("/tiles/{layer}/{version}/{z}/{x}/{y}.mvt")
def layer_tile(  # noqa: PLR0913, PLR0917  # five numbers name a tile
    service: ServiceDep,
    connection: ConnectionDep,
    layer: str,
    version: int,
    z: int,
    x: int,
    y: int,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One tile of a version; 204 where there is nothing to draw."""
    found = service.catalogue.version(connection, layer, version)
    etag = f'"{__version__}-{found.data_sha256[:16]}-{z}-{x}-{y}"'
    headers = {**_CACHED, "etag": etag}
    if is_known(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    body = tile(connection, found, z, x, y)
    return Response(body, 200 if body else 204, headers, media_type=_MVT if body else None)


@router.get("/outline/{layer}/{version}.labels.geojson")
def layer_labels(
    service: ServiceDep, connection: ConnectionDep, layer: str, version: int
) -> Response:
    """The names of the areas of a version, each at one point."""
    found = service.catalogue.version(connection, layer, version)
    if not has_labels(found):
        raise NotFound(Text("Bu katmanın adları yok.", "This layer has no names."))
    body = service.outlines.get(
        ("labels", found.name, found.version, found.data_sha256),
        lambda: json.dumps(label_points(connection, found), ensure_ascii=False),
    )
    return Response(body, headers=_CACHED, media_type="application/geo+json")


@router.get("/outline/{layer}/{version}.svg")
def layer_outline(
    service: ServiceDep, connection: ConnectionDep, layer: str, version: int
) -> Response:
    """The small picture of a version."""
    found = service.catalogue.version(connection, layer, version)
    body = service.outlines.get(
        ("outline", found.name, found.version, found.data_sha256),
        lambda: service.renderer.svg("outline.svg", **outline_values(connection, found)),
    )
    return Response(body, headers=_CACHED, media_type="image/svg+xml")
