"""Vector tiles of published layers: one statement, its text made once per layer.

The texts are for psycopg (``%(name)s``), like those of :mod:`gis_platform.db.queries.features`. The
codes of reference systems are numbers: PostGIS keeps no transformation to one named by a text.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy import cast as sql_cast

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.db.queries.features import frozen_table, text_of
from gis_platform.db.queries.published import Served

EXTENT, BUFFER = 4096, 64
"""Units along the side of a tile, and how far around it things are still drawn."""
HALF_WORLD = 20037508.342789244
"""Half the side of the square of EPSG:3857, metres."""
_MAP_SRID = 3857
_WORLD = f"ST_MakeEnvelope({-HALF_WORLD}, {-HALF_WORLD}, {HALF_WORLD}, {HALF_WORLD}, {_MAP_SRID})"


@dataclass(frozen=True)
class TileShape:
    """What decides the text of a statement; ``z``, ``x``, ``y``, ``unit``, ``limit`` are bound.

    Attributes:
        name: of the layer inside the tile.
        columns: properties of what is drawn.
        is_sorted: whether what matters most is drawn where not everything fits.
        is_ordered: whether what is drawn stands in the order of the key: the same bytes from any
            copy of the database, however it looks for the rows.
    """

    served: Served
    name: str
    columns: tuple[str, ...]
    is_sorted: bool = False
    is_ordered: bool = False


def tile_values(z: int, x: int, y: int, limit: int) -> dict[str, Any]:
    """What is bound: the tile, one unit of it in metres, and the most features it may have."""
    return {"z": z, "x": x, "y": y, "unit": 2 * HALF_WORLD / 2**z / EXTENT, "limit": limit}


@lru_cache(maxsize=1024)
def tile_sql(shape: TileShape) -> str:
    """The tile as bytes, and how many features are drawn in it."""
    inside = _inside(shape)
    values = [inside.c[name] for name in shape.columns]
    options = [f"'{shape.name}'", str(EXTENT), "'_shape'"]
    if dict(shape.served.types)[shape.served.key] == "integer":  # the only kind a tile can carry
        values.append(inside.c[shape.served.key].label("_id"))
        options.append("'_id'")
    shapes = select(*values, _drawn(inside, shape).label("_shape"))
    if shape.is_ordered:
        shapes = shapes.order_by(inside.c[shape.served.key])
    drawn = shapes.subquery("drawn")
    kept = select(drawn).where(drawn.c["_shape"].is_not(None)).subquery("kept")
    made = func.ST_AsMVT(kept.table_valued(), *(_constant(each) for each in options))
    return text_of(select(made, func.count()).select_from(kept))


def _inside(shape: TileShape) -> FromClause:
    frozen = frozen_table(shape.served)
    around = func.ST_TileEnvelope(*_place(), _constant(_WORLD), _constant(str(BUFFER / EXTENT)))
    near = func.ST_Transform(around, _constant(str(PUBLISHED_SRID)))
    rows: Select[Any] = select(frozen).where(
        cast("ColumnElement[Any]", frozen.c.geometry).op("&&")(near)
    )
    if shape.is_sorted:
        rows = rows.order_by(_importance(frozen, shape.served), frozen.c[shape.served.key])
    return rows.limit(bindparam("limit", type_=BigInteger())).subquery("inside")


def _drawn(inside: FromClause, shape: TileShape) -> ColumnElement[Any]:
    moved = func.ST_Transform(inside.c.geometry, _constant(str(_MAP_SRID)))
    if "point" not in shape.served.geometry:
        moved = func.ST_Simplify(moved, bindparam("unit", type_=Double()), _constant("true"))
    sides = (str(EXTENT), str(BUFFER), "true")
    tile = func.ST_TileEnvelope(*_place())
    return func.ST_AsMVTGeom(moved, tile, *(_constant(each) for each in sides))


def _place() -> list[ColumnElement[int]]:
    return [bindparam(name, type_=Integer()) for name in ("z", "x", "y")]


def _importance(frozen: FromClause, served: Served) -> ColumnElement[Any]:
    """What is kept where not everything fits: the largest; of points, always the same ones."""
    if "polygon" in served.geometry:
        return func.ST_Area(frozen.c.geometry).desc()
    if "line" in served.geometry:
        return func.ST_Length(frozen.c.geometry).desc()
    return func.hashtext(sql_cast(frozen.c[served.key], Text))


def _constant(said: str) -> ColumnElement[Any]:
    return literal_column(said)
