"""What was learnt from people, and the decisions it can be learnt from."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from gis_platform.db.tables import LEARNED, REVIEW_DECISION
from gis_platform.matching.learned import COLUMNS, Learned, LearnedKind, Lesson

_LESSON = tuple(name for name in COLUMNS if name not in {"id", "learnt_at", "learnt_by"})


def read_learned(connection: Connection) -> list[Learned]:
    """The list, oldest first."""
    rows = connection.execute(select(LEARNED).order_by(LEARNED.c.id)).mappings()
    return [_entry(dict(row)) for row in rows]


def append_learned(
    connection: Connection, lessons: Iterable[Lesson], person: str, now: datetime
) -> list[Learned]:
    """Add lessons to the list. Returns the new entries."""
    made = []
    for one in lessons:
        values = asdict(one) | {"kind": one.kind.value, "learnt_at": now, "learnt_by": person}
        number = connection.execute(insert(LEARNED).values(values).returning(LEARNED.c.id))
        made.append(Learned(int(number.scalar_one()), one, now, person))
    return made


def read_decisions(connection: Connection) -> Sequence[dict[str, Any]]:
    """Every decision of a review, oldest first: ``id, key, decision, csbm_kod, …, address``."""
    names = ("id", "key", "decision", "csbm_kod", "numarataj_kimlik_no", "address")
    columns = [REVIEW_DECISION.c[name] for name in names]
    question = select(*columns).order_by(REVIEW_DECISION.c.id)
    return [dict(row) for row in connection.execute(question).mappings()]


def _entry(row: dict[str, Any]) -> Learned:
    values = {name: row[name] for name in _LESSON} | {"kind": LearnedKind(row["kind"])}
    return Learned(int(row["id"]), Lesson(**values), row["learnt_at"], row["learnt_by"])
