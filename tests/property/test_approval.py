"""No path through publication skips a person or a state, in Python or in the database."""

import contextlib
import itertools
from dataclasses import replace

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
    TRANSITIONS,
    Action,
    People,
    State,
    check_person,
    next_state,
)
from gis_platform.opendata.audit import verify_audit
from gis_platform.opendata.public import features_page, public_layers
from gis_platform.opendata.publish import move, propose, publish, withdraw

LAYER = "mahalle"
PEOPLE = st.sampled_from(["Ayşe Işık", "AYŞE IŞIK", "Bülent Öz", "bulent oz ", "Can Er"])
STATES = st.sampled_from([state.value for state in State])
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
        self.somebody_proposes("Ayşe Işık")

    @rule(person=PEOPLE)
    def somebody_proposes(self, person: str) -> None:
        with contextlib.suppress(GisPlatformError):
            propose(self.settings, self.database, LAYER, person)

    @rule(person=PEOPLE)
    def somebody_checks(self, person: str) -> None:
        with contextlib.suppress(GisPlatformError):
            move(self.database, LAYER, Action.CHECK, person)

    @rule(person=PEOPLE)
    def somebody_approves(self, person: str) -> None:
        with contextlib.suppress(GisPlatformError):
            move(self.database, LAYER, Action.APPROVE, person)

    @rule(person=PEOPLE, is_meant=st.sampled_from([True, False, False]))
    def somebody_returns(self, person: str, *, is_meant: bool) -> None:
        with contextlib.suppress(GisPlatformError):
            move(self.database, LAYER, Action.RETURN, person, "gerekçe" if is_meant else " ")

    @rule(person=PEOPLE)
    def somebody_publishes(self, person: str) -> None:
        with contextlib.suppress(GisPlatformError):
            publish(self.settings, self.database, LAYER, person)
            self.reached.add(State.PUBLISHED)

    @rule(person=PEOPLE)
    def somebody_withdraws(self, person: str) -> None:
        with contextlib.suppress(GisPlatformError):
            withdraw(self.settings, self.database, LAYER, person, "gerekçe")
            self.reached.add(State.WITHDRAWN)

    @rule(proposer=PEOPLE, approver=PEOPLE)
    def an_office_goes_the_whole_way(self, proposer: str, approver: str) -> None:
        self.the_register_changes()
        self.somebody_proposes(proposer)
        self.somebody_approves(approver)
        self.somebody_publishes(proposer)

    @rule()
    def the_register_changes(self) -> None:
        with self.database.engine("gis_owner").begin() as connection:
            connection.execute(text("UPDATE maks.mahalle_version SET ad = :ad"), _change())

    @rule(person=PEOPLE, state=STATES)
    def somebody_goes_past_the_program(self, person: str, state: str) -> None:
        """With the rights of the office and SQL of one's own."""
        change = {"state": state, "moved_by": person, "reason": "gerekçe"}
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
    def what_is_public_was_proposed_and_approved_by_two(self) -> None:
        for row in self._versions():
            if row["state"] in {State.APPROVED, State.PUBLISHED, State.SUPERSEDED}:
                names = [row["proposed_by"], row["approved_by"]]
                names += [row["checked_by"]] if row["checked_by"] else []
                assert len({fold(name) for name in names}) == len(names)

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
        for line in lines:
            first = line["from_state"] is None and line["to_state"] == State.PROPOSED
            assert first or (line["from_state"], line["to_state"]) in steps

    def _versions(self) -> list[dict[str, object]]:
        with self.database.engine("gis_office").connect() as connection:
            return ask.versions(connection, LAYER)  # type: ignore[return-value]


def _change() -> dict[str, str]:
    return {"ad": f"MAHALLE {next(_NUMBERS)}"}


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
def test_every_path_to_the_public_goes_over_another_person(steps: list[tuple[Action, str]]) -> None:
    """The rules of ``approval.py`` alone, without a database."""
    state, people = State.PROPOSED, People("Ayşe Işık")
    for action, person in steps:
        with contextlib.suppress(GisPlatformError):
            check_person(action, person, people)
            state = next_state(state, action)
            if action is Action.CHECK:
                people = replace(people, checked_by=person)
            if action is Action.APPROVE:
                people = replace(people, approved_by=person)
    if state in {State.APPROVED, State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN}:
        acted = [people.proposed_by, people.checked_by, people.approved_by]
        names = [fold(name) for name in acted if name is not None]
        assert people.approved_by is not None
        assert len(set(names)) == len(names)
