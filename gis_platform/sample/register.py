"""The invented register as MAKS tables: columns under our names, relations as row numbers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.sample.district import IL, IL_KOD, ILCE, ILCE_KOD, Ints
from gis_platform.sample.plots import KUME_EVLER, LEFT, MEYDAN
from gis_platform.sample.world import World, scattered

Column = NDArray[Any]
MISSING = -1
"""Stands for a missing number or relation in integer columns."""

_DAY_ZERO = np.datetime64("2014-01-01T08:00:00", "s")
_DAYS = 4300
_LETTERS = np.array(["", *"ABCDEFGH"], dtype=object)


@dataclass
class Table:
    """One MAKS table.

    Attributes:
        layer: its name in ``maks.model``.
        columns: by our names; text as objects with ``None``, integers with ``MISSING``.
        geometry: shapes in EPSG:5254, or ``None``.
        refers: columns that hold row numbers of another layer, written as its GUIDs.
        left_out: rows that are not delivered; the others keep their row numbers.
    """

    layer: str
    columns: dict[str, Column]
    geometry: NDArray[np.object_] | None = None
    refers: dict[str, str] = field(default_factory=dict)
    left_out: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.columns["kimlik_no"])

    @property
    def delivered(self) -> Ints:
        """Row numbers of what is delivered."""
        return np.setdiff1d(np.arange(len(self)), self.left_out, assume_unique=True)

    def drop(self, rows: Ints) -> None:
        """Leave rows out of the delivery."""
        self.left_out = np.union1d(self.left_out, rows)

    def append(self, row: dict[str, Column]) -> None:
        """Add a row (to a table without geometry)."""
        self.columns = {
            name: np.concatenate([values, row[name]]) for name, values in self.columns.items()
        }


Register = dict[str, Table]


def make_register(world: World) -> Register:
    """Every table of the world, clean: no control finds anything in it."""
    tables = [
        *_administrative(world),
        _yol(world),
        _yol_orta_hat(world),
        _yol_orta_hat_yon(world),
        _yapi(world),
        _numarataj(world),
        _bagimsiz_bolum(world),
    ]
    return {table.layer: table for table in tables}


def _administrative(world: World) -> list[Table]:
    district = world.district
    area = np.array([shapely.multipolygons([one]) for one in world.mahalle_area], dtype=object)
    whole = shapely.union_all(np.array(world.mahalle_area, dtype=object))
    whole = np.array([shapely.multipolygons([whole])], dtype=object)
    mahalle = {
        "kimlik_no": district.kimlik_no,
        "ad": np.array(district.ad, dtype=object),
        "ilce_id": np.zeros(len(area), np.int64),
        "tanitim_kodu": district.kimlik_no.astype("U").astype(object),
    }
    return [
        Table("il", {"kimlik_no": np.array([IL_KOD]), "ad": np.array([IL], dtype=object)}, whole),
        Table(
            "ilce",
            {
                "kimlik_no": np.array([ILCE_KOD]),
                "ad": np.array([ILCE], dtype=object),
                "il_id": np.zeros(1, np.int64),
            },
            whole,
            {"il_id": "il"},
        ),
        Table("mahalle", mahalle, area, {"ilce_id": "ilce"}),
    ]


def _yol(world: World) -> Table:
    count, doors = len(world.ways), world.doors
    columns: dict[str, Column] = {
        "kimlik_no": scattered(count, 100_000, 9_899_993, world.seed + 2),
        "ad": np.array(world.names, dtype=object),
        "tip": world.tip,
    }
    by_number = ~np.isin(world.tip, [MEYDAN])[doors.way]
    for parity, name in ((1, "tek"), (0, "cift")):
        chosen = by_number & (doors.number % 2 == parity)
        first, last = _span(doors.way[chosen], doors.number[chosen], doors.last[chosen], count)
        columns[f"{name}_baslangic_no"], columns[f"{name}_bitis_no"] = first, last
    return Table("yol", columns)


def _span(group: Ints, first: Ints, last: Ints, count: int) -> tuple[Ints, Ints]:
    """Smallest first and greatest last number per group, ``MISSING`` where there is none."""
    lowest = np.full(count, np.iinfo(np.int64).max)
    highest = np.full(count, MISSING)
    np.minimum.at(lowest, group, first)
    np.maximum.at(highest, group, last)
    return np.where(highest == MISSING, MISSING, lowest), highest


def _yol_orta_hat(world: World) -> Table:
    count = len(world.hat_way)
    columns: dict[str, Column] = {
        "kimlik_no": scattered(count, 10_000_000, 89_999_999, world.seed + 3),
        "ad": np.array(world.names, dtype=object)[world.hat_way],
        "yol_id": world.hat_way,
        "olusum_yontemi": np.ones(count, np.int64),
        "olcek": np.full(count, 1000, np.int64),
    }
    return Table("yol_orta_hat", columns, world.hat_line.copy(), {"yol_id": "yol"})


def door_side(world: World) -> Ints:
    """The row of ``yol_orta_hat_yon`` each door faces: two per centre-line, left first."""
    doors = world.doors
    return world.hat_of[doors.way, doors.part] * 2 + doors.side


def _yol_orta_hat_yon(world: World) -> Table:
    hats = len(world.hat_way)
    hat, side = np.repeat(np.arange(hats), 2), np.tile([0, 1], hats)
    way, part = world.hat_way[hat], world.hat_part[hat]
    code = world.code_of[way, part, side]
    doors = world.doors
    first, last = _span(door_side(world), doors.number, doors.last, hats * 2)
    has_sides = ~np.isin(world.tip, [MEYDAN, KUME_EVLER])[way]
    left = side == LEFT
    columns: dict[str, Column] = {
        "kimlik_no": scattered(hats * 2, 100_000_000, 899_999_981, world.seed + 4),
        "yol_orta_hat_id": hat,
        "mahalle_id": world.codes.mahalle[code],
        "uavt_kodu": world.codes.csbm_kod[code],
        "tanitim_kodu": world.codes.tanitim_kodu[code].astype("U").astype(object),
        "tur": np.where(has_sides, np.where(left, "TEK", "ÇİFT"), np.array(None)),
        "sayisallastirma_yon": np.where(left, "SOL", "SAĞ").astype(object),
        "baslangic_no": first,
        "bitis_no": last,
    }
    refers = {"yol_orta_hat_id": "yol_orta_hat", "mahalle_id": "mahalle"}
    return Table("yol_orta_hat_yon", columns, None, refers)


def building_name(world: World) -> NDArray[np.object_]:
    """``A BLOK`` in a site, an apartman's name, or ``None``."""
    block = world.buildings.block
    apartman = world.apartman
    named = np.where(apartman != "", apartman + " APARTMANI", None)
    return np.where(block > 0, _LETTERS[block] + " BLOK", named)


