"""Violations of roads, buildings and units (maks.md §5.1, §5.3, §5.4)."""

import numpy as np
import shapely

from gis_platform.sample.layout import WayKind
from gis_platform.sample.plots import BULVAR, SOKAK, Flags
from gis_platform.sample.register import MISSING
from gis_platform.sample.violations import Planter, Spoil

_LOOP = np.array([(0, 0), (8, 0), (8, 2), (4, -2), (12, 0)], float)
"""A loop in the first metres of a line, in its own direction."""
_NINE_DIGITS = 10


def crosses_itself(p: Planter) -> None:
    """The line makes a loop where it begins, before its first door."""
    ways, lines = p.world.ways, p.table("yol_orta_hat").geometry
    assert lines is not None  # noqa: S101 (centre-lines)
    for way in p.ways((ways.kind == WayKind.ROW) & (ways.setback > 20) & (p.world.tip == SOKAK)):
        hat = int(p.world.hat_of[way, 0])
        points = shapely.get_coordinates(lines[hat])
        along = (points[1] - points[0]) / np.hypot(*(points[1] - points[0]))
        turn = np.array([along, [-along[1], along[0]]])
        lines[hat] = shapely.linestrings(np.vstack([points[0] + _LOOP @ turn, points[1:]]).round(3))
        p.plant("R-YOL-05", "yol_orta_hat", hat, "kendini kesiyor / crosses itself")


def building_on_the_road(p: Planter) -> None:
    """A building reaches over the centre-line."""
    for door in p.doors(p.open):
        yapi, hat = int(p.world.doors.yapi[door]), p.hat_of(door)
        point, foot = p.foot(door)
        corners = p.world.buildings.corners[yapi].copy()
        corners[:2] += (foot - point) * (1 + 2.0 / np.hypot(*(foot - point)))
        p.reshape(yapi, corners)
        p.plant("R-YOL-04", "yol_orta_hat", hat, "yapıdan geçiyor / runs through a building")
        p.follow("R-YOL-04", "yapi", yapi)
        p.follow("R-SP-03", "numarataj", door)


def side_left_out(p: Planter) -> None:
    """A centre-line has one side record."""
    one_sided, empty = p.one_sided()
    table = p.table("yol_orta_hat_yon")
    gone = []
    for way in p.ways(one_sided):
        hat = int(p.world.hat_of[way, 0])
        gone.append(hat * 2 + int(empty[way]))
        p.plant("R-YOL-02", "yol_orta_hat", hat, "tek yön kaydı var / one side only")
    table.drop(np.array(gone, np.int64))


def both_sides_odd(p: Planter) -> None:
    """Both sides are said to be odd (or even)."""
    one_sided, empty = p.one_sided()
    table = p.table("yol_orta_hat_yon")
    for way in p.ways(one_sided):
        hat = int(p.world.hat_of[way, 0])
        at, other = hat * 2 + int(empty[way]), hat * 2 + 1 - int(empty[way])
        table.columns["tur"][at] = table.columns["tur"][other]
        p.plant("R-YOL-16", "yol_orta_hat", hat, "iki yön de aynı / both sides alike")


def side_without_mahalle(p: Planter) -> None:
    """A side names no mahalle."""
    one_sided, empty = p.one_sided()
    table = p.table("yol_orta_hat_yon")
    for way in p.ways(one_sided):
        side = int(p.world.hat_of[way, 0]) * 2 + int(empty[way])
        table.columns["mahalle_id"][side] = MISSING
        p.plant("R-YOL-09", "yol_orta_hat_yon", side, "mahallesi yok / names no mahalle")


def same_name_twice(p: Planter) -> None:
    """Two roads of one type carry one name."""
    names = p.table("yol").columns["ad"]
    worded = np.array([not name[0].isdigit() for name in p.world.names])
    chosen = list(p.ways(_sokak(p) & worded, 2 * p.cases))
    for way, other in zip(chosen[::2], chosen[1::2], strict=False):
        _rename(p, other, str(names[way]))
        for one in (way, other):
            p.plant("R-YOL-07", "yol", one, "aynı ad ve tür / same name and type")
            p.follow("R-YOL-12", "yol", one)


def nameless(p: Planter) -> None:
    """A road has neither name nor number."""
    for way in p.ways(_sokak(p)):
        _rename(p, way, None)
        p.plant("R-YOL-10", "yol", way, "adı yok / has no name")
        p.follow("M-01", "yol", way)


