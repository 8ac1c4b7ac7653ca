"""Violations at doors: numbers, places, relations (maks.md §5.2, §5.4)."""

import numpy as np
import shapely

from gis_platform.sample.layout import WayKind
from gis_platform.sample.plots import SOKAK, Flags
from gis_platform.sample.register import MISSING
from gis_platform.sample.violations import Planter, Spoil

_NOWHERE = 90_000_000
_OFF_ROAD_M, _BEHIND_M = 120.0, 26.0
_SWAPPED = 4
_LOOKED_AT = 400
_MOVED = "R-SP-02 R-SP-03 R-SP-04 R-NUM-01 R-NUM-09 R-NUM-14"


def same_number_twice(p: Planter) -> None:
    """Two neighbours carry one number."""
    for door in p.doors(p.next_of(p.open)):
        p.number(door + 1, str(p.world.kapi_no[door]))
        p.spoilt[door + 1] = True
        for one in (door, door + 1):
            p.plant("R-NUM-04", "numarataj", one, "aynı numara iki kez / number twice")


def wrong_parity(p: Planter) -> None:
    """An even number among odd ones, or the reverse."""
    doors = p.world.doors
    fit = np.zeros(len(doors), bool)
    for one in p.rng.permutation(np.flatnonzero(p.open))[:_LOOKED_AT].tolist():
        fit[one] = int(doors.number[one]) + 1 not in p.numbers_of(int(doors.way[one]))
    for door in p.doors(fit):
        p.number(door, str(int(doors.number[door]) + 1))
        p.plant("R-NUM-01", "numarataj", door, "tek yerine çift ya da tersi / wrong parity")
        p.follow("R-YOL-15", "yol", int(doors.way[door]))


def on_the_wrong_side(p: Planter) -> None:
    """The point lies across the road."""
    for door in p.doors(p.open):
        point, foot = p.foot(door)
        p.move(door, 2 * foot - point)
        p.plant("R-SP-04", "numarataj", door, "karşı tarafta / across the road")
        p.follow("R-SP-03 R-NUM-01", "numarataj", door)


def outside_its_mahalle(p: Planter) -> None:
    """The point lies in the middle of another mahalle."""
    for door in p.doors(p.open):
        cell = int(p.world.codes.mahalle[p.world.door_code[door]])
        other = p.world.mahalle_area[(cell + 1) % len(p.world.mahalle_area)]
        p.move(door, shapely.get_coordinates(other.representative_point())[0])
        p.plant("R-SP-01", "numarataj", door, "başka mahallede / in another mahalle")
        p.follow(_MOVED, "numarataj", door)


def off_the_map(p: Planter) -> None:
    """The point has no coordinates to speak of: 0, 0."""
    for door in p.doors(p.open, 1):
        p.move(door, np.zeros(2))
        p.plant("R-SP-09", "numarataj", door, "0, 0 koordinatı / coordinates 0, 0")
        p.follow(f"R-SP-01 {_MOVED}", "numarataj", door)


def far_from_its_road(p: Planter) -> None:
    """The point lies a hundred metres and more from its centre-line, in its own mahalle."""
    for door in p.doors(p.open & _has_room_behind(p, _OFF_ROAD_M)):
        _push(p, door, _OFF_ROAD_M)
        p.plant("R-SP-02", "numarataj", door, "yolundan uzak / far from its road")
        p.follow("R-SP-03 R-NUM-14 R-NUM-09", "numarataj", door)


def off_its_building(p: Planter) -> None:
    """The point lies behind its building."""
    for door in p.doors(p.open & _has_room_behind(p, _BEHIND_M)):
        _push(p, door, _BEHIND_M)
        p.plant("R-SP-03", "numarataj", door, "yapısından uzak / away from its building")
        p.follow("R-SP-02 R-NUM-14", "numarataj", door)


def _has_room_behind(p: Planter, metres: float) -> Flags:
    """Doors whose mahalle reaches that far behind them; only a few are looked at."""
    fit = np.zeros(len(p.open), bool)
    for door in p.rng.permutation(np.flatnonzero(p.open))[:_LOOKED_AT]:
        point, foot = p.foot(int(door))
        there = shapely.points(point + metres * (point - foot) / np.hypot(*(point - foot)))
        cell = int(p.world.codes.mahalle[p.world.door_code[door]])
        fit[door] = bool(p.world.mahalle_area[cell].buffer(-5).contains(there))
    return fit


def _push(p: Planter, door: int, metres: float) -> None:
    point, foot = p.foot(door)
    p.move(door, point + metres * (point - foot) / np.hypot(*(point - foot)))


def orphan_of_a_building(p: Planter) -> None:
    """The building's GUID is that of none."""
    column = p.table("numarataj").columns["yapi_id"]
    for door in p.doors(p.open):
        p.follow("R-SP-05", "yapi", int(column[door]))
        column[door] = _NOWHERE + door
        p.plant("R-SP-12", "numarataj", door, "YAPIID karşılıksız / YAPIID points to none")


