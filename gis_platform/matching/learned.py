"""What was learnt from people: a list that only grows, each entry dated, signed and undoable.

Other names of places, decided and refused addresses, and a recalibration of the score. The list
lies in the register's database, or for a gazetteer folder in its file ``learned.csv``; what of it
is in force becomes part of the reference, and so of the index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd

from gis_platform.core.errors import Place, SourceError, Text, UsageError
from gis_platform.sources.table import read_whole_table, write_table

FILE_NAME = "learned.csv"
"""The list of a gazetteer folder."""


class LearnedKind(StrEnum):
    """What an entry is."""

    ALIAS = "alias"
    DECISION = "decision"
    REFUSAL = "refusal"
    RECALIBRATION = "recalibration"
    UNDO = "undo"


@dataclass(frozen=True)
class Lesson:
    """An entry before it is written down.

    Attributes:
        kind: what it is.
        level: of an alias: ilce, mahalle or csbm; ``kod`` is the place's code.
        alias: the other name.
        key: of a decision or refusal: the address it holds for, as read.
        csbm_kod, numarataj_kimlik_no: the place decided for or refused.
        slope, shift: of a recalibration: on the log odds of the score.
        valid_from, valid_to: days an alias holds, both included; open where ``None``.
        support: decisions that speak for it.
        evidence: which ones: rows of a file, or decisions of the database.
        why: in words.
        undoes: id of the entry that an undo takes back.
    """

    kind: LearnedKind
    level: str | None = None
    kod: int | None = None
    alias: str | None = None
    key: str | None = None
    csbm_kod: int | None = None
    numarataj_kimlik_no: int | None = None
    slope: float | None = None
    shift: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    support: int = 1
    evidence: str = ""
    why: str = ""
    undoes: int | None = None


@dataclass(frozen=True)
class Learned:
    """An entry of the list: a lesson with its number, who it was, and when (UTC)."""

    id: int
    lesson: Lesson
    learnt_at: datetime
    learnt_by: str


_NUMBERS = ("kod", "csbm_kod", "numarataj_kimlik_no", "undoes")
_SHARES = ("slope", "shift")
_DAYS = ("valid_from", "valid_to")
_LESSON = tuple(field.name for field in fields(Lesson))
COLUMNS = ("id", *_LESSON, "learnt_at", "learnt_by")
"""Of the list, in a file and in the database."""


def is_undone(entries: Sequence[Learned]) -> set[int]:
    """Numbers of the entries that were taken back."""
    return {one.lesson.undoes for one in entries if one.lesson.undoes is not None}


def in_force(entries: Sequence[Learned], today: date) -> list[Learned]:
    """The entries that hold today: not taken back, within their days; the last recalibration."""
    undone = is_undone(entries)
    holding = [
        one
        for one in entries
        if one.lesson.kind is not LearnedKind.UNDO
        and one.id not in undone
        and (one.lesson.valid_from is None or one.lesson.valid_from <= today)
        and (one.lesson.valid_to is None or today <= one.lesson.valid_to)
    ]
    return _newest(holding)


def _newest(holding: Sequence[Learned]) -> list[Learned]:
    """Without what a later entry replaces: a score's scale, a decision about the same address."""
    scale, decided = max((0, *_ids(holding, LearnedKind.RECALIBRATION))), {}
    refused: dict[str | None, int] = {}
    for one in holding:
        if one.lesson.kind is LearnedKind.DECISION:
            decided[one.lesson.key] = one.id
        elif one.lesson.kind is LearnedKind.REFUSAL:
            refused[one.lesson.key] = one.id
    keep = {
        LearnedKind.RECALIBRATION: lambda one: one.id == scale,
        LearnedKind.DECISION: lambda one: (
            one.id == decided[one.lesson.key] and one.id > refused.get(one.lesson.key, 0)
        ),
        LearnedKind.REFUSAL: lambda one: one.id > decided.get(one.lesson.key, 0),
    }
    return [one for one in holding if keep.get(one.lesson.kind, bool)(one)]


def _ids(holding: Sequence[Learned], kind: LearnedKind) -> list[int]:
    return [one.id for one in holding if one.lesson.kind is kind]


def same_lesson(one: Lesson, other: Lesson) -> bool:
    """Whether two lessons say the same, whoever says it and why."""
    return _bare(one) == _bare(other)


def _bare(lesson: Lesson) -> Lesson:
    return replace(lesson, support=1, evidence="", why="")


