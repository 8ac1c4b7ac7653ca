"""An invented province to match against: names come back in many mahalle, as real names do.

Made so that a matcher has it as hard as in a real register: a third of the names are distinct
(``ATATÜRK`` lies in most mahalle), one in seven is a number, some cadde cross mahalle under a code
of their own, a name may stand for a sokak and a cadde of one mahalle. Some csbm are
*withheld*: real to the people who write addresses, not known to the reference.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd
from numpy.random import Generator

from gis_platform.core.text import fold
from gis_platform.matching.gazetteer import Reference
from gis_platform.sample.names import words

IL = "İSTANBUL"
ILCE = (
    "ADALAR ARNAVUTKÖY ATAŞEHİR AVCILAR BAĞCILAR BAHÇELİEVLER BAKIRKÖY BAŞAKŞEHİR BAYRAMPAŞA "
    "BEŞİKTAŞ BEYKOZ BEYLİKDÜZÜ BEYOĞLU BÜYÜKÇEKMECE ÇATALCA ÇEKMEKÖY ESENLER ESENYURT EYÜPSULTAN "
    "FATİH GAZİOSMANPAŞA GÜNGÖREN KADIKÖY KAĞITHANE KARTAL KÜÇÜKÇEKMECE MALTEPE PENDİK SANCAKTEPE "
    "SARIYER SİLİVRİ SULTANBEYLİ SULTANGAZİ ŞİLE ŞİŞLİ TUZLA ÜMRANİYE ÜSKÜDAR ZEYTİNBURNU"
).split()
_POPULAR = (
    "ATATÜRK|FATİH|CUMHURİYET|İSTİKLAL|MEHMET AKİF ERSOY|İNÖNÜ|KARANFİL|İSTANBUL|KAZIM KARABEKİR|"
    "GAZİ|BARBAROS|YILDIZ|OKUL|CAMİ|MENEKŞE|HÜRRİYET|ZAFER|LEYLAK|YUNUS EMRE|MARMARA|KARADENİZ|"
    "YILDIRIM|MERCAN|MİMAR SİNAN|FEVZİ ÇAKMAK|NAMIK KEMAL|ZİYA GÖKALP|GÜL|LALE|ORTA|İLKBAHAR|"
    "GAZİ OSMAN PAŞA|YAVUZ SULTAN SELİM|İMAM HATİP|15 TEMMUZ ŞEHİTLERİ|29 EKİM|19 MAYIS|BAĞDAT"
).split("|")
_MAHALLE = (
    "CUMHURİYET|FATİH|MERKEZ|ATATÜRK|MİMAR SİNAN|HÜRRİYET|FEVZİ ÇAKMAK|İNÖNÜ|YAVUZ SELİM|ESENTEPE|"
    "MEVLANA|YENİDOĞAN|BAHÇELİEVLER|YENİ|SANAYİ|ÇAMLICA|GÜZELTEPE|YEŞİLPINAR|5. LEVENT|HAVAALANI"
).split("|")
_LATER = " MERKEZ"
_ENDS = ("HİSAR", "KENT", "BEYLİ")
TITLES = frozenset(
    "ŞEHİT ER DR. PROF. ÖĞRETMEN HACI MİMAR ALBAY BİNBAŞI YÜZBAŞI AVUKAT ŞAİR KAPTAN USTA".split()
)
FIRST_NAMES = frozenset(["MEHMET", "YUNUS", "KAZIM", "FEVZİ", "NAMIK", "ZİYA", *words()["first"]])
SOKAK, CADDE, BULVAR, MEYDAN, KUME_EVLER = 4, 3, 2, 1, 5
_TUR = (SOKAK, CADDE, BULVAR, MEYDAN, KUME_EVLER)
_TUR_SHARES = (0.87, 0.115, 0.006, 0.004, 0.005)
_DOORS_EACH = 20
_CSBM_EACH = 60
_LEAST_MAHALLE = 24
_NOWHERE, _ELSEWHERE = 0.04, 0.03
_OLD_NAMES = 0.03


@dataclass(frozen=True)
class Mahalle:
    """A mahalle; ``ilce`` counts into ``ILCE``."""

    kod: int
    name: str
    ilce: int


@dataclass
class Csbm:
    """A csbm in one mahalle.

    Attributes:
        mahalle: counts into the world's mahalle.
        doors: its door numbers; the first has the kimlik no ``first_kimlik``, the next one more.
        withheld: ``nowhere`` (no csbm of the reference has its name), ``elsewhere`` (none of its
            ilçe has), or empty: the reference knows it.
        old_name: what it was called; ``is_told`` where the reference has it as an alias.
    """

    kod: int
    name: str
    tur: int
    mahalle: int
    doors: list[str]
    first_kimlik: int
    withheld: str = ""
    old_name: str = ""
    is_told: bool = False


@dataclass
class World:
    """The province: what people know of it; ``reference`` is the part a register holds."""

    mahalle: list[Mahalle]
    csbm: list[Csbm]
    by_name: dict[str, list[int]] = field(default_factory=dict)
    by_bare: dict[str, list[int]] = field(default_factory=dict)
    by_last: dict[str, list[int]] = field(default_factory=dict)
    by_mahalle: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names, places = defaultdict(list), defaultdict(list)
        bare, last = defaultdict(list), defaultdict(list)
        for at, csbm in enumerate(self.csbm):
            places[csbm.mahalle].append(at)
            if not csbm.withheld:
                names[name_key(csbm.name)].append(at)
                bare[bare_key(csbm.name)].append(at)
                last[csbm.name.split()[-1]].append(at)
                if csbm.old_name and csbm.is_told:
                    names[name_key(csbm.old_name)].append(at)
        self.by_name, self.by_mahalle = dict(names), dict(places)
        self.by_bare, self.by_last = dict(bare), dict(last)

    def ilce_of(self, csbm: Csbm) -> str:
        """Name of the ilçe a csbm lies in."""
        return ILCE[self.mahalle[csbm.mahalle].ilce]

    @property
    def known(self) -> list[Csbm]:
        """The csbm the reference holds."""
        return [csbm for csbm in self.csbm if not csbm.withheld]


def name_key(name: str) -> str:
    """A name without case, accents, blanks and signs."""
    return "".join(c for c in fold(name) if c.isalnum())


def bare_key(name: str) -> str:
    """The key of a name without its titles."""
    return name_key("".join(word for word in name.split() if word not in TITLES))


def make_world(doors: int, seed: int) -> World:
    """An invented province with about ``doors`` doors in its reference; the same for one seed."""
    rng = np.random.default_rng(seed)
    count = max(60, round(doors / _DOORS_EACH * (1 + _NOWHERE + _ELSEWHERE)))
    mahalle = _make_mahalle(rng, max(_LEAST_MAHALLE, count // _CSBM_EACH))
    names = _Names(rng, count)
    csbm: list[Csbm] = []
    kimlik = 100_000_001
    for at, tur in enumerate(rng.choice(_TUR, count, p=_TUR_SHARES).tolist()):
        place = at % len(mahalle)
        numbers = _doors(rng, tur)
        csbm.append(Csbm(700_001 + at, names.draw(tur, place), tur, place, numbers, kimlik))
        kimlik += len(numbers)
    _withhold(rng, csbm, mahalle, names.distinct)
    _rename(rng, csbm, names)
    return World(mahalle, csbm)


def _make_mahalle(rng: Generator, count: int) -> list[Mahalle]:
    lists = words()
    pairs = [f"{a}{b}" for a, b in product(lists["adjective"], lists["tail"])]
    rng.shuffle(pairs)
    spans = max(4, min(len(ILCE), count // 16))
    taken: set[tuple[int, str]] = set()
    found = []
    for at in range(count):
        ilce = at % spans
        name = str(rng.choice(_MAHALLE)) if rng.random() < 0.25 else pairs[at % len(pairs)]
        if rng.random() < 0.06 and name != "MERKEZ":
            name += _LATER
        while (ilce, name) in taken:
            name = str(rng.choice(pairs))
        taken.add((ilce, name))
        found.append(Mahalle(40_001 + at, name, ilce))
    return found


class _Names:
    """Draws names so that few are common and many are rare; none twice of a type in a mahalle."""

    def __init__(self, rng: Generator, count: int) -> None:
        self._rng = rng
        size = max(80, count // 3)
        pool = [*_POPULAR, *_invented(rng, size)][:size]
        weights = 1 / (np.arange(len(pool)) + 12.0) ** 0.75
        self._pool, self._weights = pool, np.cumsum(weights / weights.sum())
        self._taken: set[tuple[int, int, str]] = set()
        self.distinct = pool

    def draw(self, tur: int, mahalle: int) -> str:
        while True:
            name = self._one(tur)
            if (mahalle, tur, name_key(name)) not in self._taken:
                self._taken.add((mahalle, tur, name_key(name)))
                return name

    def _one(self, tur: int) -> str:
        if tur == SOKAK and self._rng.random() < 0.16:
            number = int(self._rng.integers(1, 4000))
            part = f"/{self._rng.integers(1, 9)}" if self._rng.random() < 0.15 else ""
            return f"{number}{part}."
        at = int(np.searchsorted(self._weights, self._rng.random()))
        return self._pool[min(at, len(self._pool) - 1)]


def _invented(rng: Generator, count: int) -> Iterator[str]:
    lists = words()
    persons = [f"{a} {b}" for a, b in product(lists["first"], lists["last"])]
    titled = [f"{a} {b}" for a, b in product(lists["title"], persons)]
    pairs = [f"{a} {b}" for a, b in product(lists["adjective"], lists["tail"])]
    joined = [f"{a}{b}" for a, b in product(lists["adjective"], lists["tail"])]
    ended = [f"{a} {b}" for a, b in product(lists["noun"], lists["end"])]
    plural = [f"{noun}{'LER' if noun[-1] in 'EİÖÜ' else 'LİK'}" for noun in lists["noun"]]
    for kind in (persons, titled, pairs, joined, ended, plural):
        rng.shuffle(kind)
    kinds = (lists["noun"], joined, pairs, persons, titled, ended, plural)
    seen = {name_key(name) for name in _POPULAR}
    for at in range(count):
        for kind in kinds:
            if at < len(kind) and name_key(kind[at]) not in seen:
                seen.add(name_key(kind[at]))
                yield kind[at]


def _doors(rng: Generator, tur: int) -> list[str]:
    mean = {SOKAK: 2.5, CADDE: 3.6, BULVAR: 3.6}.get(tur, 2.0)
    count = int(np.clip(rng.lognormal(mean, 0.7), 1, 260))
    number, found = 0, []
    for _ in range(count):
        number += int(rng.choice([1, 1, 1, 2, 2, 3]))
        found.append(f"{number}{_suffix(rng)}")
        if rng.random() < 0.06:
            found.append(f"{number}{rng.choice(['A', 'B', '/B', '/1'])}")
    keys = {}
    for door in found:
        keys.setdefault("".join(c for c in door if c.isalnum()), door)
    return list(keys.values())


def _suffix(rng: Generator) -> str:
    lot = rng.random()
    if lot < 0.06:
        return str(rng.choice(["A", "B", "C", "D"]))
    if lot < 0.09:
        return f"/{rng.choice(['A', 'B', 'C', '1', '2'])}"
    return ""


def _withhold(rng: Generator, csbm: list[Csbm], mahalle: list[Mahalle], pool: list[str]) -> None:
    """Take names out of the whole reference, and others out of one ilçe each."""
    nowhere = {name_key(name) for name in rng.permutation(pool)[: round(len(pool) * _NOWHERE)]}
    lots = rng.random(len(csbm))
    areas = {
        (name_key(one.name), mahalle[one.mahalle].ilce)
        for one, lot in zip(csbm, lots.tolist(), strict=True)
        if lot < _ELSEWHERE
    }
    for one in csbm:
        key = name_key(one.name)
        if key in nowhere:
            one.withheld = "nowhere"
        elif (key, mahalle[one.mahalle].ilce) in areas:
            one.withheld = "elsewhere"


def _rename(rng: Generator, csbm: list[Csbm], names: _Names) -> None:
    for one in csbm:
        if not one.withheld and rng.random() < _OLD_NAMES:
            one.old_name = names.draw(one.tur, one.mahalle)
            one.is_told = bool(rng.random() < 0.5)


def reference_of(world: World) -> Reference:
    """What a register holds of the world: csbm, doors with coordinates, told old names."""
    known = world.known
    csbm = pd.DataFrame(
        [(*_branch(world, one), one.kod, one.name, one.tur) for one in known],
        columns=["ilce_kod", "ilce", "mahalle_kod", "mahalle", "csbm_kod", "csbm", "tur_kod"],
    )
    mahalle = pd.DataFrame(
        [(IL, 1101 + one.ilce, ILCE[one.ilce], one.kod, one.name) for one in world.mahalle],
        columns=["il", "ilce_kod", "ilce", "mahalle_kod", "mahalle"],
    )
    told = [("csbm", one.kod, one.old_name) for one in known if one.old_name and one.is_told]
    aliases = pd.DataFrame(told, columns=["level", "kod", "alias"]) if told else None
    return Reference(csbm, mahalle, kapi=_kapi(known), aliases=aliases)


def _branch(world: World, one: Csbm) -> tuple[int, str, int, str]:
    place = world.mahalle[one.mahalle]
    return 1101 + place.ilce, ILCE[place.ilce], place.kod, place.name


def _kapi(known: list[Csbm]) -> pd.DataFrame:
    lengths = np.array([len(one.doors) for one in known])
    place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    csbm = np.repeat(np.arange(len(known)), lengths)
    return pd.DataFrame({
        "numarataj_kimlik_no": np.repeat([one.first_kimlik for one in known], lengths) + place,
        "csbm_kod": np.repeat([one.kod for one in known], lengths),
        "dis_kapi_no": [door for one in known for door in one.doors],
        "lon": 28.5 + (csbm % 400) * 0.002 + place * 0.00002,
        "lat": 40.8 + (csbm // 400) * 0.002 + (place % 2) * 0.0001,
    })  # fmt: skip


def copies_of(reference: Reference, count: int) -> Reference:
    """The reference ``count`` times over, each copy in ilçe of other names and with other codes."""
    names = [f"{noun}{end}" for end in _ENDS for noun in words()["noun"]]

    def shifted(frame: pd.DataFrame, at: int) -> pd.DataFrame:
        moved = frame.copy()
        for name in ("ilce_kod", "mahalle_kod", "csbm_kod", "numarataj_kimlik_no", "kod"):
            if name in moved:
                moved[name] += at * 1_000_000_000
        if "ilce" in moved and at:
            others = names[(at - 1) * len(ILCE) : at * len(ILCE)]
            moved["ilce"] = moved["ilce"].map(dict(zip(ILCE, others, strict=True)))
        return moved

    def whole(frame: pd.DataFrame | None) -> pd.DataFrame | None:
        if frame is None:
            return None
        return pd.concat([shifted(frame, at) for at in range(count)], ignore_index=True)

    return Reference(
        whole(reference.csbm), whole(reference.mahalle),  # type: ignore[arg-type]
        kapi=whole(reference.kapi), aliases=whole(reference.aliases),
    )  # fmt: skip
