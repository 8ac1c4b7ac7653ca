"""What the public asks: the catalogue, pages of features or rows, one feature.

Runs as ``gis_portal``, which reads the schema ``published`` and nothing else. Coordinates leave in
the axis order of the CRS asked for; JSON is made by PostGIS (ogc.md §2.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Double,
    Float,
    FromClause,
    Integer,
    Select,
    TableClause,
    Text,
    cast,
    collate,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from gis_platform.core.crs import PUBLISHED_SRID, is_north_first

Value = str | int | float | bool | date | datetime
Box = tuple[float, float, float, float]

COUNT_LIMIT = 20_000
"""More hits of a filter than this are not counted: a page need not wait for a number."""
TURKISH = "turkish_natural"
"""Collation in which readers sort: ç after c, ğ after g, ı before i."""

_TYPES: dict[str, TypeEngine[Any]] = {
    "string": Text(), "integer": BigInteger(), "number": Double(), "boolean": Boolean(),
    "date": Date(), "date-time": DateTime(timezone=True),
}  # fmt: skip
CATALOGUE = table(
    "catalogue", column("layer", Text), column("version", Integer), column("state", Text),
    column("entry", JSONB), column("row_count", BigInteger), column("extent", ARRAY(Float)),
    column("data_sha256", Text), column("metadata_sha256", Text), column("files", JSONB),
    column("published_at", DateTime(timezone=True)),
    column("withdrawn_at", DateTime(timezone=True)), column("reason", Text), schema="published",
)  # fmt: skip
_EDITION = table("catalogue_edition", column("edition", BigInteger), schema="published")


@dataclass(frozen=True)
class Served:
    """A published copy as it is read: its table, its key and its allow-listed columns.

    Attributes:
        types: name and kind of each column, in order; kinds as in ``catalogue.ValueKind``.
    """

    name: str
    key: str
    types: tuple[tuple[str, str], ...]
    label: str
    geometry: str


@dataclass(frozen=True)
class Question:
    """Which features are asked for; every part narrows.

    Attributes:
        box: west, south, east, north (west may exceed east across the date line) in ``box_srid``,
            or in the axis order of that CRS when ``box_srid`` is given.
        equals: value by column.
        during: column of time, first and last moment, ``None`` = open.
        contains: part of a text by column, folded on both sides.
    """

    box: Box | None = None
    box_srid: int | None = None
    equals: tuple[tuple[str, Value], ...] = ()
    during: tuple[str, Value | None, Value | None] | None = None
    contains: tuple[tuple[str, str], ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing narrows it."""
        return self == Question()


@dataclass(frozen=True)
class Output:
    """How features are written.

    Attributes:
        columns: properties; ``None`` = all.
        srid: CRS of the coordinates; ``None`` = longitude first, RFC 7946.
    """

    columns: tuple[str, ...] | None = None
    srid: int | None = None
    with_geometry: bool = True


@dataclass(frozen=True)
class Window:
    """Which part of the answer: ``limit`` rows after a key, or after ``offset`` rows.

    Attributes:
        sort: columns in order, each with ``True`` for descending; empty = by key.
    """

    limit: int
    after: Value | None = None
    offset: int = 0
    sort: tuple[tuple[str, bool], ...] = ()


def edition(connection: Connection) -> int:
    """A number that grows with every change of the public catalogue."""
    return int(connection.execute(select(_EDITION.c.edition)).scalar_one())


def entries(connection: Connection) -> list[dict[str, Any]]:
    """Every version the public may know of, the newest of a layer first."""
    question = select(CATALOGUE).order_by(CATALOGUE.c.layer, CATALOGUE.c.version.desc())
    return [row._asdict() for row in connection.execute(question)]


def feature_texts(
    connection: Connection, served: Served, question: Question, window: Window, output: Output
) -> list[tuple[Any, str]]:
    """Key and GeoJSON text of each feature."""
    page = _page(served, question, window)
    shape: ColumnElement[Any] = literal("null")
    if output.with_geometry:
        moved = _shape(page.c.geometry, output.srid)
        shape = func.ST_AsGeoJSON(moved, _decimals(output.srid), 0)
    values = cast(_values(page, served, output.columns), Text)
    body = func.concat(
        '{"type":"Feature","id":', cast(func.to_json(page.c[served.key]), Text),
        ',"geometry":', shape, ',"properties":', values, "}",
    )  # fmt: skip
    found = connection.execute(_ordered(select(page.c[served.key], body), page, served, window))
    return [(key, said) for key, said in found]


