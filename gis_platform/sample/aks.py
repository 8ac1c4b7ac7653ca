"""The AKS text of the invented district: one row per unit, with mess, faults, and its truth."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_platform.sample.district import IL, ILCE, Ints
from gis_platform.sample.doors import FURTHER, GATE
from gis_platform.sample.mess import Parts, rates, write_address
from gis_platform.sample.names import NameBook, full_name, name_key
from gis_platform.sample.plots import SOKAK
from gis_platform.sample.register import building_name, site_name, unit_numbers
from gis_platform.sample.world import World

COLUMNS = (
    "Adres No", "İl", "İlçe", "Mahalle", "Cadde / Sokak", "Dış Kapı", "İç Kapı No", "Site Adı",
    "Blok Adı", "Posta Kodu", "Açık Adres",
)  # fmt: skip
"""Headers of the AKS text."""
TRUTH_COLUMNS = (
    "row", "adres_no", "numarataj_kimlik_no", "csbm_kod", "mahalle_kod", "expected",
    "expected_text", "kinds",
)  # fmt: skip

_BLOCK = 20_000
_ONLY_TEXT, _NO_DOOR, _NO_CSBM = 0.10, 0.015, 0.015
_RENAMED_WAYS, _OLD_NAME = 0.03, 0.5
_SHORT_TYPES = {
    "SOKAK": ("SOKAK", "SK.", "SOKAK", "SOK."),
    "CADDESİ": ("CADDESİ", "CAD.", "CADDESİ"),
    "BULVARI": ("BULVARI", "BLV."),
}
_FAULTS = ("adres_no.missing", "adres_no.not_ten_digits", "adres_no.doubled",
           "row.too_many_fields", "address.empty")  # fmt: skip


@dataclass(frozen=True)
class Renamed:
    """A csbm that has a new name: the way, the old name and when it changed."""

    way: int
    old_name: str
    date: str


@dataclass(frozen=True)
class AksRow:
    """A row as delivered (a faulty one may have a field too many) and its truth."""

    fields: list[str]
    truth: tuple[str, ...]


@dataclass(frozen=True)
class _Meant:
    """The address a row means, before it is written down."""

    way: int
    cell: int
    yapi: int
    name: str
    tip: int
    kapi: str
    unit: str


def renamed_ways(world: World, book: NameBook) -> list[Renamed]:
    """Three in a hundred csbm have a new name; at least three."""
    rng = np.random.default_rng([world.seed, 8])
    fit = np.flatnonzero([not name[0].isdigit() for name in world.names])
    count = min(max(3, int(len(world.ways) * _RENAMED_WAYS)), len(fit))
    day = np.datetime64("2018-01-01")
    return [
        Renamed(
            int(way),
            book.take(int(world.tip[way])),
            str(day + np.timedelta64(int(rng.integers(0, 2900)), "D")),
        )
        for way in np.sort(rng.choice(fit, count, replace=False))
    ]


class AksText:
    """Makes the rows, block by block; every block is the same for the same world."""

    def __init__(
        self,
        world: World,
        renamed: list[Renamed],
        spoilt: NDArray[np.bool_],
        bb_count: int,
        book: NameBook,
    ) -> None:
        self._world = world
        self._old = {one.way: one.old_name for one in renamed}
        self._known = {name_key(name) for name in [*world.names, *self._old.values()]}
        self._rates = rates()
        self._building, self._site = building_name(world), site_name(world)
        self._absent = book
        self._first_no = bb_count
        self._door, self._unit, self._units = _units(world, spoilt)
        self._fault = _faults(len(self._door), world.seed)
        self._starts = np.searchsorted(world.doors.way, np.arange(len(world.ways) + 1))

    def __len__(self) -> int:
        return len(self._door)

    def rows(self) -> Iterator[AksRow]:
        """Every row in the order of the file."""
        for at in range(0, len(self._door), _BLOCK):
            yield from self._block(at, min(at + _BLOCK, len(self._door)))

    def _block(self, start: int, stop: int) -> Iterator[AksRow]:
        chance = random.Random(f"{self._world.seed}/{start}")  # noqa: S311 (invented data)
        numbers = unit_numbers(self._world, self._first_no + start, stop - start).tolist()
        names = list(self._rates)
        rng = np.random.default_rng([self._world.seed, 10, start])
        asked = rng.random((stop - start, len(names))) < np.array(list(self._rates.values()))
        previous = numbers[0]
        for at in range(start, stop):
            wanted = [names[kind] for kind in np.flatnonzero(asked[at - start])]
            row = self._row(at, numbers[at - start], wanted, chance)
            fault = self._fault.get(at)
            yield self._faulty(row, fault, previous) if fault else row
            previous = numbers[at - start]

    def _row(self, at: int, adres_no: int, wanted: list[str], chance: random.Random) -> AksRow:
        world, door = self._world, int(self._door[at])
        way = int(world.doors.way[door])
        code = int(world.door_code[door])
        cell = int(world.codes.mahalle[code])
        name, kapi = world.names[way], str(world.kapi_no[door])
        expected, kinds = "kapi", []
        draw = chance.random()
        if way in self._old and chance.random() < _OLD_NAME:
            name = self._old[way]
            kinds.append("name_old")
        elif draw < _NO_DOOR:
            kapi, expected = self._unknown_door(way, door, chance), "csbm"
            kinds.append("door_absent")
        elif draw < _NO_DOOR + _NO_CSBM:
            name, expected = self._absent.take(SOKAK), "none"
            kinds.append("csbm_absent")
        tip = SOKAK if expected == "none" else int(world.tip[way])
        is_only_text = chance.random() < _ONLY_TEXT
        unit = str(self._unit[at]) if self._units[at] > 1 or chance.random() < 0.4 else ""
        yapi = int(world.doors.yapi[door])
        parts = self._parts(_Meant(way, cell, yapi, name, tip, kapi, unit))
        if not is_only_text:
            wanted = [kind for kind in wanted if kind != "kilometre"]
        parts.kinds = kinds
        structured = [] if is_only_text else self._fields(parts, cell, yapi, chance)
        text = write_address(
            parts, wanted, chance, lambda spelled: name_key(spelled) in self._known
        )
        of_text = _expected_of_text(expected, kinds)
        if is_only_text:
            kinds.append("only_text")
            structured = [""] * 9
            expected = of_text
        truth = (
            str(at + 1),
            str(adres_no),
            str(world.numarataj_no[door]) if expected == "kapi" else "",
            str(world.codes.csbm_kod[code]) if expected != "none" else "",
            str(world.district.kimlik_no[cell]),
            expected,
            of_text,
            "|".join(kinds),
        )
        return AksRow([str(adres_no), *structured, text], truth)

    def _parts(self, meant: _Meant) -> Parts:
        world, cell = self._world, meant.cell
        other = (cell + 1) % len(world.district.ad)
        building = " ".join(filter(None, (self._site[meant.yapi], self._building[meant.yapi])))
        floor = int(meant.unit or 1) - 1
        return Parts(
            mahalle=world.district.ad[cell],
            name=meant.name,
            tip=meant.tip,
            kapi=meant.kapi,
            unit=meant.unit,
            floor=f"KAT:{floor}" if floor else "ZEMİN KAT",
            building=building,
            ilce=ILCE,
            il=IL,
            semt_known=world.district.semt[cell],
            other_mahalle=world.district.ad[other],
            old_name=self._old.get(meant.way, "") if meant.name == world.names[meant.way] else "",
        )

    def _fields(self, parts: Parts, cell: int, yapi: int, chance: random.Random) -> list[str]:
        """İl to Posta Kodu, with the moderate mess of a table kept by clerks."""
        type_word = full_name("", parts.tip).strip()
        type_word = chance.choice(_SHORT_TYPES.get(type_word, (type_word,)))
        mahalle = chance.choice(("", "", " MAH.", " MAHALLESİ"))
        kapi = parts.kapi.replace("-", " - ") if chance.random() < 0.03 else parts.kapi
        return [
            IL,
            "EYÜP" if chance.random() < 0.04 else ILCE,
            parts.mahalle + mahalle,
            f"{parts.name} {type_word}",
            kapi,
            parts.unit,
            self._site[yapi] or "",
            self._building[yapi] or "",
            self._world.district.posta_kodu[cell] if chance.random() < 0.7 else "",
        ]

    def _unknown_door(self, way: int, door: int, chance: random.Random) -> str:
        """A number of the right parity that no door of the way has."""
        doors = self._world.doors
        there = slice(self._starts[way], self._starts[way + 1])
        taken = set(doors.number[there].tolist()) | set(doors.last[there].tolist())
        number = int(doors.number[door])
        free = [n for n in range(number % 2 or 2, max(taken), 2) if n not in taken]
        if free and chance.random() < 0.5:
            return str(chance.choice(free))
        return str(max(taken) + 2 * chance.randrange(3, 30) + (max(taken) + number) % 2)

    def _faulty(self, row: AksRow, fault: str, previous: int) -> AksRow:
        fields = list(row.fields)
        if fault == "adres_no.missing":
            fields[0] = ""
        elif fault == "adres_no.not_ten_digits":
            fields[0] = fields[0][:-1]
        elif fault == "adres_no.doubled":
            fields[0] = str(previous)
        elif fault == "row.too_many_fields":
            fields.append("BİLİNMİYOR")
        else:
            fields[1:] = [""] * (len(fields) - 1)
        truth = (row.truth[0], fields[0], "", "", "", "rejected", "rejected", fault)
        return AksRow(fields, truth)


def _expected_of_text(expected: str, kinds: list[str]) -> str:
    """What can be found when the text is all there is."""
    if "csbm_missing" in kinds:
        return "none"
    if "kilometre" in kinds and expected == "kapi":
        return "csbm"
    return expected


def _units(world: World, spoilt: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Doors whose units are still to come, one entry per unit; about as many as there are doors."""
    rng = np.random.default_rng([world.seed, 11])
    doors = world.doors
    migrated = np.zeros(len(doors), bool)
    migrated[doors.yapi >= 0] = world.migrated[doors.yapi[doors.yapi >= 0]]
    open_doors = np.flatnonzero(~migrated & (doors.tip != GATE) & ~spoilt)
    units = rng.integers(1, 4, len(open_doors))
    units[doors.tip[open_doors] == FURTHER] = 1
    order = rng.permutation(len(open_doors))
    enough = np.searchsorted(np.cumsum(units[order]), len(doors)) + 1
    chosen = np.sort(order[:enough])
    door, count = (
        np.repeat(open_doors[chosen], units[chosen]),
        np.repeat(units[chosen], units[chosen]),
    )
    first = np.repeat(np.cumsum(units[chosen]) - units[chosen], units[chosen])
    return door, np.arange(len(door)) - first + 1, count


def _faults(rows: int, seed: int) -> dict[int, str]:
    """Rows that must be rejected: each fault at least three times."""
    rng = np.random.default_rng([seed, 12])
    each = max(3, rows // 4000)
    chosen = rng.choice(np.arange(1, rows), each * len(_FAULTS), replace=False)
    return {int(at): _FAULTS[place % len(_FAULTS)] for place, at in enumerate(chosen)}
