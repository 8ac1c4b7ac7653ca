"""Personal data (KVKK) found before the public finds it: in the names of columns, in values.

A finding is no verdict: the steward looks, and either returns the layer or answers in writing why
it may be published; the answer is approved with the layer. The rules and the rates behind
them were measured (portal.md §6.2); every new version is screened anew.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.core.errors import Text
from gis_platform.core.text import fold

_SIGMA = 4
_TCKN_CHANCE, _VKN_CHANCE = 0.01, 0.10
"""Share of random numbers that pass the check digits."""
_BARE_PHONE_SHARE = 0.5

_TCKN = re.compile(r"(?<!\d)[1-9]\d{10}(?!\d)")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[Tt][Rr]\d{2}(?: ?\d){22}(?!\d)")
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00)90[ .(/-]*|0[ .(/-]*|\()"
    r"5\d{2}[ .)/-]*\d{3}[ ./-]*\d{2}[ ./-]*\d{2}(?!\d)"
    r"|(?<!\d)5\d{2}[ ./-]\d{3}[ ./-]\d{2}[ ./-]?\d{2}(?!\d)"
)
_BARE_PHONE = re.compile(r"5\d{9}")
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[A-Za-z]{2,}")
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?:0[1-9]|[1-7]\d|8[01])[ -]?"
    r"(?:[A-Z][ -]?\d{4,5}|[A-Z]{2}[ -]?\d{3,4}|[A-Z]{3}[ -]?\d{2,3})(?![A-Za-z0-9])"
)

_NAMES: dict[str, Text] = {
    "name": Text("sütun adı kişiyi anlatıyor", "the name of the column speaks of a person"),
    "tckn": Text("T.C. kimlik numarası", "national identity number (TCKN)"),
    "vkn": Text("vergi kimlik numarası", "tax number (VKN)"),
    "iban": Text("IBAN", "IBAN"),
    "phone": Text("cep telefonu", "mobile phone number"),
    "email": Text("e-posta adresi", "e-mail address"),
    "plate": Text("taşıt plakası", "number plate"),
}


@dataclass(frozen=True)
class PersonalFinding:
    """A column that may hold personal data, and why it is thought so.

    Attributes:
        detector: ``name``, ``tckn``, ``vkn``, ``iban``, ``phone``, ``email`` or ``plate``.
        count: values that were found; 0 for the name of a column.
    """

    column: str
    detector: str
    count: int

    @property
    def key(self) -> str:
        """How an answer names it, ``column:detector``."""
        return f"{self.column}:{self.detector}"

    @property
    def text(self) -> Text:
        """The finding in words."""
        what = _NAMES[self.detector]
        if not self.count:
            return Text(f"{self.key} ({what.tr})", f"{self.key} ({what.en})")
        return Text(
            f"{self.key} ({self.count} × {what.tr})", f"{self.key} ({self.count} × {what.en})"
        )


def screen(
    chunks: Iterable[pd.DataFrame], kinds: Mapping[str, str], key: str
) -> list[PersonalFinding]:
    """Look through a layer for personal data; what is found waits for the steward's answer."""
    return [*suspicious_names(kinds), *suspicious_values(chunks, kinds, key)]


def suspicious_names(columns: Iterable[str]) -> Iterator[PersonalFinding]:
    """Columns whose name says that they hold something about a person."""
    for column in columns:
        words = name_words(column)
        joined = "".join(words)
        if any(word in words if whole else word in joined for word, whole in _personal_words()):
            yield PersonalFinding(column, "name", 0)


def name_words(column: str) -> list[str]:
    """The words of a column name, folded: ``kiracıTelefon`` gives ``kiraci``, ``telefon``."""
    spaced = re.sub(r"(?<=[a-zçğıöşü0-9])(?=[A-ZÇĞİÖŞÜ])", "_", column)
    return [word for word in re.split(r"[^a-z0-9]+", fold(spaced)) if word]


def suspicious_values(
    chunks: Iterable[pd.DataFrame], kinds: Mapping[str, str], key: str
) -> Iterator[PersonalFinding]:
    """Columns in whose values personal data was found."""
    tallies = {name: Tally() for name, kind in kinds.items() if kind in {"string", "integer"}}
    for chunk in chunks:
        for name, tally in tallies.items():
            tally.add(chunk[name].dropna())
    for name, tally in tallies.items():
        for detector, count in tally.verdicts(is_key=name == key):
            yield PersonalFinding(name, detector, count)


