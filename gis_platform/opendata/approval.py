"""The states of a layer version, and who may move it: a table ``(state, action) -> state``."""

from dataclasses import dataclass
from enum import StrEnum

from gis_platform.core.errors import Conflict, NotAllowed, Text, UsageError
from gis_platform.core.text import clean, fold


class State(StrEnum):
    """Where a layer version stands."""

    PROPOSED = "proposed"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


class Action(StrEnum):
    """What a person does with it."""

    CHECK = "check"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    RETURN = "return"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.PROPOSED, Action.CHECK): State.CHECKED,
    (State.PROPOSED, Action.APPROVE): State.APPROVED,
    (State.CHECKED, Action.APPROVE): State.APPROVED,
    (State.PROPOSED, Action.RETURN): State.RETURNED,
    (State.CHECKED, Action.RETURN): State.RETURNED,
    (State.APPROVED, Action.RETURN): State.RETURNED,
    (State.APPROVED, Action.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Action.SUPERSEDE): State.SUPERSEDED,
    (State.PUBLISHED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUPERSEDED, Action.WITHDRAW): State.WITHDRAWN,
}
WITH_CHECKER = 3
"""So many persons: the proposer, the checker and the approver; with 2, no checker is needed."""
OPEN_STATES = frozenset({State.PROPOSED, State.CHECKED, State.APPROVED})

STATE_NAMES: dict[State, Text] = {
    State.PROPOSED: Text("önerildi", "proposed"),
    State.CHECKED: Text("denetlendi", "checked"),
    State.APPROVED: Text("onaylandı", "approved"),
    State.PUBLISHED: Text("yayında", "published"),
    State.SUPERSEDED: Text("yerine yenisi geldi", "superseded"),
    State.WITHDRAWN: Text("geri çekildi", "withdrawn"),
    State.RETURNED: Text("geri çevrildi", "returned"),
}
_ACTION_NAMES: dict[Action, Text] = {
    Action.CHECK: Text("denetleme", "checked"),
    Action.APPROVE: Text("onaylama", "approved"),
    Action.PUBLISH: Text("yayımlama", "published"),
    Action.SUPERSEDE: Text("yenileme", "superseded"),
    Action.WITHDRAW: Text("geri çekme", "withdrawn"),
    Action.RETURN: Text("geri çevirme", "returned"),
}


@dataclass(frozen=True)
class People:
    """Who has acted on a version so far."""

    proposed_by: str
    checked_by: str | None = None
    approved_by: str | None = None


def person_name(said: str) -> str:
    """The name under which a person acts.

    Raises:
        NotAllowed: no name; nothing is done in nobody's name.
    """
    name = clean(said)
    if not any(letter.isalpha() for letter in name):
        raise NotAllowed(
            Text("İşlemi yapan kişi belirtilmedi.", "The person who acts is not named."),
            remedy=Text('--as "Ad Soyad"', '--as "First Last"'),
        )
    return name


def next_state(state: State, action: Action) -> State:
    """Where ``action`` leads from ``state``.

    Raises:
        Conflict: nowhere; the message names what can be done.
    """
    if (state, action) in TRANSITIONS:
        return TRANSITIONS[state, action]
    possible = [each for at, each in TRANSITIONS if at == state and each is not Action.SUPERSEDE]
    commands = ", ".join(possible) or "–"
    here, wanted = STATE_NAMES[state], _ACTION_NAMES[action]
    raise Conflict(
        Text(
            f"Durumu “{here.tr}” olan sürümde {wanted.tr} yapılamaz.",
            f"A version that is {here.en} cannot be {wanted.en}.",
        ),
        remedy=Text(f"yapılabilecekler: {commands}", f"possible now: {commands}"),
    )


def check_order(action: Action, people: People, persons: int) -> None:
    """Refuse an approval that leaves out the checker where a layer asks for three persons.

    Raises:
        Conflict: nobody has checked the version yet.
    """
    if action is Action.APPROVE and persons >= WITH_CHECKER and people.checked_by is None:
        raise Conflict(
            Text(
                "Bu katman onaylanmadan önce denetlenir.",
                "This layer is checked before it is approved.",
            ),
            remedy=Text("gis layer check", "gis layer check"),
        )


def check_reason(action: Action, reason: str | None) -> str | None:
    """The reason, cleaned; a version is not returned or withdrawn without one.

    Raises:
        UsageError: there is none.
    """
    said = clean(reason or "") or None
    if said is None and action in {Action.RETURN, Action.WITHDRAW}:
        raise UsageError(
            Text(
                f"Gerekçesiz {_ACTION_NAMES[action].tr} olmaz.",
                f"A version is not {_ACTION_NAMES[action].en} without a reason.",
            ),
            remedy=Text('--reason "…"', '--reason "…"'),
        )
    return said


def check_person(action: Action, person: str, people: People) -> None:
    """Refuse a person who may not take this step because of a step taken before.

    Raises:
        NotAllowed: the proposer checks or approves, or the checker approves.
    """
    barred = {
        Action.CHECK: (people.proposed_by,),
        Action.APPROVE: (people.proposed_by, people.checked_by),
    }.get(action, ())
    if any(other is not None and fold(other) == fold(person) for other in barred):
        raise NotAllowed(
            Text(
                f"{person} bu sürümü önerdi ya da denetledi; {_ACTION_NAMES[action].tr} "
                "başka bir kişinin işidir.",
                f"{person} proposed or checked this version; it must be "
                f"{_ACTION_NAMES[action].en} by another person.",
            )
        )