def undo_of(entries: Sequence[Learned], number: int, why: str) -> Lesson:
    """The lesson that takes an entry back.

    Raises:
        UsageError: there is no such entry, or it was taken back already.
    """
    found = next((one for one in entries if one.id == number), None)
    if found is None or found.lesson.kind is LearnedKind.UNDO or number in is_undone(entries):
        raise UsageError(
            Text(
                f"{number} numaralı, geri alınabilecek bir öğrenilmiş kayıt yok.",
                f"There is nothing learnt of number {number} that could be taken back.",
            ),
            remedy=Text("gis learn list numaraları gösterir", "gis learn list shows the numbers"),
        )
    return Lesson(LearnedKind.UNDO, why=why, undoes=number)


def with_learned(reference: Any, entries: Sequence[Learned], today: date) -> Any:
    """The reference with what is in force of the list put to it (a ``gazetteer.Reference``)."""
    holding = [one.lesson for one in in_force(entries, today)]
    scale = [(one.slope, one.shift) for one in holding if one.kind is LearnedKind.RECALIBRATION]
    aliases = _of(holding, LearnedKind.ALIAS, ("level", "kod", "alias"))
    decided = ("key", "csbm_kod", "numarataj_kimlik_no")
    return replace(
        reference,
        aliases=_joined(reference.aliases, aliases),
        decisions=_joined(_of(holding, LearnedKind.DECISION, decided), reference.decisions),
        refusals=_joined(reference.refusals, _of(holding, LearnedKind.REFUSAL, decided)),
        recalibration=scale[-1] if scale else reference.recalibration,
    )


def _of(lessons: list[Lesson], kind: LearnedKind, names: tuple[str, ...]) -> pd.DataFrame:
    rows = [[getattr(one, name) for name in names] for one in lessons if one.kind is kind]
    frame = pd.DataFrame(rows, columns=list(names))
    for name in set(names) & set(_NUMBERS):
        frame[name] = pd.array(frame[name], dtype="Int64")
    return frame


def _joined(first: pd.DataFrame | None, second: pd.DataFrame | None) -> pd.DataFrame | None:
    there = [frame for frame in (first, second) if frame is not None and len(frame)]
    return pd.concat(there, ignore_index=True) if there else None


def read_learned(folder: Path) -> list[Learned]:
    """The list of a gazetteer folder; empty where there is none.

    Raises:
        SourceError: the file is not such a list.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return []
    frame = read_whole_table(path)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise SourceError(
            Text(f"{missing[0]} sütunu yok.", f"There is no column {missing[0]}."),
            place=Place(file=str(path), field=missing[0]),
        )
    return [_entry(row, path, at + 2) for at, row in enumerate(frame.to_dict("records"))]


def append_learned(
    folder: Path, lessons: Iterable[Lesson], person: str, now: datetime
) -> list[Learned]:
    """Add lessons to the list of a gazetteer folder, whose file appears whole; the new entries."""
    entries = read_learned(folder)
    first = max((one.id for one in entries), default=0) + 1
    made = [Learned(first + at, one, now, person) for at, one in enumerate(lessons)]
    rows = [_cells(one) for one in [*entries, *made]]
    write_table([pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")], folder / FILE_NAME)
    return made


def _entry(row: Any, path: Path, line: int) -> Learned:
    try:
        values: dict[str, Any] = {name: row[name] or None for name in _LESSON}
        values |= {name: int(row[name]) if row[name] else None for name in _NUMBERS}
        values |= {name: float(row[name]) if row[name] else None for name in _SHARES}
        values |= {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
        values |= {"kind": LearnedKind(row["kind"]), "support": int(row["support"] or 1)}
        values |= {"evidence": row["evidence"] or "", "why": row["why"] or ""}
        when = datetime.fromisoformat(row["learnt_at"])
        return Learned(int(row["id"]), Lesson(**values), when, row["learnt_by"])
    except ValueError as error:
        raise SourceError(
            Text(f"Satır okunamadı: {error}", f"The row cannot be read: {error}"),
            place=Place(file=str(path), row=line),
            remedy=Text(
                "satırı düzeltin ya da dosyayı eski hâline getirin",
                "mend the row, or put the file back as it was",
            ),
        ) from None


def _cells(one: Learned) -> list[str]:
    values = {name: getattr(one.lesson, name) for name in _LESSON}
    values |= {"id": one.id, "learnt_at": one.learnt_at.isoformat(timespec="seconds")}
    values["learnt_by"] = one.learnt_by
    return ["" if values[name] is None else str(values[name]) for name in COLUMNS]
