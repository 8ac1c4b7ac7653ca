"""The arrows between the schemas are grants: every role is tried at what it must not do."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gis_platform.db.engine import open_database
from gis_platform.db.load import (
    BatchFacts,
    Decision,
    begin_batch,
    merge_layer,
    store_decisions,
)
from gis_platform.db.upgrade import upgrade
from tests.builders import a_district

DENIED = [
    # role, what it must not do
    ("gis_etl", "UPDATE raw.aks_row SET fault = 'x'"),
    ("gis_etl", "DELETE FROM raw.feature"),
    ("gis_etl", "TRUNCATE raw.review_decision"),
    ("gis_etl", "DELETE FROM raw.batch"),
    ("gis_etl", "UPDATE raw.batch SET sha256 = 'x'"),
    ("gis_etl", "UPDATE maks.numarataj_version SET kapi_no = '9'"),
    ("gis_etl", "DELETE FROM maks.numarataj_version"),
    ("gis_etl", "SELECT * FROM catalogue.layer_version"),
    ("gis_etl", "SELECT * FROM catalogue.audit"),
    ("gis_etl", "SELECT * FROM published.catalogue"),
    ("gis_etl", "CREATE TABLE maks.mine (a int)"),
    ("gis_etl", "CREATE TABLE public.mine (a int)"),
    ("gis_etl", "CREATE TABLE published.mine (a int)"),
    ("gis_office", "SELECT * FROM raw.batch"),
    ("gis_office", "SELECT * FROM raw.aks_row"),
    ("gis_office", "SELECT * FROM work.rejected"),
    ("gis_office", "INSERT INTO work.run (name, started_by, versions) VALUES ('x', 'x', '{}')"),
    ("gis_office", "UPDATE maks.numarataj_version SET valid_to = now()"),
    ("gis_office", "UPDATE maks.numarataj SET kapi_no = '9'"),
    ("gis_office", "DELETE FROM maks.yapi_version"),
    ("gis_office", "DELETE FROM catalogue.layer_version"),
    ("gis_office", "INSERT INTO catalogue.audit (id) VALUES (1)"),
    ("gis_office", "CREATE TABLE public.mine (a int)"),
    ("gis_office", "CREATE TABLE published.mine (a int)"),
    ("gis_portal", "SELECT * FROM raw.batch"),
    ("gis_portal", "SELECT * FROM work.match"),
    ("gis_portal", "SELECT * FROM maks.numarataj"),
    ("gis_portal", "SELECT * FROM maks.kapi"),
    ("gis_portal", "SELECT * FROM maks.numarataj_as_of(now())"),
    ("gis_portal", "SELECT maks.analyze_layer('numarataj', 1)"),
    (
        "gis_etl",
        "INSERT INTO address.change (level, kod, change, at, tx) "
        "VALUES ('csbm', 1, 'added', now(), 1)",
    ),
    ("gis_etl", "DELETE FROM address.change"),
    ("gis_portal", "SELECT * FROM address.change"),
    ("gis_portal", "SELECT address.branch_of_side('x')"),
    ("gis_portal", "SELECT address.note_csbm(ARRAY[1])"),
    ("gis_portal", "SELECT * FROM catalogue.layer_version"),
    ("gis_portal", "SELECT * FROM catalogue.audit"),
    ("gis_portal", "DELETE FROM published.catalogue"),
    ("gis_portal", "CREATE TABLE published.mine (a int)"),
    ("gis_portal", "CREATE TABLE public.mine (a int)"),
    ("gis_portal", "SELECT * FROM public.platform_upgrade"),
    ("gis_portal", "ALTER ROLE gis_portal CREATEROLE"),
]
ALLOWED = [
    ("gis_etl", "SELECT count(*) FROM raw.batch"),
    ("gis_etl", "SELECT count(*) FROM work.rejected"),
    ("gis_etl", "SELECT count(*) FROM maks.csbm"),
    ("gis_etl", "SELECT maks.analyze_layer('numarataj', 1)"),
    ("gis_office", "SELECT count(*) FROM maks.numarataj"),
    ("gis_office", "SELECT count(*) FROM maks.yapi_as_of(now())"),
    ("gis_office", "SELECT count(*) FROM catalogue.audit"),
    ("gis_etl", "SELECT count(*) FROM address.change"),
    ("gis_portal", "SELECT address.numarataj(1)"),
    ("gis_portal", "SELECT count(*) FROM address.changes(0, 10, ARRAY['csbm'])"),
    ("gis_portal", "SELECT count(*) FROM published.catalogue"),
    ("gis_portal", "SELECT public.fold_tr('İ')"),
    ("gis_portal", "SELECT ST_Transform(ST_SetSRID(ST_MakePoint(28.9, 41.1), 4326), 5254)"),
]


def run(database, role, statement):
    """Try a statement; the portal's sessions are read-only, here its rights alone are asked."""
    with database.engine(role).connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")
        connection.exec_driver_sql(statement)
        connection.rollback()


