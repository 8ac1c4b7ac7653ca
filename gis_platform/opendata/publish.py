"""A layer is proposed, approved and published: the approved bytes and no others; or taken back."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

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
    check_person,
    next_state,
    person_name,
)
from gis_platform.opendata.catalogue import LayerFile, layer_file
from gis_platform.opendata.files import build_files, files_folder


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


def propose(database: Database, name: str, person: str) -> LayerVersion:
    """Freeze a copy of the layer as it stands in the register now, and propose it.

    Nothing is done where copy and description are those of the version that waits or is public.

    Raises:
        Conflict: another version of the layer is waiting; or the source does not fit the file.
    """
    person, layer = person_name(person), layer_file(name)
    with database.engine("gis_office").begin() as connection:
        ask.lock_layer(connection, name)
        _check_source(connection, layer)
        known = ask.versions(connection, name)
        number = 1 + max((row["version"] for row in known), default=0)
        copy = copy_of(layer.name, number, entry_of(layer))
        try:
            made = ask.freeze(connection, copy)
        except IntegrityError:
            raise _bad_key(layer) from None
        entry = entry_of(layer)
        entry["types"] = ask.json_types(connection, copy)
        metadata_sha256 = _metadata_hash(entry)
        same = _same(known, made.sha256, metadata_sha256)
        if same is not None:
            ask.drop_copy(connection, copy)
            return _answer(same, is_changed=False)
        _refuse_while_open(known)
        values = {
            "layer": name, "version": number, "entry": entry, "row_count": made.row_count,
            "extent": made.extent, "data_sha256": made.sha256, "metadata_sha256": metadata_sha256,
            "proposed_by": person,
        }  # fmt: skip
        ask.add_version(connection, values)
        left_out = ask.count_rows(connection, layer.source) - made.row_count
    return _answer(values | {"state": State.PROPOSED}, left_out=left_out)


def move(
    database: Database, name: str, action: Action, person: str, reason: str | None = None
) -> LayerVersion:
    """Check, approve or return the version that waits.

    Raises:
        NotFound: no version of the layer waits.
        NotAllowed: this person proposed or checked it.
        Conflict: the frozen copy is no longer what was proposed.
    """
    person = person_name(person)
    with database.engine("gis_office").begin() as connection:
        ask.lock_layer(connection, name)
        row = _waiting(connection, name)
        state = next_state(State(row["state"]), action)
        check_person(action, person, _people(row))
        if action is not Action.RETURN:
            _check_bytes(connection, row)
        ask.move_version(
            connection, name, row["version"], state=state, person=person, reason=reason
        )
    return _answer({**row, "state": state})


def publish(settings: Settings, database: Database, name: str, person: str) -> LayerVersion:
    """Show the approved version to the public, in the place of the one before.

    The files are built first; the swap is one transaction, so that the public sees the old
    version or the new one and nothing between.

    Raises:
        Conflict: not approved, or the frozen copy is not what was approved.
    """
    person = person_name(person)
    with database.engine("gis_office").begin() as connection:
        ask.lock_layer(connection, name)
        row = _waiting(connection, name)
        next_state(State(row["state"]), Action.PUBLISH)
        version = row["version"]
        _check_bytes(connection, row)
        frame = ask.read_copy(connection, copy_of(name, version, row["entry"]))
        files = build_files(frame, files_folder(settings, name, version), name)
        for before in ask.versions(connection, name):
            if before["state"] == State.PUBLISHED:
                ask.move_version(
                    connection, name, before["version"], state=State.SUPERSEDED, person=person,
                    reason=None,
                )  # fmt: skip
        ask.move_version(
            connection, name, version, state=State.PUBLISHED, person=person, reason=None, files=files
        )
        ask.show_to_public(connection, name, version)
    return _answer({**row, "state": State.PUBLISHED})


def withdraw(
    settings: Settings, database: Database, name: str, person: str, reason: str
) -> LayerVersion:
    """Take a layer back in all its versions; the public is told that, when and why.

    Raises:
        NotFound: the layer is not public.
        Conflict: no reason is given.
    """
    person = person_name(person)
    if not reason.strip():
        raise Conflict(
            Text("Geri çekmenin gerekçesi yok.", "There is no reason for the withdrawal."),
            remedy=Text('--reason "…"', '--reason "…"'),
        )
    with database.engine("gis_office").begin() as connection:
        ask.lock_layer(connection, name)
        public = [
            row for row in ask.versions(connection, name)
            if row["state"] in {State.PUBLISHED, State.SUPERSEDED}
        ]  # fmt: skip
        if not public:
            raise NotFound(
                Text(f"“{name}” katmanı yayında değil.", f"Layer “{name}” is not published.")
            )
        for row in public:
            state = next_state(State(row["state"]), Action.WITHDRAW)
            ask.move_version(
                connection, name, row["version"], state=state, person=person, reason=reason
            )
        ask.hide_from_public(connection, name, reason)
    shutil.rmtree(files_folder(settings, name), ignore_errors=True)
    return _answer({**public[0], "state": State.WITHDRAWN})


def entry_of(layer: LayerFile) -> dict[str, Any]:
    """What the catalogue keeps of a layer file; frozen with the data, so it is approved with it."""
    return layer.model_dump(mode="json")


def copy_of(layer: str, version: int, entry: Mapping[str, Any]) -> ask.FrozenCopy:
    """The frozen copy that belongs to a version."""
    return ask.FrozenCopy(
        name=f"{layer}_v{version}", source=entry["source"], key=entry["key"],
        columns=tuple(entry["columns"]), geometry=entry["geometry"].upper(),  # ASCII: a type
    )  # fmt: skip


def _metadata_hash(entry: Mapping[str, Any]) -> str:
    canonical = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check_source(connection: Connection, layer: LayerFile) -> None:
    types = ask.column_types(connection, layer.source)
    missing = [name for name in (*layer.columns, "geometry") if name not in types]
    if missing:
        there = ", ".join(types) or "–"
        raise Conflict(
            Text(
                f"{layer.source} kaynağında şu sütunlar yok: {', '.join(missing)}. Olanlar: {there}.",
                f"{layer.source} lacks these columns: {', '.join(missing)}. It has: {there}.",
            )
        )


def _bad_key(layer: LayerFile) -> Conflict:
    return Conflict(
        Text(
            f"{layer.source} içinde “{layer.key}” boş ya da tekrarlı; bir kapı, bir numara olmalı.",
            f"In {layer.source} “{layer.key}” is empty or not unique.",
        ),
        remedy=Text("kaydı düzeltip yeniden önerin", "mend the register and propose again"),
    )


def _same(
    known: Sequence[Mapping[str, Any]], data_sha256: str, metadata_sha256: str
) -> Mapping[str, Any] | None:
    live = {*OPEN_STATES, State.PUBLISHED}
    hashes = (data_sha256, metadata_sha256)
    for row in known:
        if row["state"] in live:
            return row if (row["data_sha256"], row["metadata_sha256"]) == hashes else None
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
                    "önce yayımlayın ya da geri çevirin: gis layer return",
                    "publish or return it first: gis layer return",
                ),
            )


def _waiting(connection: Connection, name: str) -> Mapping[str, Any]:
    layer_file(name)
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
    found = ask.facts(connection, copy_of(row["layer"], row["version"], row["entry"]))
    if (found.sha256, _metadata_hash(row["entry"])) != (row["data_sha256"], row["metadata_sha256"]):
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


def _answer(
    row: Mapping[str, Any], *, left_out: int = 0, is_changed: bool = True
) -> LayerVersion:
    return LayerVersion(
        row["layer"], row["version"], State(row["state"]), row["row_count"], row["data_sha256"],
        row["metadata_sha256"], left_out, is_changed,
    )  # fmt: skip
