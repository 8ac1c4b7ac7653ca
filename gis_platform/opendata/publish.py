"""A layer is proposed, approved and published: the approved bytes and no others; or taken back."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.errors import Conflict, NotAllowed, NotFound, Text
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import (
    OPEN_STATES,
    PUBLIC_STATES,
    STATE_NAMES,
    Action,
    Actor,
    People,
    State,
    actor_of,
    check_person,
    check_reason,
    is_one_of,
    next_state,
)
from gis_platform.opendata.audit import keep_anchor
from gis_platform.opendata.catalogue import Entry, LayerFile, layer_file
from gis_platform.opendata.delegates import check_delegate
from gis_platform.opendata.files import build_files, export_facts, files_folder
from gis_platform.opendata.filesource import source_table
from gis_platform.opendata.gate import check_copy, check_due, check_source, described
from gis_platform.opendata.quality import is_measured, measure
from gis_platform.opendata.screening import (
    answer_text,
    check_answered,
    open_findings,
    screening_report,
)
from gis_platform.opendata.storage import storage_of


@dataclass(frozen=True)
class LayerVersion:
    """What a command answers: the version and where it stands now.

    Attributes:
        left_out: rows of the source that have no geometry and cannot be shown.
        is_changed: ``False`` where nothing had to be done.
        findings: findings of the screening report that wait for the steward's answer, by key.
        withdrawal_asked_by: who asked for a withdrawal that another person has to confirm.
    """

    layer: str
    version: int
    state: State
    row_count: int
    data_sha256: str
    metadata_sha256: str
    licence_sha256: str | None = None
    screening_sha256: str | None = None
    left_out: int = 0
    is_changed: bool = True
    people: People = field(default=People(()))
    findings: tuple[str, ...] = ()
    withdrawal_asked_by: str | None = None


def draft(settings: Settings, database: Database, name: str, person: str | Actor) -> LayerVersion:
    """Freeze a copy of the layer as it stands now and screen it, for the owner unit to look at.

    A draft that waits already is taken again only where data or description have changed.

    Raises:
        Conflict: another version of the layer is waiting; or the gate refuses the data.
    """
    actor, layer = actor_of(person), layer_file(settings, name)
    with _moving(database, name) as connection:
        return _drafted(database, connection, layer, actor)


def propose(settings: Settings, database: Database, name: str, person: str | Actor) -> LayerVersion:
    """Draft the layer as it stands now, where that is not done yet, and propose it.

    Nothing is done where copy and description are those of the version that waits or is public.

    Raises:
        Conflict: another version of the layer is waiting; or the gate refuses the data.
    """
    actor, layer = actor_of(person), layer_file(settings, name)
    with _moving(database, name) as connection:
        found = _drafted(database, connection, layer, actor)
        if found.state is not State.DRAFT:
            return found
        row = _waiting(connection, name)
        _check_bytes(connection, row)
        return _answer(_moved(connection, row, State.PROPOSED, actor), left_out=found.left_out)


def answer(
    database: Database, name: str, finding: str, said: str, person: str | Actor
) -> LayerVersion:
    """Answer a finding of the proposed version in writing, as its steward.

    Raises:
        NotFound: no version waits, or it has no such finding.
        NotAllowed: the proposer answers.
        Conflict: the version is not at the steward's desk.
    """
    actor, text = actor_of(person), answer_text(said)
    with _moving(database, name) as connection:
        _check_actor(connection, actor)
        row = _waiting(connection, name)
        next_state(State(row["state"]), Action.CHECK)
        check_person(Action.CHECK, actor, _people(row))
        if finding not in {each["key"] for each in row["screening"]["findings"]}:
            known = ", ".join(each["key"] for each in row["screening"]["findings"]) or "–"
            raise NotFound(
                Text(f"“{finding}” diye bir bulgu yok. Olanlar: {known}.",
                     f"There is no finding “{finding}”. Known: {known}.")
            )  # fmt: skip
        given = (text, actor.name, actor.acts_for)
        ask.answer_finding(connection, name, row["version"], finding, given)
        return _answer(ask.versions(connection, name)[0])


def move(
    database: Database, name: str, action: Action, person: str | Actor, reason: str | None = None
) -> LayerVersion:
    """Check, approve or return the version that waits.

    Raises:
        NotFound: no version of the layer waits.
        NotAllowed: this person proposed or checked it.
        Conflict: findings wait for an answer; or the frozen copy is no longer what was proposed.
    """
    actor, reason = actor_of(person), check_reason(action, reason)
    with _moving(database, name) as connection:
        _check_actor(connection, actor)
        row = _waiting(connection, name)
        state = next_state(State(row["state"]), action)
        check_person(action, actor, _people(row))
        if action is not Action.RETURN:
            check_answered(name, row["screening"])
            _check_bytes(connection, row)
        row = _moved(connection, row, state, actor, reason=reason)
        if action is Action.RETURN:
            ask.discard(connection, copy_of(_entry(row), row["version"]))
    return _answer(row)


def publish(settings: Settings, database: Database, name: str, person: str | Actor) -> LayerVersion:
    """Show the approved version to the public, in the place of the one before.

    The files are built first; the swap is one transaction, so that the public sees the old
    version or the new one and nothing between.

    Raises:
        Conflict: not approved, or data, description, terms or screening report are not those
            that were approved.
    """
    actor = actor_of(person)
    with _moving(database, name) as connection:
        _check_actor(connection, actor)
        row = _waiting(connection, name)
        next_state(State(row["state"]), Action.PUBLISH)
        _check_bytes(connection, row)
        files = _build(settings, connection, row)
        wrong = row["entry"].get("corrects")
        after = State.CORRECTED if wrong else State.SUPERSEDED
        for before in ask.versions(connection, name):
            if before["state"] == State.PUBLISHED:
                _moved(connection, before, after, actor, reason=wrong)
        row = _moved(connection, row, State.PUBLISHED, actor, files=files)
        _measure(connection, name)
        ask.show_to_public(connection, name, row["version"])
    keep_anchor(settings, database)
    return _answer(row)


def withdraw(
    settings: Settings, database: Database, name: str, person: str | Actor, reason: str | None
) -> LayerVersion:
    """Ask for a layer to be taken back; or, where another person asked, take it back.

    It goes in all its versions; the public is told that, when and why.

    Raises:
        NotFound: the layer is not public.
        NotAllowed: the person who asked cannot confirm.
        UsageError: who asks gives no reason.
    """
    actor = actor_of(person)
    with _moving(database, name) as connection:
        _check_actor(connection, actor)
        public = _public(connection, name)
        asked = ask.open_withdrawal(connection, name)
        if asked is None:
            given = check_reason(Action.WITHDRAW, reason)
            values = {"layer": name, "reason": given, "asked_by": actor.name}
            ask.ask_withdrawal(connection, {**values, "asked_for": actor.acts_for})
            return replace(_answer(public[0]), withdrawal_asked_by=str(actor))
        _check_second(actor, asked)
        moved = [_moved(connection, row, State.WITHDRAWN, actor) for row in public]
        ask.hide_from_public(connection, name)
        ask.close_withdrawal(connection, asked["id"], actor.name, actor.acts_for)
    storage_of(settings).remove(name)
    keep_anchor(settings, database)
    return _answer(moved[0])


def drop_withdrawal(database: Database, name: str, person: str | Actor) -> LayerVersion:
    """Let a withdrawal that was asked for drop; the layer stays public.

    Raises:
        NotFound: nobody asked for one.
    """
    actor = actor_of(person)
    with _moving(database, name) as connection:
        _check_actor(connection, actor)
        asked = ask.open_withdrawal(connection, name)
        if asked is None:
            raise NotFound(
                Text(f"“{name}” için bekleyen bir geri çekme isteği yok.",
                     f"Nobody has asked for layer “{name}” to be withdrawn.")
            )  # fmt: skip
        ask.close_withdrawal(connection, asked["id"], actor.name, actor.acts_for)
        return replace(_answer(_public(connection, name)[0]), is_changed=False)


def copy_of(layer: LayerFile | Entry, version: int) -> ask.FrozenCopy:
    """The frozen copy that belongs to a version."""
    columns = tuple(layer.columns) if isinstance(layer, LayerFile) else tuple(layer.types)
    return ask.FrozenCopy(
        layer=layer.name, version=version, source=layer.source, key=layer.key, columns=columns,
        geometry=layer.geometry,
    )  # fmt: skip


def licence_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an entry that says on which terms the public gets the layer."""
    return {"licence": entry["licence"], "third_party_rights": entry.get("third_party_rights")}


