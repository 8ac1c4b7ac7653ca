"""What is counted in a frozen copy when it is published: two walks over its rows.

Runs as ``gis_office``; ``measured`` runs as ``gis_portal`` too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    Integer,
    TableClause,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    insert,
    literal,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.db.queries.catalogue import FrozenCopy

CLOCK = "Europe/Istanbul"
"""Whose days and years a moment is counted in."""
MOST_VALUES = 400
"""Values of a column that are counted one by one; rarer ones are counted together."""
_MEASURED = ("layer", "version", "measured_at", "measures", "charts")
_TABLES = {
    schema: table(
        "measured", column("layer", Text), column("version", Integer),
        column("measured_at", DateTime(timezone=True)), column("measures", JSONB),
        column("charts", JSONB), schema=schema,
    )
    for schema in ("catalogue", "published")
}  # fmt: skip
_STATS = table(
    "pg_stats", column("schemaname", Text), column("tablename", Text), column("attname", Text),
    column("n_distinct", Float), schema="pg_catalog",
)  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """What is looked at beside shapes, keys and empty values.

    Attributes:
        texts: columns of text, in which blanks alone are as good as nothing.
        domains: codes a column may have, by column.
        ranges: columns whose lowest and highest value is wanted.
    """

    texts: frozenset[str]
    domains: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ranges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grouping:
    """How the rows of a column are counted.

    Attributes:
        by: ``value`` or ``number``, ``year``, ``month``, ``step`` (steps of a histogram, from 1).
        low: and ``high``: ends of the steps, of which there are ``steps``.
        is_moment: whether its values are moments, which fall on a day only by a clock.
        is_text: whether its values are texts, of which blanks alone are none.
    """

    column: str
    by: str
    low: float = 0
    high: float = 0
    steps: int = 1
    is_moment: bool = False
    is_text: bool = False


def distinct_guess(connection: Connection, copy: FrozenCopy) -> dict[str, float]:
    """How many values a column has, as the statistics of the table guess; below 0: share of rows.

    Good enough to choose what is worth a chart, and free.
    """
    asked = select(_STATS.c.attname, _STATS.c.n_distinct).where(
        _STATS.c.schemaname == "published", _STATS.c.tablename == copy.name
    )
    return {str(name): float(guess) for name, guess in connection.execute(asked)}


def totals(connection: Connection, copy: FrozenCopy, looked: Looked) -> dict[str, Any]:
    """``rows``, ``duplicates``, ``invalid``, by column ``empty``, ``outside``, ``ranges``."""
    frozen = _frozen(copy)
    values = frozen.c
    empty = [func.count().filter(_is_empty(values[name], name, looked)) for name in copy.columns]
    outside = [
        func.count().filter(
            and_(values[name].is_not(None), cast(values[name], Text).not_in(list(codes)))
        )
        for name, codes in looked.domains.items()
    ]
    ends = [end(values[name]) for name in looked.ranges for end in (func.min, func.max)]
    asked = select(
        func.count(),
        func.count() - func.count(values[copy.key].distinct()),
        func.count().filter(~func.ST_IsValid(values.geometry)),
        *empty, *outside, *ends,
    ).select_from(frozen)  # fmt: skip
    rows, duplicates, invalid, *rest = connection.execute(asked).one()
    empties, others = rest[: len(empty)], rest[len(empty) : len(empty) + len(outside)]
    found = iter(rest[len(empty) + len(outside) :])
    return {
        "rows": rows, "duplicates": duplicates, "invalid": invalid,
        "empty": dict(zip(copy.columns, empties, strict=True)),
        "outside": dict(zip(looked.domains, others, strict=True)),
        "ranges": {name: (next(found), next(found)) for name in looked.ranges},
    }  # fmt: skip


def counted(
    connection: Connection, copy: FrozenCopy, groupings: Sequence[Grouping]
) -> list[dict[str | None, int]]:
    """Rows by value of each grouping, the most frequent first; ``None``: the rarer ones together.

    All groupings are counted in one walk over the rows; rows without a value are in none.
    """
    if not groupings:
        return []
    frozen = _frozen(copy)
    named = [_group(frozen.c[each.column], each).label(f"g{at}")
             for at, each in enumerate(groupings)]  # fmt: skip
    inner = select(*named).subquery("seen")
    sets = func.grouping_sets(*(tuple_(each) for each in inner.c))
    every = (1 << len(groupings)) - 1
    which = func.grouping(*inner.c)
    grouped = (
        select(which.label("which"),
               func.coalesce(*(cast(each, Text) for each in inner.c)).label("value"),
               func.count().label("rows"))
        .group_by(sets)
        .subquery("grouped")
    )  # fmt: skip
    place = func.row_number().over(
        partition_by=grouped.c.which, order_by=[grouped.c.rows.desc(), grouped.c.value]
    )
    ranked = (
        select(grouped.c.which, grouped.c.value, grouped.c.rows, place.label("place"))
        .where(grouped.c.value.is_not(None))
        .subquery("ranked")
    )
    said = case((ranked.c.place <= MOST_VALUES, ranked.c.value)).label("said")
    asked = select(ranked.c.which, said, cast(func.sum(ranked.c.rows), BigInteger)).group_by(
        ranked.c.which, said
    )
    found: list[dict[str | None, int]] = [{} for _ in groupings]
    # The first column is the highest bit; the one that is grouped by has its bit unset.
    at = {every ^ (1 << (len(groupings) - 1 - each)): each for each in range(len(groupings))}
    asked = asked.order_by(func.sum(ranked.c.rows).desc(), said)
    for bits, value, rows in connection.execute(asked):
        found[at[bits]][value] = rows
    return found


def keep_measures(
    connection: Connection, layer: str, version: int, measures: Any, charts: Any
) -> None:
    """Write down what was measured of a public version, once."""
    values = {"layer": layer, "version": version, "measures": measures, "charts": charts}
    connection.execute(insert(_TABLES["catalogue"]).values(values))


def kept_measures(connection: Connection, layer: str) -> set[int]:
    """Versions of a layer that were measured."""
    of = _TABLES["catalogue"]
    return set(connection.execute(select(of.c.version).where(of.c.layer == layer)).scalars())


def measured(connection: Connection, layer: str) -> list[dict[str, Any]]:
    """What was measured of the versions the public may read, the newest first."""
    of = _TABLES["published"]
    asked = select(*(of.c[name] for name in _MEASURED)).where(of.c.layer == layer)
    return [row._asdict() for row in connection.execute(asked.order_by(of.c.version.desc()))]


def _frozen(copy: FrozenCopy) -> TableClause:
    shape = column("geometry", Geometry(srid=PUBLISHED_SRID))
    return table(copy.name, *(column(name) for name in copy.columns), shape, schema="published")


def _is_empty(of: ColumnElement[Any], name: str, looked: Looked) -> ColumnElement[bool]:
    if name not in looked.texts:
        return of.is_(None)
    return or_(of.is_(None), func.btrim(of) == "")


def _group(of: ColumnElement[Any], grouping: Grouping) -> ColumnElement[Any]:
    """What the rows are counted by, in a kind that is quick to compare."""
    if grouping.by == "step":
        low, high = literal(grouping.low, Float), literal(grouping.high, Float)
        step = func.width_bucket(cast(of, Float), low, high, grouping.steps)
        last = func.least(step, grouping.steps)  # the highest value of all ends the last step
        return case((of.is_not(None), last))
    if grouping.by in {"year", "month"}:
        here = func.timezone(CLOCK, of) if grouping.is_moment else of
        if grouping.by == "month":
            return func.to_char(here, "YYYY-MM")
        return cast(func.date_part("year", here), Integer)
    return func.nullif(func.btrim(of), "") if grouping.is_text else of
