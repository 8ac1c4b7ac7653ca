import itertools

import pytest

from gis_platform.core.errors import Conflict, NotAllowed, UsageError
from gis_platform.opendata.approval import (
    OPEN_STATES,
    STATE_NAMES,
    TRANSITIONS,
    Action,
    People,
    State,
    check_order,
    check_person,
    check_reason,
    next_state,
    person_name,
)


def test_every_state_can_be_reached_from_a_proposal_and_has_a_name() -> None:
    reached = {State.PROPOSED}
    for _ in State:
        reached |= {to for (at, _), to in TRANSITIONS.items() if at in reached}
    assert reached == set(State) == set(STATE_NAMES)


def test_nothing_becomes_public_but_what_was_approved() -> None:
    before = {at for (at, _), to in TRANSITIONS.items() if to is State.PUBLISHED}
    assert before == {State.APPROVED}


def test_what_is_returned_or_withdrawn_stays_so() -> None:
    assert not {State.RETURNED, State.WITHDRAWN} & {at for at, _ in TRANSITIONS}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_a_move_that_is_not_in_the_table_is_refused_and_names_those_that_are(
    state: State, action: Action
) -> None:
    if (state, action) in TRANSITIONS:
        assert next_state(state, action) is TRANSITIONS[state, action]
        return
    with pytest.raises(Conflict) as caught:
        next_state(state, action)
    remedy = caught.value.remedy
    assert remedy is not None
    possible = {each for at, each in TRANSITIONS if at is state} - {Action.SUPERSEDE}
    assert {word.strip(",") for word in remedy.en.split()[2:]} == possible | (
        set() if possible else {"–"}
    )


def test_the_open_states_are_those_a_person_still_decides_about() -> None:
    assert {at for at, action in TRANSITIONS if action is Action.RETURN} == OPEN_STATES


@pytest.mark.parametrize("spelling", ["Işık Öz", "IŞIK ÖZ", "isik oz", "  Işık   Öz "])
@pytest.mark.parametrize("action", [Action.CHECK, Action.APPROVE])
def test_the_proposer_decides_nothing_however_the_name_is_spelt(
    action: Action, spelling: str
) -> None:
    with pytest.raises(NotAllowed):
        check_person(action, spelling, People("Işık Öz"))


def test_the_checker_does_not_approve() -> None:
    with pytest.raises(NotAllowed):
        check_person(Action.APPROVE, "ALİ VELİ", People("Ayşe Kaya", "Ali Veli"))


def test_a_third_person_approves_and_the_proposer_may_publish() -> None:
    people = People("Ayşe Kaya", "Ali Veli", "Can Er")
    check_person(Action.APPROVE, "Can Er", people)
    check_person(Action.PUBLISH, "Ayşe Kaya", people)


def test_a_layer_of_three_persons_is_checked_before_it_is_approved() -> None:
    check_order(Action.APPROVE, People("Ayşe Kaya"), 2)
    check_order(Action.APPROVE, People("Ayşe Kaya", "Ali Veli"), 3)
    with pytest.raises(Conflict):
        check_order(Action.APPROVE, People("Ayşe Kaya"), 3)


@pytest.mark.parametrize("name", ["", "  ", "123", "\u0307", "--"])
def test_nothing_is_done_in_nobodys_name(name: str) -> None:
    with pytest.raises(NotAllowed):
        person_name(name)


@pytest.mark.parametrize("action", [Action.RETURN, Action.WITHDRAW])
@pytest.mark.parametrize("reason", [None, "", " \t"])
def test_returning_and_withdrawing_need_a_reason(action: Action, reason: str | None) -> None:
    with pytest.raises(UsageError):
        check_reason(action, reason)
    assert check_reason(action, "  sınır  hatalı ") == "sınır hatalı"
