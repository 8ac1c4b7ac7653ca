"""PMTiles 3: all vector tiles in one file, drawn by MapLibre or QGIS from any plain web server.

The tiles are those the server draws, in WebMercatorQuad; at the last zoom they carry every column
and, as long as no more than ``DENSEST`` lie in one, every feature.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Conflict, Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, TileMaker, exporters

DENSEST = 2_000
"""Where a tile of the last zoom would hold more features, another zoom follows."""
_LAST_ZOOM = range(14, 19)
_FURTHER_OUT = 2
"""Zooms before the one at which the layer fills a tile: the map of a phone begins there."""
_MOST_TILES = 60_000
"""Tiles of one zoom; where a layer is spread wider, the last zoom is a smaller one."""
_MARGIN = 1 / 64
"""How far around a tile things are still drawn in it, as a part of its side."""
_NORTHMOST = 85.0511287798066
_E7 = 10_000_000
_FIELDS = {"integer": "Number", "number": "Number", "boolean": "Boolean"}
Boxes = NDArray[np.float64]


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the tiles from a zoom that shows the whole layer to the one that shows every feature.

    Raises:
        Conflict: there is nothing that makes tiles.
    """
    if facts.tiles is None:
        raise Conflict(Text("Karolar veritabanında yapılır.", "Tiles are made by the database."))
    boxes = unit_boxes(frame.bounds.to_numpy())
    zooms = zooms_of(boxes, facts.tiles.min_zoom)
    with writing_to(path), path.open("wb") as file:
        writer = Writer(file)
        for number, at in _places(boxes, zooms):
            body = facts.tiles.make(at, at[0] == zooms[-1])
            if body:
                writer.write_tile(number, gzip.compress(body, 6, mtime=0))
        if not writer.tile_entries:  # a file without a single tile cannot be written
            writer.write_tile(zxy_to_tileid(zooms[0], 0, 0), gzip.compress(b"", 6, mtime=0))
        writer.finalize(_header(frame, zooms), _metadata(facts, facts.tiles, zooms))


def unit_boxes(bounds: NDArray[np.float64]) -> Boxes:
    """Boxes in degrees as parts of the side of the Mercator square: west, north, east, south."""
    lon, lat = bounds[:, [0, 2]], np.clip(bounds[:, [3, 1]], -_NORTHMOST, _NORTHMOST)
    x = (lon + 180) / 360
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return np.column_stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]])


def zooms_of(boxes: Boxes, min_zoom: int) -> range:
    """First and last zoom of a file, and those between."""
    if not len(boxes):
        return range(min_zoom, min_zoom + 1)
    side = max(np.ptp(boxes[:, [0, 2]]), np.ptp(boxes[:, [1, 3]]), 1e-6)
    last = next((z for z in _LAST_ZOOM if _densest(boxes, z) <= DENSEST), _LAST_ZOOM[-1])
    while last > min_zoom and _count(boxes, last) > _MOST_TILES:
        last -= 1
    last = max(last, min_zoom)
    return range(min(max(min_zoom, int(-np.log2(side)) - _FURTHER_OUT), last), last + 1)


def tiles_at(boxes: Boxes, z: int) -> NDArray[np.int64]:
    """Column and row of every tile of a zoom that a box lies in or near, each once."""
    first, last = _corners(boxes, z)
    count = last - first + 1
    each = count[:, 0] * count[:, 1]
    which = np.repeat(np.arange(len(boxes)), each)
    place = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    found = first[which] + np.column_stack([place % count[which, 0], place // count[which, 0]])
    return np.unique(found, axis=0)


def _corners(boxes: Boxes, z: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first = np.floor(boxes[:, :2] * 2**z - _MARGIN).astype(np.int64)
    last = np.floor(boxes[:, 2:] * 2**z + _MARGIN).astype(np.int64)
    return np.clip(first, 0, 2**z - 1), np.clip(last, 0, 2**z - 1)


def _count(boxes: Boxes, z: int) -> int:
    """About how many tiles of a zoom there are; exact where it is not far too many."""
    first, last = _corners(boxes, z)
    upper = np.prod((last - first + 1).astype(float), axis=1).sum()
    return int(upper) if upper > 10 * _MOST_TILES + len(boxes) * 4 else len(tiles_at(boxes, z))


def _densest(boxes: Boxes, z: int) -> int:
    middle = np.floor((boxes[:, :2] + boxes[:, 2:]) / 2 * 2**z).astype(np.int64)
    _, counts = np.unique(middle[:, 0] * 2**z + middle[:, 1], return_counts=True)
    return int(np.max(counts))


def _places(boxes: Boxes, zooms: range) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """Number and place of each tile in the order of the file: along a Hilbert curve."""
    for z in zooms:
        found = tiles_at(boxes, z).tolist()
        yield from sorted((zxy_to_tileid(z, x, y), (z, x, y)) for x, y in found)


def _header(frame: GeoDataFrame, zooms: range) -> dict[str, Any]:
    west, south, east, north = frame.total_bounds if len(frame) else (-180, -85, 180, 85)
    return {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": round(west * _E7), "min_lat_e7": round(south * _E7),
        "max_lon_e7": round(east * _E7), "max_lat_e7": round(north * _E7),
        "center_lon_e7": round((west + east) / 2 * _E7),
        "center_lat_e7": round((south + north) / 2 * _E7), "center_zoom": zooms[0],
    }  # fmt: skip


def _metadata(facts: ExportFacts, tiles: TileMaker, zooms: range) -> dict[str, Any]:
    fields = {name: _FIELDS.get(kind, "String") for name, kind in facts.kinds.items()}
    layer = {"id": facts.name, "fields": fields, "minzoom": zooms[0], "maxzoom": zooms[-1]}
    return {
        "name": facts.name, "attribution": tiles.attribution, "type": "overlay",
        "version": f"{facts.moment:%Y-%m-%d}", "vector_layers": [layer],
    }  # fmt: skip


exporters.put(
    "pmtiles",
    Exporter(
        Text("PMTiles", "PMTiles"), "application/vnd.pmtiles", ".pmtiles", write, order=90,
        is_later=True,
    ),
)  # fmt: skip
