"""Drawings of a conformity file: mahalle by their rate, a road with what is wrong, the trend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_platform.core.language import Language, percent
from gis_platform.report.drawing import (
    Area,
    Dot,
    Drawing,
    Label,
    Line,
    Point,
    Shape,
    lines_of,
    rings_of,
)

RED, AMBER, INK, SOFT, PALE, GROUND = (
    "#b5493b", "#d9a441", "#1d2a2b", "#5b6a6a", "#e4e6e3", "#f3f6f4",
)  # fmt: skip
RATE_COLOURS = (
    (0.0, "#9c2f22"),
    (0.9, "#c96a4a"),
    (0.95, "#e0a15c"),
    (0.98, "#ecd28a"),
    (0.99, "#bcd3a0"),
    (0.995, "#7fb392"),
    (0.999, "#2f7d6b"),
)
"""Lower bound of the rate of conformity, and its colour; rates near 100 % are told apart."""
_DARK = frozenset({"#9c2f22", "#c96a4a", "#2f7d6b"})
_MAP = (480.0, 500.0)
_SKETCH = (250.0, 190.0)
_TREND = (480.0, 150.0)
_MOST_LABELS, _MOST_QUIET_LABELS = 60, 24
_LARGEST_NAME, _SMALLEST_NAME = 8.0, 4.0
_SCALE_STEPS_M = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class MahallePlace:
    """A mahalle on the map: its outline in EPSG:5254, its rate, 0 to 1; ``None`` has nothing."""

    ad: str
    outline: BaseGeometry
    share: float | None


@dataclass(frozen=True)
class RoadPlace:
    """A road and what stands around it, EPSG:5254; the flags say what has a finding."""

    lines: NDArray[np.object_]
    is_bad_line: NDArray[np.bool_]
    other_lines: NDArray[np.object_]
    outlines: NDArray[np.object_]
    is_bad_outline: NDArray[np.bool_]
    doors: NDArray[np.object_]
    numbers: Sequence[str]
    is_bad_door: NDArray[np.bool_]


def colour_of(share: float | None) -> str:
    """The colour of a rate."""
    if share is None:
        return PALE
    return [colour for bound, colour in RATE_COLOURS if share >= bound][-1]


def mahalle_map(places: Sequence[MahallePlace], language: Language) -> Drawing | None:
    """The mahalle in the colour of their rate, the larger ones with their names."""
    if not places:
        return None
    frame = _Frame([place.outline for place in places], *_MAP, margin=4)
    areas: list[Area] = []
    labels: list[Label] = []
    for place in places:
        share = "–" if place.share is None else percent(place.share, language)
        title = f"{place.ad}: {share}"
        outline = place.outline.simplify(0.6 / frame.scale)
        for rings in rings_of(outline):
            at = tuple(tuple(map(frame.place, ring)) for ring in rings)
            areas.append(Area(at, colour_of(place.share), "#ffffff", 0.8, title))
        labels.extend(_name(place, share, frame))
    return Drawing(frame.width, frame.height, (*areas, *labels, *frame.scale_bar()),
                   "; ".join(f"{p.ad}" for p in places))  # fmt: skip


def road_sketch(road: RoadPlace, alt: str) -> Drawing:
    """A road with its doors and the buildings around it; red is what has a finding."""
    own = [*road.lines, *road.doors]
    frame = _Frame(own, *_SKETCH, margin=14, is_full=True)
    shapes: list[Shape] = [Area((frame.corners(),), GROUND)]
    for outline, is_bad in zip(road.outlines, road.is_bad_outline, strict=True):
        for rings in rings_of(frame.clipped(outline)):
            at = tuple(tuple(map(frame.place, ring)) for ring in rings)
            shapes.append(
                Area(at, "#f0d3cd" if is_bad else "#dde2df", RED if is_bad else SOFT, 0.4)
            )
    for line in road.other_lines:
        shapes.extend(_line(frame, line, "#b9c2be", 1.2))
    for line, is_bad in zip(road.lines, road.is_bad_line, strict=True):
        shapes.extend(_line(frame, line, RED if is_bad else "#2f7d6b", 2.0))
    shapes.extend(_doors(frame, road))
    return Drawing(frame.width, frame.height, (*shapes, *frame.scale_bar()), alt)


def legend(language: Language) -> Drawing:
    """The colours of the rates."""
    shapes: list[Shape] = []
    x = 0.0
    for bound, colour in RATE_COLOURS:
        square = ((x, 2.0), (x + 8, 2.0), (x + 8, 10.0), (x, 10.0))
        said = f"≥ {percent(bound, language, 1)}"
        shapes += [Area((square,), colour), Label((x + 11, 9.0), said, 7, SOFT, "start")]
        x += 58.0
    return Drawing(x, 12.0, tuple(shapes))


def trend_chart(
    days: Sequence[date], shares: Sequence[float], language: Language
) -> Drawing | None:
    """The share without an error over the days of the reports; nothing for one report alone."""
    if len(days) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    width, height = _TREND
    left, right, top, bottom = 44.0, 12.0, 14.0, 26.0
    low, high = _bounds(shares)
    first, span = days[0].toordinal(), max(1, days[-1].toordinal() - days[0].toordinal())

    def at(day: date, share: float) -> Point:
        x = left + (width - left - right) * (day.toordinal() - first) / span
        return x, top + (height - top - bottom) * (high - share) / (high - low)

    shapes: list[Shape] = []
    for share in np.linspace(low, high, 5):
        y = at(days[0], float(share))[1]
        shapes.append(Line(((left, y), (width - right, y)), PALE, 0.6))
        said = percent(float(share), language, 2)
        shapes.append(Label((left - 4, y + 2.5), said, 7, SOFT, "end"))
    points = tuple(at(day, share) for day, share in zip(days, shares, strict=True))
    shapes.append(Line(points, "#2f7d6b", 1.6))
    for point in points:
        shapes.append(Dot(point, 2.6, "#2f7d6b"))
    for day, point in ((days[0], points[0]), (days[-1], points[-1])):
        anchor = "start" if point is points[0] else "end"
        said = day.strftime("%d.%m.%Y" if language == "tr" else "%Y-%m-%d")
        shapes.append(Label((point[0], height - 8), said, 7, SOFT, anchor))  # type: ignore[arg-type]
    return Drawing(width, height, tuple(shapes), percent(shares[-1], language))


def _bounds(shares: Sequence[float]) -> tuple[float, float]:
    low, high = min(shares), max(shares)
    room = max(0.002, (high - low) * 0.25)
    return max(0.0, low - room), min(1.0, high + room)


def _name(place: MahallePlace, share: str, frame: "_Frame") -> Iterator[Label]:
    """The name where there is room for it."""
    middle = shapely.point_on_surface(place.outline)
    west, _, east, _ = place.outline.bounds
    across = shapely.LineString([(west, middle.y), (east, middle.y)])
    pieces = shapely.get_parts(shapely.intersection(_valid(place.outline), across))
    chord = next((one for one in pieces if shapely.distance(one, middle) < 1), None)
    if chord is None:
        return
    size = min(_LARGEST_NAME, 0.92 * chord.length * frame.scale / (0.68 * max(4, len(place.ad))))
    if size < _SMALLEST_NAME:
        return
    x, y = frame.place((chord.centroid.x, middle.y))
    fill = "#ffffff" if colour_of(place.share) in _DARK else INK
    yield Label((x, y), place.ad, size, fill)
    yield Label((x, y + 1.15 * size), share, 0.9 * size, fill)


def _line(frame: "_Frame", shape: BaseGeometry, stroke: str, width: float) -> Iterator[Line]:
    for points in lines_of(frame.clipped(shape)):
        yield Line(tuple(map(frame.place, points)), stroke, width)


def _doors(frame: "_Frame", road: RoadPlace) -> Iterator[Shape]:
    """The doors, those with a finding last: on top. Numbers stand on the far side of the line."""
    bad = int(road.is_bad_door.sum())
    labels_quiet = len(road.doors) <= _MOST_QUIET_LABELS
    away = _away(road)
    order = np.argsort(road.is_bad_door, kind="stable")
    for at in order:
        door, said, is_bad = road.doors[at], road.numbers[at], bool(road.is_bad_door[at])
        if shapely.is_missing(door) or door.is_empty:
            continue
        x, y = frame.place((door.x, door.y))
        yield Dot((x, y), 2.2 if is_bad else 1.4, RED if is_bad else INK)
        if said and ((is_bad and bad <= _MOST_LABELS) or labels_quiet):
            east, north = away[at]
            place = (x + 6.5 * east, y - 5.5 * north + 2.0)
            yield Label(place, said, 5.6, RED if is_bad else SOFT, halo=True)


def _away(road: RoadPlace) -> NDArray[np.float64]:
    """Per door the direction away from its road, east and north, of length one."""
    lines = road.lines[~shapely.is_missing(road.lines)]
    if not len(lines) or not len(road.doors):
        return np.tile([0.0, 1.0], (len(road.doors), 1))
    whole = shapely.multilinestrings([part for one in lines for part in shapely.get_parts(one)])
    nearest = shapely.get_point(shapely.shortest_line(whole, road.doors), 0)
    off = np.stack([shapely.get_x(road.doors) - shapely.get_x(nearest),
                    shapely.get_y(road.doors) - shapely.get_y(nearest)], axis=1)  # fmt: skip
    length = np.hypot(off[:, 0], off[:, 1])
    is_off = np.nan_to_num(length) > 0
    ways = np.tile([0.0, 1.0], (len(off), 1))
    ways[is_off] = off[is_off] / length[is_off, None]
    return ways


def _valid(shape: BaseGeometry) -> BaseGeometry:
    return shape if shapely.is_valid(shape) else shapely.make_valid(shape)


class _Frame:
    """Metres to a sheet, y downwards; as large as fits, the sheet cut to it or kept full."""

    def __init__(
        self,
        shapes: Sequence[BaseGeometry],
        width: float,
        height: float,
        *,
        margin: float,
        is_full: bool = False,
    ) -> None:
        there = np.array(shapes, dtype=object)
        there = there[~shapely.is_missing(there) & ~shapely.is_empty(there)]
        # A road of one point, or without any, still has a sheet.
        west = south = east = north = 0.0
        if len(there):
            west, south, east, north = shapely.total_bounds(there)
        room = max(east - west, north - south, 40.0) * 0.02 + 8.0
        self.west, self.north = west - room, north + room
        east, south = east + room, south - room
        inner_w, inner_h = width - 2 * margin, height - 2 * margin
        self.scale = min(inner_w / (east - self.west), inner_h / (self.north - south))
        if is_full:
            more_x = (inner_w / self.scale - (east - self.west)) / 2
            more_y = (inner_h / self.scale - (self.north - south)) / 2
            self.west, east = self.west - more_x, east + more_x
            south, self.north = south - more_y, self.north + more_y
        self._margin = margin
        self.width = (east - self.west) * self.scale + 2 * margin
        self.height = (self.north - south) * self.scale + 2 * margin
        out = margin / self.scale
        self._window = shapely.box(self.west - out, south - out, east + out, self.north + out)

    def place(self, point: Sequence[float]) -> Point:
        x = (point[0] - self.west) * self.scale + self._margin
        return float(x), float((self.north - point[1]) * self.scale + self._margin)

    def clipped(self, shape: BaseGeometry) -> BaseGeometry:
        """What of a shape is on the sheet."""
        return shapely.intersection(_valid(shape), self._window)

    def corners(self) -> tuple[Point, ...]:
        w, h = self.width, self.height
        return (0.0, 0.0), (w, 0.0), (w, h), (0.0, h)

    def scale_bar(self) -> Iterator[Shape]:
        """A length of round metres at the lower left."""
        fits = [step for step in _SCALE_STEPS_M if step * self.scale <= self.width / 3]
        metres = fits[-1] if fits else _SCALE_STEPS_M[0]
        x, y = 6.0, self.height - 6.0
        end = x + metres * self.scale
        under = ((x - 3, y - 11), (end + 3, y - 11), (end + 3, y + 2), (x - 3, y + 2))
        yield Area((under,), "#ffffff")
        yield Line(((x, y - 3), (x, y), (end, y), (end, y - 3)), INK, 0.8)
        said = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"  # noqa: PLR2004
        yield Label(((x + end) / 2, y - 3.5), said, 6, INK, halo=True)
