"""Features as the public API gives them: SQL prepared once per shape of a question.

The texts are for psycopg (``%(name)s``): the hot public reads run them on connections of their
own, where building and compiling a statement at each request would cost more than PostgreSQL does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Double,
    FromClause,
    Select,
    TableClause,
    Text,
    and_,
    bindparam,
    collate,
    column,
    func,
    literal_column,
    make_url,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.types import TypeEngine

from gis_platform.core.crs import PUBLISHED_SRID, is_north_first
from gis_platform.db.queries.expression import EDGES, Node, condition
from gis_platform.db.queries.published import TURKISH, Served

COUNTED_TO = 5_000
"""More hits of a filter than this are not counted (6 ms): a page need not wait for a number."""
Box = Literal["none", "one", "two"]
"""No box; one; or one on each side of the date line."""
Start = Literal["first", "after", "offset"]
"""From the first feature, after a key, or after so many features."""

_TYPES: dict[str, TypeEngine[Any]] = {
    "string": Text(), "integer": BigInteger(), "number": Double(), "boolean": Boolean(),
    "date": Date(), "date-time": DateTime(timezone=True),
}  # fmt: skip
_DIALECT = make_url("postgresql+psycopg://").get_dialect()()


@dataclass(frozen=True)
class Shape:
    """What decides the text of a statement; every value is bound when it runs.

    Attributes:
        srid: CRS of the coordinates that come out, in its own axis order; ``None`` = longitude
            first (CRS84).
        box: parameters ``west, south, east, north``, x first (and ``west2`` …), of ``box_srid``;
            where that is not 4326 also ``near_west`` …, a box in 4326 that holds it.
        equals: columns compared with the parameters ``equal_0``, ``equal_1``, …
        time: column compared with the parameters ``since`` and ``until``, those that are set.
        start: ``after`` has the parameters ``after_0`` …, one for each of ``sort`` and one for the
            key; ``offset`` the parameter ``offset``.
        filter: a condition beside the others, its values bound by their own names.
        columns: properties that come out; ``None`` = all that are published.
        sort: columns that order the features before the key does, ``True`` = descending; what is
            empty comes last, and the key goes the way of the last column.
        empty: with ``after``, which of the values of ``sort`` are empty there.
        with_geometry: whether it comes out; ``null`` stands for it else.
    """

    served: Served
    srid: int | None = None
    box: Box = "none"
    box_srid: int = PUBLISHED_SRID
    equals: tuple[str, ...] = ()
    time: str | None = None
    since: bool = False
    until: bool = False
    start: Start = "first"
    filter: Node | None = None
    columns: tuple[str, ...] | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    empty: tuple[bool, ...] = ()
    with_geometry: bool = True

    @property
    def is_narrowed(self) -> bool:
        """Whether anything filters."""
        return (
            self.box != "none" or bool(self.equals) or self.since or self.until
            or self.filter is not None
        )  # fmt: skip


@lru_cache(maxsize=2048)
def page_sql(shape: Shape) -> str:
    """Key, GeoJSON text and the values of ``sort`` of at most ``limit`` features, in order."""
    return text_of(_in_order(_feature, shape))


@lru_cache(maxsize=2048)
def row_sql(shape: Shape) -> str:
    """As :func:`page_sql`, but each text is an object of the columns alone."""
    return text_of(_in_order(_row, shape))


@lru_cache(maxsize=512)
def feature_sql(served: Served, srid: int | None) -> str:
    """Key and GeoJSON text of the feature whose key is ``key``."""
    frozen = frozen_table(served)
    key = frozen.c[served.key]
    row = select(frozen).where(key == bindparam("key", type_=key.type)).subquery("page")
    return text_of(_feature(row, Shape(served, srid)))


@lru_cache(maxsize=1024)
def count_sql(shape: Shape) -> str:
    """How many features answer, counted to ``COUNTED_TO`` + 1 and no further."""
    return text_of(_counted(shape, COUNTED_TO))


def table_rows(
    connection: Connection, shape: Shape, values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The values of the columns of at most ``limit`` features, in order, for a page."""
    rows = _page(frozen_table(shape.served), shape)
    asked = select(*(rows.c[name] for name, _ in shape.served.types))
    found = connection.execute(asked.order_by(*_order(rows, shape)), values)
    return [row._asdict() for row in found]


def count_rows(
    connection: Connection, shape: Shape, values: Mapping[str, Any], most: int
) -> int | None:
    """How many features answer; ``None`` where they are more than ``most``."""
    found = int(connection.execute(_counted(shape, most), values).scalar_one())
    return found if found <= most else None


def _counted(shape: Shape, most: int) -> Select[Any]:
    frozen = frozen_table(shape.served)
    found = narrowed(select(_constant(1)).select_from(frozen), frozen, shape).limit(
        _constant(most + 1)
    )
    return select(func.count()).select_from(found.subquery("found"))


