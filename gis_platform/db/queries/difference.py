"""Two frozen copies of a layer side by side: rows added, removed, moved, changed, and their values.

Runs as ``gis_office``. Rows belong together by their key; only counts and a few examples leave the
database, so that a layer of a million rows is compared in seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Text,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
)

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID
from gis_platform.db.queries.catalogue import FrozenCopy

MOST_PLACES, MOST_EXAMPLES, MOST_VALUES = 3000, 20, 8
_NUMERIC = frozenset({"integer", "number"})


@dataclass(frozen=True)
class Pair:
    """The public copy and the one that waits, and the columns of both with their kinds."""

    before: FrozenCopy
    after: FrozenCopy
    kept: tuple[str, ...]
    kinds: dict[str, str]

    def tables(self) -> tuple[FromClause, FromClause]:
        """Both copies as tables, under different names."""
        return _table(self.before, "before"), _table(self.after, "after")


def counts(connection: Connection, pair: Pair) -> dict[str, Any]:
    """How many rows were ``added``, ``removed``, ``moved``, ``changed`` (have another value).

    Also ``columns`` (rows with another value by column), ``farthest`` and ``median`` move, metres.
    """
    before, after = pair.tables()
    joined = _joined(pair, before, after)
    both = _both(pair, before, after)
    moved = both & _is_moved(before, after)
    differs = {name: both & _differs(before, after, name) for name in pair.kept}
    asked = select(
        func.count().filter(_key(pair.before, before).is_(None)),
        func.count().filter(_key(pair.after, after).is_(None)),
        func.count().filter(moved),
        func.count().filter(or_(literal(value=False), *differs.values())),
        func.max(case((moved, _metres(before, after)))),
        func.percentile_cont(0.5).within_group(case((moved, _metres(before, after)))),
        *(func.count().filter(each) for each in differs.values()),
    ).select_from(joined)
    added, removed, far, changed, farthest, median, *columns = connection.execute(asked).one()
    return {
        "added": added, "removed": removed, "moved": far, "changed": changed,
        "farthest": farthest, "median": median,
        "columns": dict(zip(pair.kept, columns, strict=True)),
    }  # fmt: skip


def places(connection: Connection, pair: Pair) -> Iterator[tuple[str, float, float, float, float]]:
    """What happened, and a point of the feature before and after, EPSG:5254 (east, north).

    The same point twice where it did not move; an even sample where there are too many.
    """
    before, after = pair.tables()
    happened = _happened(pair, before, after)
    found = (
        select(
            happened.label("what"),
            func.coalesce(before.c.geometry, after.c.geometry).label("old"),
            func.coalesce(after.c.geometry, before.c.geometry).label("new"),
        )
        .select_from(_joined(pair, before, after))
        .where(happened.is_not(None))
        .order_by(func.md5(func.coalesce(_key(pair.after, after), _key(pair.before, before))))
        .limit(MOST_PLACES)
        .subquery("found")
    )
    old, new = (_middle(found.c[name]) for name in ("old", "new"))
    asked = select(found.c.what, func.ST_X(old), func.ST_Y(old), func.ST_X(new), func.ST_Y(new))
    for row in connection.execute(asked):
        yield tuple(row)


def examples(connection: Connection, pair: Pair, what: str) -> list[dict[str, Any]]:
    """A few features to which ``what`` happened, the farthest moves first: key and metres."""
    before, after = pair.tables()
    key = func.coalesce(_key(pair.after, after), _key(pair.before, before))
    metres = case((_both(pair, before, after), _metres(before, after)))
    asked = (
        select(key.label("key"), metres.label("metres"))
        .select_from(_joined(pair, before, after))
        .where(_happened(pair, before, after) == what)
        .order_by(metres.desc().nulls_last(), key)
        .limit(MOST_EXAMPLES)
    )
    return [row._asdict() for row in connection.execute(asked)]


def changed_values(connection: Connection, pair: Pair, name: str) -> list[tuple[str, Any, Any]]:
    """A few changes of a column: key, value before, value after."""
    before, after = pair.tables()
    asked = (
        select(_key(pair.after, after), cast(before.c[name], Text), cast(after.c[name], Text))
        .select_from(_joined(pair, before, after))
        .where(_both(pair, before, after) & _differs(before, after, name))
        .order_by(_key(pair.after, after))
        .limit(MOST_EXAMPLES)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(asked)]


def distribution(connection: Connection, copy: FrozenCopy, name: str, kind: str) -> dict[str, Any]:
    """``empty``, ``distinct``, and ``low``, ``mean``, ``high`` or else the commonest ``values``."""
    of = _table(copy, "one").c[name]
    source = of.table
    facts: list[Any] = [func.count().filter(of.is_(None)), func.count(of.distinct())]
    if kind in _NUMERIC or kind.startswith("date"):
        mean = func.avg(of) if kind in _NUMERIC else literal(None, Text)
        asked = select(*facts, cast(func.min(of), Text), cast(mean, Text), cast(func.max(of), Text))
        row = connection.execute(asked.select_from(source)).one()
        empty, distinct, low, mean_is, high = tuple(row)
        return {"empty": empty, "distinct": distinct, "low": low, "mean": mean_is, "high": high}
    empty, distinct = tuple(connection.execute(select(*facts).select_from(source)).one())
    value = cast(of, Text)
    often = select(value, func.count()).where(of.is_not(None)).group_by(value)
    common = connection.execute(often.order_by(func.count().desc(), value).limit(MOST_VALUES))
    return {"empty": empty, "distinct": distinct, "values": {row[0]: row[1] for row in common}}


def value_counts(
    connection: Connection, copy: FrozenCopy, name: str, values: Sequence[str]
) -> dict[str, int]:
    """How often each of these values stands in a column."""
    of = cast(_table(copy, "one").c[name], Text)
    asked = select(of, func.count()).where(of.in_(list(values))).group_by(of)
    return {row[0]: row[1] for row in connection.execute(asked)}


def outlines(connection: Connection, copy: FrozenCopy, limit: int = 400) -> list[Any]:
    """Shapes of some features, WKB in EPSG:5254, as the ground of a map."""
    frozen = _table(copy, "one")
    shape = func.ST_Transform(frozen.c.geometry, REGISTER_SRID)
    asked = select(func.ST_AsBinary(func.ST_SimplifyPreserveTopology(shape, 5)))
    found = connection.execute(asked.order_by(func.md5(_key(copy, frozen))).limit(limit))
    return [bytes(row[0]) for row in found]


def _table(copy: FrozenCopy, name: str) -> FromClause:
    shape = column("geometry", Geometry(srid=PUBLISHED_SRID))
    columns: list[Any] = [column(each) for each in copy.columns]
    return table(copy.name, *columns, shape, schema="published").alias(name)


def _key(copy: FrozenCopy, of: FromClause) -> ColumnElement[Any]:
    return cast(of.c[copy.key], Text)


def _joined(pair: Pair, before: FromClause, after: FromClause) -> FromClause:
    same = before.c[pair.before.key] == after.c[pair.after.key]
    if pair.kinds.get("") == "cast":  # the key is of another kind than it was
        same = _key(pair.before, before) == _key(pair.after, after)
    return before.outerjoin(after, same, full=True)


def _both(pair: Pair, before: FromClause, after: FromClause) -> ColumnElement[bool]:
    return _key(pair.before, before).is_not(None) & _key(pair.after, after).is_not(None)


def _is_moved(before: FromClause, after: FromClause) -> ColumnElement[bool]:
    return func.ST_AsBinary(before.c.geometry) != func.ST_AsBinary(after.c.geometry)


def _differs(before: FromClause, after: FromClause, name: str) -> ColumnElement[bool]:
    return cast(before.c[name], Text).is_distinct_from(cast(after.c[name], Text))


def _metres(before: FromClause, after: FromClause) -> ColumnElement[Any]:
    """How far a shape went: the largest distance of any of its points from the other shape."""
    old, new = (func.ST_Transform(each.c.geometry, REGISTER_SRID) for each in (before, after))
    return func.ST_HausdorffDistance(old, new)


def _middle(shape: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.ST_Transform(func.ST_PointOnSurface(shape), REGISTER_SRID)


def _happened(pair: Pair, before: FromClause, after: FromClause) -> ColumnElement[Any]:
    changes = or_(literal(value=False), *(_differs(before, after, name) for name in pair.kept))
    return case(
        (_key(pair.before, before).is_(None), "added"),
        (_key(pair.after, after).is_(None), "removed"),
        (_is_moved(before, after), "moved"),
        (changes, "changed"),
    )