def number_and_name(p: Planter) -> None:
    """A road has both a number and a name."""
    worded = np.array([not name[0].isdigit() for name in p.world.names])
    for way in p.ways(_sokak(p) & worded):
        _rename(p, way, f"2. {p.world.names[way]}")
        p.plant("R-YOL-11", "yol", way, "hem numara hem ad / number and name")


def _sokak(p: Planter) -> Flags:
    fit: Flags = (p.world.tip == SOKAK) & (p.world.ways.kind == WayKind.ROW)
    return fit


def _rename(p: Planter, way: int, name: str | None) -> None:
    p.table("yol").columns["ad"][way] = name
    p.table("yol_orta_hat").columns["ad"][p.world.hat_way == way] = name


def range_too_short(p: Planter) -> None:
    """The stated odd range ends before the last odd door."""
    column = p.table("yol").columns["tek_bitis_no"]
    for way in p.ways(_sokak(p) & (column > 11)):
        column[way] -= 4
        p.plant("R-YOL-15", "yol", way, "aralık kapıları kapsamıyor / range too short")


def same_code_twice(p: Planter) -> None:
    """Two roads of a mahalle share the fixed identification number."""
    table = p.table("yol_orta_hat_yon")
    codes = table.columns["tanitim_kodu"]
    for way in p.ways(_sokak(p)):
        left = p.world.ways.left
        for other in p.ways(_sokak(p) & (left == left[way]), 1):
            hats = [int(p.world.hat_of[one, 0]) for one in (way, other)]
            codes[2 * hats[1] : 2 * hats[1] + 2] = codes[2 * hats[0]]
            for hat in hats:
                for side in (2 * hat, 2 * hat + 1):
                    p.plant("R-YOL-08", "yol_orta_hat_yon", side, "tanıtım no iki yolda / twice")


def road_without_line(p: Planter) -> None:
    """A road is named that has no centre-line."""
    table = p.table("yol")
    known = set(zip(table.columns["ad"], table.columns["tip"].tolist(), strict=True))
    fit = np.array([(name, BULVAR) not in known for name in p.world.names]) & _sokak(p)
    fit &= np.array([not name[0].isdigit() for name in p.world.names])
    for way in p.ways(fit):
        added = {name: np.array([MISSING]) for name in table.columns}
        added |= {"ad": np.array([p.world.names[way]], object), "tip": np.array([BULVAR])}
        added["kimlik_no"] = np.array([9_999_990 + len(table) % 10])
        table.append(added)
        p.plant("R-YOL-01", "yol", len(table) - 1, "orta hattı yok / has no centre-line")


def overlapping_buildings(p: Planter) -> None:
    """A building reaches into the next one."""
    corners = p.world.buildings.corners
    for door in p.doors(p.next_of(p.open)):
        yapi, other = (int(p.world.doors.yapi[one]) for one in (door, door + 1))
        wide, there = corners[yapi].copy(), corners[other]
        wide[1] = there[0] + 0.35 * (there[1] - there[0])
        wide[2] = there[3] + 0.35 * (there[2] - there[3])
        p.reshape(yapi, wide)
        p.spoilt[door + 1] = True
        for one in (yapi, other):
            p.plant("R-SP-07", "yapi", one, "başka yapıyla örtüşüyor / overlaps another")
        p.follow("R-SP-03", "numarataj", door)


def broken_building(p: Planter) -> None:
    """A building's outline crosses itself."""
    for door in p.doors(p.open):
        yapi = int(p.world.doors.yapi[door])
        p.reshape(yapi, p.world.buildings.corners[yapi][[0, 1, 3, 2]])
        p.plant("R-SP-07", "yapi", yapi, "geçersiz çokgen / invalid polygon")
        p.follow("R-SP-03", "numarataj", door)


def wrong_posta_kodu(p: Planter) -> None:
    """A building has the post code of another mahalle."""
    column = p.table("yapi").columns["posta_kodu"]
    for door in p.doors(p.open):
        yapi = int(p.world.doors.yapi[door])
        column[yapi] = "34060" if column[yapi] != "34060" else "34050"
        p.plant("R-SP-11", "yapi", yapi, "posta kodu mahalleninki değil / wrong post code")


def same_inner_number_twice(p: Planter) -> None:
    """Two units of a door have one number."""
    columns = p.table("bagimsiz_bolum").columns
    for first in _units(p, 2):
        columns["ic_kapi_no"][first + 1] = columns["ic_kapi_no"][first]
        for unit in (first, first + 1):
            p.plant("R-BB-04", "bagimsiz_bolum", unit, "iç kapı no iki kez / inner number twice")
            _unit_order(p, unit)


