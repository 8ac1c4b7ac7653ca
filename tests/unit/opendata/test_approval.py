import itertools

import pytest

from gis_platform.core.errors import Conflict, NotAllowed, UsageError
from gis_platform.core.people import person_name
from gis_platform.opendata.approval import (
    OPEN_STATES,
    STATE_NAMES,
    TRANSITIONS,
    Action,
    Actor,
    People,
    State,
    check_person,
    check_reason,
    next_state,
)


def test_every_state_can_be_reached_from_a_draft_and_has_a_name() -> None:
    reached = {State.DRAFT}
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
    possible = {each for at, each in TRANSITIONS if at is state} - {
        Action.SUPERSEDE,
        Action.CORRECT,
    }
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
        check_person(action, Actor(spelling), People(("Işık Öz",)))


def test_the_checker_does_not_approve() -> None:
    with pytest.raises(NotAllowed):
        check_person(Action.APPROVE, Actor("ALİ VELİ"), People(("Ayşe Kaya",), ("Ali Veli",)))


def test_a_third_person_approves_and_the_proposer_may_publish() -> None:
    people = People(("Ayşe Kaya",), ("Ali Veli",), ("Can Er",))
    check_person(Action.APPROVE, Actor("Can Er"), people)
    check_person(Action.PUBLISH, Actor("Ayşe Kaya"), people)


@pytest.mark.parametrize(
    "actor",
    [
        Actor("Vekil Bir", "Ayşe Kaya"),
        Actor("AYŞE KAYA", "Müdür Hanım"),
        Actor("Vekil İki", "Ali Veli"),
        Actor("Vekil Üç", "Müdür Hanım"),
    ],
)
def test_nobody_is_two_persons_through_a_delegate(actor: Actor) -> None:
    """Neither the delegate of one who acted, nor one who acted as the delegate of another."""
    people = People(("Ayşe Kaya",), ("Ali Veli", "Vekil Üç"))
    with pytest.raises(NotAllowed):
        check_person(Action.APPROVE, actor, people)
    check_person(Action.APPROVE, Actor("Vekil Dört", "Müdür Hanım"), people)


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
