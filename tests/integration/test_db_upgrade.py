"""A database reaches the shape the program expects, once, whoever asks first."""

import threading
import time
import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gis_platform.core.errors import ConfigError
from gis_platform.db.engine import Database
from gis_platform.db.tables import METADATA
from gis_platform.db.upgrade import COMPARISON, checksum, is_current, upgrade


class BrokenFile:
    name = "999_broken.sql"

    def read_text(self, encoding):
        return "SELECT no_such_function()"

    def read_bytes(self):
        return b"SELECT no_such_function()"


def broken_files(_folder, _suffix):
    return [BrokenFile()]


def test_an_upgraded_database_has_nothing_left_to_do(database):
    assert upgrade(database) is False
    assert is_current(database)


def test_a_second_upgrade_takes_no_time(database):
    upgrade(database)
    begin = time.perf_counter()
    upgrade(database)
    assert time.perf_counter() - begin < 0.2


def test_an_empty_database_is_upgraded_once(empty_database):
    assert upgrade(empty_database) is True
    assert upgrade(empty_database) is False
    with empty_database.engine("gis_office").connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM maks.kapi")).scalar_one() == 0


def test_several_that_upgrade_at_once_do_it_once(empty_database):
    done: list[bool] = []
    threads = [
        threading.Thread(target=lambda: done.append(upgrade(empty_database))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]


def test_the_sql_files_can_run_again_over_a_database_with_data(database):
    with database.engine("gis_owner").begin() as connection:
        connection.execute(text("UPDATE public.platform_upgrade SET checksum = 'another'"))
    assert not is_current(database)
    assert upgrade(database) is True
    assert is_current(database)


def test_tables_and_migrations_say_the_same(database):
    with database.engine("gis_owner").connect() as connection:
        context = MigrationContext.configure(connection, opts=COMPARISON)
        assert compare_metadata(context, METADATA) == []


def test_a_failed_upgrade_leaves_nothing_behind(empty_database, monkeypatch):
    monkeypatch.setattr("gis_platform.db.upgrade._files", broken_files)
    with pytest.raises(ProgrammingError, match="no_such_function"):
        upgrade(empty_database)
    monkeypatch.undo()
    with empty_database.engine("gis_owner").connect() as connection:
        found = connection.execute(text("SELECT to_regnamespace('maks')"))
        assert found.scalar_one() is None
    assert upgrade(empty_database) is True


def test_the_checksum_follows_the_files():
    assert len(checksum()) == 64
    assert checksum() == checksum()


def test_an_upgrade_changes_when_a_file_does(monkeypatch):
    before = checksum()
    monkeypatch.setattr("gis_platform.db.upgrade._files", broken_files)
    assert checksum() != before


class NamedServer(Database):
    """A server of somebody else: its login is no superuser."""

    def __init__(self, database, login):
        urls = dict.fromkeys(("gis_owner", "gis_etl", "gis_office", "gis_portal"), database.url())
        super().__init__(urls, set_role=True, statement_timeout_ms=10_000)
        self._login = login

    def _session(self, role):
        session = super()._session(role)
        if role == "gis_owner":
            session["options"] += f" -c role={self._login}"
        return session


@pytest.fixture
def named_server(database, _server):
    """An empty database that belongs to an ordinary login, on a server with our roles."""
    login = f"login_{uuid.uuid4().hex[:8]}"
    _server.admin(f"CREATE ROLE {login}")
    with _server.clone("template0") as mine:
        _server.admin(f"ALTER DATABASE {mine.url().database} OWNER TO {login}")
        server = NamedServer(mine, login)
        yield server
        server.dispose()
        with mine.engine("gis_owner").begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {login} CASCADE")
    _server.admin(f"DROP ROLE {login}")


def test_a_server_that_is_not_ours_needs_its_administrator_once(named_server):
    with pytest.raises(ConfigError, match="CREATE EXTENSION postgis") as stopped:
        upgrade(named_server)
    assert "GRANT gis_etl, gis_office, gis_portal" in stopped.value.say("tr")


def test_an_ordinary_login_upgrades_what_its_administrator_prepared(named_server):
    login = named_server._login
    admin = Database(named_server._urls, set_role=True, statement_timeout_ms=0)
    with admin.engine("gis_owner").begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm")
        connection.exec_driver_sql(f"GRANT gis_etl, gis_office, gis_portal TO {login}")
    admin.dispose()
    assert upgrade(named_server) is True
    assert upgrade(named_server) is False
    with named_server.engine("gis_etl").connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM maks.kapi")).scalar_one() == 0