def no_inner_number(p: Planter) -> None:
    """One of several units has no number."""
    columns = p.table("bagimsiz_bolum").columns
    for first in _units(p, 2):
        columns["ic_kapi_no"][first + 1] = None
        p.plant("R-BB-08", "bagimsiz_bolum", first + 1, "iç kapı no yok / no inner number")
        _unit_order(p, first)


def inner_number_left_out(p: Planter) -> None:
    """The units are numbered 1, 4."""
    columns = p.table("bagimsiz_bolum").columns
    for first in _units(p, 2):
        columns["ic_kapi_no"][first + 1] = "4"
        door = int(columns["numarataj_id"][first])
        p.plant("R-BB-01", "numarataj", door, "iç kapı sırası eksik / inner numbers left out")
        _unit_order(p, first)
        _unit_order(p, first + 1)


def unit_of_another_building(p: Planter) -> None:
    """A unit's building is not its door's."""
    columns = p.table("bagimsiz_bolum").columns
    for unit in _units(p, 1):
        for door in p.doors(p.open, 1):
            columns["yapi_id"][unit] = p.world.doors.yapi[door]
            p.plant("R-BB-05", "bagimsiz_bolum", unit, "yapısı kapınınki değil / other building")


def orphan_of_a_door(p: Planter) -> None:
    """A unit's door is that of none."""
    columns = p.table("bagimsiz_bolum").columns
    for unit in _units(p, 1):
        columns["numarataj_id"][unit] = 90_000_000 + unit
        p.plant("R-SP-12", "bagimsiz_bolum", unit, "NUMARATAJID karşılıksız / points to none")
        p.follow("R-BB-05", "bagimsiz_bolum", unit)


def floor_too_high(p: Planter) -> None:
    """A unit lies above its building."""
    columns = p.table("bagimsiz_bolum").columns
    for unit in _units(p, 1):
        above = int(p.world.buildings.above[columns["yapi_id"][unit]])
        columns["kat_no"][unit] = str(above + 5)
        p.plant("R-BB-07", "bagimsiz_bolum", unit, "kat yapıda yok / no such floor")


def short_adres_no(p: Planter) -> None:
    """An adres no has nine digits."""
    columns = p.table("bagimsiz_bolum").columns
    for unit in _units(p, 1):
        columns["kimlik_no"][unit] //= _NINE_DIGITS
        p.plant("R-BB-06", "bagimsiz_bolum", unit, "adres no 9 hane / nine digits")


def doubled_adres_no(p: Planter) -> None:
    """Two units have one adres no."""
    columns = p.table("bagimsiz_bolum").columns
    for unit in _units(p, 1):
        for other in _units(p, 1, 1):
            columns["kimlik_no"][other] = columns["kimlik_no"][unit]
            p.plant("R-BB-06", "bagimsiz_bolum", unit, "adres no iki kez / adres no twice")
            p.follow("R-SP-12", "bagimsiz_bolum", unit)


def _units(p: Planter, size: int, cases: int | None = None) -> list[int]:
    """First units of doors that have exactly ``size``, each on a way of its own."""
    owner = p.table("bagimsiz_bolum").columns["numarataj_id"]
    count = np.bincount(owner[owner < len(p.plain)], minlength=len(p.plain))
    chosen = list(p.doors(p.plain & p.migrated & (count == size), cases))
    return [int(np.flatnonzero(owner == door)[0]) for door in chosen]


def _unit_order(p: Planter, unit: int) -> None:
    p.follow("R-BB-01", "bagimsiz_bolum", unit)
    p.follow("R-BB-01", "numarataj", int(p.table("bagimsiz_bolum").columns["numarataj_id"][unit]))


ROADS: tuple[Spoil, ...] = (
    side_left_out,
    both_sides_odd,
    side_without_mahalle,
    crosses_itself,
    building_on_the_road,
    same_name_twice,
    nameless,
    number_and_name,
    range_too_short,
    same_code_twice,
    road_without_line,
    overlapping_buildings,
    broken_building,
    wrong_posta_kodu,
    same_inner_number_twice,
    no_inner_number,
    inner_number_left_out,
    unit_of_another_building,
    orphan_of_a_door,
    floor_too_high,
    short_adres_no,
    doubled_adres_no,
)
