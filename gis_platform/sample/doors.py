"""Doors and buildings along the ways, numbered as the regulation says (maks.md §5.2).

From the start of a way the left side is odd from 1, the right side even from 2; plots without a
building keep their number; further doors of a building take letters (12A); a building over two
plots takes both numbers (12-14); a site's gate takes the next number and its blocks that number
with a letter. A meydan is numbered clockwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_platform.sample.district import Ints, Points
from gis_platform.sample.layout import WayKind
from gis_platform.sample.plots import (
    MEYDAN,
    Flags,
    Plan,
    Plots,
    groups,
    mahalle_of,
    make_plots,
    plan_corners,
    plan_points,
)

MAIN, FURTHER, GATE = 1, 2, 3
"""Numarataj types of the sample; the official list is not public (maks.md §1.6)."""

_SITES, _RANGES, _FURTHER_DOORS, _THIRD_OF_THEM = 0.036, 0.03, 0.05, 0.24
_BLOCKS = 4


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
        yapi: the building, -1 for a gate; ``parent``: the main door of a further one, else -1.
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


def build(plan: Plan, rng: np.random.Generator) -> tuple[Doors, Buildings]:
    """Doors and buildings of all ways; where a border or a corridor is in the way, none."""
    plots = make_plots(plan, rng)
    plain = plan.tip[plots.way] != MEYDAN
    on_row = plan.ways.kind[plots.way] != WayKind.SPINE
    in_site = groups(plots, _BLOCKS, _SITES, plain & on_row, rng)
    in_range = groups(plots, 2, _RANGES, plain & ~in_site, rng)
    built, last = _joined(plots, in_range)
    block = np.where(in_site, plots.place % _BLOCKS + 1, 0)[built]
    plots, last = plots.take(built), last[built]
    corners = plan.district.bend(plan_corners(plan.ways, plots).reshape(-1, 2)).reshape(-1, 4, 2)
    count = len(plots)
    buildings = Buildings(
        corners=corners,
        way=plots.way,
        mahalle=mahalle_of(plan.ways, plots),
        above=np.where(block > 0, rng.integers(6, 15, count), rng.integers(1, 8, count)),
        below=rng.integers(0, 3, count),
        site=np.where(block > 0, np.cumsum(block == 1), 0),
        block=block,
    )
    return _doors(plan, plots, last, buildings, rng), buildings


def _joined(plots: Plots, in_range: Flags) -> tuple[Flags, Ints]:
    """Make one plot of the two of a range: which plots are built, and the last number of each."""
    first = in_range & (plots.place % 2 == 0)
    following = np.minimum(np.arange(len(plots)) + 1, len(plots) - 1)
    last = np.where(first, plots.number[following], plots.number)
    plots.along = np.where(first, (plots.along + plots.along[following]) / 2, plots.along)
    plots.width = np.where(first, plots.width + plots.frontage, plots.width)
    return plots.usable & ~(in_range & ~first), last


def _doors(
    plan: Plan, plots: Plots, last: Ints, buildings: Buildings, rng: np.random.Generator
) -> Doors:
    """Main doors, further doors with letters, gates; sorted by way, side and place."""
    count, block = len(plots), buildings.block
    number = plots.number - 2 * np.maximum(block - 1, 0)
    last = np.where(block > 0, number, last)
    plain = (block == 0) & (last == number)
    second = np.flatnonzero(plain & (rng.random(count) < _FURTHER_DOORS))
    third = second[rng.random(len(second)) < _THIRD_OF_THEM]
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
    along = plots.along[source] + (share - 0.5) * 0.1
    along[tip == GATE], point[tip == GATE] = _gates(plan, plots.take(gates))
    way, side = plots.way[source], plots.side[source]
    order = np.lexsort((letter, along, side, way))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    doors = Doors(
        way=way,
        side=side,
        part=(along > plan.ways.cut[way]).astype(np.int64),
        along=along,
        number=number[source],
        last=last[source],
        letter=letter,
        tip=tip,
        yapi=np.where(tip == GATE, -1, source),
        parent=np.where(tip == FURTHER, place[source], -1),
        point=np.round(point, 3),
    )
    return Doors(**{name: values[order] for name, values in vars(doors).items()})


def _gates(plan: Plan, plots: Plots) -> tuple[Points, Points]:
    """Where the gates of sites stand: before the first block, along the way and on the ground."""
    along = plots.along - plots.frontage / 2 + 1.0
    off = np.full(len(plots), 6.0)
    return along, plan.district.bend(plan_points(plan.ways, plots.way, plots.side, along, off))