def site_name(world: World) -> NDArray[np.object_]:
    """``UFUK SİTESİ`` or ``None``, for each building."""
    names = np.array([None, *(f"{name} SİTESİ" for name in world.sites)], dtype=object)
    return names[world.buildings.site]


def _yapi(world: World) -> Table:
    buildings, count = world.buildings, len(world.buildings)
    corners = buildings.corners
    rng = np.random.default_rng([world.seed, 5])
    columns: dict[str, Column] = {
        "kimlik_no": scattered(count, 100_000_000, 899_999_981, world.seed + 5),
        "tip": np.ones(count, np.int64),
        "durum": np.ones(count, np.int64),
        "ad": building_name(world),
        "site_veya_kooperatif_adi": site_name(world),
        "posta_kodu": np.array(world.district.posta_kodu, dtype=object)[buildings.mahalle],
        "zemin_ustu_kat_sayisi": buildings.above,
        "zemin_alti_kat_sayisi": buildings.below,
        "ada_no": (100 + buildings.way % 9000).astype("U").astype(object),
        "parsel_no": rng.integers(1, 400, count).astype("U").astype(object),
        "olusum_yontemi": np.ones(count, np.int64),
        "olcek": np.full(count, 1000, np.int64),
    }
    return Table("yapi", columns, quadrilaterals(corners))