class Tally:
    """What was counted in the values of one column."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def add(self, values: "pd.Series[object]") -> None:
        """Count some more values."""
        texts = values.astype(str)
        self._seen["values"] += len(texts)
        is_number = texts.str.fullmatch(r"\d{10,11}")
        self._add_numbers(texts[is_number])
        words = texts[~is_number & (texts.str.len() >= _SHORTEST)]
        for said, times in words.value_counts().items():
            self._add_text(str(said), int(times))

    def verdicts(self, *, is_key: bool) -> Iterator[tuple[str, int]]:
        """Detector and count of what is more than chance."""
        seen = self._seen
        numbers = seen["tckn numbers"]
        tckn = numbers if is_more_than_chance(numbers, seen["11 digits"], _TCKN_CHANCE) else 0
        if tckn + seen["tckn"]:
            yield "tckn", tckn + seen["tckn"]
        if is_more_than_chance(seen["vkn"], seen["10 digits"], _VKN_CHANCE):
            yield "vkn", seen["vkn"]
        bare = seen["bare phone"]
        is_phone_column = not is_key and bare > _BARE_PHONE_SHARE * seen["values"]
        if seen["phone"] or is_phone_column:
            yield "phone", seen["phone"] + (bare if is_phone_column else 0)
        for detector in ("iban", "email", "plate"):
            if seen[detector]:
                yield detector, seen[detector]

    def _add_numbers(self, texts: "pd.Series[str]") -> None:
        """Numbers that stand alone: a share of them passes by chance."""
        for length, detector, check in ((11, "tckn numbers", is_tckn), (10, "vkn", is_vkn)):
            numbers = texts[texts.str.len() == length].unique()
            self._seen[f"{length} digits"] += len(numbers)
            self._seen[detector] += int(check(digits_of(numbers, length)).sum())
        self._seen["phone"] += int(texts.str.fullmatch(r"05\d{9}").sum())
        self._seen["bare phone"] += int(texts.str.fullmatch(_BARE_PHONE).sum())

    def _add_text(self, said: str, times: int) -> None:
        """A number inside a text stands there on purpose."""
        hits = [number for number in _TCKN.findall(said) if is_tckn(digits_of([number], 11)).any()]
        self._seen["tckn"] += times * len(hits)
        self._seen["iban"] += times * sum(map(is_iban, _IBAN.findall(said)))
        for detector, pattern in (("phone", _PHONE), ("email", _EMAIL), ("plate", _PLATE)):
            self._seen[detector] += times * len(pattern.findall(said))


_SHORTEST = 6
"""No detector finds anything in a text shorter than this."""


def digits_of(numbers: Iterable[str], length: int) -> NDArray[np.int64]:
    """One row of digits per number."""
    joined = "".join(numbers).encode("ascii")
    return (np.frombuffer(joined, np.uint8).reshape(-1, length) - ord("0")).astype(np.int64)


def is_tckn(digits: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows of eleven digits pass the two check digits of a TCKN."""
    odd, even = digits[:, 0:9:2].sum(axis=1), digits[:, 1:8:2].sum(axis=1)
    tenth = (odd * 7 - even) % 10 == digits[:, 9]
    eleventh = digits[:, :10].sum(axis=1) % 10 == digits[:, 10]
    return np.asarray(tenth & eleventh & (digits[:, 0] != 0))


def is_vkn(digits: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows of ten digits pass the check digit of a VKN."""
    places = np.arange(9, 0, -1)
    first = (digits[:, :9] + places) % 10
    second = np.where(first == 9, 9, first * 2**places % 9)  # noqa: PLR2004 - digit 9 stays 9
    return np.asarray((10 - second.sum(axis=1) % 10) % 10 == digits[:, 9])


def is_iban(said: str) -> bool:
    """Whether a Turkish IBAN passes modulo 97; ``TR`` counts as 2927."""
    digits = re.sub(r"\D", "", said)
    return int(digits[2:] + "2927" + digits[:2]) % 97 == 1


def is_more_than_chance(hits: int, tried: int, chance: float) -> bool:
    """Whether so many of the numbers pass that it is no accident (four sigma)."""
    expected = tried * chance
    return hits > expected + _SIGMA * math.sqrt(expected * (1 - chance))


@cache
def _personal_words() -> tuple[tuple[str, bool], ...]:
    """Word, and whether it has to stand alone."""
    file = resources.files("gis_platform.opendata") / "data" / "personal_words.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return tuple((row["word"], row["where"] == "whole") for row in rows)
