"""A checked filter becomes a condition in SQL; every value is a parameter, every name is known."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Double,
    FromClause,
    LargeBinary,
    Numeric,
    Text,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.types import TypeEngine

from gis_platform.core.crs import PUBLISHED_SRID

Sql = ColumnElement[Any]
EDGES = ("west", "south", "east", "north")
_BOUND: dict[str, TypeEngine[Any]] = {
    "string": Text(), "integer": BigInteger(), "number": Numeric(), "boolean": Boolean(),
    "date": Date(), "date-time": DateTime(timezone=True), "double": Double(),
}  # fmt: skip


@dataclass(frozen=True)
class Node:
    """A part of a filter.

    Attributes:
        op: ``column``, ``value``, ``shape``, ``begin``, ``end`` or what CQL2 JSON calls it.
        kind: of its value: as in ``catalogue.ValueKind``, or ``double`` (a column of numbers),
            ``geometry``, ``interval``.
        name: of the column, or of the parameter the value is bound to.
        srid: CRS in which a spatial condition is judged, x first.
    """

    op: str
    kind: str
    args: tuple["Node", ...] = ()
    name: str = ""
    srid: int = PUBLISHED_SRID


def condition(node: Node, rows: FromClause) -> ColumnElement[bool]:
    """The condition a filter sets on rows."""
    return cast("ColumnElement[bool]", _sql(node, rows))


def _sql(node: Node, rows: FromClause) -> Sql:
    if node.op in _SPATIAL:
        return _spatial(node, rows)
    if node.op in _TEMPORAL:
        (left, right) = (_span(each, rows) for each in node.args)
        return _TEMPORAL[node.op](*left, *right)
    if node.op in _ARITHMETIC:
        return _arithmetic(node, rows)
    return _MAKERS[node.op](node, rows)


def _column(node: Node, rows: FromClause) -> Sql:
    return rows.c[node.name]


def _value(node: Node, _rows: FromClause) -> Sql:
    return bindparam(node.name, type_=_BOUND[node.kind])


def _each(node: Node, rows: FromClause) -> list[Sql]:
    return [_sql(each, rows) for each in node.args]


def _in(node: Node, rows: FromClause) -> Sql:
    wanted, *among = _each(node, rows)
    return or_(false(), *(wanted == each for each in among))


def _between(node: Node, rows: FromClause) -> Sql:
    wanted, low, high = _each(node, rows)
    return and_(wanted >= low, wanted <= high)


def _compared(compare: Callable[[Sql, Sql], Sql]) -> Callable[[Node, FromClause], Sql]:
    def made(node: Node, rows: FromClause) -> Sql:
        left, right = _each(node, rows)
        return compare(left, right)

    return made


_MAKERS: Mapping[str, Callable[[Node, FromClause], Sql]] = {
    "column": _column,
    "value": _value,
    "and": lambda node, rows: and_(*_each(node, rows)),
    "or": lambda node, rows: or_(*_each(node, rows)),
    "not": lambda node, rows: not_(_each(node, rows)[0]),
    "=": _compared(lambda a, b: a == b),
    "<>": _compared(lambda a, b: a != b),
    "<": _compared(lambda a, b: a < b),
    "<=": _compared(lambda a, b: a <= b),
    ">": _compared(lambda a, b: a > b),
    ">=": _compared(lambda a, b: a >= b),
    "like": _compared(lambda a, b: a.like(b)),
    "isNull": lambda node, rows: _each(node, rows)[0].is_(None),
    "in": _in,
    "between": _between,
    "casei": lambda node, rows: func.cql2_casei(*_each(node, rows)),
    "accenti": lambda node, rows: func.cql2_accenti(*_each(node, rows)),
}

# ---------------------------------------------------------------------------------- arithmetic


def _arithmetic(node: Node, rows: FromClause) -> Sql:
    """In exact numbers, unless a column of doubles takes part; divided by nothing is nothing."""
    type_: TypeEngine[Any] = Double() if node.kind == "double" else Numeric()
    left, right = (sql_cast(each, type_) for each in _each(node, rows))
    return _ARITHMETIC[node.op](left, right, type_)


def _over(left: Sql, right: Sql) -> Sql:
    return left.op("/")(func.nullif(right, literal_column("0")))


def _whole(left: Sql, right: Sql) -> Sql:
    return func.trunc(_over(left, right))


_ARITHMETIC: Mapping[str, Callable[[Sql, Sql, TypeEngine[Any]], Sql]] = {
    "+": lambda a, b, _: a + b,
    "-": lambda a, b, _: a - b,
    "*": lambda a, b, _: a * b,
    "/": lambda a, b, _: _over(a, b),
    "div": lambda a, b, _: _whole(a, b),
    "%": lambda a, b, _: a - b * _whole(a, b),
    "^": lambda a, b, type_: sql_cast(
        func.power(sql_cast(a, Double()), sql_cast(b, Double())), type_
    ),
}

# ---------------------------------------------------------------------------------------- time

_EVER: Mapping[str, tuple[Sql, Sql]] = {
    "date": (literal_column("'-infinity'::date"), literal_column("'infinity'::date")),
    "date-time": (
        literal_column("'-infinity'::timestamptz"),
        literal_column("'infinity'::timestamptz"),
    ),
}


def _span(node: Node, rows: FromClause) -> tuple[Sql, Sql]:
    """First and last moment; those of an instant are one."""
    if node.kind != "interval":
        at = _sql(node, rows)
        return at, at
    begin, end = node.args
    first = _EVER[begin.kind][0] if begin.op == "open" else _sql(begin, rows)
    last = _EVER[end.kind][1] if end.op == "open" else _sql(end, rows)
    return first, last


# a..b against c..d (21-065r2, 7.12; Allen's relations)
_TEMPORAL: Mapping[str, Callable[[Sql, Sql, Sql, Sql], Sql]] = {
    "t_after": lambda a, b, c, d: a > d,
    "t_before": lambda a, b, c, d: b < c,
    "t_disjoint": lambda a, b, c, d: or_(b < c, a > d),
    "t_intersects": lambda a, b, c, d: and_(b >= c, a <= d),
    "t_equals": lambda a, b, c, d: and_(a == c, b == d),
    "t_contains": lambda a, b, c, d: and_(a < c, b > d),
    "t_during": lambda a, b, c, d: and_(a > c, b < d),
    "t_finishedBy": lambda a, b, c, d: and_(a < c, b == d),
    "t_finishes": lambda a, b, c, d: and_(a > c, b == d),
    "t_meets": lambda a, b, c, d: b == c,
    "t_metBy": lambda a, b, c, d: a == d,
    "t_overlaps": lambda a, b, c, d: and_(a < c, b > c, b < d),
    "t_overlappedBy": lambda a, b, c, d: and_(a > c, a < d, b > d),
    "t_startedBy": lambda a, b, c, d: and_(a == c, b > d),
    "t_starts": lambda a, b, c, d: and_(a == c, b < d),
}
TEMPORAL = frozenset(_TEMPORAL)

# --------------------------------------------------------------------------------------- space

_SPATIAL = {
    "s_intersects": "ST_Intersects", "s_disjoint": "ST_Disjoint", "s_equals": "ST_Equals",
    "s_touches": "ST_Touches", "s_crosses": "ST_Crosses", "s_within": "ST_Within",
    "s_contains": "ST_Contains", "s_overlaps": "ST_Overlaps",
}  # fmt: skip
SPATIAL = frozenset(_SPATIAL)


def _spatial(node: Node, rows: FromClause) -> Sql:
    """The condition, judged in the CRS of the filter.

    In another CRS than the stored one the index is asked with the parameters ``…_west`` and so on,
    a box in EPSG:4326 that holds the shape, and what it finds is looked at exactly.
    """
    shapes = [_shape(each, rows, node.srid) for each in node.args]
    exact: Sql = getattr(func, _SPATIAL[node.op])(*shapes)
    kinds = [each.op for each in node.args]
    if node.srid == PUBLISHED_SRID or node.op == "s_disjoint" or sorted(kinds) != [
        "column", "shape",
    ]:  # fmt: skip
        return exact
    geometry = rows.c[node.args[kinds.index("column")].name]
    edges: Iterator[Sql] = (
        bindparam(f"{node.args[kinds.index('shape')].name}_{edge}", type_=Double())
        for edge in EDGES
    )
    near = func.ST_MakeEnvelope(*edges, literal_column(str(PUBLISHED_SRID)))
    return and_(cast("Sql", geometry).op("&&")(near), exact)


def _shape(node: Node, rows: FromClause, srid: int) -> Sql:
    code: Sql = literal_column(str(srid))
    if node.op == "shape":
        given = bindparam(node.name, type_=LargeBinary())
        return cast("Sql", func.ST_SetSRID(func.ST_GeomFromWKB(given), code))
    stored = cast("Sql", rows.c[node.name])
    return stored if srid == PUBLISHED_SRID else func.ST_Transform(stored, code)
