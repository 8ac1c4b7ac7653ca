"""What the database refuses in the way of a layer, whoever asks; the audit."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from gis_platform.core.errors import Conflict
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, Role
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import TRANSITIONS, Action, State
from gis_platform.opendata.audit import line_hash, verify_audit
from gis_platform.opendata.public import (
    PublicLayer,
    public_layers,
)
from gis_platform.opendata.publish import json_hash, move, propose, publish, withdraw
from tests.town import publish_layers

Run = Callable[..., Any]
PROPOSER, CHECKER, APPROVER = "Ayşe Kaya", "Bülent Işık", "Can Er"


def layers_of(database: Database) -> dict[str, PublicLayer]:
    with database.engine("gis_portal").connect() as connection:
        return {layer.name: layer for layer in public_layers(connection)}


def states(database: Database, name: str) -> list[str]:
    with database.engine("gis_office").connect() as connection:
        return [row["state"] for row in ask.versions(connection, name)]


def _tamper(run: Run) -> None:
    run("ALTER TABLE published.mahalle_v1 DISABLE TRIGGER USER")
    run("UPDATE published.mahalle_v1 SET ad = 'BAŞKA' WHERE kimlik_no = 30001")


def test_bytes_changed_after_the_proposal_are_not_approved(
    settings: Settings, town: Database, run: Run
) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    _tamper(run)
    with pytest.raises(Conflict, match="not the bytes"):
        move(town, "mahalle", Action.CHECK, "Bülent Işık")


def test_bytes_changed_after_the_approval_are_not_published(
    settings: Settings, town: Database, run: Run
) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    move(town, "mahalle", Action.CHECK, "Bülent Işık")
    move(town, "mahalle", Action.APPROVE, APPROVER)
    _tamper(run)
    with pytest.raises(Conflict, match="not the bytes"):
        publish(settings, town, "mahalle", APPROVER)
    with town.engine("gis_office").begin() as connection:
        moved = {"state": "published", "moved_by": APPROVER, "files": []}
        ask.move_version(connection, "mahalle", 1, moved)
        with pytest.raises(DBAPIError, match="not what was approved"):
            ask.show_to_public(connection, "mahalle", 1)
    assert layers_of(town) == {}


TAMPERED = {
    "metadata": "entry = jsonb_set(entry, '{title,en}', '\"Other\"')",
    "licence": "entry = jsonb_set(entry, '{licence,name}', '\"CC0\"')",
    "licence, its rights": "entry = jsonb_set(entry, '{third_party_rights,en}', '\"None\"')",
    "screening": "screening = jsonb_set(screening, '{quality,left_out}', '7')",
    "screening, an answer": "screening = screening || '{\"answers\": {\"x\": {}}}'",
    "its hash": "screening_sha256 = repeat('0', 64)",
    "data, its hash": "data_sha256 = repeat('0', 64)",
}  # fmt: skip


@pytest.mark.parametrize("part", TAMPERED)
def test_what_was_not_approved_is_not_published_by_anybody(
    settings: Settings, town: Database, part: str, run: Run
) -> None:
    """Description, terms and screening report are bound like the data; the owner is not exempt."""
    propose(settings, town, "mahalle", PROPOSER)
    move(town, "mahalle", Action.CHECK, CHECKER)
    move(town, "mahalle", Action.APPROVE, APPROVER)
    run("ALTER TABLE catalogue.layer_version DISABLE TRIGGER USER")
    run(f"UPDATE catalogue.layer_version SET {TAMPERED[part]}")  # noqa: S608
    run("ALTER TABLE catalogue.layer_version ENABLE TRIGGER USER")
    with pytest.raises(Conflict, match="not the bytes"):
        publish(settings, town, "mahalle", APPROVER)
    with pytest.raises(DBAPIError, match="not what was"):
        _publish_with_sql(town)
    assert layers_of(town) == {}


def _publish_with_sql(town: Database) -> None:
    with town.engine("gis_office").begin() as connection:
        moved = {"state": "published", "moved_by": APPROVER, "files": []}
        ask.move_version(connection, "mahalle", 1, moved)
        ask.show_to_public(connection, "mahalle", 1)


def test_a_version_is_not_called_published_without_being_shown(
    settings: Settings, town: Database, run: Run
) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    move(town, "mahalle", Action.CHECK, CHECKER)
    move(town, "mahalle", Action.APPROVE, APPROVER)
    with pytest.raises(DBAPIError, match="would not see"):
        run("UPDATE catalogue.layer_version SET state='published', moved_by='X Y'", "gis_office")


def test_a_public_version_does_not_vanish_without_a_successor(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle")
    with pytest.raises(DBAPIError, match="would not see"):
        run("UPDATE catalogue.layer_version SET state='superseded', moved_by='X Y'", "gis_office")


def test_python_and_the_database_write_a_json_object_alike(run: Run) -> None:
    said = {"b": [1, {"z": 'İ"\\\n\u0001', "a": None}], "ç": True, "a": {}, "Z": [], "aa": -3}
    found = run("SELECT catalogue.canonical_sha256(CAST(:said AS jsonb))", said=json.dumps(said))
    assert found == [(json_hash(said),)]


def test_a_description_changed_after_the_approval_is_not_published(
    settings: Settings, town: Database, run: Run
) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    move(town, "mahalle", Action.CHECK, "Bülent Işık")
    move(town, "mahalle", Action.APPROVE, APPROVER)
    run("ALTER TABLE catalogue.layer_version DISABLE TRIGGER guard")
    run(
        "UPDATE catalogue.layer_version SET entry = jsonb_set(entry, '{licence,name}', '\"CC0\"')",
    )
    run("ALTER TABLE catalogue.layer_version ENABLE TRIGGER guard")
    with pytest.raises(Conflict, match="not the bytes"):
        publish(settings, town, "mahalle", APPROVER)


def test_the_hash_follows_the_data_and_not_the_order_of_storage(
    settings: Settings, town: Database, run: Run
) -> None:
    first = propose(settings, town, "mahalle", PROPOSER)
    move(town, "mahalle", Action.RETURN, CHECKER, "yeniden")
    run("CREATE TEMP TABLE t AS SELECT 1")
    run(
        "WITH gone AS (DELETE FROM maks.mahalle_version WHERE kimlik_no = 30001 RETURNING *) "
        "INSERT INTO maks.mahalle_version SELECT * FROM gone",
    )
    assert propose(settings, town, "mahalle", PROPOSER).data_sha256 == first.data_sha256


FORBIDDEN = {
    "approve unchecked": "UPDATE catalogue.layer_version SET state='approved', moved_by='X Y'",
    "answer alone": "UPDATE catalogue.layer_version SET screening = '{}'",
    "answer as the proposer": "SELECT catalogue.answer('mahalle', 1, 'x', 'y', 'ayşe kaya', NULL)",
    "act for somebody": "UPDATE catalogue.layer_version SET state = 'checked', moved_by = 'X Y', "
    "acts_for = 'Müdür'",
    "let oneself act": "INSERT INTO catalogue.delegation (delegate, principal, valid_from, "
    "valid_to, given_by) VALUES ('X Y', 'Müdür', current_date, current_date, 'X Y')",
    "withdraw unasked": "UPDATE catalogue.layer_version SET state = 'withdrawn', moved_by = 'X Y'",
    "write a line": "SELECT catalogue.add_audit(NULL)",
    "forge a file": "INSERT INTO published.file VALUES ('x', 'mahalle', 1, 'x')",
    "write the audit": "INSERT INTO catalogue.audit SELECT * FROM catalogue.audit",
    "change the audit": "UPDATE catalogue.audit SET person = 'X'",
    "empty the audit": "TRUNCATE catalogue.audit",
    "take a line out": "DELETE FROM catalogue.audit",
    "remove a version": "DELETE FROM catalogue.layer_version",
    "name another proposer": "UPDATE catalogue.layer_version SET proposed_by = 'X Y'",
    "name an approver": "UPDATE catalogue.layer_version SET approved_by = 'X Y'",
    "change the hash": "UPDATE catalogue.layer_version SET data_sha256 = 'x'",
    "change the description": "UPDATE catalogue.layer_version SET entry = '{}'",
    "publish at once": "UPDATE catalogue.layer_version SET state = 'published', moved_by = 'X Y'",
    "approve one's own": "UPDATE catalogue.layer_version "
    "SET state = 'approved', moved_by = 'AYŞE KAYA'",
    "approve as nobody": "UPDATE catalogue.layer_version SET state = 'approved', moved_by = ' '",
    "return without reason": "UPDATE catalogue.layer_version SET state='returned', moved_by='X Y'",
    "slip in files": "UPDATE catalogue.layer_version SET files = '[]', moved_by = 'X Y'",
    "show what is proposed": "SELECT catalogue.show('mahalle', 1)",
    "discard what is proposed": "SELECT catalogue.discard('mahalle', 1)",
    "write the frozen copy": "UPDATE published.mahalle_v1 SET ad = 'X'",
    "drop the frozen copy": "DROP TABLE published.mahalle_v1",
    "open the frozen copy": "ALTER TABLE published.mahalle_v1 DISABLE TRIGGER ALL",
    "forge the public catalogue": "UPDATE published.catalogue SET version = 9",
    "stop the clock": "UPDATE published.catalogue_edition SET edition = 0",
    "make a table": "CREATE TABLE published.bos (a integer)",
    "freeze the secrets": "SELECT catalogue.freeze('x_v1', 'raw.aks_row', 'row_no', "
    "ARRAY['row_no'], 'POINT')",
    "freeze under a false name": "SELECT catalogue.freeze('catalogue', 'maks.mahalle', "
    "'kimlik_no', ARRAY['kimlik_no'], 'MULTIPOLYGON')",
}  # fmt: skip


@pytest.fixture(scope="module")
def proposed(
    _server: Any, _town_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A town with one layer proposed, for tests that change nothing."""
    with _server.clone(_town_template) as town:
        propose(Settings(home=tmp_path_factory.mktemp("home")), town, "mahalle", PROPOSER)
        yield town


