"""Fixtures for every test: settings in a folder of their own, and a real PostGIS database.

PostGIS comes from ``GIS_TEST_DATABASE_URL`` or from a private cluster made for the session; where
there is neither, the tests that ask for ``database`` fail. Each test that asks gets a database of
its own, cloned from a template that was upgraded once.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import URL, create_engine, make_url, text

from gis_platform.core.settings import DatabaseSettings, Settings
from gis_platform.db.cluster import OWNER, ROLES, Cluster, find_binaries
from gis_platform.db.engine import Database, Role
from gis_platform.db.upgrade import upgrade
from tests.server import OPEN, OPEN_TO_ALL
from tests.town import load_town
from tests.warm import compile_matcher

_KEPT = {"GIS_TEST_DATABASE_URL", "GIS_DB__BIN_DIR"}
for _name in [each for each in os.environ if each.startswith("GIS_") and each not in _KEPT]:
    del os.environ[_name]  # whoever runs the tests has settings of their own

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
_NUMBERS = itertools.count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Before tests run side by side."""
    compile_matcher()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose home is the test's own folder; no database is named."""
    return Settings(home=tmp_path, access=OPEN)


@pytest.fixture
def database_settings(tmp_path: Path, database: Database) -> Settings:
    """Settings that name the test's own database, for ``open_database`` and the command line."""
    url = database.url().render_as_string(hide_password=False)
    return Settings(home=tmp_path, db=DatabaseSettings(url=SecretStr(url)), access=OPEN)


@pytest.fixture
def environment(database_settings: Settings) -> dict[str, str]:
    """The environment of a process that works on the test's own database and folder."""
    url = database_settings.db.url
    assert url is not None
    mine = {"GIS_HOME": str(database_settings.home), "GIS_DB__URL": url.get_secret_value()}
    mine |= {f"GIS_ACCESS__{name}".upper(): str(value) for name, value in OPEN_TO_ALL.items()}
    return {k: v for k, v in os.environ.items() if not k.startswith("GIS_")} | mine


@pytest.fixture
def database(_server: "Server") -> Iterator[Database]:
    """A PostGIS database of the test's own, upgraded and empty."""
    with _server.clone() as database:
        yield database


@pytest.fixture(scope="session")
def session_database(_server: "Server") -> Iterator[Database]:
    """One upgraded database for all tests that only read or roll back."""
    with _server.clone() as database:
        yield database


@pytest.fixture
def empty_database(_server: "Server") -> Iterator[Database]:
    """A database of the test's own in which nothing has been made yet."""
    with _server.clone("template0") as database:
        yield database


@pytest.fixture(scope="session")
def _town_template(_server: "Server") -> Iterator[str]:
    with _server.clone() as database:
        load_town(database)
        name = database.url().database
        database.dispose()
        assert name is not None
        yield name


@pytest.fixture
def town(_server: "Server", _town_template: str) -> Iterator[Database]:
    """A database of the test's own with the register of a small town, nothing published."""
    with _server.clone(_town_template) as database:
        yield database


@pytest.fixture
def run(town: Database) -> Callable[..., Any]:
    """Runs a statement in the town's database, as its owner or in another role."""

    def _run(statement: str, role: Role = "gis_owner", **values: Any) -> Any:
        with town.engine(role).begin() as connection:
            found = connection.execute(text(statement), values)
            return found.all() if found.returns_rows else None

    return _run


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the real data; a test that uses it is marked ``shared_data``."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data under ../shared/data is not here")
    return SHARED_DATA


class Server:
    """A PostGIS server on which tests make databases and drop them."""

    def __init__(self, urls: dict[str, URL], *, is_private: bool) -> None:
        self._urls = urls
        self._is_private = is_private
        self._prefix = f"gis_test_{os.getpid()}"
        self._template: str | None = None

    def database(self, name: str) -> Database:
        urls = {role: url.set(database=name) for role, url in self._urls.items()}
        return Database(urls, set_role=not self._is_private, statement_timeout_ms=10_000)

    @contextmanager
    def clone(self, template: str | None = None) -> Iterator[Database]:
        template = template or self.template()
        name = f"{self._prefix}_{next(_NUMBERS)}"
        self.admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        database = self.database(name)
        try:
            yield database
        finally:
            database.dispose()
            self.admin(f"DROP DATABASE {name} WITH (FORCE)")

    def template(self) -> str:
        if self._template is None:
            name = f"{self._prefix}_template"
            self.admin(f"CREATE DATABASE {name} TEMPLATE template0")
            database = self.database(name)
            try:
                upgrade(database)
            finally:
                database.dispose()
            self._template = name
        return self._template

    def admin(self, statement: str) -> None:
        engine = create_engine(self._urls[OWNER], isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()

    def close(self) -> None:
        if self._template is not None:
            self.admin(f"DROP DATABASE {self._template} WITH (FORCE)")


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    with ExitStack() as stack:
        named = os.environ.get("GIS_TEST_DATABASE_URL")
        if named:
            url = make_url(named).set(drivername="postgresql+psycopg")
            server = Server(dict.fromkeys((OWNER, *ROLES), url), is_private=False)
        else:
            cluster = stack.enter_context(cluster_for_tests())
            urls = {role: cluster.url(role, "postgres") for role in (OWNER, *ROLES)}
            server = Server(urls, is_private=True)
        yield server
        server.close()


@contextmanager
def cluster_for_tests() -> Iterator[Cluster]:
    """A private cluster in a short folder that ``postgres`` can reach, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gis-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with Cluster(folder / "cluster", find_binaries(), durable=False).running() as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)
