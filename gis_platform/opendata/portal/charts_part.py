"""The charts on a layer's page: drawn, told in a sentence, and as a table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from gis_platform.core.language import Language
from gis_platform.core.language import percent as exact_percent
from gis_platform.opendata.catalogue import EntryColumn
from gis_platform.opendata.portal import chart_svg
from gis_platform.opendata.portal.chart_svg import Mark, Told
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.quality import Measured

_NEARLY = 0.999


@dataclass(frozen=True)
class Chart:
    """A chart, and the table that says the same: label, rows, share of the rows counted."""

    title: str
    summary: str
    picture: Markup
    head: str
    rows: tuple[tuple[str, str, str], ...]


def charts_part(
    layer: PublicLayer, measured: Sequence[Measured], language: Language
) -> list[Chart]:
    """The charts of the layer's version; none where it was not measured."""
    found = next((each for each in measured if each.version == layer.version), None)
    known = layer.entry.types
    return [
        _chart(layer.entry.column(each["column"]), each, at, language)
        for at, each in enumerate(found.charts if found else (), 1)
        if each["column"] in known and each["rows"]
    ]


def share(language: Language, part: float) -> str:
    """A share with a decimal, never rounded up to all of it: ``%99,9``; all of it is ``%100``."""
    if part == 1:
        return exact_percent(1, language, 0)
    return exact_percent(min(part, _NEARLY), language, 1)


def _chart(column: EntryColumn, chart: Mapping[str, Any], at: int, language: Language) -> Chart:
    unit = f" ({column.unit})" if column.unit else ""
    title = message(language, f"charts.title_{chart['by']}", meaning=column.meaning.say(language),
                    unit=unit)  # fmt: skip
    marks = _marks(column, chart, language)
    total = sum(mark.value for mark in marks)
    # The rarer ones together are no value, so they are not what most records have.
    named = marks[:-1] if chart["other"] and len(marks) > 1 else marks
    summary = _summary(named, total, chart["by"], language)
    told = Told(f"chart-{at}", title, summary)
    if chart["by"] == "value":
        picture = chart_svg.bars(told, marks)
    else:
        heights = chart_svg.ticks(max(mark.value for mark in marks))
        lines = [(height, number(language, height)) for height in heights]
        end = _edge(chart["rows"][-1][0] + chart["step"], chart["step"], language) if (
            chart["by"] == "step") else ""  # fmt: skip
        picture = chart_svg.columns(told, _at_edges(marks, chart, language), lines, end=end)
    rows = tuple((mark.label, mark.said, share(language, mark.value / total if total else 0))
                 for mark in marks)  # fmt: skip
    head = message(language, f"charts.head_{chart['by']}")
    return Chart(title, summary, picture, head, rows)


def _marks(column: EntryColumn, chart: Mapping[str, Any], language: Language) -> list[Mark]:
    marks = [
        Mark(_label(column, chart, value, language), rows, number(language, rows))
        for value, rows in chart["rows"]
    ]
    if chart["other"]:
        rest = message(language, "charts.other")
        marks.append(Mark(rest, chart["other"], number(language, chart["other"])))
    return marks


def _label(column: EntryColumn, chart: Mapping[str, Any], value: Any, language: Language) -> str:
    if chart["by"] == "step":
        ends = (value, value + chart["step"])
        return " – ".join(_edge(each, chart["step"], language) for each in ends)
    if chart["by"] == "month":
        year, _, month = value.partition("-")
        return f"{message(language, 'date.months').split()[int(month) - 1]} {year}"
    if column.type == "boolean":
        return message(language, f"type.{value}")
    return column.label_of(value, language) or str(value)


def _at_edges(
    marks: Sequence[Mark], chart: Mapping[str, Any], language: Language
) -> Sequence[Mark]:
    """Under a histogram stands where each column begins."""
    if chart["by"] != "step":
        return marks
    return [
        Mark(_edge(low, chart["step"], language), mark.value, mark.said)
        for mark, (low, _) in zip(marks, chart["rows"], strict=True)
    ]


def _edge(value: float, step: float, language: Language) -> str:
    """The end of a step, with the decimals its width needs."""
    decimals = 0
    while decimals < 6 and not math.isclose(step, round(step, decimals), rel_tol=1e-6):  # noqa: PLR2004  # micrometres
        decimals += 1
    return number(language, value, decimals)


def _summary(marks: Sequence[Mark], total: float, by: str, language: Language) -> str:
    most = max(marks, key=lambda mark: mark.value)
    return message(
        language, f"charts.summary_{'value' if by == 'value' else 'span'}",
        total=number(language, total), first=marks[0].label, last=marks[-1].label,
        most=most.label, count=most.said, share=share(language, most.value / total if total else 0),
    )  # fmt: skip
