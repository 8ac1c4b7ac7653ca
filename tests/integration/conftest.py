"""A delivery of the village, handed over and imported; questions to the register."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gis_platform.core.pipeline import pipelines
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.load import BatchFacts, begin_batch, merge_layer
from gis_platform.maks.model import LAYERS
from gis_platform.report.model import RunReport
from tests.contract.control_village import village, write_delivery

Import = Callable[..., RunReport]


@pytest.fixture(scope="session")
def _village_template(_server: Any) -> Iterator[str]:
    with _server.clone() as database:
        with database.engine("gis_etl").begin() as connection:
            facts = BatchFacts("maks", "ilk.gdb", "0" * 64, 1)
            batch = begin_batch(connection, facts, started_by="Deneme Kişi")
            for name, frame in village().items():
                merge_layer(connection, batch, name, frame)
        name = database.url().database
        database.dispose()
        assert name is not None
        yield name


@pytest.fixture
def village_register(_server: Any, _village_template: str) -> Iterator[Database]:
    """A database of the test's own with the village in its register."""
    with _server.clone(_village_template) as database:
        yield database


@pytest.fixture
def take(database: Database, settings: Settings, tmp_path: Path) -> Import:
    """Hand over the village with the changes of a case, and import it."""
    made = iter(range(100))

    def job(case: dict[str, Any] | None = None, path: Path | None = None, **more: Any) -> RunReport:
        given = path or write_delivery(village(case), tmp_path / f"teslim{next(made)}.gpkg")
        report: RunReport = pipelines["maks_import"](
            settings, database, given, started_by="Deneme Kişi", **more
        )
        return report

    return job


def ask(database: Database, question: str) -> list[Any]:
    """The rows of a question to the register."""
    with database.engine("gis_owner").connect() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def content(database: Database) -> dict[str, list[Any]]:
    """What is in force in the register: kimlik no and hash of every feature."""
    return {
        name: ask(
            database,
            f"SELECT kimlik_no, version, content_hash FROM maks.{name}_version "  # noqa: S608
            "WHERE valid_to IS NULL ORDER BY 1",
        )
        for name in LAYERS
    }
