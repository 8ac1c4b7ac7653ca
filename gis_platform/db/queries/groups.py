"""Rows put together: how many, how much, least, most and on average, by the values of columns."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Double, FromClause, Text, bindparam, func, select
from sqlalchemy import cast as sql_cast

from gis_platform.db.queries.features import Shape, frozen_table, narrowed, sorted_value, text_of

Measure = Literal["count", "sum", "min", "max", "avg"]
ROWS = "*"
"""Stands for the rows themselves where they are counted."""


@dataclass(frozen=True)
class Grouping:
    """What is worked out for each group.

    Attributes:
        by: columns whose values make the groups; none = one group of all rows.
        measures: what is worked out and of which column; ``ROWS`` with ``count``.
        sort: names of the outcome, ``True`` = descending; then by ``by``. What is empty comes last.
    """

    by: tuple[str, ...]
    measures: tuple[tuple[Measure, str], ...]
    sort: tuple[tuple[str, bool], ...] = ()


def name_of(measure: Measure, column: str) -> str:
    """What a measure is called in the outcome, e.g. ``count`` or ``avg_kat_sayisi``."""
    return measure if column == ROWS else f"{measure}_{column}"


@lru_cache(maxsize=1024)
def groups_sql(shape: Shape, grouping: Grouping) -> str:
    """An object of each group as text, at most ``limit`` after ``offset``, in order."""
    frozen = frozen_table(shape.served)
    by = [sorted_value(frozen, shape.served, name) for name in grouping.by]
    made = [_measured(frozen, shape, *each).label(name_of(*each)) for each in grouping.measures]
    named = [value.label(name) for value, name in zip(by, grouping.by, strict=True)]
    asked = narrowed(select(*named, *made).select_from(frozen), frozen, shape).group_by(*by)
    groups = asked.subquery("groups")
    page = select(groups).order_by(*_order(groups, grouping))
    page = page.limit(bindparam("limit", type_=BigInteger()))
    rows = page.offset(bindparam("offset", type_=BigInteger())).subquery("page")
    said = sql_cast(func.row_to_json(rows.table_valued()), Text)
    return text_of(select(said).select_from(rows).order_by(*_order(rows, grouping)))


def _measured(frozen: FromClause, shape: Shape, measure: Measure, name: str) -> ColumnElement[Any]:
    if name == ROWS:
        return func.count()
    value = sorted_value(frozen, shape.served, name)
    made: ColumnElement[Any] = getattr(func, measure)(value)
    return sql_cast(made, Double()) if measure == "avg" else made


def _order(rows: FromClause, grouping: Grouping) -> list[ColumnElement[Any]]:
    chosen = [
        (rows.c[name].desc() if is_down else rows.c[name].asc()).nulls_last()
        for name, is_down in grouping.sort
    ]
    return [*chosen, *(rows.c[name].asc().nulls_last() for name in grouping.by)]
