"""Charts as SVG: bars, columns and a line; well-formed XML with title and description, no script.

Colours and letters come from classes in ``portal.css``, so that a chart follows dark mode and
print. Everything is drawn 300 units wide, so that the letters can be read at a width of 320 pixels.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from gis_platform.core.text import clean

WIDTH = 300
_LETTER, _DIGIT = 7.4, 9.0
"""Width of an average letter and of a digit at the size of ``portal.css``."""
_PLOT, _HEAD, _FOOT, _ROW = 150, 22, 24, 36
_LONGEST = 38
_TICKS = 3
_FLAT = 0.002


@dataclass(frozen=True)
class Mark:
    """One value: what it is called, how much it is, and how a reader is told that."""

    label: str
    value: float
    said: str


@dataclass(frozen=True)
class Told:
    """What a chart is called, and what somebody is told who does not see it.

    Attributes:
        name: of the chart on its page, letters and digits: ids are made of it.
    """

    name: str
    title: str
    description: str


def bars(told: Told, marks: Sequence[Mark]) -> Markup:
    """A bar for each category, its name above it and its number at the right."""
    root = _picture(told, len(marks) * _ROW)
    most = max((mark.value for mark in marks), default=0) or 1
    for at, mark in enumerate(marks):
        top = at * _ROW
        _text(root, 0, top + 13, _short(mark.label, len(mark.said)))
        _text(root, WIDTH, top + 13, mark.said, "chart-number")
        width = max(WIDTH * mark.value / most, 1 if mark.value else 0)
        _rect(root, (0, top + 19, width, 9), f"{mark.label}: {mark.said}")
    return _markup(root)


def columns(
    told: Told, marks: Sequence[Mark], ticks: Sequence[tuple[float, str]], *, end: str = ""
) -> Markup:
    """A column for each step of time or measure.

    ``ticks`` are heights at which a line is drawn, each with what is written on it; ``end`` is
    written where the last column ends, and the labels then stand at the edges of the columns.
    """
    root = _picture(told, _HEAD + _PLOT + _FOOT)
    top = max([mark.value for mark in marks] + [height for height, _ in ticks] + [1])
    left = max(len(said) for _, said in ticks) * _DIGIT + 8 if ticks else 0
    floor, step = _HEAD + _PLOT, (WIDTH - left) / max(len(marks), 1)
    for height, said in ticks:
        y = floor - _PLOT * height / top
        _line(root, y, left)
        _text(root, left - 6, y + 4.5, said, "chart-end chart-soft")
    gap = 0.5 if end else min(step * 0.2, 6)
    for at, mark in enumerate(marks):
        tall = _PLOT * mark.value / top
        edges = (left + at * step + gap / 2, floor - tall, step - gap, tall)
        _rect(root, edges, f"{mark.label}: {mark.said}")
    _line(root, floor, left)
    labels = [*(mark.label for mark in marks), *([end] if end else [])]
    middle = 0 if end else 0.5
    _below(root, labels, [left + step * (at + middle) for at in range(len(labels))], floor + 18)
    return _markup(root)


def line(told: Told, marks: Sequence[Mark], *, most: float | None = None) -> Markup:
    """A line through a value of each version; ``most`` is what a value cannot exceed."""
    root = _picture(told, _HEAD + _PLOT // 2 + _FOOT)
    values = [mark.value for mark in marks]
    low, high = min(values), max(values)
    room = (high - low) * 0.15 or max(abs(high) * _FLAT, _FLAT)
    low, high = low - room, high + room
    if most is not None:
        high = min(high, max(most, *values))
    floor, plot = _HEAD + _PLOT // 2, _PLOT // 2
    step = WIDTH / len(marks)
    places = [
        (step * (at + 0.5), floor - plot * (value - low) / (high - low))
        for at, value in enumerate(values)
    ]
    _line(root, floor)
    said = " ".join(f"{_figure(x)},{_figure(y)}" for x, y in places)
    ET.SubElement(root, "polyline", {"points": said, "class": "chart-line"})
    for (x, y), mark in zip(places, marks, strict=True):
        given = {"cx": _figure(x), "cy": _figure(y), "r": "4", "class": "chart-dot"}
        _titled(ET.SubElement(root, "circle", given), f"{mark.label}: {mark.said}")
    heights = dict(zip((_inside(x, mark.said) for (x, _), mark in zip(places, marks, strict=True)),
                       (y for _, y in places), strict=True))  # fmt: skip
    for x, said in _apart([x for x, _ in places], [mark.said for mark in marks]):
        _text(root, x, heights[x] - 9, said, "chart-middle")
    _below(root, [mark.label for mark in marks], [x for x, _ in places], floor + 18)
    return _markup(root)


def ticks(most: float) -> list[float]:
    """A few round whole heights up to the first that is not below ``most``."""
    if most <= 0:
        return []
    least = max(most / _TICKS, 1)
    power = 10 ** math.floor(math.log10(least))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= least)
    return [float(step * at) for at in range(1, math.ceil(most / step) + 1)]


def _picture(told: Told, height: float) -> ET.Element:
    title, description = f"{told.name}-title", f"{told.name}-desc"
    root = ET.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "role": "img",
        "viewBox": f"0 0 {WIDTH} {_figure(height)}", "width": str(WIDTH),
        "height": _figure(height), "aria-labelledby": f"{title} {description}",
    })  # fmt: skip
    ET.SubElement(root, "title", {"id": title}).text = clean(told.title)
    ET.SubElement(root, "desc", {"id": description}).text = clean(told.description)
    return root


def _below(root: ET.Element, labels: Sequence[str], places: Sequence[float], y: float) -> None:
    for x, said in _apart(places, labels):
        _text(root, x, y, said, "chart-middle chart-soft")


def _apart(places: Sequence[float], labels: Sequence[str]) -> list[tuple[float, str]]:
    """Every so many labels, moved off the edges, so that none touches the next."""
    widest = max((len(each) for each in labels), default=0) * _DIGIT + 6
    for every in range(1, len(labels) + 1):
        found = [(_inside(places[at], labels[at]), labels[at])
                 for at in range(0, len(labels), every)]  # fmt: skip
        if all(right - left >= widest for (left, _), (right, _) in pairwise(found)):
            return found
    return []


def _inside(x: float, said: str) -> float:
    """The middle of a text that would otherwise reach over an edge."""
    half = len(said) * _DIGIT / 2
    return min(max(x, half), WIDTH - half)


def _short(label: str, beside: int) -> str:
    most = min(_LONGEST, int((WIDTH - (beside + 1) * _DIGIT) / _LETTER))
    said = clean(label)
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def _rect(root: ET.Element, edges: tuple[float, float, float, float], said: str) -> None:
    given = dict(zip(("x", "y", "width", "height"), map(_figure, edges), strict=True))
    _titled(ET.SubElement(root, "rect", {**given, "class": "chart-bar"}), said)


def _titled(mark: ET.Element, said: str) -> None:
    """What a pointer is told over a mark."""
    ET.SubElement(mark, "title").text = clean(said)


def _line(root: ET.Element, y: float, left: float = 0) -> None:
    given = {"x1": _figure(left), "x2": str(WIDTH), "y1": _figure(y), "y2": _figure(y)}
    ET.SubElement(root, "line", {**given, "class": "chart-grid"})


def _text(root: ET.Element, x: float, y: float, said: str, kind: str = "") -> None:
    given = {"x": _figure(x), "y": _figure(y)} | ({"class": kind} if kind else {})
    ET.SubElement(root, "text", given).text = clean(said)


def _figure(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _markup(root: ET.Element) -> Markup:
    """The XML, in which every text is escaped already."""
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  # escaped by ElementTree
