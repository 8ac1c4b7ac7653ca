"""The small picture of a published layer: shapes as SVG path data, thinned to what is seen."""

from dataclasses import dataclass

from geoalchemy2 import Geometry
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    TableClause,
    column,
    func,
    literal,
    select,
    table,
)

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.db.queries.published import Box, Served

DRAWN_SHAPES = 2_500
"""More shapes than this are not drawn one by one: the largest are, or a dot where something is."""
_DOT = 4
_CELL = 12


@dataclass(frozen=True)
class Canvas:
    """A picture of ``width`` × ``height`` units over a box in degrees.

    Attributes:
        box: west, south, east, north, EPSG:4326.
        x_scale, y_scale: units per degree.
    """

    box: Box
    width: int
    height: int
    x_scale: float
    y_scale: float


def shape_paths(connection: Connection, served: Served, canvas: Canvas) -> list[str]:
    """Path data of the largest lines or areas, simplified to half a unit."""
    frozen = _table(served)
    west, _, _, north = canvas.box
    drawn = func.ST_Affine(
        frozen.c.geometry, canvas.x_scale, 0.0, 0.0, canvas.y_scale,
        -west * canvas.x_scale, -north * canvas.y_scale,
    )  # fmt: skip
    thin = func.ST_SimplifyPreserveTopology(drawn, 0.5)
    size = func.ST_NPoints(frozen.c.geometry)
    if "line" in served.geometry:
        size = func.ST_Length(frozen.c.geometry)
    question = select(func.ST_AsSVG(thin, 0, 1)).order_by(size.desc()).limit(DRAWN_SHAPES)
    return [path for path in connection.execute(question).scalars() if path]


def densest_place(
    connection: Connection, served: Served, canvas: Canvas
) -> tuple[float, float] | None:
    """Longitude and latitude of where most features lie: the middle of those in one cell."""
    frozen = _table(served)
    west, south, _, _ = canvas.box
    lon, lat = _middle(frozen.c.geometry, "X"), _middle(frozen.c.geometry, "Y")
    across = _whole((lon - west) * canvas.x_scale / _CELL)
    up = _whole((lat - south) * canvas.y_scale / _CELL)
    question = select(func.avg(lon), func.avg(lat)).group_by(across, up)
    found = connection.execute(question.order_by(func.count().desc()).limit(1)).first()
    return None if found is None else (round(float(found[0]), 6), round(float(found[1]), 6))


def label_points(connection: Connection, served: Served) -> list[tuple[float, float, str]]:
    """A point inside each feature, in degrees, and the feature's label."""
    frozen = _table(served)
    inside = func.ST_PointOnSurface(frozen.c.geometry)
    question = select(func.ST_X(inside), func.ST_Y(inside), frozen.c[served.label])
    found = connection.execute(question.order_by(frozen.c[served.key]))
    return [(x, y, str(label)) for x, y, label in found if label is not None]


def dots(connection: Connection, served: Served, canvas: Canvas) -> list[tuple[int, int]]:
    """Where there is something: the middles of the features, on a grid of a few units."""
    frozen = _table(served)
    west, _, _, north = canvas.box
    x = (_middle(frozen.c.geometry, "X") - west) * canvas.x_scale / _DOT
    y = (literal(north) - _middle(frozen.c.geometry, "Y")) * canvas.y_scale / _DOT
    cells = select(_whole(x).label("x"), _whole(y).label("y")).distinct()
    return [(cell.x * _DOT, cell.y * _DOT) for cell in connection.execute(cells)]


def _table(served: Served) -> TableClause:
    shape = column("geometry", Geometry(served.geometry.upper(), srid=PUBLISHED_SRID))  # ASCII
    return table(served.name, column(served.key), column(served.label), shape, schema="published")


def _middle(geometry: ColumnElement[object], axis: str) -> ColumnElement[float]:
    low, high = (getattr(func, f"ST_{axis}{edge}") for edge in ("Min", "Max"))
    middle: ColumnElement[float] = (low(geometry) + high(geometry)) / 2.0
    return middle


def _whole(value: ColumnElement[float]) -> ColumnElement[int]:
    return func.round(value).cast(Integer)
