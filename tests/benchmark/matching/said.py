"""An address being written: what is said of each part, and what the text still tells."""

from collections.abc import Callable
from dataclasses import dataclass, field

from numpy.random import Generator

from .world import BULVAR, CADDE, KUME_EVLER, MEYDAN, SOKAK, Csbm, World

FORMS = {
    SOKAK: ("SOKAK", "SOKAĞI", "SK.", "SOK.", "SK", "SOK"),
    CADDE: ("CADDESİ", "CADDE", "CAD.", "CD.", "CAD", "CD"),
    BULVAR: ("BULVARI", "BULV.", "BLV.", "BUL."),
    MEYDAN: ("MEYDANI", "MEYDAN", "MEYD."),
    KUME_EVLER: ("KÜME EVLERİ", "KÜME EVLER", "KÜMEEVLER"),
}
MAHALLE_FORMS = ("MAHALLESİ", "MAH.", "MAH", "MH.", "MH", "MAHALLE")
NO_FORMS = ("NO:", "NO: ", "NO ", "NO.", "No:", "No : ", "NUMARA ", "NO:", "NO: ")
UNIT_FORMS = ("İÇ KAPI NO: ", "DAİRE: ", "D:", "D. ", "DAİRE ", "DAİRE NO ")
FLOOR_FORMS = ("KAT: ", "K:", "KAT ", "K.")


@dataclass
class Said:
    """The parts of one address as they will be written, spoilt piece by piece.

    Attributes:
        csbm: the one meant; ``None`` where the text names none of the world.
        name, word: csbm name and type word as written; likewise ``mahalle`` and ``mahalle_word``.
        door, no: the number and what stands before it; ``unit`` and ``floor`` with their words.
        before, after: what stands around the address; ``between`` behind the csbm.
        tells_tur, tells_mahalle, tells_ilce, tells_door: whether the text tells it.
        kinds: what was done to it.
        key: the name a reader would look up, where it is not the csbm's own.
    """

    csbm: Csbm | None
    name: str
    word: str
    mahalle: str
    mahalle_word: str
    ilce: str
    il: str = "İSTANBUL"
    door: str = ""
    no: str = "NO:"
    unit: str = ""
    floor: str = ""
    blok: str = ""
    before: list[str] = field(default_factory=list)
    between: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    tells_tur: bool = True
    tells_mahalle: bool = True
    tells_ilce: bool = True
    tells_door: bool = True
    kinds: list[str] = field(default_factory=list)
    key: str = ""


Spoil = Callable[[Said, World, Generator], bool]
"""Spoils an address; ``False`` where it cannot be done to this one."""
TextSpoil = Callable[[str, Generator], str]
"""Spoils the finished text; the text itself where it cannot be done."""


def pick(rng: Generator, values: tuple[str, ...] | list[str]) -> str:
    """One of them."""
    return values[int(rng.integers(len(values)))]


def say(world: World, csbm: Csbm, door: str, rng: Generator) -> Said:
    """An address as a careful person would say it."""
    place = world.mahalle[csbm.mahalle]
    return Said(
        csbm, csbm.name, pick(rng, FORMS[csbm.tur]), place.name, pick(rng, MAHALLE_FORMS),
        world.ilce_of(csbm), door=door, no=pick(rng, NO_FORMS),
    )  # fmt: skip


def write(said: Said, rng: Generator) -> str:
    """The text, in one of the orders people use."""
    csbm = f"{said.name} {said.word}".strip()
    door = f"{said.no}{said.door}" if said.door else ""
    inner = [csbm, *said.between, door, said.blok, *said.behind, said.floor, said.unit]
    tail = _tail(said, rng)
    mahalle = f"{said.mahalle} {said.mahalle_word}".strip() if said.mahalle else ""
    lot = rng.random()
    if lot < 0.10 and mahalle:  # csbm before mahalle
        order = [*said.before, *inner, mahalle, tail]
    elif lot < 0.16 and tail:  # ilçe and il first
        order = [*said.before, tail, mahalle, *inner]
    else:
        order = [*said.before, mahalle, *inner, tail]
    parts = [part for part in [*order, *said.after] if part]
    return _comma(rng).join(parts) if rng.random() < 0.2 else " ".join(parts)


def _tail(said: Said, rng: Generator) -> str:
    if not said.ilce:
        return said.il
    if not said.il:
        return said.ilce
    return f"{said.ilce}{pick(rng, [' / ', '/', ' ', ' - ', ', '])}{said.il}"


def _comma(rng: Generator) -> str:
    return pick(rng, [", ", ",", " , ", " - "])
