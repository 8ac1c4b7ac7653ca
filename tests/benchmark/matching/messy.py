"""Messy addresses with their truth: what each text means, and whether anybody could know it."""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.random import Generator

from .plain import (
    PLAIN,
    PLAIN_TEXT,
    csbm_typo,
    dropped_title,
    initial,
    no_door,
    no_ilce,
    no_mahalle,
    no_tail,
    no_type,
    other_type,
    wrong_mahalle,
)  # fmt: skip
from .said import FORMS, Said, Spoil, TextSpoil, pick, say, write
from .wild import (
    WILD,
    WILD_TEXT,
    cadde_before,
    mahalle_with_ilce,
    old_in_brackets,
    old_name,
    other_ilce,
    two_typos,
)  # fmt: skip
from .world import FIRST_NAMES, ILCE, Csbm, World, bare_key, name_key

KAPI, CSBM, CSBM_ONLY, NONE, AMBIGUOUS = "kapi", "csbm", "csbm_only", "none", "ambiguous"
COLUMNS = ("text", "expected", "kinds", "csbm_kod", "numarataj_kimlik_no", "meant",
           "ilce", "mahalle", "csbm", "dis_kapi_no")  # fmt: skip
_ABSENT = {"nowhere": 0.035, "elsewhere": 0.035, "foreign": 0.015, "no_csbm": 0.015, "door": 0.05}
_TELLING = {no_ilce, no_tail, no_mahalle, no_type, other_type, wrong_mahalle, initial,
            dropped_title, other_ilce, mahalle_with_ilce, no_door}  # fmt: skip
"""What is not done to an address that is absent: it would leave room for another reading."""
_Way = TypeVar("_Way", Spoil, TextSpoil)
_OF_A_NAME = {csbm_typo, two_typos, old_name, old_in_brackets, cadde_before}
_FOREIGN = (
    ("KIZILAY", "ÇANKAYA", "ANKARA"), ("ALSANCAK", "KONAK", "İZMİR"),
    ("NİLÜFER", "OSMANGAZİ", "BURSA"), ("KÜLTÜR", "MURATPAŞA", "ANTALYA"),
    ("REŞATBEY", "SEYHAN", "ADANA"),
    ("ÇARŞI", "TEPEBAŞI", "ESKİŞEHİR"), ("KARACAOĞLAN", "KARATAY", "KONYA"),
)  # fmt: skip


def messy_addresses(world: World, count: int, seed: int, *, wild: bool) -> pd.DataFrame:
    """``count`` addresses: text, what is expected, what was done to it, and what is meant.

    One in ten is not in the reference, one in twenty has a door that is not; those that nobody
    could tell apart from others are ``ambiguous``.
    """
    rng = np.random.default_rng([seed, int(wild)])
    doors = np.cumsum([len(one.doors) for one in world.csbm])
    withheld = {
        kind: [one for one in world.csbm if one.withheld == kind]
        for kind in ("nowhere", "elsewhere")
    }
    rows = []
    while len(rows) < count:
        kind = _absent_kind(rng)
        csbm = _drawn(world, doors, withheld.get(kind, []), rng)
        if csbm is not None:
            rows.append(_row(world, csbm, kind, rng, wild=wild))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _absent_kind(rng: Generator) -> str:
    lot = rng.random()
    for kind, share in _ABSENT.items():
        if lot < share:
            return kind
        lot -= share
    return ""


def _drawn(world: World, doors: np.ndarray, withheld: list[Csbm], rng: Generator) -> Csbm | None:  # type: ignore[type-arg]
    if withheld:
        return withheld[int(rng.integers(len(withheld)))]
    csbm = world.csbm[int(np.searchsorted(doors, rng.integers(doors[-1]), "right"))]
    return None if csbm.withheld else csbm


def _row(world: World, csbm: Csbm, kind: str, rng: Generator, *, wild: bool) -> tuple[object, ...]:
    at = int(rng.integers(len(csbm.doors)))
    door = _other_door(csbm, rng) if kind == "door" else csbm.doors[at]
    said = say(world, csbm, door, rng)
    if kind == "foreign":
        said.mahalle, said.ilce, said.il = _FOREIGN[int(rng.integers(len(_FOREIGN)))]
        said.csbm = None
    if kind == "no_csbm":
        said.name = said.word = ""
        said.between.append(pick(rng, ("HUZUR SİTESİ", "ŞAFAK APT.", "PALMİYE KONUTLARI", "")))
    if kind:
        said.kinds.append(f"absent_{kind}")
    _spoil(said, world, PLAIN, rng, 0.6 if wild else 1.0)
    if wild:
        _spoil(said, world, WILD, rng, 1.0)
    text = write(said, rng)
    for spoil in _chosen({**PLAIN_TEXT, **(WILD_TEXT if wild else {})}, rng, 1.0):
        changed = spoil(text, rng)
        if changed != text:
            said.kinds.append(spoil.__name__)
            text = changed
    expected = _expected(world, said, csbm, door, kind)
    found = expected in {KAPI, AMBIGUOUS} and kind != "door"
    place = world.mahalle[csbm.mahalle]
    meant = f"{place.name} | {csbm.name} {FORMS[csbm.tur][0]}"
    return (
        text, expected, ";".join(said.kinds), csbm.kod if expected != NONE else None,
        csbm.first_kimlik + at if found else None, f"{meant} | {door} | {world.ilce_of(csbm)}",
        world.ilce_of(csbm), place.name, csbm.name, door,
    )  # fmt: skip


