"""Fixtures: a register with a small town in it, made once and cloned for each test that asks.

A test module imports ``town_template``, ``town`` and ``run``.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from gis_platform.db.engine import Database, Role
from tests.conftest import Server
from tests.town import load_town

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def town_template(_server: Server) -> Iterator[str]:
    with _server.clone() as database:
        load_town(database)
        name = database.url().database
        database.dispose()
        assert name is not None
        yield name


@pytest.fixture
def town(_server: Server, town_template: str) -> Iterator[Database]:
    """The register of a small town, nothing published; cloned for the test."""
    with _server.clone(town_template) as database:
        yield database


@pytest.fixture
def run(town: Database) -> Run:
    """Runs a statement in the town's database, as its owner or in another role."""

    def _run(statement: str, role: Role = "gis_owner", **values: Any) -> Any:
        with town.engine(role).begin() as connection:
            found = connection.execute(text(statement), values)
            return found.all() if found.returns_rows else None

    return _run
