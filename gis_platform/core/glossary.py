"""The glossary: every concept with its one name in code, in Turkish and in English."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Concept:
    """One concept of the platform.

    Attributes:
        concept: what it is, in English.
        code: the only name it has in identifiers.
        tr, en: how people read it.
        banned: identifiers nobody may use for it.
        note: what to know about it, ``Turkish / English``, or empty.
    """

    concept: str
    code: str
    tr: str
    en: str
    banned: tuple[str, ...]
    note: str


@cache
def glossary() -> tuple[Concept, ...]:
    """Every concept, in the order of the file."""
    file = resources.files("gis_platform.core") / "data" / "glossary.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return tuple(
        Concept(
            row["concept"], row["code"], row["tr"], row["en"],
            tuple(row["banned"].split()), row["note"],
        )
        for row in rows
    )  # fmt: skip