@lru_cache(maxsize=512)
def frozen_table(served: Served) -> TableClause:
    """The table of a published version."""
    columns = [column(name, _TYPES[kind]) for name, kind in served.types]
    shape = column("geometry", Geometry(served.geometry.upper(), srid=PUBLISHED_SRID))  # ASCII
    return table(served.name, *columns, shape, schema="published")


def _in_order(make: Callable[[FromClause, Shape], Select[Any]], shape: Shape) -> Select[Any]:
    rows = _page(frozen_table(shape.served), shape)
    asked = make(rows, shape)
    asked = asked.add_columns(*(sql_cast(rows.c[name], Text) for name, _ in shape.sort))
    return asked.order_by(*_order(rows, shape))


def _page(frozen: TableClause, shape: Shape) -> FromClause:
    """The rows of the page.

    Sorted ones come from two halves, those whose first value is there and those whose is empty:
    in either an index of the column is walked, up or down, from where the page begins.
    """
    if not shape.sort:
        page = _started(narrowed(select(frozen), frozen, shape), frozen, shape)
        return page.order_by(*_order(frozen, shape)).limit(_int("limit")).subquery("page")
    wanted = (True,) if shape.start == "after" and shape.empty[0] else (False, True)
    halves = [_half(frozen, shape, is_empty=each).subquery() for each in wanted]
    both = union_all(*(select(each) for each in halves)).subquery("halves")
    page = select(both).order_by(*_order(both, shape)).limit(_int("limit"))
    return (page.offset(_int("offset")) if shape.start == "offset" else page).subquery("page")


def _half(frozen: TableClause, shape: Shape, *, is_empty: bool) -> Select[Any]:
    (name, is_down), first = shape.sort[0], frozen.c[shape.sort[0][0]]
    value = _sorted_value(frozen, shape, name)
    half = narrowed(select(frozen), frozen, shape)
    half = half.where(first.is_(None) if is_empty else first.is_not(None))
    if shape.start == "after":
        if not is_empty:
            at = bindparam("after_0", type_=first.type)
            near = value <= at if is_down else value >= at
            half = half.where(near, _behind(frozen, shape))
        elif shape.empty[0]:
            half = half.where(_behind(frozen, shape, 1))
    order = _order(frozen, shape)[1:]
    if not is_empty:  # nothing is empty here: said so, no index would fit
        order = [value.desc() if is_down else value.asc(), *order]
    most = _int("limit") + _int("offset") if shape.start == "offset" else _int("limit")
    return half.order_by(*order).limit(most)


def _row(rows: FromClause, shape: Shape) -> Select[Any]:
    values, record = _values(rows, shape)
    whole = select(rows.c[shape.served.key], sql_cast(values, Text))
    return whole.select_from(rows if record is None else rows.join(record, true()))


def _values(rows: FromClause, shape: Shape) -> tuple[ColumnElement[Any], FromClause | None]:
    """The wanted columns as one object, and the record it is made of."""
    names = [name for name, _ in shape.served.types] if shape.columns is None else shape.columns
    if not names:
        return _constant("{}"), None
    record = select(*(rows.c[name] for name in names)).correlate(rows).lateral("record")
    return func.row_to_json(record.table_valued()), record


def _feature(rows: FromClause, shape: Shape) -> Select[Any]:
    served = shape.served
    key = rows.c[served.key]
    values, record = _values(rows, shape)
    drawn = _drawn(rows, served, shape.srid) if shape.with_geometry else _constant("null")
    said: ColumnElement[Any] = _constant('{"type":"Feature","id":')
    for part in (
        sql_cast(func.to_json(key), Text), _constant(',"geometry":'), drawn,
        _constant(',"properties":'), sql_cast(values, Text), _constant("}"),
    ):  # fmt: skip
        said = said.op("||")(part)
    whole = select(key, said)
    return whole.select_from(rows if record is None else rows.join(record, true()))


def _drawn(rows: FromClause, served: Served, srid: int | None) -> ColumnElement[str]:
    """The geometry as GeoJSON: 7 decimals of a degree (1 cm), 3 of a metre; rings as RFC 7946."""
    shape = cast("ColumnElement[Any]", rows.c.geometry)
    if "polygon" in served.geometry:
        shape = func.ST_ForcePolygonCCW(shape)
    if srid is not None:
        if srid != PUBLISHED_SRID:
            shape = func.ST_Transform(shape, _constant(srid))
        if is_north_first(srid):
            shape = func.ST_FlipCoordinates(shape)
    decimals = 7 if srid in {None, PUBLISHED_SRID} else 3
    return cast("ColumnElement[str]", func.ST_AsGeoJSON(shape, _constant(decimals), _constant(0)))