def _other_door(csbm: Csbm, rng: Generator) -> str:
    """A number the csbm does not have: between two that it has, or beyond the last."""
    numbers = {int("".join(c for c in door.split("/")[0] if c.isdigit())) for door in csbm.doors}
    free = sorted(set(range(1, max(numbers))) - numbers)
    if free and rng.random() < 0.5:
        return str(free[int(rng.integers(len(free)))])
    return str(max(numbers) + int(rng.integers(2, 60)))


def _spoil(said: Said, world: World, spoils: dict[Spoil, float], rng: Generator, by: float) -> None:
    is_absent = any(kind.startswith("absent_") for kind in said.kinds)
    nameless = not said.name
    for spoil in _chosen(spoils, rng, by):
        if (is_absent and spoil in _TELLING) or (nameless and spoil in _OF_A_NAME):
            continue
        if spoil(said, world, rng):
            said.kinds.append(spoil.__name__)


def _chosen(spoils: dict[_Way, float], rng: Generator, by: float) -> Iterable[_Way]:
    lots = rng.random(len(spoils)).tolist()
    return [spoil for (spoil, share), lot in zip(spoils.items(), lots, strict=True)
            if lot < share * by]  # fmt: skip


def _expected(world: World, said: Said, csbm: Csbm, door: str, kind: str) -> str:
    if kind in {"nowhere", "elsewhere", "foreign", "no_csbm"}:
        return NONE
    if said.key and not csbm.is_told:
        return NONE
    found = [one for one in _alike(world, said, csbm) if _fits(world, said, csbm, one)]
    if kind == "door":
        return CSBM if len(found) == 1 else AMBIGUOUS
    literal = any(
        _is_said(world, said, one) for one in _alike(world, said, csbm) if one is not csbm
    )
    said_tur = any(one.tur == 7 - csbm.tur for one in found) and "other_type" in said.kinds
    if said_tur or literal:
        return AMBIGUOUS
    if not said.tells_door:
        return CSBM_ONLY if len(found) == 1 else AMBIGUOUS
    with_door = [one for one in found if _door_key(door) in map(_door_key, one.doors)]
    return KAPI if len(with_door) == 1 else AMBIGUOUS


def _alike(world: World, said: Said, csbm: Csbm) -> list[Csbm]:
    """The csbm of the reference that the name written may stand for."""
    if "initial" in said.kinds:
        first = next(word for word in csbm.name.split() if word in FIRST_NAMES)[0]
        rows = world.by_last[csbm.name.split()[-1]]
        return [one for one in map(world.csbm.__getitem__, rows)
                if any(word[0] == first for word in one.name.split()[:-1])]  # fmt: skip
    if "dropped_title" in said.kinds:
        rows = world.by_bare[bare_key(csbm.name)]
    else:
        rows = world.by_name.get(name_key(said.key or csbm.name), [])
    return [world.csbm[at] for at in rows]


def _fits(world: World, said: Said, csbm: Csbm, other: Csbm) -> bool:
    """Whether what the text tells is true of the other too."""
    place, there = world.mahalle[csbm.mahalle], world.mahalle[other.mahalle]
    return (
        (not said.tells_tur or csbm.tur == other.tur)
        and (not said.tells_mahalle or place.name == there.name)
        and (not said.tells_ilce or place.ilce == there.ilce)
    )


def _is_said(world: World, said: Said, other: Csbm) -> bool:
    """Whether the text, read to the letter, names the other: a wrong part may be right for it."""
    if said.tells_mahalle and said.tells_ilce and said.tells_tur:
        return False
    there = world.mahalle[other.mahalle]
    wrong_mahalle_fits = not said.tells_mahalle and said.mahalle == there.name
    wrong_ilce_fits = not said.tells_ilce and said.ilce == ILCE[there.ilce]
    return (wrong_mahalle_fits and (not said.ilce or said.ilce == ILCE[there.ilce])) or (
        wrong_ilce_fits and (not said.mahalle or said.mahalle == there.name)
    )


def _door_key(door: str) -> str:
    return "".join(c for c in door if c.isalnum())
