"""OGC API – Tiles: the tile sets of the layers, their tiles, and a style to draw them with."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from gis_platform.api.ogc_catalogue import Edition
from gis_platform.api.ogc_links import OGC_REL, link_to
from gis_platform.api.ogc_problem import Refused
from gis_platform.core.errors import NotFound, Text
from gis_platform.core.language import Language
from gis_platform.db.pool import ReadPool
from gis_platform.db.queries.tiles import HALF_WORLD
from gis_platform.opendata.ogc import CRS84, PLACE, attribution, column_schema
from gis_platform.opendata.portal.page import dimension_of, shape_of
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.tiles import DETAIL_ZOOM, columns_at, making, tiles_of

SCHEME = "WebMercatorQuad"
STYLE = "maplibre"
MVT = "application/vnd.mapbox-vector-tile"
STYLE_TYPE = "application/vnd.mapbox.style+json"
_SCHEME_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{SCHEME}"
_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
_PIXELS = 256
_PIXEL_M = 0.00028
"""Metres a pixel has on the screen the standard reckons with (17-083r4, 6.2)."""
KEPT_BYTES = 32_000_000
"""Of tiles that were made, the latest."""
_COLOURS = {"polygon": "#1c5ea8", "line": "#5d6d75", "point": "#a62b1f"}


class Tiles:
    """Makes tiles and keeps the latest: a version never changes, what is kept stays right."""

    def __init__(self, pool: ReadPool) -> None:
        self._pool = pool
        self._kept: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._size = 0

    async def get(self, layer: PublicLayer, z: int, x: int, y: int) -> bytes:
        """The tile; empty where there is nothing to draw.

        Raises:
            Refused: 404, there is no such tile in the scheme.
        """
        key = (layer.name, layer.version, layer.data_sha256, z, x, y)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        body = await self._made(layer, z, x, y)
        self._keep(key, body)
        return body

    async def _made(self, layer: PublicLayer, z: int, x: int, y: int) -> bytes:
        steps = making(layer, z, x, y)
        try:
            sql, values = next(steps)
            while True:
                body, drawn = (await self._pool.fetch(sql, values, plan_anew=True))[0]
                sql, values = steps.send((body, drawn))
        except StopIteration as done:
            made: bytes = done.value
            return made
        except NotFound as error:
            raise Refused(404, error.text) from None

    def _keep(self, key: tuple[Any, ...], body: bytes) -> None:
        if key not in self._kept:
            self._kept[key] = body
            self._size += len(body)
        while self._size > KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)


def tile_of(names: Mapping[str, str]) -> tuple[int, int, int]:
    """Zoom, column and row of a path.

    Raises:
        Refused: 404, another scheme or no tile of this one.
    """
    check_scheme(names["tileMatrixSetId"])
    said = (names["tileMatrix"], names["tileCol"], names["tileRow"])
    if not all(each.isascii() and each.isdigit() and len(each) < 9 for each in said):  # noqa: PLR2004
        raise Refused(404, Text("Böyle bir karo yok.", "There is no such tile."))
    z, x, y = (int(each) for each in said)
    return z, x, y


def check_scheme(said: str) -> None:
    """Refuse another scheme than ours.

    Raises:
        Refused: 404.
    """
    if said != SCHEME:
        raise Refused(
            404,
            Text(
                f"“{said}” karo düzeni yok; olan: {SCHEME}.",
                f"There is no tile matrix set “{said}”; there is {SCHEME}.",
            ),
        )


# ------------------------------------------------------------------------------- the scheme


def schemes(_edition: Edition, language: Language) -> dict[str, Any]:
    """The schemes there are: one."""
    return {
        "tileMatrixSets": [
            {
                "id": SCHEME, "title": _SCHEME_TITLE.say(language), "uri": _SCHEME_URI,
                "crs": _MERCATOR,
                "links": [link_to("self", f"/tileMatrixSets/{SCHEME}", _SCHEME_TITLE, language)],
            }
        ],
        "links": [link_to("self", "/tileMatrixSets", _SCHEMES_TITLE, language)],
    }  # fmt: skip


def scheme(_edition: Edition, language: Language, said: str) -> dict[str, Any]:
    """The definition of the scheme.

    Raises:
        Refused: 404, another one.
    """
    check_scheme(said)
    return {
        "id": SCHEME, "title": _SCHEME_TITLE.say(language), "uri": _SCHEME_URI, "crs": _MERCATOR,
        "orderedAxes": ["X", "Y"], "wellKnownScaleSet":
        "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(z) for z in range(25)],
        "links": [link_to("self", f"/tileMatrixSets/{SCHEME}", _SCHEME_TITLE, language)],
    }  # fmt: skip


def _matrix(z: int) -> dict[str, Any]:
    cell = 2 * HALF_WORLD / _PIXELS / 2**z
    return {
        "id": str(z), "scaleDenominator": cell / _PIXEL_M, "cellSize": cell,
        "cornerOfOrigin": "topLeft", "pointOfOrigin": [-HALF_WORLD, HALF_WORLD],
        "matrixWidth": 2**z, "matrixHeight": 2**z, "tileWidth": _PIXELS, "tileHeight": _PIXELS,
    }  # fmt: skip


# ------------------------------------------------------------------------------ tile sets


def tile_sets(edition: Edition, language: Language, name: str) -> dict[str, Any]:
    """The tile sets of a layer: one."""
    whole = tile_set(edition, language, name, SCHEME)
    kept = ("title", "dataType", "crs", "tileMatrixSetURI", "links")
    path = f"/collections/{name}/tiles"
    return {
        "tilesets": [{member: whole[member] for member in kept}],
        "links": [
            link_to("self", path, _SETS_TITLE, language),
            link_to("collection", f"/collections/{name}", _LAYER_TITLE, language),
        ],
    }


def tile_set(edition: Edition, language: Language, name: str, said: str) -> dict[str, Any]:
    """What is in the tiles of a layer, and where they are (17-083r4, 7).

    Raises:
        Refused: 404, another scheme.
    """
    check_scheme(said)
    layer, path = edition.layers[name], f"/collections/{name}/tiles/{SCHEME}"
    entry, scheme_path = layer.entry, f"/tileMatrixSets/{SCHEME}"
    described: dict[str, Any] = {
        "title": entry.title.say(language), "description": entry.description.say(language),
        "dataType": "vector", "crs": _MERCATOR, "tileMatrixSetURI": _SCHEME_URI,
        "attribution": attribution(layer).say(language),
        "accessConstraints": "unclassified",
        "layers": [_layer(layer, language)],
        "links": [
            link_to("self", f"{path}?f=json", _SET_TITLE, language),
            link_to("alternate", f"{path}?f=tilejson", _TILEJSON_TITLE, language),
            link_to(f"{OGC_REL}tiling-scheme", scheme_path, _SCHEME_TITLE, language),
            link_to(f"{OGC_REL}styles", f"/collections/{name}/styles", _STYLES_TITLE, language),
            {
                **link_to("item", f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt",
                        _TILES_TITLE, language, MVT),
                "templated": True,
            },
        ],
    }  # fmt: skip
    if layer.extent is not None:
        west, south, east, north = layer.extent
        described["boundingBox"] = {
            "lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84,
        }  # fmt: skip
        described["tileMatrixSetLimits"] = [
            _limits(layer.extent, z) for z in range(entry.min_zoom, DETAIL_ZOOM + 1)
        ]
    return described


def _layer(layer: PublicLayer, language: Language) -> dict[str, Any]:
    entry = layer.entry
    return {
        "id": layer.name, "title": entry.title.say(language), "dataType": "vector",
        "geometryDimension": dimension_of(layer),
        "minTileMatrix": str(entry.min_zoom), "maxTileMatrix": str(DETAIL_ZOOM),
        "propertiesSchema": {
            "type": "object",
            "properties": {each: column_schema(entry, each, language) for each in entry.types},
        },
    }  # fmt: skip


def _limits(extent: tuple[float, float, float, float], z: int) -> dict[str, Any]:
    first_column, last_column, first_row, last_row = tiles_of(extent, z)
    return {
        "tileMatrix": str(z), "minTileRow": first_row, "maxTileRow": last_row,
        "minTileCol": first_column, "maxTileCol": last_column,
    }  # fmt: skip


def tile_json(edition: Edition, language: Language, name: str, said: str) -> dict[str, Any]:
    """The tile set as MapLibre, QGIS and others read it (TileJSON 3.0.0).

    Raises:
        Refused: 404, another scheme.
    """
    check_scheme(said)
    layer = edition.layers[name]
    entry = layer.entry
    return {
        "tilejson": "3.0.0", "name": entry.title.say(language),
        "description": entry.description.say(language), "version": layer.semantic_version,
        "attribution": attribution(layer).say(language), "scheme": "xyz",
        "tiles": [f"{PLACE}/ogc/collections/{name}/tiles/{SCHEME}/{{z}}/{{y}}/{{x}}?f=mvt"],
        "minzoom": min(entry.min_zoom, DETAIL_ZOOM), "maxzoom": DETAIL_ZOOM,
        **({"bounds": list(layer.extent)} if layer.extent else {}),
        "vector_layers": [
            {
                "id": name, "description": entry.title.say(language),
                "minzoom": min(entry.min_zoom, DETAIL_ZOOM), "maxzoom": DETAIL_ZOOM,
                "fields": {
                    each: entry.column(each).meaning.say(language)
                    for each in columns_at(layer, DETAIL_ZOOM)
                },
            }
        ],
    }  # fmt: skip


# --------------------------------------------------------------------------------- style


def styles(_edition: Edition, language: Language, name: str) -> dict[str, Any]:
    """The styles of a layer: one."""
    path = f"/collections/{name}/styles"
    sheet = link_to("stylesheet", f"{path}/{STYLE}", _STYLE_TITLE, language, STYLE_TYPE)
    return {
        "default": STYLE,
        "styles": [{"id": STYLE, "title": _STYLE_TITLE.say(language), "links": [sheet]}],
        "links": [link_to("self", path, _STYLES_TITLE, language)],
    }


def style(edition: Edition, language: Language, name: str, said: str) -> dict[str, Any]:
    """A style for MapLibre: the tiles of the layer in the portal's colour, nothing from elsewhere.

    Raises:
        Refused: 404, another style.
    """
    if said != STYLE:
        raise Refused(
            404,
            Text(f"“{said}” stili yok; olan: {STYLE}.",
                 f"There is no style “{said}”; there is {STYLE}."),
        )  # fmt: skip
    layer = edition.layers[name]
    title = layer.entry.title.say(language)
    west, south, east, north = layer.extent or (28.8, 41.0, 29.0, 41.3)
    return {
        "version": 8, "name": title, "center": [(west + east) / 2, (south + north) / 2],
        "zoom": max(11, layer.entry.min_zoom),
        "sources": {
            name: {
                "type": "vector",
                "url": f"{PLACE}/ogc/collections/{name}/tiles/{SCHEME}?f=tilejson",
            }
        },
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": "#eef1ee"}},
            *_drawn(layer),
        ],
    }  # fmt: skip


def _drawn(layer: PublicLayer) -> list[dict[str, Any]]:
    shape, colour = shape_of(layer), _COLOURS[shape_of(layer)]
    common = {"source": layer.name, "source-layer": layer.name}
    width = ["interpolate", ["linear"], ["zoom"], 10, 0.6, 16, 3]
    line = {
        "id": f"{layer.name}-line", "type": "line", **common,
        "paint": {"line-color": colour, "line-width": width},
    }  # fmt: skip
    if shape == "line":
        return [line]
    if shape == "polygon":
        fill = {"fill-color": colour, "fill-opacity": 0.18}
        return [{"id": f"{layer.name}-fill", "type": "fill", **common, "paint": fill}, line]
    circle = {
        "circle-color": colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": 0.8,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 1.2, 18, 6],
    }  # fmt: skip
    return [{"id": f"{layer.name}-point", "type": "circle", **common, "paint": circle}]


# ---------------------------------------------------------------------------------- links

_SCHEME_TITLE = Text("Web haritası karo düzeni", "Tile matrix set of web maps")
_SCHEMES_TITLE = Text("Karo düzenleri", "Tile matrix sets")
_SETS_TITLE = Text("Karo kümeleri", "Tile sets")
_SET_TITLE = Text("Karo kümesi", "The tile set")
_TILEJSON_TITLE = Text("TileJSON", "TileJSON")
_TILES_TITLE = Text("Karolar (MVT)", "The tiles (MVT)")
_STYLES_TITLE = Text("Stiller", "Styles")
_STYLE_TITLE = Text("MapLibre stili", "Style for MapLibre")
_LAYER_TITLE = Text("Katmanı", "Its collection")
