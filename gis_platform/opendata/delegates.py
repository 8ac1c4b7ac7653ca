"""Who may act for whom, from which day to which; given by the person who is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from gis_platform.core.errors import NotAllowed, NotFound, Text, UsageError
from gis_platform.core.language import Language
from gis_platform.core.people import person_name
from gis_platform.core.text import fold
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import Actor


@dataclass(frozen=True)
class Delegation:
    """A right that was given; ``is_in_force`` is asked of today."""

    delegate: str
    principal: str
    valid_from: date
    valid_to: date
    is_in_force: bool
    ended_by: str | None = None

    def say(self, language: Language) -> str:
        """One line."""
        force = (
            Text("yürürlükte", "in force")
            if self.is_in_force
            else Text("yürürlükte değil", "not in force")
        )
        days = f"{self.valid_from} – {self.valid_to}"
        return f"{self.delegate} → {self.principal}  {days}  {force.say(language)}"


def delegate(database: Database, name: str, person: str, *, start: date, end: date) -> Delegation:
    """Let ``name`` act for ``person``, who says so, from a day to a day, both included.

    Raises:
        NotAllowed: nobody is named, or both are one.
        UsageError: the last day is before the first, or has passed.
    """
    name, person = person_name(name), person_name(person)
    if fold(name) == fold(person):
        raise NotAllowed(Text("Kimse kendi vekili olamaz.", "Nobody is a delegate of themselves."))
    if end < start or end < _today():
        raise UsageError(
            Text("Bitiş günü geçmiş ya da başlangıçtan önce.",
                 "The last day has passed or is before the first."),
            remedy=Text("--from 2026-12-01 --to 2026-12-15", "--from 2026-12-01 --to 2026-12-15"),
        )  # fmt: skip
    values = {"delegate": name, "principal": person, "valid_from": start, "valid_to": end}
    with database.engine("gis_office").begin() as connection:
        ask.add_delegation(connection, {**values, "given_by": person})
    return Delegation(name, person, start, end, start <= _today())


def end_delegation(database: Database, name: str, person: str) -> list[Delegation]:
    """End what ``person`` gave ``name``, before its last day.

    Raises:
        NotFound: nothing was given, or it has ended.
    """
    name, person = person_name(name), person_name(person)
    with database.engine("gis_office").begin() as connection:
        rows = [
            row for row in ask.delegations(connection)
            if row["ended_at"] is None and row["valid_to"] >= _today()
            and _is(row["delegate"], name) and _is(row["principal"], person)
        ]  # fmt: skip
        if not rows:
            raise NotFound(
                Text(f"{name}, {person} adına vekil değil.", f"{name} does not act for {person}.")
            )
        ask.end_delegations(connection, [row["id"] for row in rows], person)
    return [_delegation({**row, "ended_at": row["given_at"], "ended_by": person}) for row in rows]


def delegations(database: Database) -> list[Delegation]:
    """Every right that was given, the oldest first."""
    with database.engine("gis_office").connect() as connection:
        return [_delegation(row) for row in ask.delegations(connection)]


def check_delegate(known: Sequence[Mapping[str, Any]], actor: Actor, day: date) -> None:
    """Refuse somebody who does not act for whom they say on ``day``.

    Raises:
        NotAllowed: the right was not given, has not begun, or has ended.
    """
    for row in known:
        if (
            actor.acts_for is not None
            and _is(row["delegate"], actor.name)
            and _is(row["principal"], actor.acts_for)
            and row["valid_from"] <= day <= row["valid_to"]
            and row["ended_at"] is None
        ):
            return
    raise NotAllowed(
        Text(
            f"{actor.name} bugün {actor.acts_for} adına vekil değil.",
            f"{actor.name} does not act for {actor.acts_for} today.",
        ),
        remedy=Text(
            f'vekâleti {actor.acts_for} verir: gis layer delegate "{actor.name}" '
            f'--as "{actor.acts_for}" --from … --to …',
            f'{actor.acts_for} gives the right: gis layer delegate "{actor.name}" '
            f'--as "{actor.acts_for}" --from … --to …',
        ),
    )


def _delegation(row: Mapping[str, Any]) -> Delegation:
    is_open = row["ended_at"] is None and row["valid_from"] <= _today() <= row["valid_to"]
    return Delegation(
        row["delegate"], row["principal"], row["valid_from"], row["valid_to"], is_open,
        row["ended_by"],
    )  # fmt: skip


def _is(one: str, other: str) -> bool:
    return fold(one) == fold(other)


def _today() -> date:
    return datetime.now(UTC).date()