@pytest.mark.parametrize(("role", "statement"), DENIED)
def test_a_role_may_not(session_database, role, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner|read-only"):
        run(session_database, role, statement)


@pytest.mark.parametrize(("role", "statement"), ALLOWED)
def test_a_role_may(session_database, role, statement):
    run(session_database, role, statement)


def test_the_portal_cannot_fill_the_disk_with_temporary_tables(empty_database):
    upgrade(empty_database)  # a clone does not inherit the rights on the database itself
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(empty_database, "gis_portal", "CREATE TEMPORARY TABLE mine (a int)")
    run(empty_database, "gis_etl", "CREATE TEMPORARY TABLE mine (a int)")


def test_no_role_is_a_superuser_or_may_pass_for_another(session_database):
    with session_database.engine("gis_owner").connect() as connection:
        rows = connection.execute(
            text(
                "SELECT rolname FROM pg_roles WHERE rolname IN ('gis_etl', 'gis_office', "
                "'gis_portal') AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls)"
            )
        ).all()
        members = connection.execute(
            text(
                "SELECT count(*) FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member "
                "WHERE rolname IN ('gis_etl', 'gis_office', 'gis_portal')"
            )
        ).scalar_one()
    assert rows == []
    assert members == 0


@pytest.fixture(scope="module")
def filled(_server):
    """A database with one row in every table of raw; tests roll back what they try."""
    with _server.clone() as database:
        _fill(database)
        yield database


def _fill(database):
    with database.engine("gis_etl").begin() as connection:
        facts = BatchFacts(kind="maks", file_name="teslim.gdb", sha256="a" * 64, size=1)
        batch = begin_batch(connection, facts, started_by="test")
        merge_layer(connection, batch, "yapi", a_district()["yapi"])
        store_decisions(connection, [Decision("bir", "bir", "refuse", "ayşe")])
        connection.execute(
            text("INSERT INTO raw.aks_row (batch_id, row_no, values) VALUES (:batch, 1, '{}')"),
            {"batch": batch.id},
        )
        connection.execute(
            text("INSERT INTO raw.feature (batch_id, layer, file, row_no, values) "
                 "VALUES (:batch, 'yapi', 'f', 1, '{}')"),
            {"batch": batch.id},
        )  # fmt: skip


@pytest.mark.parametrize("table", ["aks_row", "feature", "review_decision", "batch"])
@pytest.mark.parametrize(
    "order", ["UPDATE raw.{} SET {} = {}", "DELETE FROM raw.{}", "TRUNCATE raw.{} CASCADE"]
)
def test_not_even_the_owner_changes_what_came_in(filled, table, order):
    column = "started_by" if table == "batch" else "batch_id"
    value = "'x'" if table == "batch" else "batch_id"
    with pytest.raises(ProgrammingError, match=r"can only grow|cannot be changed"):
        run(filled, "gis_owner", order.format(table, column, value))


def test_a_loaded_batch_cannot_be_opened_again(filled):
    with filled.engine("gis_etl").connect() as connection:
        connection.execute(text("UPDATE raw.batch SET state = 'loaded', counts = '{}'"))
        with pytest.raises(ProgrammingError, match="cannot be changed"):
            connection.execute(text("UPDATE raw.batch SET state = 'received'"))


def test_the_portal_reads_only_even_where_it_had_rights(session_database):
    with session_database.engine("gis_portal").connect() as connection:
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "10s"


def test_roles_of_a_named_server_are_set_after_connecting(database_settings):
    with open_database(database_settings) as named:
        assert not named.is_private
        for role in ("gis_etl", "gis_office", "gis_portal"):
            with named.engine(role).connect() as connection:
                assert connection.execute(text("SELECT current_user")).scalar_one() == role
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(named, "gis_portal", "SELECT * FROM maks.numarataj")
