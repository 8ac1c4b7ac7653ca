"""A small sample delivery, and a register with a small town in it, each made once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gis_platform.db.engine import Database, Role
from gis_platform.sample.make import make_sample
from tests.conftest import Server
from tests.town import load_town

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sample of 1,000 doors; read-only for the tests."""
    folder = tmp_path_factory.mktemp("sample") / "delivery"
    make_sample(folder, doors=1_000, seed=7)
    return folder


@pytest.fixture(scope="session")
def _town_template(_server: Server) -> Iterator[str]:
    with _server.clone() as database:
        load_town(database)
        name = database.url().database
        database.dispose()
        assert name is not None
        yield name


@pytest.fixture
def town(_server: Server, _town_template: str) -> Iterator[Database]:
    """The register of a small town, nothing published; cloned for the test."""
    with _server.clone(_town_template) as database:
        yield database


@pytest.fixture
def run(town: Database) -> Run:
    """Runs a statement in the town's database, as its owner or in another role."""

    def _run(statement: str, role: Role = "gis_owner", **values: Any) -> Any:
        with town.engine(role).begin() as connection:
            found = connection.execute(text(statement), values)
            return found.all() if found.returns_rows else None

    return _run
