"""Doors and buildings along the ways, numbered as the regulation says (maks.md §5.2).

From the start of a way the left side is odd from 1, the right side even from 2; plots without a
building keep their number; further doors of a building take letters (12A); a building over two
plots takes both numbers (12-14); a site's gate takes the next number and its blocks that number
with a letter. A meydan is numbered clockwise.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_platform.sample.district import District, Ints, Points
from gis_platform.sample.layout import Density, WayKind, Ways

MEYDAN, BULVAR, CADDE, SOKAK, KUME_EVLER = 1, 2, 3, 4, 5
LEFT, RIGHT = 0, 1
MAIN, FURTHER, GATE = 1, 2, 3
"""Numarataj types of the sample; the official list is not public (maks.md §1.6)."""

_MARGIN = 3.0
_EMPTY_PLOTS, _SITES, _RANGES, _FURTHER_DOORS, _THIRD_DOORS = 0.08, 0.012, 0.03, 0.05, 0.012
_ONE_SIDED = 0.08
_BLOCKS = 4
_OFF_WAY = 2.5
_AROUND = 2

Flags = NDArray[np.bool_]


@dataclass
class Doors:
    """Doors, one entry each, in the order of ways and numbers.

    Attributes:
        way, side: the way and the side faced (``LEFT``/``RIGHT`` from its start).
        part: 0 before and 1 beyond the border its way crosses.
        along: metres from the start of the way.
        number: the (first) number; ``last`` the last of a range, else equal.
        letter: 0 none, 1 A, 2 B …
        tip: ``MAIN``, ``FURTHER`` or ``GATE``.
        yapi: the building, −1 for a gate; ``parent``: the main door of a further one, else −1.
        point: EPSG:5254.
    """

    way: Ints
    side: Ints
    part: Ints
    along: Points
    number: Ints
    last: Ints
    letter: Ints
    tip: Ints
    yapi: Ints
    parent: Ints
    point: Points

    def __len__(self) -> int:
        return len(self.way)

    def kapi_no(self) -> NDArray[np.str_]:
        """The number as text: 12, 12A, 12-14."""
        text = self.number.astype("U11")
        ranged, lettered = self.last > self.number, self.letter > 0
        text[ranged] = np.char.add(np.char.add(text[ranged], "-"), self.last[ranged].astype("U5"))
        letters = np.array(["", *"ABCDEFGH"])
        text[lettered] = np.char.add(text[lettered], letters[self.letter[lettered]])
        return text


@dataclass
class Buildings:
    """Buildings: four corners on the ground (two front ones first), way, mahalle, storeys, site."""

    corners: Points
    way: Ints
    mahalle: Ints
    above: Ints
    below: Ints
    site: Ints
    block: Ints

    def __len__(self) -> int:
        return len(self.way)


@dataclass
class _Slots:
    """Plots along the sides of ways, empty ones among them, in order."""

    way: Ints
    side: Ints
    place: Ints
    run: Ints
    along: Points
    frontage: Points
    number: Ints
    usable: Flags

    def take(self, which: Flags | Ints) -> "_Slots":
        return _Slots(**{name: values[which] for name, values in vars(self).items()})


def build(
    district: District,
    ways: Ways,
    tip: Ints,
    kept: BaseGeometry,
    density: Density,
    rng: np.random.Generator,
) -> tuple[Doors, Buildings]:
    """Doors and buildings of all ``ways``; where a border or a corridor is in the way, none."""
    slots = _slots(ways, tip, density, rng)
    front = _front(tip)[slots.way] + rng.uniform(0, 0.8, len(slots.way))
    depth = np.minimum(density.rows / 2 - front - 1.5, 14) * rng.uniform(0.7, 1.0, len(slots.way))
    width = slots.frontage * rng.uniform(0.62, 0.88, len(slots.way))
    slots.usable &= _has_room(district, ways, kept, slots, (front, depth, width))
    slots.usable &= rng.random(len(slots.way)) >= _EMPTY_PLOTS
    is_meydan = tip[slots.way] == MEYDAN
    around = [np.bincount(slots.way[slots.usable & (slots.side == side)], minlength=len(ways))
              for side in (LEFT, RIGHT)]  # fmt: skip
    slots.usable &= ~(is_meydan & (np.minimum(*around) < _AROUND)[slots.way])
    in_site = _groups(slots, _BLOCKS, _SITES, ~is_meydan & (ways.kind[slots.way] != 1), rng)
    in_range = _groups(slots, 2, _RANGES, ~is_meydan & ~in_site, rng)
    return _assemble(district, ways, slots, (front, depth, width), (in_site, in_range), rng)


def _front(tip: Ints) -> Points:
    """Metres from the centre-line to the walls, by csbm type."""
    return np.array([5.0, 9.0, 9.5, 8.0, 5.0, 5.0])[tip]


def _slots(ways: Ways, tip: Ints, density: Density, rng: np.random.Generator) -> _Slots:
    count = len(ways)
    wanted = rng.uniform(density.narrowest, density.widest, count)
    spine = ways.kind == WayKind.SPINE
    free = ways.length - ways.setback - ways.end_setback
    pitch_free = density.rows - 12.0
    per_run = np.maximum(np.where(spine, pitch_free // wanted, free // wanted), 0).astype(np.int64)
    rows = np.maximum((ways.length[:, None] - ways.first_row) // density.rows, 0)
    runs = np.where(spine[:, None], rows, 1).astype(np.int64)
    frontage = np.where(spine, pitch_free, free) / np.maximum(per_run, 1)
    per_side = per_run[:, None] * runs
    sides = np.ones((count, 2), bool)
    one_sided = (rng.random(count) < _ONE_SIDED) & (tip != MEYDAN)
    sides[one_sided, rng.integers(0, 2, one_sided.sum())] = False
    repeat = (per_side * sides).ravel()
    row = np.repeat(np.arange(count * 2), repeat)
    way, side = row // 2, row % 2
    place = np.arange(len(row)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    run, within = np.divmod(place, np.maximum(per_run[way], 1))
    base = np.where(spine[way], ways.first_row[way, side] + 6.0, ways.setback[way])
    clockwise = np.where(side == LEFT, place + 1, 2 * per_side[way, side] - place)
    return _Slots(
        way=way,
        side=side,
        place=within,
        run=run,
        along=base + run * density.rows + (within + 0.5) * frontage[way],
        frontage=frontage[way],
        number=np.where(tip[way] == MEYDAN, clockwise, 2 * place + 1 + side),
        usable=np.ones(len(row), bool),
    )


def _plan_points(ways: Ways, way: Ints, side: Ints, along: Points, off: Points) -> Points:
    """Plan points ``along`` metres from the start and ``off`` metres to the side of a way."""
    direction = ((ways.end - ways.start) / ways.length[:, None])[way]
    left = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    sign = np.where(side == LEFT, 1.0, -1.0)
    return ways.start[way] + along[:, None] * direction + (sign * off)[:, None] * left


def _corners(
    ways: Ways, slots: _Slots, shape: tuple[Points, Points, Points], margin: float
) -> Points:
    """The four plan corners of each plot's building, grown by ``margin``; front ones first."""
    front, depth, width = shape
    half = width / 2 + margin
    steps = [(-1, front - margin), (1, front - margin), (1, front + depth + margin)]
    steps.append((-1, front + depth + margin))
    return np.stack(
        [
            _plan_points(ways, slots.way, slots.side, slots.along + sign * half, off)
            for sign, off in steps
        ],
        axis=1,
    )


