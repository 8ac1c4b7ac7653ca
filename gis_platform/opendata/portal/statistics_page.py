"""The values of the page on use: totals, twelve months as a picture and a table, layers, CSV."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gis_platform.core.language import Language
from gis_platform.core.text import sort_key
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.portal.messages import catalogue, message, number
from gis_platform.opendata.portal.page import Named, frame
from gis_platform.opendata.portal.paths import USE_FILES, path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.use import KINDS, SMALLEST, Kind, MonthUse, shown_months

MOST_LAYERS = 20
_STEP, _BAR, _HEIGHT, _LEFT, _TOP, _FOOT = 72, 40, 220, 64, 12, 34
_LINES = 4


@dataclass(frozen=True)
class Bar:
    """A part of a bar: one kind of use in one month; edges in the picture's units."""

    kind: Kind
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    """A written number or month, and where."""

    x: float
    y: float
    said: str


@dataclass(frozen=True)
class Chart:
    """Bars of twelve months; the table beside it says the same."""

    width: int
    height: int
    left: int
    bars: tuple[Bar, ...]
    months: tuple[Mark, ...]
    levels: tuple[Mark, ...]


@dataclass(frozen=True)
class Row:
    """A row of a table: a name, its address, and numbers as they are written."""

    name: str
    path: str | None
    counts: tuple[str, ...]


class _Sums:
    """The counts of public layers, added up in one pass."""

    def __init__(self, told: Iterable[MonthUse]) -> None:
        self.kinds: Counter[Kind] = Counter()
        self.months: Counter[tuple[date, Kind]] = Counter()
        self.layers: Counter[tuple[str, Kind]] = Counter()
        self.formats: Counter[str] = Counter()
        for each in told:
            self.kinds[each.kind] += each.count
            self.months[each.month, each.kind] += each.count
            self.layers[each.layer, each.kind] += each.count
            if each.format:
                self.formats[each.format] += each.count

    def by_layer(self) -> Counter[str]:
        """All kinds together."""
        sums: Counter[str] = Counter()
        for (layer, _), count in self.layers.items():
            sums[layer] += count
        return sums


def statistics_page(
    language: Language, said: Sequence[MonthUse], layers: Sequence[PublicLayer], day: date
) -> Page:
    """How much the public layers were used in the last twelve months."""
    sums = _Sums(_of_public(said, layers))
    months = shown_months(day)
    values = {
        "figures": [
            Named(message(language, f"statistics.{kind}"), number(language, sums.kinds[kind]))
            for kind in KINDS
        ],
        "kinds": [(kind, message(language, f"statistics.{kind}")) for kind in KINDS],
        "chart": _chart(language, sums, months) if sums.kinds else None,
        "months": [
            Row(_month(language, month), None, _counts(language, sums.months, month))
            for month in reversed(months)
        ],
        "layers": [
            Row(
                layer.entry.title.say(language), path_of("layer", language, name=layer.name),
                _counts(language, sums.layers, layer.name),
            )
            for layer in most_used(sums.by_layer(), layers, MOST_LAYERS)
        ],
        "formats": _format_rows(language, sums.formats),
        "smallest": number(language, SMALLEST),
        "csv": USE_FILES[language],
    }  # fmt: skip
    title, lead = message(language, "statistics.title"), message(language, "statistics.lead")
    return Page("statistics.html", frame("statistics", language, title, lead), values)


def most_used(
    sums: Mapping[str, int], layers: Sequence[PublicLayer], most: int
) -> list[PublicLayer]:
    """The public layers that were used most, the most used first; none that was not."""
    used = [layer for layer in layers if sums.get(layer.name)]
    return sorted(used, key=lambda layer: -sums[layer.name])[:most]


def use_csv(said: Sequence[MonthUse], layers: Sequence[PublicLayer]) -> str:
    """The figures as CSV (RFC 4180), one line for each month, layer, kind and format."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(("month", "layer", "kind", "format", "count"))
    for each in _of_public(said, layers):
        writer.writerow((f"{each.month:%Y-%m}", each.layer, each.kind, each.format, each.count))
    return written.getvalue()


def _of_public(said: Iterable[MonthUse], layers: Iterable[PublicLayer]) -> list[MonthUse]:
    names = {layer.name for layer in layers}
    return [each for each in said if each.layer in names]


def _counts(
    language: Language, sums: Mapping[tuple[Any, Kind], int], of: object
) -> tuple[str, ...]:
    return tuple(number(language, sums.get((of, kind), 0)) for kind in KINDS)


def _format_rows(language: Language, sums: Mapping[str, int]) -> list[Row]:
    titles = {
        name: exporters[name].title.say(language) if name in exporters else name for name in sums
    }
    order = sorted(sums, key=lambda name: (-sums[name], sort_key(titles[name])))
    return [Row(titles[name], None, (number(language, sums[name]),)) for name in order]


def _chart(language: Language, sums: _Sums, months: Sequence[date]) -> Chart:
    top = _round_top(max(sum(sums.months[month, kind] for kind in KINDS) for month in months))
    bars, marks = [], []
    for at, month in enumerate(months):
        x, y = _LEFT + at * _STEP + (_STEP - _BAR) / 2, float(_TOP + _HEIGHT)
        for kind in KINDS:
            height = round(_HEIGHT * sums.months[month, kind] / top, 1)
            y = round(y - height, 1)
            if height:
                bars.append(Bar(kind, x, y, _BAR, height))
        marks.append(Mark(x + _BAR / 2, _TOP + _HEIGHT + 22, _short(language, month)))
    levels = tuple(
        Mark(_LEFT - 8, round(_TOP + _HEIGHT * (1 - at / _LINES), 1),
             number(language, top * at // _LINES))
        for at in range(_LINES + 1)
    )  # fmt: skip
    width = _LEFT + _STEP * len(months)
    return Chart(width, _TOP + _HEIGHT + _FOOT, _LEFT, tuple(bars), tuple(marks), levels)


def _round_top(most: int) -> int:
    """The number at the top of the picture: round, not less than ``most``, parted in four."""
    step = 1
    while True:
        for first in (4, 8, 12, 16, 20, 24, 32):
            if first * step >= most:
                return first * step
        step *= 10


def _month(language: Language, month: date) -> str:
    return f"{catalogue(language)['date.months'].split()[month.month - 1]} {month.year}"


def _short(language: Language, month: date) -> str:
    return catalogue(language)["date.months"].split()[month.month - 1][:3]
