"""What came, went and changed between two published copies of a layer, row by row.

Runs as ``gis_portal``: both copies are ones the public may read, and of each only the columns that
were approved are named. A row is the same row where its key is the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from geoalchemy2 import Geometry
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Text,
    and_,
    cast,
    collate,
    column,
    func,
    literal,
    or_,
    select,
    table,
)

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.db.queries.published import Served, Value

What = Literal["added", "removed", "changed"]
KINDS: tuple[What, ...] = ("added", "removed", "changed")
_OLD, _NEW = "old_", "new_"


@dataclass(frozen=True)
class Compared:
    """Two copies of a layer, the older first."""

    before: Served
    after: Served

    @property
    def kept(self) -> tuple[str, ...]:
        """Columns of both, without the key, in the order of the newer."""
        old = dict(self.before.types)
        keys = {self.before.key, self.after.key}
        return tuple(name for name, _ in self.after.types if name in old and name not in keys)

    @property
    def key_kind(self) -> str:
        """Kind of the keys; ``string`` where the two are of different kinds."""
        kinds = {dict(each.types)[each.key] for each in (self.before, self.after)}
        return kinds.pop() if len(kinds) == 1 else "string"


@dataclass(frozen=True)
class ChangedRow:
    """A row that came, went or changed.

    Attributes:
        old: values before, of the columns of that side; ``None`` where the row is new.
        is_moved: whether its place changed.
    """

    key: Value
    what: What
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    is_moved: bool


def change_counts(connection: Connection, pair: Compared) -> dict[What, int]:
    """How many rows came, went and changed."""
    before, after = _sides(pair)
    old, new = _key(pair, before, pair.before), _key(pair, after, pair.after)
    both = and_(old.is_not(None), new.is_not(None))
    asked = select(
        func.count().filter(old.is_(None)),
        func.count().filter(new.is_(None)),
        func.count().filter(and_(both, _differs(pair, before, after))),
    ).select_from(before.outerjoin(after, old == new, full=True))
    added, removed, changed = connection.execute(asked).one()
    return {"added": added, "removed": removed, "changed": changed}


def changed_rows(
    connection: Connection, pair: Compared, what: What, *, after: Value | None, limit: int
) -> list[ChangedRow]:
    """Rows of one kind of change in the order of their keys, ``limit`` at most behind ``after``."""
    keys = _changed_keys(connection, pair, what, after, limit)
    return list(_rows(connection, pair, what, keys)) if keys else []


def _changed_keys(
    connection: Connection, pair: Compared, what: What, after: Value | None, limit: int
) -> list[Value]:
    """Their keys alone: the wide rows of a million that did not change are never sorted."""
    left, right = _sides(pair)
    old, new = _key(pair, left, pair.before), _key(pair, right, pair.after)
    key = old if what == "removed" else new
    if what == "changed":
        asked = select(key).select_from(left.join(right, old == new))
        asked = asked.where(_differs(pair, left, right))
    else:
        other = (
            select(literal(1)).where(old == new).select_from(right if what == "removed" else left)
        )
        asked = select(key).where(~other.correlate(left if what == "removed" else right).exists())
    order = _ordered(pair, key)
    if after is not None:
        asked = asked.where(order > after)
    return list(connection.execute(asked.order_by(order).limit(limit)).scalars())


def _rows(
    connection: Connection, pair: Compared, what: What, keys: Sequence[Value]
) -> Iterator[ChangedRow]:
    left, right = _sides(pair)
    old, new = _key(pair, left, pair.before), _key(pair, right, pair.after)
    olds = [left.c[name].label(_OLD + name) for name, _ in pair.before.types]
    news = [right.c[name].label(_NEW + name) for name, _ in pair.after.types]
    key = new
    moved: ColumnElement[bool] = literal(value=False)
    if what == "added":
        asked = select(*news)
    elif what == "removed":
        key, asked = old, select(*olds)
    else:
        asked = select(*olds, *news).select_from(left.join(right, old == new))
        moved = left.c.geometry.is_distinct_from(right.c.geometry)
    asked = asked.add_columns(key.label("key"), moved.label("is_moved")).where(key.in_(keys))
    for row in connection.execute(asked.order_by(_ordered(pair, key))).mappings():
        yield ChangedRow(
            row["key"], what, _part(row, _OLD) or None, _part(row, _NEW) or None, row["is_moved"]
        )


def _sides(pair: Compared) -> tuple[FromClause, FromClause]:
    return _table(pair.before, "before"), _table(pair.after, "after")


def _table(served: Served, name: str) -> FromClause:
    shape = column("geometry", Geometry(srid=PUBLISHED_SRID))
    columns: list[Any] = [column(each) for each, _ in served.types]
    return table(served.name, *columns, shape, schema="published").alias(name)


def _key(pair: Compared, of: FromClause, served: Served) -> ColumnElement[Any]:
    """The key as both sides have it."""
    kinds = {dict(each.types)[each.key] for each in (pair.before, pair.after)}
    key: ColumnElement[Any] = of.c[served.key]
    return key if len(kinds) == 1 else cast(key, Text)


def _ordered(pair: Compared, key: ColumnElement[Any]) -> ColumnElement[Any]:
    """Texts go in the order of their code points, which is the same everywhere."""
    return collate(key, "C") if pair.key_kind == "string" else key


def _differs(pair: Compared, before: FromClause, after: FromClause) -> ColumnElement[bool]:
    old, new = dict(pair.before.types), dict(pair.after.types)
    found: list[ColumnElement[bool]] = [before.c.geometry.is_distinct_from(after.c.geometry)]
    for name in pair.kept:
        sides: tuple[ColumnElement[Any], ColumnElement[Any]] = before.c[name], after.c[name]
        if old[name] != new[name]:
            sides = cast(sides[0], Text), cast(sides[1], Text)
        found.append(sides[0].is_distinct_from(sides[1]))
    return or_(*found)


def _part(row: Any, side: str) -> dict[str, Any]:
    return {name.removeprefix(side): value for name, value in row.items() if name.startswith(side)}