def _mahalle(ways: Ways, slots: _Slots) -> Ints:
    """The mahalle a plot has to lie in."""
    beside = np.where(slots.side == LEFT, ways.left[slots.way], ways.right[slots.way])
    beyond = slots.along > ways.cut[slots.way]
    return np.where(beyond, ways.after[slots.way], beside)


def _has_room(
    district: District,
    ways: Ways,
    kept: BaseGeometry,
    slots: _Slots,
    shape: tuple[Points, Points, Points],
) -> Flags:
    corners = _corners(ways, slots, shape, _MARGIN).reshape(-1, 2)
    wanted = np.repeat(_mahalle(ways, slots), 4)
    good = (shape[1] > 3.0) & (district.nearest(corners) == wanted).reshape(-1, 4).all(axis=1)
    inside = district.outline.buffer(-_MARGIN)
    shapely.prepare(inside)
    good &= shapely.contains_xy(inside, corners).reshape(-1, 4).all(axis=1)
    inner = np.isin(ways.kind[slots.way], [WayKind.ROW, WayKind.SPINE])
    kept = kept.buffer(CORRIDOR_SLACK)
    shapely.prepare(kept)
    good &= ~(inner & shapely.contains_xy(kept, corners).reshape(-1, 4).any(axis=1))
    return good & ~_in_the_way(ways, slots, _corners(ways, slots, shape, 0.5), good)


def _in_the_way(ways: Ways, slots: _Slots, corners: Points, good: Flags) -> Flags:
    """Plots whose building would touch one of an earlier way, or stand on any way."""
    answer = np.zeros(len(good), bool)
    place = np.flatnonzero(good)
    shapes = shapely.polygons(corners[place])
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, "intersects")
    answer[place[one[slots.way[place[one]] > slots.way[place[other]]]]] = True
    lines = shapely.linestrings(np.stack([ways.start, ways.end], axis=1))
    _, touched = tree.query(lines, "dwithin", distance=_OFF_WAY)
    answer[place[touched]] = True
    return answer


