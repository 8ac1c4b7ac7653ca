"""Where ways run on the plan: rows and spines in every mahalle, ways across and along borders."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_platform.sample.district import Border, District, Ints, Points

CORRIDOR = 27.0
"""Half the width, metres, that a way across or along a border keeps free of others' buildings."""
_CLEAR = 33.0
_SHORTEST = 60.0
_INSIDE = 9.0
_EDGE = 70.0
_JOINS, _NEARLY_JOINS = 0.5, 20.0
_APART = 30.0


class WayKind(IntEnum):
    """How a way lies in its mahalle."""

    ROW = 0
    SPINE = 1
    ACROSS = 2
    ALONG = 3


@dataclass(frozen=True)
class Density:
    """How close people build: distance of rows and width of a door's frontage, metres."""

    rows: float
    narrowest: float
    widest: float


@dataclass
class Ways:
    """Ways on the plan, one entry each: a straight line with what lies beside it.

    Attributes:
        start, end: ends on the plan; numbers ascend from the start.
        kind: a ``WayKind``.
        left, right: mahalle on the two sides (equal except along a border).
        after: mahalle beyond ``cut`` (equal to ``left`` except across a border).
        cut: metres from the start at which the border is crossed; infinite where none is.
        border: the border crossed or followed, -1 where none.
        node: metres along that border where the way crosses it or begins to follow it.
        setback, end_setback: metres at the two ends without doors.
        first_row: metres from the start to the first row joining it, left and right (spines only).
        rank: the order in which a growing town builds them.
    """

    start: Points
    end: Points
    kind: Ints
    left: Ints
    right: Ints
    after: Ints
    cut: Points
    border: Ints
    node: Points
    setback: Points
    end_setback: Points
    first_row: Points
    rank: Points

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def length(self) -> Points:
        """Length on the plan, metres."""
        length: Points = np.hypot(*(self.end - self.start).T)
        return length

    def take(self, which: NDArray[np.int64]) -> "Ways":
        """The ways named, in that order."""
        return Ways(**{name: values[which] for name, values in vars(self).items()})


def lay_out(district: District, density: Density, seed: int) -> tuple[Ways, BaseGeometry]:
    """Every way there is room for, nearest to the centres first, and the kept-free corridors."""
    rng = np.random.default_rng([seed, 2])
    main, corridors = _across_and_along(district, rng)
    free = [shapely.union_all(parts) if parts else None for parts in corridors]
    parts = [main]
    for cell in range(len(district.cells)):
        parts.extend(_rows_and_spines(district, cell, free[cell], density, rng))
    ways = _join(parts)
    nearest = np.lexsort((ways.rank, ways.left))
    ways.rank[nearest[np.unique(ways.left[nearest], return_index=True)[1]]] = 0.0
    kept = [area for area in free if area is not None]
    return ways.take(np.argsort(ways.rank, kind="stable")), shapely.union_all(kept)


def begin_at_spines(ways: Ways) -> Ints:
    """Turn rows that end at a spine and begin at none; numbers start at the bigger way.

    A row that stops just short of a spine is cut back, so that it clearly joins or does not.

    Returns:
        For each way, the spine its start joins (-1: none).
    """
    joined = np.stack([_spine_at(ways, ways.start, _JOINS), _spine_at(ways, ways.end, _JOINS)], 1)
    direction = (ways.end - ways.start) / ways.length[:, None]
    for end, points, inward in ((0, ways.start, direction), (1, ways.end, -direction)):
        short = (joined[:, end] < 0) & (_spine_at(ways, points, _NEARLY_JOINS) >= 0)
        points[short] += _NEARLY_JOINS * inward[short]
    turned = (joined[:, 0] < 0) & (joined[:, 1] >= 0)
    for one, other in ((ways.start, ways.end), (ways.setback, ways.end_setback)):
        one[turned], other[turned] = other[turned], one[turned].copy()
    return np.where(turned, joined[:, 1], joined[:, 0])


def _spine_at(ways: Ways, points: Points, distance: float) -> Ints:
    """For each row, a spine within ``distance`` metres of a point; -1 where there is none."""
    answer = np.full(len(ways), -1, np.int64)
    spines = np.flatnonzero(ways.kind == WayKind.SPINE)
    rows = np.flatnonzero(ways.kind == WayKind.ROW)
    lines = shapely.linestrings(np.stack([ways.start, ways.end], axis=1)[spines])
    row, spine = shapely.STRtree(lines).query(
        shapely.points(points[rows]), "dwithin", distance=distance
    )
    answer[rows[row]] = spines[spine]
    return answer


