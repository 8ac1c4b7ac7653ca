"""Vector tiles of a layer in the scheme WebMercatorQuad (OGC 17-083r4): what is in which."""

from collections.abc import Generator
from dataclasses import replace
from math import asinh, pi, radians, tan

from sqlalchemy import Connection

from gis_platform.core.errors import NotFound, Text
from gis_platform.db.queries.tiles import TileShape, tile_sql, tile_values
from gis_platform.opendata.public import PublicLayer

MAX_BYTES = 500_000
"""Largest tile, before compression; what is over is thinned."""
MOST_FEATURES = 20_000
"""More features than this are never drawn in one tile."""
MAX_ZOOM = 22
DETAIL_ZOOM = 16
"""From this zoom on a tile carries every published column."""
_NORTHMOST = 85.0511287798066
Asked = tuple[str, dict[str, float]]
Drawn = tuple[bytes | None, int]


def making(
    layer: PublicLayer, z: int, x: int, y: int, plain: TileShape | None = None
) -> Generator[Asked, Drawn, bytes]:
    """Make one tile: yields a statement and its values, is sent its row, returns the bytes.

    Whoever asks the database, with or without waiting, runs the same steps. Key, label and
    ``style_columns`` are in every tile, the other columns from ``DETAIL_ZOOM`` on. A tile over
    ``MAX_BYTES`` is thinned: the small lines and areas go first, of the points a fixed part.

    Args:
        layer: a public version.
        z: the zoom.
        x: the column, from the west.
        y: the row, from the north.
        plain: what is drawn, where that is not what the server draws at this zoom.

    Raises:
        NotFound: there is no such tile in the scheme.
    """
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound(Text("Böyle bir karo yok.", "There is no such tile."))
    if z < layer.entry.min_zoom:
        return b""
    plain = plain or TileShape(layer.served, layer.name, columns_at(layer, z))
    body, drawn = yield tile_sql(plain), tile_values(z, x, y, MOST_FEATURES)
    if drawn < MOST_FEATURES and len(body or b"") <= MAX_BYTES:
        return bytes(body or b"") if drawn else b""
    thinned = replace(plain, is_sorted=True)
    limit = MOST_FEATURES
    while True:
        body, drawn = yield tile_sql(thinned), tile_values(z, x, y, limit)
        size = len(body or b"")
        if size <= MAX_BYTES or limit == 1:
            return bytes(body or b"")
        limit = max(1, int(min(drawn, limit) * MAX_BYTES / size * 0.95))


def tile(connection: Connection, layer: PublicLayer, z: int, x: int, y: int) -> bytes:
    """The tile as MVT; empty where there is nothing to draw. See :func:`making`.

    Raises:
        NotFound: there is no such tile in the scheme.
    """
    return _made(connection, making(layer, z, x, y))


def lasting_tile(
    connection: Connection, layer: PublicLayer, at: tuple[int, int, int], *, is_whole: bool
) -> bytes:
    """The tile of zoom, column and row as a file keeps it: in the order of the key.

    Args:
        connection: may read the copy.
        layer: a public version.
        at: zoom, column and row.
        is_whole: whether it carries every column, as the last zoom of a file has to.

    Raises:
        NotFound: there is no such tile in the scheme.
    """
    columns = tuple(layer.entry.types) if is_whole else columns_at(layer, at[0])
    shape = TileShape(layer.served, layer.name, columns, is_ordered=True)
    return _made(connection, making(layer, *at, shape))


def _made(connection: Connection, steps: Generator[Asked, Drawn, bytes]) -> bytes:
    try:
        sql, values = next(steps)
        while True:
            body, drawn = connection.exec_driver_sql(sql, values).one()
            sql, values = steps.send((body, drawn))
    except StopIteration as done:
        made: bytes = done.value
        return made


def columns_at(layer: PublicLayer, z: int) -> tuple[str, ...]:
    """The columns a tile of that zoom carries."""
    entry = layer.entry
    always = {entry.key, entry.label, *entry.style_columns}
    return tuple(name for name in entry.types if z >= DETAIL_ZOOM or name in always)


def tiles_of(extent: tuple[float, float, float, float], z: int) -> tuple[int, int, int, int]:
    """First and last column, first and last row of the tiles that hold a box.

    Args:
        extent: west, south, east, north in degrees (EPSG:4326).
        z: the zoom.
    """
    west, south, east, north = extent
    return _column(west, z), _column(east, z), _row(north, z), _row(south, z)


def _column(lon: float, z: int) -> int:
    return _within(int((lon + 180) / 360 * 2**z), z)


def _row(lat: float, z: int) -> int:
    lat = radians(max(-_NORTHMOST, min(_NORTHMOST, lat)))
    return _within(int((1 - asinh(tan(lat)) / pi) / 2 * 2**z), z)


def _within(number: int, z: int) -> int:
    return max(0, min((1 << z) - 1, number))
