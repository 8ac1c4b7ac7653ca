"""The word lists as a table the compiled core can look up: what a word may be, its full form."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_platform.core.text import fold

COMPONENTS = (
    "mahalle", "koy", "mevki", "meydan", "bulvar", "cadde", "sokak", "kume_evler", "ad_turu",
    "site", "apartman", "blok", "bina", "kapi", "nolu", "kat", "kat_adi", "ic_kapi", "posta",
    "sira", "tarif", "kilometre", "telefon", "unvan", "yazim", "yok_say", "bucak",
)  # fmt: skip
"""The kinds of words; the class of a word is the bit of its kind."""

BIT = {name: 1 << at for at, name in enumerate(COMPONENTS)}
AMBIGUOUS = 1 << 40
"""Only from its neighbours can be told whether the word is meant as this kind."""
MULTIPLE = 1 << 41
"""Written as two or three words."""

BASE = 0x9E3779B97F4A7C15 | 1
_MASK = (1 << 64) - 1
_KEEPS_SPELLING = {"site", "apartman", "bina", "kapi", "kat", "kat_adi", "ic_kapi", "sira", "tarif"}


@dataclass(frozen=True)
class Word:
    """One line of the list."""

    component: str
    canonical: str
    variant: str
    is_ambiguous: bool


class WordTable(NamedTuple):
    """Open addressing over the hashes of the variants; ``keys`` 0 is empty."""

    keys: NDArray[np.uint64]
    classes: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    powers: NDArray[np.uint64]


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV of this package; its first line names source and date."""
    file = resources.files("gis_platform.address") / "data" / name
    with file.open(encoding="utf-8") as lines:
        source = next(lines)
        if not source.startswith("# ") or "date:" not in source:
            raise ValueError(f"{name}: the first line must name source and date")
        yield from csv.DictReader(lines)


@lru_cache(maxsize=1)
def words() -> tuple[Word, ...]:
    """All words of the list."""
    return tuple(
        Word(row["component"], row["canonical"], row["variant"], row["ambiguous"] == "x")
        for row in read_table("words.csv")
    )


def letters(text: str) -> str:
    """The letters and digits of a text in the form that is hashed: ASCII capitals, no blanks."""
    return "".join(c for c in fold(text) if c.isalnum() and c.isascii()).upper()  # ASCII


def hash_of(text: str) -> tuple[int, int]:
    """Polynomial hash of letters modulo 2**64 and the base to the power of their number."""
    value, power = 0, 1
    for letter in text.encode("ascii"):
        value = (value * BASE + letter) & _MASK
        power = (power * BASE) & _MASK
    return value, power


@lru_cache(maxsize=1)
def word_table() -> WordTable:
    """The list as arrays, read-only."""
    classes: dict[int, int] = {}
    canonical: dict[int, tuple[int, int]] = {}
    for word in words():
        key = hash_of(letters(word.variant))[0]
        bits = BIT[word.component] | (MULTIPLE if " " in word.variant else 0)
        bits |= AMBIGUOUS if word.is_ambiguous else 0
        classes[key] = classes.get(key, 0) | bits
        keeps = word.component in _KEEPS_SPELLING or (
            word.is_ambiguous and word.component != "unvan"
        )
        canonical.setdefault(key, hash_of(letters(word.variant if keeps else word.canonical)))
    return _arrays(classes, canonical)


def _arrays(classes: dict[int, int], canonical: dict[int, tuple[int, int]]) -> WordTable:
    size = 1 << (len(classes) * 4).bit_length()
    keys = np.zeros(size, np.uint64)
    bits = np.zeros(size, np.int64)
    hashes, powers = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
    for key in sorted(classes):
        at = (key ^ (key >> 29)) & (size - 1)
        while keys[at]:
            at = (at + 1) & (size - 1)
        keys[at], bits[at] = key, classes[key]
        hashes[at], powers[at] = canonical[key]
    for array in (keys, bits, hashes, powers):
        array.flags.writeable = False
    return WordTable(keys, bits, hashes, powers)


@lru_cache(maxsize=1)
def dictionary_hash() -> str:
    """Fingerprint of every word list: an index built with other lists is refused."""
    digest = blake2b(digest_size=8)
    for name in ("words.csv", "il.csv", "aliases.csv"):
        digest.update((resources.files("gis_platform.address") / "data" / name).read_bytes())
    return digest.hexdigest()