def _join(parts: list[Ways]) -> Ways:
    return Ways(
        **{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    )


def _across_and_along(
    district: District, rng: np.random.Generator
) -> tuple[Ways, list[list[BaseGeometry]]]:
    """Ways that cross or follow a border, where they meet no other, and their corridors by cell."""
    taken: list[list[BaseGeometry]] = [[] for _ in district.cells]
    inner = district.outline.buffer(-60)
    rows = []
    for number, border in enumerate(district.borders):
        if min(border.left, border.right) < 0:
            continue
        for node, start, end, kind in _border_plan(border, rng):
            line = shapely.linestrings([start, end])
            area = line.buffer(_CLEAR, cap_style="square")
            sides = {border.left, border.right}
            if not _has_room(district, inner, area, sides, taken):
                continue
            for side in sides:
                taken[side].append(area)
            rows.append((number, node, start, end, kind))
    return _border_ways(district, rows, rng), taken


def _border_plan(
    border: Border, rng: np.random.Generator
) -> list[tuple[float, Points, Points, WayKind]]:
    """What could cross or follow one border: node, start, end, kind."""
    along = (border.end - border.start) / border.length
    normal = np.array([-along[1], along[0]])
    plan: list[tuple[float, Points, Points, WayKind]] = []
    at = _EDGE
    while at < border.length - _EDGE:
        if rng.random() < 0.3:
            reach = rng.uniform(180, 420)
            if at + reach < border.length - _EDGE:
                start = border.start + at * along
                plan.append((at, start, start + reach * along, WayKind.ALONG))
            at += reach + 110
            continue
        node, before, beyond = at + 35, rng.uniform(110, 320), rng.uniform(110, 320)
        middle = border.start + node * along
        plan.append((node, middle + before * normal, middle - beyond * normal, WayKind.ACROSS))
        at += 75 + rng.uniform(60, 260)
    return plan


def _has_room(
    district: District,
    inner: BaseGeometry,
    area: BaseGeometry,
    sides: set[int],
    taken: list[list[BaseGeometry]],
) -> bool:
    corners = np.asarray(area.exterior.coords)
    if not set(district.nearest(corners).tolist()) <= sides or not inner.contains(area):
        return False
    others = [other for side in sides for other in taken[side]]
    return not others or not bool(shapely.intersects(np.array(others), area).any())


def _border_ways(
    district: District,
    rows: list[tuple[int, float, Points, Points, WayKind]],
    rng: np.random.Generator,
) -> Ways:
    borders = [district.borders[row[0]] for row in rows]
    kind = np.array([row[4] for row in rows], np.int64)
    start, end = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
    left = np.array([border.left for border in borders], np.int64)
    right = np.array([border.right for border in borders], np.int64)
    node = np.array([row[1] for row in rows])
    middle = np.array(
        [b.start + n / b.length * (b.end - b.start) for b, n in zip(borders, node, strict=True)]
    )
    across = kind == WayKind.ACROSS
    away = np.hypot(*(middle - district.centres[left]).T) / district.pull[left]
    count = len(rows)
    return Ways(
        start=start,
        end=end,
        kind=kind,
        left=left,
        right=np.where(across, left, right),
        after=np.where(across, right, left),
        cut=np.where(across, np.hypot(*(middle - start).T), np.inf),
        border=np.array([row[0] for row in rows], np.int64),
        node=node,
        setback=np.full(count, 5.0),
        end_setback=np.full(count, 5.0),
        first_row=np.zeros((count, 2)),
        rank=away * rng.uniform(0.03, 1.0, count),
    )


@dataclass(frozen=True)
class _Frame:
    """The local frame of one mahalle: its own direction around its centre."""

    cell: int
    centre: Points
    axis: Points
    pitch: float

    def to_plan(self, points: Points) -> Points:
        return points @ self.axis + self.centre

    def height(self, points: Points) -> Points:
        return ((points - self.centre) @ self.axis.T)[:, 1]


@dataclass(frozen=True)
class _Lines:
    """Parts of lines inside an area; ``source`` is the whole line a part comes from."""

    start: Points
    end: Points
    has_start: NDArray[np.bool_]
    has_end: NDArray[np.bool_]
    source: Ints


def _rows_and_spines(
    district: District,
    cell: int,
    kept: BaseGeometry | None,
    density: Density,
    rng: np.random.Generator,
) -> list[Ways]:
    """The rows of one mahalle and the spines between them, clipped to what is free."""
    centre, area = district.centres[cell], district.cells[cell].buffer(-_INSIDE)
    if kept is not None:
        area = area.difference(kept)
    angle = rng.uniform(0, np.pi)
    axis = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    frame = _Frame(cell, centre, axis, density.rows)
    reach = float(np.hypot(*(np.asarray(district.cells[cell].exterior.coords) - centre).T).max())
    columns = _columns(reach, rng)
    steps = np.arange(-np.ceil(reach / density.rows), np.ceil(reach / density.rows) + 1)
    rows = _clipped(area, frame, *_row_lines(columns, steps * density.rows, density.rows, rng))
    start, end, column = _spine_lines(columns, steps * density.rows, density.rows, rng)
    spines = _clipped(area, frame, start, end)
    shift = np.stack([(column + 1) % 2, column % 2], axis=1)[spines.source] * density.rows / 2
    return [
        _cell_ways(district, rows, WayKind.ROW, frame, np.zeros((len(rows.source), 2))),
        _cell_ways(district, spines, WayKind.SPINE, frame, shift),
    ]


def _columns(reach: float, rng: np.random.Generator) -> Points:
    widths = rng.uniform(150, 380, int(2 * reach / 150) + 2)
    columns = np.cumsum(widths) - reach - rng.uniform(0, 150)
    return columns[columns < reach + 400]


def _row_lines(
    columns: Points, rows_y: Points, pitch: float, rng: np.random.Generator
) -> tuple[Points, Points]:
    """Rows between two neighbouring spines, starting at the one or the other.

    Every second strip is moved by half a pitch, so that no row runs on as another.
    """
    x0, y = np.meshgrid(columns[:-1], rows_y)
    x1 = np.broadcast_to(columns[1:], x0.shape)
    y = y + np.arange(x0.shape[1]) % 2 * pitch / 2
    start = np.stack([x0.ravel(), y.ravel()], axis=1)
    end = np.stack([x1.ravel(), y.ravel()], axis=1)
    turned = (rng.random(len(start)) < 0.5)[:, None]
    return np.where(turned, end, start), np.where(turned, start, end)


def _spine_lines(
    columns: Points, rows_y: Points, pitch: float, rng: np.random.Generator
) -> tuple[Points, Points, Ints]:
    """Spines of some 400 to 900 metres from row to row, a row apart, and their columns."""
    lines = []
    for column, x in enumerate(columns):
        at = 0
        while at < len(rows_y) - 2:
            stop = min(at + int(rng.uniform(400, 900) / pitch), len(rows_y) - 1)
            lines.append((x, rows_y[at], rows_y[stop], column))
            at = stop + 1
    table = np.array(lines)
    return table[:, [0, 1]], table[:, [0, 2]], table[:, 3].astype(np.int64)


def _clipped(area: BaseGeometry, frame: _Frame, start: Points, end: Points) -> _Lines:
    """The parts of lines inside ``area``, in the lines' own direction, on the plan."""
    start, end = frame.to_plan(start), frame.to_plan(end)
    cut = shapely.intersection(shapely.linestrings(np.stack([start, end], axis=1)), area)
    parts, source = shapely.get_parts(cut, return_index=True)
    good = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) >= _SHORTEST)
    parts, source = parts[good], source[good]
    a = shapely.get_coordinates(shapely.get_point(parts, 0))
    b = shapely.get_coordinates(shapely.get_point(parts, -1))
    forward = (((b - a) * (end - start)[source]).sum(axis=1) > 0)[:, None]
    first, last = np.where(forward, a, b), np.where(forward, b, a)
    order = np.lexsort((((first - start[source]) ** 2).sum(axis=1), source))
    first, last, source = first[order], last[order], source[order]
    apart = np.r_[np.inf, np.hypot(*(first[1:] - last[:-1]).T)]
    alone = (apart > _APART) | np.r_[True, source[1:] != source[:-1]]
    first, last, source = first[alone], last[alone], source[alone]
    has_start = np.hypot(*(first - start[source]).T) < 0.01
    has_end = np.hypot(*(last - end[source]).T) < 0.01
    return _Lines(first, last, has_start, has_end, source)


def _cell_ways(
    district: District, lines: _Lines, kind: WayKind, frame: _Frame, shift: Points
) -> Ways:
    cell, count = frame.cell, len(lines.source)
    middle = (lines.start + lines.end) / 2
    same = np.full(count, cell, np.int64)
    joined = 24.0 if kind is WayKind.ROW else 5.0
    to_row = shift - frame.height(lines.start)[:, None]
    return Ways(
        start=lines.start,
        end=lines.end,
        kind=np.full(count, int(kind), np.int64),
        left=same,
        right=same,
        after=same,
        cut=np.full(count, np.inf),
        border=np.full(count, -1, np.int64),
        node=np.zeros(count),
        setback=np.where(lines.has_start, joined, 5.0),
        end_setback=np.where(lines.has_end, joined, 5.0),
        first_row=np.mod(to_row + 1e-6, frame.pitch),
        rank=np.hypot(*(middle - district.centres[cell]).T) / district.pull[cell],
    )