def _started(asked: Select[Any], frozen: TableClause, shape: Shape) -> Select[Any]:
    key = frozen.c[shape.served.key]
    if shape.start == "after":
        return asked.where(_behind(frozen, shape))
    if shape.start == "offset" and not shape.is_narrowed:
        # The index alone is walked to the offset; the wide rows in between are never read.
        first = (
            select(key).order_by(key).offset(_int("offset")).limit(_constant(1)).scalar_subquery()
        )
        return asked.where(key >= first)
    return asked.offset(_int("offset")) if shape.start == "offset" else asked


def _order(rows: FromClause, shape: Shape) -> list[ColumnElement[Any]]:
    chosen = []
    for name, is_down in shape.sort:
        value = _sorted_value(rows, shape, name)
        chosen.append((value.desc() if is_down else value.asc()).nulls_last())
    key = rows.c[shape.served.key]
    return [*chosen, key.desc() if _is_key_down(shape) else key.asc()]


def _is_key_down(shape: Shape) -> bool:
    """What is level goes by the key, the way of the last column: so one index serves both ways."""
    return bool(shape.sort) and shape.sort[-1][1]


def _sorted_value(rows: FromClause, shape: Shape, name: str) -> ColumnElement[Any]:
    return sorted_value(rows, shape.served, name)


def sorted_value(rows: FromClause, served: Served, name: str) -> ColumnElement[Any]:
    """A column as readers sort it: texts by the Turkish alphabet."""
    is_text = dict(served.types)[name] == "string"
    return collate(rows.c[name], TURKISH) if is_text else rows.c[name]


def _behind(frozen: TableClause, shape: Shape, first: int = 0) -> ColumnElement[bool]:
    """The features behind a position: behind its first value, or level there and then the next.

    Values before ``first`` are level already.
    """
    key = frozen.c[shape.served.key]
    last = bindparam(f"after_{len(shape.sort)}", type_=key.type)
    behind = key < last if _is_key_down(shape) else key > last
    for number in reversed(range(first, len(shape.sort))):
        name, is_down = shape.sort[number]
        value = _sorted_value(frozen, shape, name)
        if shape.empty[number]:
            behind = and_(value.is_(None), behind)
            continue
        at = bindparam(f"after_{number}", type_=frozen.c[name].type)
        further = value < at if is_down else value > at
        behind = or_(further, value.is_(None), and_(value == at, behind))
    return behind


def narrowed(asked: Select[Any], frozen: TableClause, shape: Shape) -> Select[Any]:
    """With the conditions of the shape: box, values of columns, time and filter."""
    if shape.box != "none":
        geometry = cast("ColumnElement[Any]", frozen.c.geometry)
        halves = ("",) if shape.box == "one" else ("", "2")
        asked = asked.where(or_(*(_inside(geometry, shape.box_srid, half) for half in halves)))
    for number, name in enumerate(shape.equals):
        of = _sorted_value(frozen, shape, name)  # the same for texts, and an index has it
        asked = asked.where(of == bindparam(f"equal_{number}", type_=of.type))
    if shape.time is not None:
        at = frozen.c[shape.time]
        if shape.since:
            asked = asked.where(at >= bindparam("since", type_=at.type))
        if shape.until:
            asked = asked.where(at <= bindparam("until", type_=at.type))
    if shape.filter is not None:
        asked = asked.where(condition(shape.filter, frozen))
    return asked


def _inside(geometry: ColumnElement[Any], srid: int, half: str) -> ColumnElement[bool]:
    """Whether a geometry meets the box, judged in the CRS of the box.

    In another CRS than the stored one the index is asked with ``near_west`` …, a box in EPSG:4326
    that holds the other one, and what it finds is looked at exactly.
    """
    box = _envelope(half, srid)
    if srid == PUBLISHED_SRID:
        return cast("ColumnElement[bool]", func.ST_Intersects(geometry, box))
    exact = func.ST_Intersects(func.ST_Transform(geometry, _constant(srid)), box)
    return geometry.op("&&")(_envelope(half, PUBLISHED_SRID, "near_")) & exact


def _envelope(half: str, srid: int, prefix: str = "") -> ColumnElement[Any]:
    edges: list[ColumnElement[float]] = [
        bindparam(f"{prefix}{name}{half}", type_=Double()) for name in EDGES
    ]
    return cast("ColumnElement[Any]", func.ST_MakeEnvelope(*edges, _constant(srid)))


def _int(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger())


def _constant(value: int | str) -> ColumnElement[Any]:
    """A number or a piece of JSON of ours, written into the text: PostGIS plans by it."""
    return literal_column(str(value) if isinstance(value, int) else f"'{value}'")


def text_of(asked: Select[Any]) -> str:
    """The statement for psycopg, its values by name."""
    return str(asked.compile(dialect=_DIALECT))


EDITION_SQL = text_of(
    select(column("edition")).select_from(table("catalogue_edition", schema="published"))
)
"""The number that grows with every change of the public catalogue."""