CORRIDOR_SLACK = -6.0
"""Corridors on the plan are cut out at 33 m; buildings of others stay 27 m away."""


def _groups(
    slots: _Slots, size: int, share: float, allowed: Flags, rng: np.random.Generator
) -> Flags:
    """Plots that lie side by side, ``size`` together, chosen by chance."""
    key = np.stack([slots.way, slots.side, slots.run, slots.place // size], axis=1)
    is_new = np.r_[True, (key[1:] != key[:-1]).any(axis=1)]
    group = np.cumsum(is_new) - 1
    full = np.bincount(group, slots.usable & allowed, minlength=group[-1] + 1) == size
    chosen = full & (rng.random(len(full)) < share * (1 if size == 2 else 3))
    return chosen[group]


def _assemble(
    district: District,
    ways: Ways,
    slots: _Slots,
    shape: tuple[Points, Points, Points],
    kinds: tuple[Flags, Flags],
    rng: np.random.Generator,
) -> tuple[Doors, Buildings]:
    in_site, in_range = kinds
    first = slots.place % 2 == 0
    joined = in_range & first
    nxt = np.minimum(np.arange(len(first)) + 1, len(first) - 1)
    last = np.where(joined, slots.number[nxt], slots.number)
    along = np.where(joined, (slots.along + slots.along[nxt]) / 2, slots.along)
    width = np.where(joined, shape[2] + slots.frontage, shape[2])
    built = slots.usable & ~(in_range & ~first)
    kept = slots.take(built)
    kept.along = along[built]
    corners = district.bend(
        _corners(ways, kept, (shape[0][built], shape[1][built], width[built]), 0.0).reshape(-1, 2)
    ).reshape(-1, 4, 2)
    count = len(kept.way)
    block = np.where(in_site, slots.place % _BLOCKS + 1, 0)[built]
    site_start = block == 1
    buildings = Buildings(
        corners=corners,
        way=kept.way,
        mahalle=_mahalle(ways, kept),
        above=np.where(block > 0, rng.integers(6, 15, count), rng.integers(1, 8, count)),
        below=rng.integers(0, 3, count),
        site=np.where(block > 0, np.cumsum(site_start), 0),
        block=block,
    )
    return _doors(district, ways, kept, last[built], buildings, rng), buildings


def _doors(
    district: District,
    ways: Ways,
    slots: _Slots,
    last: Ints,
    buildings: Buildings,
    rng: np.random.Generator,
) -> Doors:
    """Main doors, further doors with letters, gates; sorted by way, side and place."""
    count = len(slots.way)
    number = slots.number.copy()
    block = buildings.block
    number[block > 0] -= 2 * (block[block > 0] - 1)
    last = np.where(block > 0, number, last)
    plain = (block == 0) & (last == number)
    second = np.flatnonzero(plain & (rng.random(count) < _FURTHER_DOORS))
    third = second[rng.random(len(second)) < _THIRD_DOORS / _FURTHER_DOORS]
    gates = np.flatnonzero(block == 1)
    source = np.concatenate([np.arange(count), second, third, gates])
    sizes = [count, len(second), len(third), len(gates)]
    tip = np.repeat([MAIN, FURTHER, FURTHER, GATE], sizes)
    letter = np.repeat([0, 1, 2, 0], sizes)
    letter[:count] = block
    share = np.repeat([0.5, 0.6, 0.85, 0.0], sizes)
    share[second] = 0.25
    corner = buildings.corners[source]
    point = corner[:, 0] + share[:, None] * (corner[:, 1] - corner[:, 0])
    gate_along = slots.along[gates] - slots.frontage[gates] / 2 + 1.0
    point[tip == GATE] = district.bend(
        _plan_points(
            ways, slots.way[gates], slots.side[gates], gate_along, np.full(len(gates), 6.0)
        )
    )
    along = slots.along[source] + (share - 0.5) * 0.1
    along[tip == GATE] = gate_along
    way, side = slots.way[source], slots.side[source]
    order = np.lexsort((letter, along, side, way))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    further = tip == FURTHER
    doors = Doors(
        way=way,
        side=side,
        part=(along > ways.cut[way]).astype(np.int64),
        along=along,
        number=number[source],
        last=last[source],
        letter=letter,
        tip=tip,
        yapi=np.where(tip == GATE, -1, source),
        parent=np.where(further, place[source], -1),
        point=np.round(point, 3),
    )
    return Doors(**{name: values[order] for name, values in vars(doors).items()})
