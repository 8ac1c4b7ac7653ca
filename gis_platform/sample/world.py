"""The whole invented register before anything is spoilt: ways, codes, sides, doors, buildings."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject
from gis_platform.sample.district import District, Ints, Points, border_points, make_district
from gis_platform.sample.doors import Buildings, Doors, build
from gis_platform.sample.layout import Density, WayKind, Ways, begin_at_spines, lay_out
from gis_platform.sample.names import NameBook, name_ways, site_names, words
from gis_platform.sample.plots import BULVAR, CADDE, KUME_EVLER, MEYDAN, SOKAK, Plan

_DOORS_A_WAY = 20
_LINE_STEP = 30.0
_RURAL_PULL = 0.5
_MIGRATED, _NAMED_BUILDINGS = 0.2, 0.25
_DENSITIES = (
    (300_000, Density(52, 14, 20)),
    (600_000, Density(40, 11.5, 15)),
    (1_000_000, Density(32, 10, 12.5)),
)


@dataclass(frozen=True)
class Codes:
    """A csbm code for each way in each mahalle it touches, in the order of ways."""

    way: Ints
    mahalle: Ints
    csbm_kod: Ints
    tanitim_kodu: Ints


@dataclass(frozen=True)
class World:
    """The register of the invented district.

    Attributes:
        ways: the ways that have doors; ``names`` without type word, ``tip`` the csbm type.
        codes: see ``Codes``; ``code_of`` gives its place for (part, side) of each way.
        hat_way, hat_part, hat_line: the centre-lines on the ground.
        bb_door, bb_number, bb_floor: units already in the register.
    """

    seed: int
    district: District
    ways: Ways
    names: list[str]
    tip: Ints
    doors: Doors
    buildings: Buildings
    sites: list[str]
    apartman: NDArray[np.object_]
    codes: Codes
    code_of: Ints
    hat_way: Ints
    hat_part: Ints
    hat_line: NDArray[np.object_]
    hat_of: Ints
    mahalle_area: list[shapely.Polygon]
    migrated: NDArray[np.bool_]

    @cached_property
    def kapi_no(self) -> NDArray[np.str_]:
        """Door numbers as text."""
        return self.doors.kapi_no()

    @cached_property
    def numarataj_no(self) -> Ints:
        """Identity numbers of doors, 9 digits."""
        return scattered(len(self.doors), 200_000_000, 700_000_000, self.seed)

    @cached_property
    def door_code(self) -> Ints:
        """Place in ``codes`` of each door's csbm."""
        return self.code_of[self.doors.way, self.doors.part, self.doors.side]

    @cached_property
    def lon_lat(self) -> tuple[Points, Points]:
        """Doors in EPSG:4326."""
        point = self.doors.point
        return reproject(point[:, 0], point[:, 1], REGISTER_SRID, PUBLISHED_SRID)


def scattered(count: int, lowest: int, span: int, seed: int) -> Ints:
    """``count`` different numbers from ``lowest`` up, in no visible order."""
    step = int(span * 0.618034) | 1
    while np.gcd(step, span) != 1:
        step += 2
    return lowest + (np.arange(count, dtype=np.int64) * step + seed * 7919) % span


def make_world(doors: int, seed: int) -> World:
    """The register with exactly ``doors`` doors; the same numbers give the same register."""
    density = next(density for most, density in _DENSITIES if doors <= most)
    district = make_district(seed)
    plan, kept = lay_out(district, density, seed)
    count = doors // _DOORS_A_WAY + 60
    while True:
        ways = plan.take(np.arange(min(count, len(plan))))
        spine = begin_at_spines(ways)
        rng = np.random.default_rng([seed, 3])
        tip = _types(ways, district, rng)
        found, buildings = build(Plan(district, density, ways, tip, kept), rng)
        if len(found) >= doors or count > len(plan):
            break
        count = int(count * 1.3)
    way = _first(doors, spine, found, buildings)
    plan_built = Plan(district, density, ways.take(way), tip[way], kept)
    return _named(plan_built, found, buildings, seed)


def _types(ways: Ways, district: District, rng: np.random.Generator) -> Ints:
    """A csbm type for each way, after its place."""
    chance = rng.random(len(ways))
    is_rural = district.pull[ways.left] < _RURAL_PULL
    short = ways.length < 190
    row = np.select(
        [(chance < 0.02) & short, (chance > 0.94) & is_rural], [MEYDAN, KUME_EVLER], SOKAK
    )
    spine = np.where(chance < 0.07, BULVAR, CADDE)
    border = np.select([chance < 0.08, chance < 0.5], [BULVAR, CADDE], SOKAK)
    return np.select([ways.kind == WayKind.ROW, ways.kind == WayKind.SPINE], [row, spine], border)


def _first(doors: int, spine: Ints, found: Doors, buildings: Buildings) -> Ints:
    """Keep the first ``doors`` doors and their buildings.

    Returns:
        The ways they stand on and the ``spine`` each of those begins at; all is renumbered so.
    """
    for name, values in vars(found).items():
        setattr(found, name, values[:doors])
    used = np.unique(found.way)
    begun = spine[used]
    way = np.unique(np.concatenate([used, begun[begun >= 0]]))
    found.way = np.searchsorted(way, found.way)
    is_built = found.yapi >= 0
    yapi, found.yapi[is_built] = np.unique(found.yapi[is_built], return_inverse=True)
    for name, values in vars(buildings).items():
        setattr(buildings, name, values[yapi])
    buildings.way = np.searchsorted(way, buildings.way)
    site, numbered = np.unique(buildings.site, return_inverse=True)
    buildings.site = numbered + (0 if 0 in site else 1)
    return way