def quadrilaterals(corners: NDArray[np.float64]) -> NDArray[np.object_]:
    """Polygons from four corners each."""
    closed = np.concatenate([corners, corners[:, :1]], axis=1)
    polygons: NDArray[np.object_] = shapely.polygons(closed)
    return polygons


def _numarataj(world: World) -> Table:
    doors, count = world.doors, len(world.doors)
    towards = shapely.line_interpolate_point(
        world.hat_line[world.hat_of[doors.way, doors.part]],
        shapely.line_locate_point(
            world.hat_line[world.hat_of[doors.way, doors.part]], shapely.points(doors.point)
        ),
    )
    away = shapely.get_coordinates(towards) - doors.point
    columns: dict[str, Column] = {
        "kimlik_no": world.numarataj_no,
        "tip": doors.tip,
        "kapi_no": world.kapi_no.astype(object),
        "yerlesim_acisi": np.round(np.degrees(np.arctan2(away[:, 1], away[:, 0])), 1),
        "bina_kodu": scattered(count, 10_000_000, 89_999_999, world.seed + 6),
        "yol_orta_hat_yon_id": door_side(world),
        "yapi_id": doors.yapi.copy(),
        "bagli_oldugu_numarataj_id": doors.parent.copy(),
    }
    refers = {
        "yol_orta_hat_yon_id": "yol_orta_hat_yon",
        "yapi_id": "yapi",
        "bagli_oldugu_numarataj_id": "numarataj",
    }
    return Table("numarataj", columns, shapely.points(doors.point), refers)


def _bagimsiz_bolum(world: World) -> Table:
    """Units of the buildings whose migration is done: 1, 2, 3 from the ground floor up."""
    rng = np.random.default_rng([world.seed, 6])
    doors = world.doors
    chosen = np.flatnonzero((doors.tip == 1) & world.migrated[doors.yapi])
    units = rng.integers(1, 4, len(chosen))
    door = np.repeat(chosen, units)
    place = np.arange(len(door)) - np.repeat(np.cumsum(units) - units, units)
    alone = np.repeat((units == 1) & (rng.random(len(units)) < 0.5), units)
    floor = np.minimum(place, world.buildings.above[doors.yapi[door]])
    columns: dict[str, Column] = {
        "kimlik_no": unit_numbers(world, 0, len(door)),
        "ic_kapi_no": np.where(alone, np.array(None), (place + 1).astype("U").astype(object)),
        "durum": np.ones(len(door), np.int64),
        "tip": np.ones(len(door), np.int64),
        "kullanim_turu": np.ones(len(door), np.int64),
        "kat_no": floor.astype("U").astype(object),
        "numarataj_id": door,
        "yapi_id": doors.yapi[door],
    }
    refers = {"numarataj_id": "numarataj", "yapi_id": "yapi"}
    return Table("bagimsiz_bolum", columns, None, refers)


def unit_numbers(world: World, start: int, count: int) -> Ints:
    """UAVT adres numbers, 10 digits; the MAKS units take the first, the AKS rows go on."""
    return scattered_from(start, count, 1_000_000_000, 3_999_999_979, world.seed + 7)


def scattered_from(start: int, count: int, lowest: int, span: int, seed: int) -> Ints:
    """A stretch of an endless list of different numbers."""
    step = 2_472_135_943
    return (
        lowest
        + ((np.arange(start, start + count, dtype=np.int64) % span) * step % span + seed) % span
    )


def stamps(count: int, seed: int, layer: int) -> tuple[Column, Column]:
    """When each record was made and last changed."""
    rng = np.random.default_rng([seed, 7, layer])
    made = _DAY_ZERO + rng.integers(0, _DAYS * 86_400, count).astype("timedelta64[s]")
    return made, made + rng.integers(0, 86_400 * 30, count).astype("timedelta64[s]")
