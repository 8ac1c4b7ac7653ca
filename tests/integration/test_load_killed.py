"""A load that is killed leaves nothing, and run again it gives the same register."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from gis_platform.core.errors import Unavailable
from gis_platform.db.copy import copy_rows
from gis_platform.db.engine import open_database
from gis_platform.db.queries.reference import register_fingerprint
from gis_platform.db.queries.register import count_features, read_layers
from gis_platform.maks.layers import MaksLayers
from tests.builders import a_district, a_feature, a_frame, load_layers

# Loads a district layer by layer and says so after each; killed at the layer named last.
PROGRAM = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from builders import a_district, load_layers
from gis_platform.core.settings import read_settings
from gis_platform.db.copy import copy_rows
from gis_platform.db.engine import open_database
with open_database(read_settings()) as database:
    with database.engine("gis_etl").begin() as connection:
        for layer in load_layers(connection, a_district()):
            if layer == sys.argv[1]:
                os.kill(os.getpid(), signal.SIGKILL)
    print("loaded")
"""


def run(environment, killed_at):
    command = [sys.executable, "-c", PROGRAM, killed_at, str(Path(__file__).parents[1])]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def load(database):
    with database.engine("gis_etl").begin() as connection:
        for _layer in load_layers(connection, a_district()):
            pass


def state(database):
    with database.engine("gis_etl").connect() as connection:
        raw = connection.execute(text("SELECT count(*) FROM raw.feature")).scalar_one()
        batches = connection.execute(text("SELECT count(*) FROM raw.batch")).scalar_one()
        return register_fingerprint(connection), count_features(connection), raw, batches


@pytest.fixture
def expected(session_database):
    """The state an undisturbed load gives."""
    with session_database.engine("gis_etl").connect() as connection:
        for _layer in load_layers(connection, a_district()):
            pass
        yield register_fingerprint(connection), count_features(connection)
        connection.rollback()


@pytest.mark.parametrize("killed_at", ["il", "bagimsiz_bolum"])
def test_a_load_killed_anywhere_and_run_again_gives_the_same_register(
    database, environment, expected, killed_at
):
    empty = state(database)
    killed = run(environment, killed_at)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert state(database) == empty

    for _again in range(2):
        load(database)
        fingerprint, counts, _raw, batches = state(database)
        assert (fingerprint, counts) == expected
        assert batches == 1


def test_a_database_that_goes_away_in_the_middle_is_one_line_and_nothing_is_loaded(
    database, database_settings
):
    empty = state(database)
    with pytest.raises(Unavailable, match="nothing half-done was loaded"):
        _load_and_be_cut_off(database, database_settings)
    assert state(database) == empty
    with database.engine("gis_etl").connect() as connection:
        assert read_layers(connection, ["yapi"]).counts() == {"yapi": 0}


def _load_and_be_cut_off(database, settings):
    with (
        open_database(settings) as same,
        same.engine("gis_etl").begin() as connection,
    ):
        for layer in load_layers(connection, a_district()):
            if layer == "yapi":
                _terminate(
                    database, connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
                )


def _terminate(database, backend):
    with database.engine("gis_owner").connect() as owner:
        owner.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": backend})


def test_a_database_that_goes_away_while_rows_stream_is_one_line(database, database_settings):
    with pytest.raises(Unavailable, match="cannot be reached"):
        _copy_and_be_cut_off(database, database_settings)


def _copy_and_be_cut_off(database, settings):
    def rows(backend):
        yield 1, 1, "{}"
        _terminate(database, backend)
        for number in range(2, 100_000):
            yield 1, number, "{}"

    with open_database(settings) as same, same.engine("gis_etl").connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        copy_rows(connection, "raw.aks_row", ("batch_id", "row_no", "values"), rows(backend))


@pytest.fixture
def full_disk(database, tmp_path_factory):
    """A disk of one megabyte on which PostgreSQL keeps its temporary tables."""
    folder = Path(tempfile.mkdtemp(prefix="gis-full-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("only root, with the right to mount, can make a disk that is full")
    shutil.chown(folder, "postgres")
    name = database.url().database
    with (
        database.engine("gis_owner")
        .execution_options(isolation_level="AUTOCOMMIT")
        .connect() as connection
    ):
        connection.exec_driver_sql(f"CREATE TABLESPACE {name}_full LOCATION '{folder}'")
        connection.exec_driver_sql(f"GRANT CREATE ON TABLESPACE {name}_full TO gis_etl")
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET temp_tablespaces = '{name}_full'")
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET temp_buffers = '800kB'")
        yield
        connection.exec_driver_sql(f"DROP TABLESPACE {name}_full")
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607
    folder.rmdir()


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_of_the_database_is_told_as_one(database, database_settings):
    doors = a_frame("numarataj", *(a_feature("numarataj", n) for n in range(1, 20_000)))
    with pytest.raises(Unavailable, match="The disk is full"):
        _load_doors(database_settings, doors)
    assert state(database)[1]["numarataj"] == 0


def _load_doors(settings, doors):
    with open_database(settings) as same, same.engine("gis_etl").begin() as connection:
        for _layer in load_layers(connection, MaksLayers({"numarataj": doors})):
            pass


def test_two_loads_at_once_wait_for_each_other(database):
    done = []

    def load_once():
        load(database)
        done.append(True)

    threads = [threading.Thread(target=load_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == [True, True]
    assert state(database)[1]["numarataj"] == 2
    with database.engine("gis_office").connect() as connection:
        versions = connection.execute(text("SELECT count(*) FROM maks.numarataj_version"))
        assert versions.scalar_one() == 2