def rows(
    connection: Connection,
    served: Served,
    question: Question,
    window: Window,
    *,
    columns: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Values of the allow-listed columns, row by row, without the geometry."""
    page = _page(served, question, window)
    wanted = [page.c[name] for name in columns or dict(served.types)]
    found = connection.execute(_ordered(select(*wanted), page, served, window))
    return [row._asdict() for row in found]


def count(connection: Connection, served: Served, question: Question) -> int | None:
    """How many features answer the question; ``None`` where they are more than is counted."""
    frozen = _table(served)
    some = _narrowed(select(literal(1)).select_from(frozen), frozen, question)
    some = some.limit(COUNT_LIMIT + 1)
    found = int(connection.execute(select(func.count()).select_from(some.subquery())).scalar_one())
    return found if found <= COUNT_LIMIT else None


def neighbours(connection: Connection, served: Served, key: Value) -> tuple[Any, Any]:
    """Keys before and after a feature, in the order of the key."""
    of = _table(served).c[served.key]
    before = select(func.max(of)).where(of < key).scalar_subquery()
    after = select(func.min(of)).where(of > key).scalar_subquery()
    found = connection.execute(select(before, after)).one()
    return found[0], found[1]


@lru_cache(maxsize=512)
def _table(served: Served) -> TableClause:
    columns = [column(name, _TYPES[kind]) for name, kind in served.types]
    shape = column("geometry", Geometry(served.geometry.upper(), srid=PUBLISHED_SRID))  # ASCII
    return table(served.name, *columns, shape, schema="published")


def _page(served: Served, question: Question, window: Window) -> FromClause:
    """The rows of one page; transforming and JSON come after, for these rows only."""
    frozen = _table(served)
    key = frozen.c[served.key]
    page = _narrowed(select(frozen), frozen, question)
    if window.after is not None:
        page = page.where(key > window.after)
    elif window.offset and question.is_open and not window.sort:
        # The index alone is walked to the offset; the wide rows in between are never read.
        start = select(key).order_by(key).offset(window.offset).limit(1).scalar_subquery()
        page = page.where(key >= start)
    elif window.offset:
        page = page.offset(window.offset)
    return page.order_by(*_order(frozen, served, window)).limit(window.limit).subquery("page")


def _ordered(asked: Select[Any], page: FromClause, served: Served, window: Window) -> Select[Any]:
    return asked.order_by(*_order(page, served, window))


def _order(of: FromClause, served: Served, window: Window) -> list[ColumnElement[Any]]:
    chosen = []
    for name, down in window.sort:
        value: ColumnElement[Any] = of.c[name]
        if dict(served.types)[name] == "string":
            value = collate(value, TURKISH)
        chosen.append((value.desc() if down else value.asc()).nulls_last())
    return [*chosen, of.c[served.key]]


def _narrowed(asked: Select[Any], frozen: TableClause, question: Question) -> Select[Any]:
    if question.box is not None:
        asked = asked.where(_in_box(frozen.c.geometry, question.box, question.box_srid))
    for name, value in question.equals:
        asked = asked.where(frozen.c[name] == value)
    for name, part in question.contains:
        folded = func.public.fold_tr(frozen.c[name])
        asked = asked.where(func.strpos(folded, func.public.fold_tr(part)) > 0)
    if question.during is not None:
        name, first, last = question.during
        if first is not None:
            asked = asked.where(frozen.c[name] >= first)
        if last is not None:
            asked = asked.where(frozen.c[name] <= last)
    return asked


def _in_box(geometry: ColumnElement[Any], box: Box, srid: int | None) -> ColumnElement[bool]:
    west, south, east, north = box
    if srid is not None and is_north_first(srid):
        south, west, north, east = box
    if west > east:
        halves = ((west, south, 180.0, north), (-180.0, south, east, north))
        return or_(*(func.ST_Intersects(geometry, _envelope(half, None)) for half in halves))
    return func.ST_Intersects(geometry, _envelope((west, south, east, north), srid))


def _envelope(box: Box, srid: int | None) -> ColumnElement[Any]:
    """The box in EPSG:4326; its edges are cut up first, since straight lines bend."""
    edges = [float(edge) for edge in box]
    if srid is None or srid == PUBLISHED_SRID:
        return func.ST_MakeEnvelope(*edges, PUBLISHED_SRID)
    step = max(box[2] - box[0], box[3] - box[1], 1e-9) / 32
    shape = func.ST_Segmentize(func.ST_MakeEnvelope(*edges, srid), step)
    return func.ST_Transform(shape, PUBLISHED_SRID)


def _shape(geometry: ColumnElement[Any], srid: int | None) -> ColumnElement[Any]:
    if srid is None:
        return geometry
    moved = geometry if srid == PUBLISHED_SRID else func.ST_Transform(geometry, srid)
    return func.ST_FlipCoordinates(moved) if is_north_first(srid) else moved


def _decimals(srid: int | None) -> int:
    return 7 if srid in {None, PUBLISHED_SRID} else 3


def _values(page: FromClause, served: Served, columns: Sequence[str] | None) -> ColumnElement[Any]:
    """The wanted columns as one JSON object; ``row_to_json`` is the fastest way PostGIS has."""
    wanted = [page.c[name] for name in (columns if columns is not None else dict(served.types))]
    if not wanted:
        return literal_column("'{}'::json")
    record = select(*wanted).correlate(page).lateral("p")
    whole: ColumnElement[Any] = select(record.table_valued()).correlate(page).scalar_subquery()
    return func.row_to_json(whole)