def json_hash(said: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON object with sorted keys and no blanks; the database counts it likewise."""
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@contextmanager
def _moving(database: Database, name: str) -> Iterator[Connection]:
    """One transaction, in which nobody else moves the versions of this layer."""
    with database.engine("gis_office").begin() as connection:
        ask.lock_layer(connection, name)
        yield connection


def _drafted(
    database: Database, connection: Connection, layer: LayerFile, actor: Actor
) -> LayerVersion:
    """A draft of the layer as it stands now; or the version that is the same already."""
    _check_actor(connection, actor)
    check_due(layer)
    name = layer.name
    known = ask.versions(connection, name)
    source = source_table(connection, layer)
    number = 1 + max((row["version"] for row in known), default=0)
    copy = replace(copy_of(layer, number), source=source)
    left_out = check_source(connection, layer, source)
    facts = ask.freeze(connection, copy)
    entry = described(connection, copy, layer)
    same = _same(known, facts, entry)
    if same is not None:
        ask.discard(connection, copy)
        return _answer(same, is_changed=same["state"] == State.DRAFT, left_out=left_out)
    _make_room(connection, known, actor)
    check_copy(connection, copy, entry)
    said = entry.model_dump(mode="json")
    report = screening_report(database, connection, copy, entry, left_out)
    values: dict[str, Any] = {
        "layer": name, "version": copy.version, "entry": said, "row_count": facts.row_count,
        "extent": facts.extent, "data_sha256": facts.sha256, "metadata_sha256": json_hash(said),
        "licence_sha256": json_hash(licence_of(said)), "screening": report,
        "screening_sha256": json_hash(report), "moved_by": actor.name, "acts_for": actor.acts_for,
    }  # fmt: skip
    ask.add_version(connection, values)
    return _answer(ask.versions(connection, name)[0], left_out=left_out)


def _moved(
    connection: Connection, row: Mapping[str, Any], state: State, actor: Actor, **more: Any
) -> dict[str, Any]:
    who = {"moved_by": actor.name, "acts_for": actor.acts_for}
    values = {"state": state.value, **who, "reason": None, **more}
    return ask.move_version(connection, row["layer"], row["version"], values)


def _check_actor(connection: Connection, actor: Actor) -> None:
    """Refuse a delegate to whom nobody gave the right for today."""
    if actor.acts_for is not None:
        check_delegate(ask.delegations(connection), actor, datetime.now(UTC).date())


def _public(connection: Connection, name: str) -> list[dict[str, Any]]:
    found = [row for row in ask.versions(connection, name) if row["state"] in PUBLIC_STATES]
    if not found:
        raise NotFound(
            Text(f"“{name}” katmanı yayında değil.", f"Layer “{name}” is not published.")
        )
    return found


def _check_second(actor: Actor, asked: Mapping[str, Any]) -> None:
    if is_one_of(actor, (asked["asked_by"], asked["asked_for"])):
        raise NotAllowed(
            Text(
                f"{asked['asked_by']} geri çekmeyi istedi; onu başka bir kişi yapar.",
                f"{asked['asked_by']} asked for the withdrawal; another person has to do it.",
            )
        )


def _build(
    settings: Settings, connection: Connection, row: Mapping[str, Any]
) -> list[dict[str, Any]]:
    entry = _entry(row)
    frame = ask.read_copy(connection, copy_of(entry, row["version"]), {**entry.types})
    facts = export_facts(entry, row["approved_at"])
    files = build_files(frame, files_folder(settings, entry.name, row["version"]), facts)
    storage_of(settings).keep(entry.name, row["version"], files)
    return files


def _measure(connection: Connection, name: str) -> None:
    """Count the quality of the version that is new, and of any that was not counted in its day."""
    for row in ask.versions(connection, name):
        copy = copy_of(_entry(row), row["version"])
        if row["state"] in PUBLIC_STATES and not is_measured(connection, copy):
            measure(connection, copy, _entry(row), row["screening"])


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry.model_validate(row["entry"])


def _same(
    known: Sequence[Mapping[str, Any]], facts: ask.CopyFacts, entry: Entry
) -> Mapping[str, Any] | None:
    """The version that waits or is public, where it is the same in data and description.

    The day on which the next version is due moves on by itself and changes nothing.
    """
    for row in known:
        if row["state"] in {*OPEN_STATES, State.PUBLISHED}:
            before = _entry(row).model_dump(mode="json")  # with what was not yet asked for then
            said = entry.model_dump(mode="json") | {"next_due": before["next_due"]}
            return row if facts.sha256 == row["data_sha256"] and said == before else None
    return None


def _make_room(connection: Connection, known: Sequence[Mapping[str, Any]], actor: Actor) -> None:
    """One version waits at a time: a draft gives way to a newer one, anything further does not."""
    for row in known:
        if row["state"] == State.DRAFT:
            why = "yeni taslak / newer draft"
            _moved(connection, row, State.RETURNED, actor, reason=why)
            ask.discard(connection, copy_of(_entry(row), row["version"]))
        elif row["state"] in OPEN_STATES:
            name = STATE_NAMES[State(row["state"])]
            raise Conflict(
                Text(
                    f"“{row['layer']}” katmanının {row['version']}. sürümü bekliyor ({name.tr}).",
                    f"Version {row['version']} of layer “{row['layer']}” is waiting ({name.en}).",
                ),
                remedy=Text(
                    f"önce yayımlayın ya da geri çevirin: gis layer return {row['layer']}",
                    f"publish or return it first: gis layer return {row['layer']}",
                ),
            )


def _waiting(connection: Connection, name: str) -> dict[str, Any]:
    for row in ask.versions(connection, name):
        if row["state"] in OPEN_STATES:
            return row
    raise NotFound(
        Text(
            f"“{name}” katmanının bekleyen bir sürümü yok.",
            f"No version of layer “{name}” is waiting.",
        ),
        remedy=Text(f"gis layer propose {name}", f"gis layer propose {name}"),
    )


def _check_bytes(connection: Connection, row: Mapping[str, Any]) -> None:
    """Copy, description, terms and screening report still are what their hashes say."""
    found = {
        "data": ask.facts(connection, copy_of(_entry(row), row["version"])).sha256,
        "metadata": json_hash(row["entry"]),
        "licence": json_hash(licence_of(row["entry"])),
        "screening": json_hash(row["screening"] or {}),
    }
    others = [part for part, digest in found.items() if digest != row[f"{part}_sha256"]]
    if others:
        named = ", ".join(others)
        raise Conflict(
            Text(
                f"Dondurulmuş kopya önerilen baytlar değil ({named}); yayımlanamaz.",
                f"The frozen copy is not the bytes that were proposed ({named}); "
                "it cannot be published.",
            ),
            remedy=Text(
                "sürümü geri çevirip yeniden önerin", "return the version and propose again"
            ),
        )


def _people(row: Mapping[str, Any]) -> People:
    def names(*parts: str) -> tuple[str, ...]:
        return tuple(row[part] for part in parts if row[part] is not None)

    answers = (row["screening"] or {}).get("answers", {}).values()
    answered = [each[part] for each in answers for part in ("person", "acts_for") if part in each]
    return People(
        proposed=names("drafted_by", "proposed_by", "proposed_for"),
        checked=(*names("checked_by", "checked_for"), *answered),
        approved=names("approved_by", "approved_for"),
    )


def _answer(row: Mapping[str, Any], *, left_out: int = 0, is_changed: bool = True) -> LayerVersion:
    return LayerVersion(
        layer=row["layer"], version=row["version"], state=State(row["state"]),
        row_count=row["row_count"], data_sha256=row["data_sha256"],
        metadata_sha256=row["metadata_sha256"], licence_sha256=row["licence_sha256"],
        screening_sha256=row["screening_sha256"], left_out=left_out, is_changed=is_changed,
        people=_people(row),
        findings=tuple(each["key"] for each in open_findings(row["screening"])),
    )  # fmt: skip