def building_without_door(p: Planter) -> None:
    """The door says nothing of its building, which then has none."""
    column = p.table("numarataj").columns["yapi_id"]
    for door in p.doors(p.open):
        p.plant("R-SP-05", "yapi", int(column[door]), "kapısı yok / has no door")
        column[door] = MISSING


def doubled_kimlik_no(p: Planter) -> None:
    """Two doors carry one identity number."""
    column = p.table("numarataj").columns["kimlik_no"]
    chosen = list(p.doors(p.open, 2 * p.cases))
    for door, other in zip(chosen[::2], chosen[1::2], strict=False):
        column[other] = column[door]
        p.plant("R-SP-12", "numarataj", door, "kimlik no iki kez / identity number twice")


def without_number(p: Planter) -> None:
    """The door has no number."""
    for door in p.doors(p.open):
        p.number(door, None)
        p.plant("R-NUM-13", "numarataj", door, "kapı numarası yok / no number")


def letter_without_base(p: Planter) -> None:
    """12A without a 12."""
    for door in p.doors(p.open):
        p.number(door, f"{p.world.kapi_no[door]}A")
        p.plant("R-NUM-05", "numarataj", door, "harfin ana numarası yok / no base number")


def range_over_both_sides(p: Planter) -> None:
    """12-15: a range that changes parity."""
    for door in p.doors(p.open):
        number = int(p.world.doors.number[door])
        p.number(door, f"{number}-{number + 3}")
        p.plant("R-NUM-06", "numarataj", door, "aralık tek ve çift / range of both parities")
        p.follow("R-NUM-04", "numarataj", door)


def out_of_order(p: Planter) -> None:
    """Two doors of a side, a few houses apart, have each other's number."""
    for door in p.doors(p.next_of(p.open, _SWAPPED) & _on_long_sides(p)):
        other = door + _SWAPPED
        mine, theirs = str(p.world.kapi_no[door]), str(p.world.kapi_no[other])
        p.number(door, theirs)
        p.number(other, mine)
        p.spoilt[door : other + 1] = True
        for one in (door, other):
            p.plant("R-NUM-09", "numarataj", one, "numara sırası bozuk / numbers out of order")


def _on_long_sides(p: Planter) -> Flags:
    doors = p.world.doors
    key = doors.way * 2 + doors.side
    answer: Flags = np.bincount(key)[key] >= 10
    return answer


def numbered_from_another_road(p: Planter) -> None:
    """The door belongs to a road it does not stand on."""
    doors, ways = p.world.doors, p.world.ways
    sides = p.table("numarataj").columns["yol_orta_hat_yon_id"]
    for door in p.doors(p.open & (p.world.tip[doors.way] == SOKAK)):
        own = int(doors.way[door])
        near = np.flatnonzero(
            (ways.kind == WayKind.ROW) & (ways.left == ways.left[own]) & (p.world.tip == SOKAK)
        )
        away = np.hypot(*((ways.start + ways.end)[near] / 2 - (ways.start + ways.end)[own] / 2).T)
        for other in near[np.argsort(away, kind="stable")]:
            free = int(doors.number[door]) not in p.numbers_of(int(other))
            lone = p.world.hat_of[other, 1] < 0
            line = p.world.hat_line[p.world.hat_of[other, 0]]
            far = line.distance(shapely.points(doors.point[door])) > 3 * 45
            if free and lone and far and p.claim(int(other)):
                sides[door] = p.world.hat_of[other, 0] * 2 + doors.side[door]
                p.plant("R-NUM-14", "numarataj", door, "yanlış yoldan / from the wrong road")
                p.follow("R-SP-01 R-SP-02 R-SP-04 R-NUM-01 R-NUM-09", "numarataj", door)
                p.follow("R-YOL-15 R-NUM-02", "yol", int(other))
                break


def circle_of_doors(p: Planter) -> None:
    """Main and further door depend on each other."""
    column = p.table("numarataj").columns["bagli_oldugu_numarataj_id"]
    for door in p.doors(p.further()):
        main = int(column[door])
        column[main] = door
        p.spoilt[main] = True
        p.follow("R-SP-05", "yapi", int(p.world.doors.yapi[door]))
        for one in (door, main):
            p.plant("R-SP-06", "numarataj", one, "kapılar birbirine bağlı / doors in a circle")


def door_of_another_building(p: Planter) -> None:
    """A further door hangs on the main door of another building."""
    column = p.table("numarataj").columns["bagli_oldugu_numarataj_id"]
    for door in p.doors(p.further()):
        for main in p.doors(p.open, 1):
            column[door] = main
            p.plant("R-SP-06", "numarataj", door, "başka yapının kapısına bağlı / other building")


DOORS: tuple[Spoil, ...] = (
    same_number_twice,
    wrong_parity,
    on_the_wrong_side,
    outside_its_mahalle,
    off_the_map,
    far_from_its_road,
    off_its_building,
    orphan_of_a_building,
    building_without_door,
    doubled_kimlik_no,
    without_number,
    letter_without_base,
    range_over_both_sides,
    out_of_order,
    numbered_from_another_road,
    circle_of_doors,
    door_of_another_building,
)