def _named(plan: Plan, doors: Doors, buildings: Buildings, seed: int) -> World:
    rng = np.random.default_rng([seed, 4])
    district, ways, tip = plan.district, plan.ways, plan.tip
    names = name_ways(tip, NameBook(rng), rng)
    codes, code_of = _codes(district, ways, seed)
    hat_way, hat_part = _hats(ways)
    hat_of = np.full((len(ways), 2), -1, np.int64)
    hat_of[hat_way, hat_part] = np.arange(len(hat_way))
    lines, nodes = _lines(district, ways, hat_way, hat_part)
    sites = max([0, *buildings.site.tolist()])
    return World(
        seed=seed,
        district=district,
        ways=ways,
        names=names,
        tip=tip,
        doors=doors,
        buildings=buildings,
        sites=site_names(sites, rng),
        apartman=_apartman(buildings, rng),
        codes=codes,
        code_of=code_of,
        hat_way=hat_way,
        hat_part=hat_part,
        hat_line=lines,
        hat_of=hat_of,
        mahalle_area=district.ground(nodes),
        migrated=rng.random(len(buildings)) < _MIGRATED,
    )


def _apartman(buildings: Buildings, rng: np.random.Generator) -> NDArray[np.object_]:
    """A name for some buildings outside sites, else empty."""
    names = np.array([*words()["apartman"], ""], dtype=object)
    named = (buildings.site == 0) & (rng.random(len(buildings)) < _NAMED_BUILDINGS)
    return names[np.where(named, rng.integers(0, len(names) - 1, len(named)), -1)]


def _codes(district: District, ways: Ways, seed: int) -> tuple[Codes, Ints]:
    """A code per way and mahalle, and where it is for way, part and side."""
    count = len(ways)
    mahalle = np.empty((count, 2, 2), np.int64)
    mahalle[:, 0, 0], mahalle[:, 0, 1] = ways.left, ways.right
    mahalle[:, 1, :] = ways.after[:, None]
    pairs = np.stack([np.repeat(np.arange(count), 4), mahalle.ravel()], axis=1)
    along = ways.kind == WayKind.ALONG
    pairs[np.repeat(along, 4) & np.tile([False, False, True, True], count), 1] = -1
    distinct, place = np.unique(pairs, axis=0, return_inverse=True)
    real = distinct[:, 1] >= 0
    new = np.cumsum(real) - 1
    code_of = np.where(real[place], new[place], -1).reshape(count, 2, 2)
    way, cell = distinct[real].T
    kod = scattered(len(way), 100_003, 899_981 if len(way) < 800_000 else 9_000_011, seed)
    return Codes(way, cell, kod, scattered(len(way), 1_000_000, 8_999_993, seed + 1)), code_of


def _hats(ways: Ways) -> tuple[Ints, Ints]:
    """One centre-line for each way, two for a way across a border."""
    parts = 1 + np.isfinite(ways.cut).astype(np.int64)
    way = np.repeat(np.arange(len(ways)), parts)
    part = np.arange(len(way)) - np.repeat(np.cumsum(parts) - parts, parts)
    return way, part


def _lines(
    district: District, ways: Ways, hat_way: Ints, hat_part: Ints
) -> tuple[NDArray[np.object_], dict[int, list[float]]]:
    """Centre-lines on the ground, and the vertices they share with borders."""
    nodes: dict[int, list[float]] = {}
    for at in np.flatnonzero(ways.border >= 0):
        ends = [ways.node[at]]
        if ways.kind[at] == WayKind.ALONG:
            ends.append(ways.node[at] + ways.length[at])
        nodes.setdefault(int(ways.border[at]), []).extend(float(end) for end in ends)
    cut = ways.cut[hat_way]
    first = np.where(hat_part == 1, cut, 0.0)
    last = np.where((hat_part == 0) & np.isfinite(cut), cut, ways.length[hat_way])
    steps = np.maximum(np.ceil((last - first) / _LINE_STEP).astype(np.int64), 1)
    hat = np.repeat(np.arange(len(hat_way)), steps + 1)
    place = np.arange(len(hat)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    share = place / steps[hat]
    along = first[hat] + share * (last - first)[hat]
    way = hat_way[hat]
    direction = ((ways.end - ways.start) / ways.length[:, None])[way]
    points = ways.start[way] + along[:, None] * direction
    for number in np.flatnonzero(np.isfinite(cut)):
        end = np.flatnonzero(hat == number)[0 if hat_part[number] == 1 else -1]
        points[end] = _node(district, ways, hat_way[number])
    lines = shapely.linestrings(district.bend(points), indices=hat)
    for number in np.flatnonzero(ways.kind[hat_way] == WayKind.ALONG):
        lines[number] = _border_line(district, ways, hat_way[number], nodes)
    return lines, nodes


def _node(district: District, ways: Ways, way: int) -> Points:
    border = district.borders[ways.border[way]]
    node: Points = border.start + ways.node[way] / border.length * (border.end - border.start)
    return node


def _border_line(
    district: District, ways: Ways, way: int, nodes: dict[int, list[float]]
) -> shapely.LineString:
    """The stretch of a border that a way follows, with the border's own vertices."""
    number = int(ways.border[way])
    border = district.borders[number]
    points = border_points(border, nodes[number])
    along = np.hypot(*(points - border.start).T)
    first, last = ways.node[way], ways.node[way] + ways.length[way]
    inside = (along > first - 1e-6) & (along < last + 1e-6)
    return shapely.linestrings(district.bend(points[inside]))
