"""No path through publication skips a person or a state, in Python or in the database."""

import contextlib
import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gis_platform.core.errors import GisPlatformError
from gis_platform.core.settings import Settings
from gis_platform.core.text import fold
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import (
    OPEN_STATES,
    PUBLIC_STATES,
    TRANSITIONS,
    Action,
    Actor,
    People,
    State,
    check_person,
    next_state,
)
from gis_platform.opendata.audit import verify_audit
from gis_platform.opendata.delegates import delegate, end_delegation
from gis_platform.opendata.public import features_page, public_layers
from gis_platform.opendata.publish import (
    answer,
    draft,
    drop_withdrawal,
    move,
    propose,
    publish,
    withdraw,
)
from gis_platform.opendata.screening import open_findings

LAYER = "mahalle"
NAMES = ["Ayşe Işık", "AYŞE IŞIK", "Bülent Öz", "bulent oz ", "Can Er", "Vekil Hanım"]
PEOPLE = st.builds(
    Actor, st.sampled_from(NAMES), st.sampled_from([None, None, None, "Ayşe Işık", "Can Er"])
)
STATES = st.sampled_from([state.value for state in State])
TODAY = datetime.now(UTC).date()
_NUMBERS = itertools.count(1)


class Publication(RuleBasedStateMachine):
    """People do anything in any order, some of them with SQL; what may not be, never is."""

    database: Database
    settings: Settings
    reached: set[State]

    @initialize()
    def begin(self) -> None:
        with self.database.engine("gis_owner").begin() as connection:
            connection.execute(text("UPDATE maks.mahalle_version SET ad = :ad"), _change())
        self.somebody_proposes(Actor("Ayşe Işık"))

    @rule(person=PEOPLE)
    def somebody_drafts(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            draft(self.settings, self.database, LAYER, person)

    @rule(person=PEOPLE)
    def somebody_proposes(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            propose(self.settings, self.database, LAYER, person)

    @rule(person=PEOPLE)
    def somebody_answers(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            answer(self.database, LAYER, "ad:email", "uydurma bir adres", person)

    @rule(person=PEOPLE)
    def somebody_checks(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            move(self.database, LAYER, Action.CHECK, person)

    @rule(person=PEOPLE)
    def somebody_approves(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            move(self.database, LAYER, Action.APPROVE, person)

    @rule(person=PEOPLE, is_meant=st.sampled_from([True, False, False]))
    def somebody_returns(self, person: Actor, *, is_meant: bool) -> None:
        with contextlib.suppress(GisPlatformError):
            move(self.database, LAYER, Action.RETURN, person, "gerekçe" if is_meant else " ")

    @rule(person=PEOPLE)
    def somebody_publishes(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            publish(self.settings, self.database, LAYER, person)
            self.reached.add(State.PUBLISHED)

    @rule(person=PEOPLE)
    def somebody_withdraws(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            found = withdraw(self.settings, self.database, LAYER, person, "gerekçe")
            self.reached.add(found.state)

    @rule(person=PEOPLE)
    def somebody_lets_a_withdrawal_drop(self, person: Actor) -> None:
        with contextlib.suppress(GisPlatformError):
            drop_withdrawal(self.database, LAYER, person)

    @rule(name=st.sampled_from(NAMES), person=st.sampled_from(NAMES))
    def somebody_lets_another_act(self, name: str, person: str) -> None:
        with contextlib.suppress(GisPlatformError):
            delegate(self.database, name, person, start=TODAY, end=TODAY)

    @rule(name=st.sampled_from(NAMES), person=st.sampled_from(NAMES))
    def somebody_takes_that_back(self, name: str, person: str) -> None:
        with contextlib.suppress(GisPlatformError):
            end_delegation(self.database, name, person)

    @rule(proposer=PEOPLE, checker=PEOPLE, approver=PEOPLE, has_finding=st.booleans())
    def an_office_goes_the_whole_way(
        self, proposer: Actor, checker: Actor, approver: Actor, *, has_finding: bool
    ) -> None:
        self.the_register_changes(has_finding=has_finding)
        self.somebody_proposes(proposer)
        self.somebody_answers(checker)
        self.somebody_checks(checker)
        self.somebody_approves(approver)
        self.somebody_publishes(proposer)

    @rule(first=PEOPLE, second=PEOPLE)
    def two_withdraw(self, first: Actor, second: Actor) -> None:
        self.somebody_withdraws(first)
        self.somebody_withdraws(second)

    @rule(has_finding=st.booleans())
    def the_register_changes(self, *, has_finding: bool) -> None:
        with self.database.engine("gis_owner").begin() as connection:
            change = _change(" a@b.example" if has_finding else "")
            connection.execute(text("UPDATE maks.mahalle_version SET ad = :ad"), change)

    @rule(person=PEOPLE, state=STATES)
    def somebody_goes_past_the_program(self, person: Actor, state: str) -> None:
        """With the rights of the office and SQL of one's own."""
        change = {"state": state, "moved_by": person.name, "acts_for": person.acts_for,
                  "reason": "gerekçe"}  # fmt: skip
        with (
            contextlib.suppress(DBAPIError),
            self.database.engine("gis_office").begin() as connection,
        ):
            newest = ask.versions(connection, LAYER)[:1]
            for row in newest:
                ask.move_version(connection, LAYER, row["version"], change)
                if state == State.PUBLISHED:
                    ask.show_to_public(connection, LAYER, row["version"])
                if state == State.WITHDRAWN:
                    ask.hide_from_public(connection, LAYER)

    @invariant()
    def what_is_public_went_through_three_persons(self) -> None:
        for row in self._versions():
            if row["state"] in {State.APPROVED, *PUBLIC_STATES, State.WITHDRAWN}:
                steps = [_names(row, *parts) for parts in _STEPS]
                assert all(steps)
                for one, other in itertools.combinations(steps, 2):
                    assert not one & other, (one, other)

    @invariant()
    def what_went_past_the_steward_has_no_open_finding(self) -> None:
        for row in self._versions():
            if row["state"] in {State.CHECKED, State.APPROVED, *PUBLIC_STATES}:
                assert open_findings(row["screening"]) == []
                answered = {fold(each["person"])
                            for each in row["screening"].get("answers", {}).values()}  # fmt: skip
                assert not answered & _names(row, "proposed_by", "approved_by")

    @invariant()
    def what_is_withdrawn_was_withdrawn_by_two(self) -> None:
        with self.database.engine("gis_owner").connect() as connection:
            asked = connection.execute(text("SELECT * FROM catalogue.withdrawal WHERE is_done"))
            for row in asked.mappings():
                assert not _names(row, "asked_by", "asked_for") & _names(
                    row, "closed_by", "closed_for"
                )
            done = connection.execute(text(
                "SELECT count(*) FROM catalogue.layer_version AS v WHERE state = 'withdrawn' AND "
                "NOT EXISTS (SELECT FROM catalogue.withdrawal AS w WHERE w.is_done)"
            ))  # fmt: skip
            assert done.scalar_one() == 0

    @invariant()
    def at_most_one_version_is_public_and_one_waits(self) -> None:
        states = [State(row["state"]) for row in self._versions()]
        assert states.count(State.PUBLISHED) <= 1
        assert sum(state in OPEN_STATES for state in states) <= 1

    @invariant()
    def the_public_sees_what_the_office_published_and_no_more(self) -> None:
        published = {
            row["version"]: row["data_sha256"]
            for row in self._versions()
            if row["state"] == State.PUBLISHED
        }
        with self.database.engine("gis_portal").connect() as connection:
            current = [layer for layer in public_layers(connection) if layer.is_current]
            assert {layer.version: layer.data_sha256 for layer in current} == published
            for layer in current:
                assert features_page(connection, layer).features

    @invariant()
    def every_step_is_in_the_audit_and_allowed(self) -> None:
        assert verify_audit(self.database).faults == ()
        with self.database.engine("gis_office").connect() as connection:
            lines = ask.audit_trail(connection)
        steps = {(at.value, to.value) for (at, _), to in TRANSITIONS.items()}
        for line in (each for each in lines if each["deed"] == "moved"):
            first = line["from_state"] is None and line["to_state"] == State.DRAFT
            assert first or (line["from_state"], line["to_state"]) in steps

    def _versions(self) -> list[dict[str, Any]]:
        with self.database.engine("gis_office").connect() as connection:
            return ask.versions(connection, LAYER)


_STEPS = (
    ("drafted_by", "proposed_by", "proposed_for"),
    ("checked_by", "checked_for"),
    ("approved_by", "approved_for"),
)


def _names(row: Mapping[str, Any], *parts: str) -> set[str]:
    return {fold(row[part]) for part in parts if row[part] is not None}


def _change(more: str = "") -> dict[str, str]:
    return {"ad": f"MAHALLE {next(_NUMBERS)}{more}"}


@pytest.fixture
def machine(town: Database, settings: Settings) -> type[Publication]:

    class Here(Publication):
        pass

    Here.database, Here.settings, Here.reached = town, settings, set()
    return Here


def test_no_path_skips_a_person_or_a_state(machine: type[Publication]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=40, deadline=None,
            suppress_health_check=list(HealthCheck), derandomize=True, database=None,
        ),
    )  # fmt: skip
    assert machine.reached >= {State.PUBLISHED, State.WITHDRAWN}, "the walk went nowhere"


@given(st.lists(st.tuples(st.sampled_from(Action), PEOPLE), max_size=12))
def test_every_path_to_the_public_goes_over_three_persons(
    steps: list[tuple[Action, Actor]],
) -> None:
    """The rules of ``approval.py`` alone, without a database."""
    state, people = State.PROPOSED, People(("Ayşe Işık",))
    for action, person in steps:
        with contextlib.suppress(GisPlatformError):
            check_person(action, person, people)
            state = next_state(state, action)
            if action is Action.CHECK:
                people = replace(people, checked=person.names)
            if action is Action.APPROVE:
                people = replace(people, approved=person.names)
    if state in {State.APPROVED, *PUBLIC_STATES, State.WITHDRAWN}:
        acted = [{fold(name) for name in each}
                 for each in (people.proposed, people.checked, people.approved)]  # fmt: skip
        assert all(acted)
        assert not any(one & other for one, other in itertools.combinations(acted, 2))
