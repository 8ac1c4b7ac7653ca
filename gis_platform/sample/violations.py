"""Where violations are planted: the choosing of untouched doors and ways, and the list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely

from gis_platform.sample.district import Ints, Points
from gis_platform.sample.doors import FURTHER, MAIN
from gis_platform.sample.layout import WayKind
from gis_platform.sample.plots import KUME_EVLER, LEFT, MEYDAN, Flags
from gis_platform.sample.register import Register, Table, quadrilaterals
from gis_platform.sample.world import World

COLUMNS = ("code", "layer", "kimlik_no", "note", "kind")
Row = tuple[str, str, int, str, str]
PLANTED, FOLLOWS = "planted", "follows"

_WAYS_PER_CASE = 60
_MOST_CASES = 3
_FROM_END = 2


@dataclass
class Planter:
    """The tables being spoilt, what is still untouched, and the list of what was done.

    Every case takes a way of its own, so that cases do not mix.
    """

    world: World
    register: Register
    rng: np.random.Generator
    rows: list[Row] = field(default_factory=list)
    _taken: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        doors = self.world.doors
        self.spoilt: Flags = np.zeros(len(doors), bool)
        self.cases = int(np.clip(len(self.world.ways) // _WAYS_PER_CASE, 1, _MOST_CASES))
        rank = _places(doors.way * 2 + doors.side)
        inner = np.minimum(*rank) >= _FROM_END
        share = np.bincount(doors.yapi[doors.yapi >= 0], minlength=len(self.world.buildings))
        alone = (doors.yapi >= 0) & (share[doors.yapi] == 1)
        by_side = ~np.isin(self.world.tip, [MEYDAN, KUME_EVLER])[doors.way]
        row = self.world.ways.kind[doors.way] == WayKind.ROW
        single = (doors.tip == MAIN) & (doors.letter == 0) & (doors.last == doors.number)
        self.plain: Flags = inner & alone & by_side & row & single
        """Doors in the middle of a side, alone at a building of their own, with a bare number."""
        self.migrated: Flags = alone & self.world.migrated[doors.yapi]
        self.open: Flags = self.plain & ~self.migrated
        self._order = self.rng.permutation(len(self.world.ways))

    def table(self, layer: str) -> Table:
        """A table of the delivery."""
        return self.register[layer]

    def doors(self, fit: Flags, cases: int | None = None) -> Iterator[int]:
        """Doors that fit, each on an untouched way of its own; marked as spoilt."""
        starts = np.searchsorted(self.world.doors.way, np.arange(len(self.world.ways) + 1))
        left = self.cases if cases is None else cases
        for way in self._order.tolist():
            if left == 0:
                return
            if way in self._taken:
                continue
            there = np.flatnonzero(fit[starts[way] : starts[way + 1]])
            if len(there):
                self._taken.add(way)
                left -= 1
                door = int(starts[way] + there[len(there) // 2])
                self.spoilt[door] = True
                yield door

    def ways(self, fit: Flags, cases: int | None = None) -> Iterator[int]:
        """Untouched ways that fit; all their doors are marked as spoilt."""
        left = self.cases if cases is None else cases
        for way in self._order.tolist():
            if left == 0:
                return
            if way not in self._taken and fit[way]:
                self._taken.add(way)
                left -= 1
                self.spoilt[self.world.doors.way == way] = True
                yield way

    def claim(self, way: int) -> bool:
        """Whether a way was untouched; it no longer is, and its doors are marked as spoilt."""
        if way in self._taken:
            return False
        self._taken.add(way)
        self.spoilt[self.world.doors.way == way] = True
        return True

    def plant(self, code: str, layer: str, row: int, note: str) -> None:
        """Say that feature ``row`` of ``layer`` breaks a rule and must be found."""
        self._say(code, layer, row, note, PLANTED)

    def follow(self, codes: str, layer: str, row: int) -> None:
        """Say that the feature may also be reported under these rules, as a consequence."""
        for code in codes.split():
            self._say(code, layer, row, "", FOLLOWS)

    def _say(self, code: str, layer: str, row: int, note: str, kind: str) -> None:
        kimlik_no = int(self.table(layer).columns["kimlik_no"][row])
        self.rows.append((code, layer, kimlik_no, note, kind))

    def side_of(self, door: int) -> int:
        """The row of ``yol_orta_hat_yon`` a door faces."""
        return int(self.table("numarataj").columns["yol_orta_hat_yon_id"][door])

    def hat_of(self, door: int) -> int:
        """The row of ``yol_orta_hat`` a door is numbered from."""
        return self.side_of(door) // 2

    def foot(self, door: int) -> tuple[Points, Points]:
        """A door's point, and the nearest point of its centre-line."""
        line = self.world.hat_line[self.hat_of(door)]
        point = self.world.doors.point[door]
        at = shapely.line_interpolate_point(
            line, shapely.line_locate_point(line, shapely.points(point))
        )
        return point, shapely.get_coordinates(at)[0]

    def move(self, door: int, point: Points) -> None:
        """Put a door elsewhere."""
        geometry = self.table("numarataj").geometry
        assert geometry is not None  # noqa: S101 (numarataj has points)
        geometry[door] = shapely.points(np.round(point, 3))

    def reshape(self, yapi: int, corners: Points) -> None:
        """Give a building other corners."""
        geometry = self.table("yapi").geometry
        assert geometry is not None  # noqa: S101 (yapi has polygons)
        geometry[yapi] = quadrilaterals(np.round(corners, 3)[None])[0]

    def number(self, door: int, kapi_no: str | None) -> None:
        """Write another number at a door."""
        self.table("numarataj").columns["kapi_no"][door] = kapi_no

    def numbers_of(self, way: int) -> set[int]:
        """Every number in use on a way, both ends of ranges included."""
        doors = self.world.doors
        there = doors.way == way
        return set(doors.number[there].tolist()) | set(doors.last[there].tolist())

    def next_of(self, fit: Flags, steps: int = 1) -> Flags:
        """Doors that fit and whose neighbour ``steps`` further on the same side fits too."""
        doors = self.world.doors
        other = np.minimum(np.arange(len(fit)) + steps, len(fit) - 1)
        same = (doors.way == doors.way[other]) & (doors.side == doors.side[other])
        answer: Flags = fit & fit[other] & same
        return answer

    def further(self) -> Flags:
        """Further doors (12A) of buildings with exactly one and without units as yet."""
        doors = self.world.doors
        lone = (doors.tip == FURTHER) & (doors.letter == 1)
        lone &= ~np.isin(doors.parent, doors.parent[doors.letter > 1])
        answer: Flags = lone & ~self.world.migrated[np.maximum(doors.yapi, 0)]
        return answer

    def one_sided(self) -> tuple[Flags, Ints]:
        """Ways of one centre-line with doors on one side only, and the empty side of each."""
        doors = self.world.doors
        count = len(self.world.ways)
        there = np.stack(
            [np.bincount(doors.way[doors.side == side], minlength=count) > 0 for side in (0, 1)], 1
        )
        row = self.world.ways.kind == WayKind.ROW
        by_side = ~np.isin(self.world.tip, [MEYDAN, KUME_EVLER])
        fit: Flags = (there.sum(axis=1) == 1) & row & by_side
        return fit, np.where(there[:, LEFT], 1, 0)


def _places(group: Ints) -> tuple[Ints, Ints]:
    """Place of each entry from the beginning and from the end of its run of equal keys."""
    is_new = np.r_[True, group[1:] != group[:-1]]
    start = np.maximum.accumulate(np.where(is_new, np.arange(len(group)), 0))
    is_last = np.r_[group[1:] != group[:-1], True]
    stop = np.where(is_last, np.arange(len(group)), len(group))
    stop = np.minimum.accumulate(stop[::-1])[::-1]
    return np.arange(len(group)) - start, stop - np.arange(len(group))


Spoil = Callable[[Planter], None]
