"""Which columns of a layer are worth a chart, and the counts a chart shows; made once per version.

What is kept knows no language: a column, how it was counted, and rows by value.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from gis_platform.db.queries import measures as ask
from gis_platform.db.queries.catalogue import FrozenCopy
from gis_platform.db.queries.measures import Grouping
from gis_platform.opendata.catalogue import Entry

MOST_CHARTS = 4
"""Charts that are chosen where the layer file names none."""
MOST_BARS = 12
_MOST_CATEGORIES, _FEW_NUMBERS, _WIDEST = 60, 25, 40
_STEPS, _FEW_YEARS = 10, 3
_IDENTITY = re.compile(r"(^|_)(id|no|kod|kodu|code|key|uuid|guid)$")
_RANGED = frozenset({"integer", "number", "date", "date-time"})
Ranges = Mapping[str, tuple[Any, Any]]


def ranged_columns(entry: Entry) -> tuple[str, ...]:
    """Columns whose ends have to be known before their rows can be counted in steps or years."""
    return tuple(name for name, kind in entry.types.items()
                 if kind in _RANGED and (entry.charts is None or name in entry.charts)
                 and name != entry.key)  # fmt: skip


def charts_of(
    connection: Connection, copy: FrozenCopy, entry: Entry, ranges: Ranges, rows: int
) -> list[dict[str, Any]]:
    """The charts of a frozen copy: column, by, rows (value, count), other, step.

    ``ranges`` are lowest and highest value of ``ranged_columns``, ``rows`` the rows of the copy.
    """
    guess = ask.distinct_guess(connection, copy)
    distinct = {name: -each * rows if each < 0 else each for name, each in guess.items()}
    groupings = list(_groupings(entry, distinct, ranges, rows))
    found = ask.counted(connection, copy, groupings)
    return [_chart(each, counts) for each, counts in zip(groupings, found, strict=True) if counts]


def _groupings(
    entry: Entry, distinct: Mapping[str, float], ranges: Ranges, rows: int
) -> Iterator[Grouping]:
    if entry.charts is not None:
        for name in entry.charts:
            yield _grouping(entry, name, distinct.get(name, math.inf), ranges)
        return
    worth = [name for name in entry.types if _is_worth(entry, name, distinct, ranges, rows)]
    best = sorted(worth, key=lambda name: _rank(entry, name))[:MOST_CHARTS]
    for name in (each for each in worth if each in best):
        yield _grouping(entry, name, distinct[name], ranges)


def _rank(entry: Entry, name: str) -> int:
    """What tells most comes first: codes, words, days, measures."""
    column = entry.column(name)
    if column.codes is not None:
        return 0
    kinds = ("string", "boolean", "date", "date-time", "integer", "number")
    return 1 + kinds.index(column.type) // 2


def _is_worth(
    entry: Entry, name: str, distinct: Mapping[str, float], ranges: Ranges, rows: int
) -> bool:
    """Numbers that measure, days, and words that come back; never what names a single feature."""
    column = entry.column(name)
    is_said = name in {entry.key, entry.label} or name not in distinct
    if is_said or (_IDENTITY.search(name) and column.codes is None):
        return False
    if name in ranges and column.codes is None:
        low, high = ranges[name]
        return low is not None and low != high
    return 2 <= distinct[name] <= min(_MOST_CATEGORIES, rows / 2)  # noqa: PLR2004  # else no choice


def _grouping(entry: Entry, name: str, distinct: float, ranges: Ranges) -> Grouping:
    column = entry.column(name)
    low, high = ranges.get(name, (None, None))
    if low is None or column.codes is not None or column.type in {"string", "boolean"}:
        return Grouping(name, "value", is_text=column.type == "string")
    if column.type.startswith("date"):
        is_short = (high - low).days < _FEW_YEARS * 366
        return Grouping(name, "month" if is_short else "year",
                        is_moment=column.type == "date-time")  # fmt: skip
    if column.type == "integer" and distinct <= _FEW_NUMBERS and high - low <= _WIDEST:
        return Grouping(name, "number")
    return _steps(name, float(low), float(high), is_whole=column.type == "integer")


def _steps(name: str, low: float, high: float, *, is_whole: bool) -> Grouping:
    """About ten steps of a round width, with round ends."""
    width = (high - low) / _STEPS or 1.0
    power = 10.0 ** math.floor(math.log10(width))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= width * 0.999)
    step = max(step, 1.0) if is_whole else step
    if is_whole:
        step = float(math.ceil(step))
    first, last = math.floor(low / step), math.floor(high / step) + 1
    return Grouping(name, "step", round(first * step, 10), round(last * step, 10), last - first)


def _chart(grouping: Grouping, counts: Mapping[str | None, int]) -> dict[str, Any]:
    known = {value: rows for value, rows in counts.items() if value is not None}
    chart: dict[str, Any] = {"column": grouping.column, "by": grouping.by, "other": 0}
    if grouping.by == "value":
        some = list(known.items())
        is_cut = len(some) > MOST_BARS or None in counts
        kept = some[: MOST_BARS - 1] if is_cut else some
        left = sum(counts.values()) - sum(rows for _, rows in kept)
        return chart | {"rows": [[value, rows] for value, rows in kept], "other": left}
    if grouping.by == "step":
        width = (grouping.high - grouping.low) / grouping.steps
        rows = [[round(grouping.low + at * width, 10), known.get(str(at + 1), 0)]
                for at in range(grouping.steps)]  # fmt: skip
        return chart | {"rows": rows, "step": round(width, 10)}
    return chart | {"rows": [[each, known.get(each, 0)] for each in _between(grouping.by, known)]}


def _between(by: str, known: Mapping[str, int]) -> list[str]:
    """Every number, year or month from the first to the last, those without rows too."""
    if by == "month":
        first, last = (date.fromisoformat(f"{each}-01") for each in (min(known), max(known)))
        span = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in span]
    numbers = [int(each) for each in known]
    return [str(each) for each in range(min(numbers), max(numbers) + 1)]
