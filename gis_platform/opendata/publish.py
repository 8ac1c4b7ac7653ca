"""A layer is proposed, approved and published: the approved bytes and no others; or taken back."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.errors import Conflict, NotFound, Text
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import (
    OPEN_STATES,
    STATE_NAMES,
    Action,
    People,
    State,
    check_order,
    check_person,
    check_reason,
    next_state,
    person_name,
)
from gis_platform.opendata.catalogue import Entry, LayerFile, layer_file
from gis_platform.opendata.exporter import ExportFacts
from gis_platform.opendata.files import build_files, files_folder
from gis_platform.opendata.filesource import source_table
from gis_platform.opendata.gate import check_copy, check_source, described


@dataclass(frozen=True)
class LayerVersion:
    """What a command answers: the version and where it stands now.

    Attributes:
        left_out: rows of the source that have no geometry and cannot be shown.
        is_changed: ``False`` where nothing had to be done.
    """

    layer: str
    version: int
    state: State
    row_count: int
    data_sha256: str
    metadata_sha256: str
    left_out: int = 0
    is_changed: bool = True
    people: People = field(default=People(""))


def propose(
    settings: Settings,
    database: Database,
    name: str,
    person: str,
    *,
    answers: Mapping[str, str] | None = None,
) -> LayerVersion:
    """Freeze a copy of the layer as it stands in the register now, and propose it.

    Nothing is done where copy and description are those of the version that waits or is public.

    Args:
        settings: where layer files of one's own lie.
        database: the register and the catalogue.
        name: the layer.
        person: who proposes it.
        answers: what the proposer writes about findings of the personal-data screen, by finding.

    Raises:
        Conflict: another version of the layer is waiting; or the gate refuses the data.
    """
    person, layer = person_name(person), layer_file(settings, name)
    with _moving(database, name) as connection:
        known = ask.versions(connection, name)
        source = source_table(connection, layer)
        number = 1 + max((row["version"] for row in known), default=0)
        copy = replace(copy_of(layer, number), source=source)
        left_out = check_source(connection, layer, source)
        facts = ask.freeze(connection, copy)
        entry = described(connection, copy, layer)
        same = _same(known, facts, entry, answers or {})
        if same is not None:
            ask.discard(connection, copy)
            return _answer(same, is_changed=False)
        _refuse_while_open(known)
        entry = check_copy(connection, copy, entry, answers or {})
        said = entry.model_dump(mode="json")
        values: dict[str, Any] = {
            "layer": name, "version": copy.version, "entry": said, "row_count": facts.row_count,
            "extent": facts.extent, "data_sha256": facts.sha256,
            "metadata_sha256": metadata_hash(said), "moved_by": person,
        }  # fmt: skip
        ask.add_version(connection, values)
        return _answer(ask.versions(connection, name)[0], left_out=left_out)


def move(
    database: Database, name: str, action: Action, person: str, reason: str | None = None
) -> LayerVersion:
    """Check, approve or return the version that waits.

    Raises:
        NotFound: no version of the layer waits.
        NotAllowed: this person proposed or checked it.
        Conflict: the frozen copy is no longer what was proposed.
    """
    person, reason = person_name(person), check_reason(action, reason)
    with _moving(database, name) as connection:
        row = _waiting(connection, name)
        state = next_state(State(row["state"]), action)
        check_person(action, person, _people(row))
        check_order(action, _people(row), row["entry"]["persons"])
        if action is not Action.RETURN:
            _check_bytes(connection, row)
        row = _moved(connection, row, state, person, reason=reason)
        if action is Action.RETURN:
            ask.discard(connection, copy_of(_entry(row), row["version"]))
    return _answer(row)


def publish(settings: Settings, database: Database, name: str, person: str) -> LayerVersion:
    """Show the approved version to the public, in the place of the one before.

    The files are built first; the swap is one transaction, so that the public sees the old
    version or the new one and nothing between.

    Raises:
        Conflict: not approved, or the frozen copy is not what was approved.
    """
    person = person_name(person)
    with _moving(database, name) as connection:
        row = _waiting(connection, name)
        next_state(State(row["state"]), Action.PUBLISH)
        _check_bytes(connection, row)
        files = _build(settings, connection, row)
        for before in ask.versions(connection, name):
            if before["state"] == State.PUBLISHED:
                _moved(connection, before, State.SUPERSEDED, person)
        row = _moved(connection, row, State.PUBLISHED, person, files=files)
        ask.show_to_public(connection, name, row["version"])
    return _answer(row)


def withdraw(
    settings: Settings, database: Database, name: str, person: str, reason: str | None
) -> LayerVersion:
    """Take a layer back in all its versions; the public is told that, when and why.

    Raises:
        NotFound: the layer is not public.
        UsageError: no reason is given.
    """
    person, reason = person_name(person), check_reason(Action.WITHDRAW, reason)
    with _moving(database, name) as connection:
        public = [
            row for row in ask.versions(connection, name)
            if row["state"] in {State.PUBLISHED, State.SUPERSEDED}
        ]  # fmt: skip
        if not public:
            raise NotFound(
                Text(f"“{name}” katmanı yayında değil.", f"Layer “{name}” is not published.")
            )
        moved = [_moved(connection, row, State.WITHDRAWN, person, reason=reason) for row in public]
        ask.hide_from_public(connection, name)
    shutil.rmtree(files_folder(settings, name), ignore_errors=True)
    return _answer(moved[0])


def copy_of(layer: LayerFile | Entry, version: int) -> ask.FrozenCopy:
    """The frozen copy that belongs to a version."""
    columns = tuple(layer.columns) if isinstance(layer, LayerFile) else tuple(layer.types)
    return ask.FrozenCopy(
        layer=layer.name, version=version, source=layer.source, key=layer.key, columns=columns,
        geometry=layer.geometry,
    )  # fmt: skip


def metadata_hash(entry: Mapping[str, Any]) -> str:
    """SHA-256 of a catalogue entry as JSON with sorted keys and no blanks."""
    canonical = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@contextmanager
def _moving(database: Database, name: str) -> Iterator[Connection]:
    """One transaction, in which nobody else moves the versions of this layer."""
    with database.engine("gis_office").begin() as connection:
        ask.lock_layer(connection, name)
        yield connection


def _moved(
    connection: Connection, row: Mapping[str, Any], state: State, person: str, **more: Any
) -> dict[str, Any]:
    values = {"state": state.value, "moved_by": person, "reason": None, **more}
    return ask.move_version(connection, row["layer"], row["version"], values)


def _build(
    settings: Settings, connection: Connection, row: Mapping[str, Any]
) -> list[dict[str, Any]]:
    entry = _entry(row)
    kinds: dict[str, str] = {**entry.types}
    frame = ask.read_copy(connection, copy_of(entry, row["version"]), kinds)
    facts = ExportFacts(entry.name, kinds, entry.geometry, row["approved_at"])
    return build_files(frame, files_folder(settings, entry.name, row["version"]), facts)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry.model_validate(row["entry"])


def _same(
    known: Sequence[Mapping[str, Any]],
    facts: ask.CopyFacts,
    entry: Entry,
    answers: Mapping[str, str],
) -> Mapping[str, Any] | None:
    """The version that waits or is public, where it is the same in data and description.

    What was answered about it holds as long as nothing changes, unless it is answered anew.
    """
    for row in known:
        if row["state"] in {*OPEN_STATES, State.PUBLISHED}:
            before: dict[str, str] = row["entry"].get("answers", {})
            now = {finding: answers.get(finding, said) for finding, said in before.items()}
            said = entry.model_copy(update={"answers": now}).model_dump(mode="json")
            hashes = (facts.sha256, metadata_hash(said))
            return row if hashes == (row["data_sha256"], row["metadata_sha256"]) else None
    return None


def _refuse_while_open(known: Sequence[Mapping[str, Any]]) -> None:
    for row in known:
        if row["state"] in OPEN_STATES:
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
    """The frozen copy and its description still are what their hashes say."""
    found = ask.facts(connection, copy_of(_entry(row), row["version"]))
    if (found.sha256, metadata_hash(row["entry"])) != (row["data_sha256"], row["metadata_sha256"]):
        raise Conflict(
            Text(
                "Dondurulmuş kopya önerilen baytlar değil; yayımlanamaz.",
                "The frozen copy is not the bytes that were proposed; it cannot be published.",
            ),
            remedy=Text(
                "sürümü geri çevirip yeniden önerin", "return the version and propose again"
            ),
        )


def _people(row: Mapping[str, Any]) -> People:
    return People(row["proposed_by"], row["checked_by"], row["approved_by"])


def _answer(row: Mapping[str, Any], *, left_out: int = 0, is_changed: bool = True) -> LayerVersion:
    return LayerVersion(
        layer=row["layer"], version=row["version"], state=State(row["state"]),
        row_count=row["row_count"], data_sha256=row["data_sha256"],
        metadata_sha256=row["metadata_sha256"], left_out=left_out, is_changed=is_changed,
        people=_people(row),
    )  # fmt: skip
