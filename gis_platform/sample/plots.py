"""Plots along the ways: where a building can stand, and which plots go together."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_platform.sample.district import District, Ints, Points
from gis_platform.sample.layout import Density, WayKind, Ways

MEYDAN, BULVAR, CADDE, SOKAK, KUME_EVLER = 1, 2, 3, 4, 5
LEFT, RIGHT = 0, 1

_MARGIN, _OFF_WAY = 3.0, 2.5
_CORRIDOR_SLACK = -6.0
"""Corridors on the plan are cut out at 33 m; buildings of others stay 27 m away."""
_SHALLOWEST = 3.0
_EMPTY_PLOTS, _ONE_SIDED = 0.08, 0.08
_AROUND = 2

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Plan:
    """Ways with their csbm types in a district, what is kept free, and how close people build."""

    district: District
    density: Density
    ways: Ways
    tip: Ints
    kept: BaseGeometry


@dataclass
class Plots:
    """Plots along the sides of ways, unusable ones among them, in order.

    Attributes:
        way, side: the way and its side.
        run, place: the stretch between two joining rows, and the place in it.
        along: metres from the start of the way to the middle of the plot.
        frontage: width of the plot, metres.
        number: the door number it has, built or not.
        front, depth, width: of the building: metres from the centre-line, and its size.
        usable: whether a building stands on it.
    """

    way: Ints
    side: Ints
    run: Ints
    place: Ints
    along: Points
    frontage: Points
    number: Ints
    front: Points
    depth: Points
    width: Points
    usable: Flags

    def __len__(self) -> int:
        return len(self.way)

    def take(self, which: Flags | Ints) -> "Plots":
        """The plots named, in that order."""
        return Plots(**{name: values[which] for name, values in vars(self).items()})


def make_plots(plan: Plan, rng: np.random.Generator) -> Plots:
    """Every plot of every way; those with room for a building and not left empty are usable."""
    plots = _all_plots(plan, rng)
    plots.usable &= _has_room(plan, plots)
    plots.usable &= rng.random(len(plots)) >= _EMPTY_PLOTS
    used = [
        np.bincount(plots.way[plots.usable & (plots.side == side)], minlength=len(plan.ways))
        for side in (LEFT, RIGHT)
    ]
    bare = (plan.tip == MEYDAN) & (np.minimum(*used) < _AROUND)
    plots.usable &= ~bare[plots.way]
    return plots


def groups(
    plots: Plots, size: int, share: float, allowed: Flags, rng: np.random.Generator
) -> Flags:
    """Plots that lie side by side, ``size`` together, a ``share`` of them chosen by chance."""
    key = np.stack([plots.way, plots.side, plots.run, plots.place // size], axis=1)
    is_new = np.r_[True, (key[1:] != key[:-1]).any(axis=1)]
    group = np.cumsum(is_new) - 1
    full = np.bincount(group, plots.usable & allowed, minlength=group[-1] + 1) == size
    chosen = full & (rng.random(len(full)) < share)
    answer: Flags = chosen[group]
    return answer


def plan_points(ways: Ways, way: Ints, side: Ints, along: Points, off: Points) -> Points:
    """Plan points ``along`` metres from the start and ``off`` metres to the side of a way."""
    direction = ((ways.end - ways.start) / ways.length[:, None])[way]
    left = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    sign = np.where(side == LEFT, 1.0, -1.0)
    points: Points = ways.start[way] + along[:, None] * direction + (sign * off)[:, None] * left
    return points


def plan_corners(ways: Ways, plots: Plots, margin: float = 0.0) -> Points:
    """The four plan corners of each plot's building, grown by ``margin``; front ones first."""
    half = plots.width / 2 + margin
    near, far = plots.front - margin, plots.front + plots.depth + margin
    return np.stack(
        [
            plan_points(ways, plots.way, plots.side, plots.along + sign * half, off)
            for sign, off in ((-1, near), (1, near), (1, far), (-1, far))
        ],
        axis=1,
    )


def mahalle_of(ways: Ways, plots: Plots) -> Ints:
    """The mahalle a plot has to lie in."""
    beside = np.where(plots.side == LEFT, ways.left[plots.way], ways.right[plots.way])
    beyond = plots.along > ways.cut[plots.way]
    return np.where(beyond, ways.after[plots.way], beside)


