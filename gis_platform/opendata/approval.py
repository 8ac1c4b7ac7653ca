"""The states of a layer version, and who may move it: a table ``(state, action) -> state``."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gis_platform.core.errors import Conflict, NotAllowed, Text, UsageError
from gis_platform.core.people import person_name
from gis_platform.core.text import clean, fold


class State(StrEnum):
    """Where a layer version stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


class Action(StrEnum):
    """What a person does with it."""

    PROPOSE = "propose"
    CHECK = "check"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    RETURN = "return"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.PROPOSE): State.PROPOSED,
    (State.PROPOSED, Action.CHECK): State.CHECKED,
    (State.CHECKED, Action.APPROVE): State.APPROVED,
    (State.APPROVED, Action.PUBLISH): State.PUBLISHED,
    (State.DRAFT, Action.RETURN): State.RETURNED,
    (State.PROPOSED, Action.RETURN): State.RETURNED,
    (State.CHECKED, Action.RETURN): State.RETURNED,
    (State.APPROVED, Action.RETURN): State.RETURNED,
    (State.PUBLISHED, Action.SUPERSEDE): State.SUPERSEDED,
    (State.PUBLISHED, Action.CORRECT): State.CORRECTED,
    (State.PUBLISHED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUPERSEDED, Action.WITHDRAW): State.WITHDRAWN,
    (State.CORRECTED, Action.WITHDRAW): State.WITHDRAWN,
}
OPEN_STATES = frozenset({State.DRAFT, State.PROPOSED, State.CHECKED, State.APPROVED})
PUBLIC_STATES = frozenset({State.PUBLISHED, State.SUPERSEDED, State.CORRECTED})
"""States in which the public can have the version."""
_BY_ITSELF = frozenset({Action.SUPERSEDE, Action.CORRECT})
"""What happens to a version when the next one is published."""

STATE_NAMES: dict[State, Text] = {
    State.DRAFT: Text("taslak", "a draft"),
    State.PROPOSED: Text("önerildi", "proposed"),
    State.CHECKED: Text("denetlendi", "checked"),
    State.APPROVED: Text("onaylandı", "approved"),
    State.PUBLISHED: Text("yayında", "published"),
    State.SUPERSEDED: Text("yerine yenisi geldi", "superseded"),
    State.CORRECTED: Text("düzeltildi", "corrected"),
    State.WITHDRAWN: Text("geri çekildi", "withdrawn"),
    State.RETURNED: Text("geri çevrildi", "returned"),
}
_ACTION_NAMES: dict[Action, Text] = {
    Action.PROPOSE: Text("önerme", "proposed"),
    Action.CHECK: Text("denetleme", "checked"),
    Action.APPROVE: Text("onaylama", "approved"),
    Action.PUBLISH: Text("yayımlama", "published"),
    Action.SUPERSEDE: Text("yenileme", "superseded"),
    Action.CORRECT: Text("düzeltme", "corrected"),
    Action.WITHDRAW: Text("geri çekme", "withdrawn"),
    Action.RETURN: Text("geri çevirme", "returned"),
}


@dataclass(frozen=True)
class Actor:
    """Who acts, and for whom where it is as a delegate; both names count as that person's."""

    name: str
    acts_for: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which this person takes a step."""
        return (self.name,) if self.acts_for is None else (self.name, self.acts_for)

    def __str__(self) -> str:
        return self.name if self.acts_for is None else f"{self.name} ({self.acts_for})"


@dataclass(frozen=True)
class People:
    """Who has acted on a version so far; each with whom they acted for."""

    proposed: tuple[str, ...]
    checked: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()


def actor_of(said: "str | Actor", acts_for: str | None = None) -> Actor:
    """The person who acts, by a name as it was typed.

    Raises:
        NotAllowed: no name; nothing is done in nobody's name.
    """
    if isinstance(said, Actor):
        return said
    return Actor(person_name(said), person_name(acts_for) if acts_for is not None else None)


def next_state(state: State, action: Action) -> State:
    """Where ``action`` leads from ``state``.

    Raises:
        Conflict: nowhere; the message names what can be done.
    """
    if (state, action) in TRANSITIONS:
        return TRANSITIONS[state, action]
    possible = [each for at, each in TRANSITIONS if at == state and each not in _BY_ITSELF]
    commands = ", ".join(possible) or "–"
    here, wanted = STATE_NAMES[state], _ACTION_NAMES[action]
    raise Conflict(
        Text(
            f"Durumu “{here.tr}” olan sürümde {wanted.tr} yapılamaz.",
            f"A version that is {here.en} cannot be {wanted.en}.",
        ),
        remedy=Text(f"yapılabilecekler: {commands}", f"possible now: {commands}"),
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


def check_person(action: Action, actor: Actor, people: People) -> None:
    """Refuse a person who may not take this step because of a step taken before.

    Proposer, checker and approver are three persons; a delegate counts as themselves and as whom
    they act for, so that nobody is two of the three through somebody else.

    Raises:
        NotAllowed: the proposer checks or approves, or the checker approves.
    """
    barred = {
        Action.CHECK: people.proposed,
        Action.APPROVE: (*people.proposed, *people.checked),
    }.get(action, ())
    if is_one_of(actor, barred):
        raise NotAllowed(
            Text(
                f"{actor} bu sürümü önerdi ya da denetledi; {_ACTION_NAMES[action].tr} "
                "başka bir kişinin işidir.",
                f"{actor} proposed or checked this version; it must be "
                f"{_ACTION_NAMES[action].en} by another person.",
            )
        )


def is_one_of(actor: Actor, names: Iterable[str | None]) -> bool:
    """Whether a person is one of others, however the name is spelt."""
    others = {fold(name) for name in names if name is not None}
    return any(fold(name) in others for name in actor.names)
