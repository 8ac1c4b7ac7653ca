"""Invented names of csbm, sites and buildings: plain words, persons with titles, numbers."""

import csv
from collections.abc import Iterable
from importlib import resources
from itertools import count, product

import numpy as np

from gis_platform.core.text import fold
from gis_platform.sample.district import Ints
from gis_platform.sample.plots import BULVAR, CADDE, KUME_EVLER, MEYDAN, SOKAK

TYPE_WORDS = {
    MEYDAN: "MEYDANI", BULVAR: "BULVARI", CADDE: "CADDESİ", SOKAK: "SOKAK", KUME_EVLER: "KÜME EVLER"
}  # fmt: skip
"""The word by which a csbm of a type is called in full."""

_KINDS = ("plain", "pair", "person", "ended", "numbered")
_SHARES = {
    MEYDAN: (0.5, 0.3, 0.2, 0.0, 0.0),
    BULVAR: (0.3, 0.4, 0.3, 0.0, 0.0),
    CADDE: (0.32, 0.3, 0.2, 0.18, 0.0),
    SOKAK: (0.3, 0.27, 0.15, 0.12, 0.16),
    KUME_EVLER: (0.0, 0.0, 0.0, 0.0, 0.0),
}
_SAME_NAME = 0.06
"""Share of sokak that take the name of a csbm of another type (GÜL SOKAK, GÜL CADDESİ)."""


def words() -> dict[str, list[str]]:
    """The word lists by kind."""
    with resources.files(__package__).joinpath("data/words.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["kind"]: _split(row["words"]) for row in rows}


def _split(text: str) -> list[str]:
    return text.split("|") if "|" in text else text.split()


class NameBook:
    """Gives out names, each once: no two fold to the same letters, with or without blanks."""

    def __init__(self, rng: np.random.Generator, taken: Iterable[str] = ()) -> None:
        self._rng = rng
        lists = words()
        self._given = {name_key(name) for name in taken}
        pairs = [f"{a} {b}" for a, b in product(lists["adjective"], lists["tail"])]
        persons = [f"{a} {b}" for a, b in product(lists["first"], lists["last"])]
        titled = [f"{a} {b}" for a, b in product(lists["title"], persons)]
        ended = [f"{a} {b}" for a, b in product(lists["noun"], lists["end"])]
        self._names = {
            "plain": iter(self._shuffled(lists["noun"])),
            "pair": iter(self._shuffled(pairs)),
            "person": iter(self._shuffled(titled)),
            "ended": iter(self._shuffled(ended)),
            "numbered": iter(self._numbers()),
        }

    def take(self, tip: int) -> str:
        """A name not given before, fit for a csbm of type ``tip``; without its type word."""
        if tip == KUME_EVLER:
            return self._next("pair") + " MEVKİ"
        kind = str(self._rng.choice(_KINDS, p=_SHARES[tip]))
        return self._next(kind)

    def _next(self, kind: str) -> str:
        for source in (kind, "pair", "person"):
            for name in self._names.get(source, ()):
                key = name_key(name)
                if key not in self._given:
                    self._given.add(key)
                    return name
        raise AssertionError("there are more csbm than names")

    def _shuffled(self, names: list[str]) -> list[str]:
        return [names[at] for at in self._rng.permutation(len(names))]

    def _numbers(self) -> list[str]:
        plain = [f"{number}." for number in range(1, 4000)]
        parts = [f"{n}/{part}." for n in self._rng.integers(100, 9000, 6000) for part in (1, 2, 3)]
        return self._shuffled(plain + parts[:: len(parts) // 4000])


def name_key(name: str) -> str:
    """The letters by which names are told apart."""
    return "".join(letter for letter in fold(name) if letter.isalnum())


def name_ways(tip: Ints, book: NameBook, rng: np.random.Generator) -> list[str]:
    """A name for each csbm; (name, type) is unique, a few names occur with two types."""
    names = [book.take(int(one)) for one in tip]
    others = np.flatnonzero(tip == CADDE)
    rng.shuffle(others)
    sokak = [at for at in np.flatnonzero(tip == SOKAK) if not names[at][0].isdigit()]
    chosen = rng.permutation(sokak)[: int(len(sokak) * _SAME_NAME)]
    for at, other in zip(chosen, others, strict=False):
        names[at] = names[other]
    return names


def full_name(name: str, tip: int) -> str:
    """Name and type word: ``GÜL SOKAK``."""
    return f"{name} {TYPE_WORDS[tip]}"


def site_names(number: int, rng: np.random.Generator) -> list[str]:
    """Names of sites; after the first round with a number (``UFUK 2``)."""
    known = words()["site"]
    rounds = (f"{name} {turn}" if turn > 1 else name for turn in count(1) for name in known)
    names = [next(rounds) for _ in range(number)]
    return [names[at] for at in rng.permutation(number)]