def _all_plots(plan: Plan, rng: np.random.Generator) -> Plots:
    ways, tip, density = plan.ways, plan.tip, plan.density
    count = len(ways)
    wanted = rng.uniform(density.narrowest, density.widest, count)
    spine = ways.kind == WayKind.SPINE
    free = ways.length - ways.setback - ways.end_setback
    between_rows = density.rows - 12.0
    per_run = np.where(spine, between_rows // wanted, free // wanted)
    per_run = np.maximum(per_run, 0).astype(np.int64)
    rows = np.maximum((ways.length[:, None] - ways.first_row) // density.rows, 0)
    runs = np.where(spine[:, None], rows, 1).astype(np.int64)
    frontage = np.where(spine, between_rows, free) / np.maximum(per_run, 1)
    per_side = per_run[:, None] * runs
    way, side, place = _spread(per_side * _built_sides(tip, rng))
    run, within = np.divmod(place, np.maximum(per_run[way], 1))
    base = np.where(spine[way], ways.first_row[way, side] + 6.0, ways.setback[way])
    clockwise = np.where(side == LEFT, place + 1, 2 * per_side[way, side] - place)
    front = _front(tip)[way] + rng.uniform(0, 0.8, len(way))
    deepest = np.minimum(density.rows / 2 - front - 1.5, 14)
    return Plots(
        way=way,
        side=side,
        run=run,
        place=within,
        along=base + run * density.rows + (within + 0.5) * frontage[way],
        frontage=frontage[way],
        number=np.where(tip[way] == MEYDAN, clockwise, 2 * place + 1 + side),
        front=front,
        depth=deepest * rng.uniform(0.7, 1.0, len(way)),
        width=frontage[way] * rng.uniform(0.62, 0.88, len(way)),
        usable=np.ones(len(way), bool),
    )


def _front(tip: Ints) -> Points:
    """Metres from the centre-line to the walls, by csbm type."""
    return np.array([5.0, 9.0, 9.5, 8.0, 5.0, 5.0])[tip]


def _built_sides(tip: Ints, rng: np.random.Generator) -> Ints:
    """1 for each side with plots, 0 for the bare side of a few ways."""
    sides = np.ones((len(tip), 2), np.int64)
    one_sided = (rng.random(len(tip)) < _ONE_SIDED) & (tip != MEYDAN)
    sides[one_sided, rng.integers(0, 2, one_sided.sum())] = 0
    return sides


def _spread(per_side: Ints) -> tuple[Ints, Ints, Ints]:
    """Way, side and place on it of every plot."""
    repeat = per_side.ravel()
    row = np.repeat(np.arange(len(repeat)), repeat)
    return row // 2, row % 2, np.arange(len(row)) - np.repeat(np.cumsum(repeat) - repeat, repeat)


def _has_room(plan: Plan, plots: Plots) -> Flags:
    """Plots whose building lies in its mahalle and touches nothing of others."""
    ways, district = plan.ways, plan.district
    corners = plan_corners(ways, plots, _MARGIN).reshape(-1, 2)
    wanted = np.repeat(mahalle_of(ways, plots), 4)
    good = plots.depth > _SHALLOWEST
    good &= (district.nearest(corners) == wanted).reshape(-1, 4).all(axis=1)
    good &= _within(district.outline.buffer(-_MARGIN), corners).all(axis=1)
    inner = np.isin(ways.kind[plots.way], [WayKind.ROW, WayKind.SPINE])
    good &= ~(inner & _within(plan.kept.buffer(_CORRIDOR_SLACK), corners).any(axis=1))
    answer: Flags = good & ~_in_the_way(ways, plots, good)
    return answer


def _within(area: BaseGeometry, corners: Points) -> Flags:
    """For each plot, which of its four corners lie in an area."""
    shapely.prepare(area)
    inside: Flags = shapely.contains_xy(area, corners).reshape(-1, 4)
    return inside


def _in_the_way(ways: Ways, plots: Plots, good: Flags) -> Flags:
    """Plots whose building would touch one of an earlier way, or stand on any way."""
    answer = np.zeros(len(good), bool)
    place = np.flatnonzero(good)
    shapes = shapely.polygons(plan_corners(ways, plots.take(place), 0.5))
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, "intersects")
    answer[place[one[plots.way[place[one]] > plots.way[place[other]]]]] = True
    lines = shapely.linestrings(np.stack([ways.start, ways.end], axis=1))
    _, touched = tree.query(lines, "dwithin", distance=_OFF_WAY)
    answer[place[touched]] = True
    return answer