def _do(database: Database, statement: str, role: Role) -> Any:
    with database.engine(role).begin() as connection:
        found = connection.execute(text(statement))
        return found.all() if found.returns_rows else None


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_office_cannot(proposed: Database, what: str) -> None:
    before = _do(proposed, "SELECT * FROM catalogue.layer_version", "gis_owner")
    with pytest.raises(DBAPIError):
        _do(proposed, FORBIDDEN[what], "gis_office")
    assert _do(proposed, "SELECT * FROM catalogue.layer_version", "gis_owner") == before
    assert verify_audit(proposed).faults == ()


@pytest.mark.parametrize("role", ["gis_office", "gis_portal", "gis_etl"])
@pytest.mark.parametrize("table", ["catalogue.audit", "catalogue.delegation", "published.file"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET version = NULL", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_role_of_the_application_changes_the_record(
    proposed: Database, role: Role, table: str, verb: str
) -> None:
    said = verb.format(table).replace("SET version", "SET " + _SOME_COLUMN.get(table, "version"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        _do(proposed, f"SET TRANSACTION READ WRITE; {said}", role)


_SOME_COLUMN = {"catalogue.delegation": "delegate"}


@pytest.mark.parametrize("table", ["catalogue.audit", "catalogue.layer_version"])
def test_the_triggers_refuse_even_the_owner(proposed: Database, table: str) -> None:
    for verb in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(DBAPIError, match="cannot be changed"):
            _do(proposed, f"{verb} {table}", "gis_owner")


@pytest.mark.parametrize("role", ["gis_portal", "gis_etl"])
@pytest.mark.parametrize(
    "table", ["catalogue.layer_version", "catalogue.audit", "published.mahalle_v1"]
)
def test_what_waits_is_seen_by_the_office_alone(proposed: Database, role: Role, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        _do(proposed, f"SELECT * FROM {table}", role)  # noqa: S608


@pytest.mark.parametrize("table", ["maks.mahalle", "raw.batch", "work.match"])
def test_the_portal_does_not_see_the_register(proposed: Database, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        _do(proposed, f"SELECT * FROM {table}", "gis_portal")  # noqa: S608


def test_the_portal_reads_and_cannot_write(settings: Settings, town: Database, run: Run) -> None:
    publish_layers(settings, town, "mahalle")
    for statement in (
        "UPDATE published.mahalle_v1 SET ad = 'X'", "DELETE FROM published.catalogue",
        "CREATE TABLE published.bos (a integer)",
        "SELECT catalogue.hide('mahalle')",
    ):  # fmt: skip
        with pytest.raises(DBAPIError):
            run(f"SET TRANSACTION READ WRITE; {statement}", "gis_portal")


def test_the_table_of_moves_is_the_same_in_python_and_in_the_database(run: Run) -> None:
    for here in State:
        for there in State:
            (allowed,) = run("SELECT catalogue.may_move(:here, :there)", here=here, there=there)[0]
            expected = any(at is here and to is there for (at, _), to in TRANSITIONS.items())
            assert allowed == expected, (here, there)


def test_a_layer_the_database_holds_twice_is_impossible(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle")
    run("ALTER TABLE catalogue.layer_version DISABLE TRIGGER USER")
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO catalogue.layer_version SELECT (jsonb_populate_record(v, "
            "'{\"version\": 2}')).* FROM catalogue.layer_version AS v",
        )


def test_every_move_is_in_the_audit_with_its_person(settings: Settings, town: Database) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    move(town, "mahalle", Action.CHECK, CHECKER)
    move(town, "mahalle", Action.APPROVE, APPROVER)
    publish(settings, town, "mahalle", PROPOSER)
    withdraw(settings, town, "mahalle", PROPOSER, "Sınır “hatalı”\\")
    withdraw(settings, town, "mahalle", CHECKER, None)
    with town.engine("gis_office").connect() as connection:
        lines = ask.audit_trail(connection, "mahalle")
    assert [(line["to_state"], line["person"]) for line in lines if line["deed"] == "moved"] == [
        ("draft", PROPOSER), ("proposed", PROPOSER), ("checked", CHECKER), ("approved", APPROVER),
        ("published", PROPOSER), ("withdrawn", CHECKER),
    ]  # fmt: skip
    assert [line["hash"] for line in lines] == [line_hash(line) for line in lines]
    result = verify_audit(town)
    assert (result.faults, result.lines) == ((), 8)
    assert verify_audit(town, lines[2]["hash"]).faults == ()
    assert verify_audit(town, "f" * 64).faults


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE catalogue.audit SET person = 'Başka Biri' WHERE id = 2",
        "UPDATE catalogue.audit SET at = at - interval '1 day' WHERE id = 1",
        "DELETE FROM catalogue.audit WHERE id = 2",
        "DELETE FROM catalogue.audit WHERE id = 5",
        "DELETE FROM catalogue.audit WHERE id = 1",
        "UPDATE catalogue.audit SET id = id + 1 WHERE id = 5",
        "INSERT INTO catalogue.audit SELECT 6, at, layer, version, to_state, 'returned', person, "
        "reason, data_sha256, metadata_sha256, hash, hash FROM catalogue.audit WHERE id = 5",
        "UPDATE catalogue.audit SET details = NULL, deed = NULL WHERE id = 2",
        "UPDATE catalogue.audit SET acts_for = 'Başka Biri' WHERE id = 3",
        "UPDATE catalogue.layer_version SET screening_sha256 = repeat('0', 64)",
        "UPDATE catalogue.layer_version SET state = 'returned'",
        "UPDATE catalogue.layer_version SET moved_by = 'Başka Biri'",
    ],
)
def test_whoever_tampers_with_the_record_is_found_out(
    settings: Settings, town: Database, deed: str, run: Run
) -> None:
    """Not even the owner of the database, who can take the triggers away."""
    publish_layers(settings, town, "mahalle")
    assert verify_audit(town).faults == ()
    run("ALTER TABLE catalogue.audit DISABLE TRIGGER ALL")
    run("ALTER TABLE catalogue.layer_version DISABLE TRIGGER ALL")
    run(deed)
    assert verify_audit(town).faults
