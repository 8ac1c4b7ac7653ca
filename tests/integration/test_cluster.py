"""The private cluster comes up for whoever needs it, outlives a crash, and leaves nobody behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from gis_platform.core.errors import ConfigError, Unavailable
from gis_platform.core.settings import DatabaseSettings, Settings
from gis_platform.db.cluster import Cluster, find_binaries, private_cluster
from gis_platform.db.engine import open_database

NOBODY = 65_534
# Everything is imported before rights are given up: an ordinary user may not reach this Python.
PROGRAM = """
import os, sys
from pathlib import Path
import psycopg
from sqlalchemy import create_engine
from gis_platform.db.cluster import Cluster, find_binaries
cluster = Cluster(Path(sys.argv[1]), find_binaries(), durable=False)
create_engine(cluster.url()).dialect
if len(sys.argv) > 2:
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
with cluster.running():
    engine = create_engine(cluster.url(database="postgres"))
    with engine.connect() as connection:
        print(connection.exec_driver_sql("SELECT session_user").scalar(), flush=True)
    engine.dispose()
    sys.stdin.read()
"""
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@contextmanager
def a_folder():
    """A folder with a short name that ``postgres`` can reach; nothing runs in it afterwards."""
    made = Path(tempfile.mkdtemp(prefix="gis-", dir="/tmp"))
    made.chmod(0o755)
    try:
        yield made / "cluster"
    finally:
        cluster = cluster_in(made / "cluster")
        if cluster.data_dir.exists() and cluster.is_running():
            cluster._pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def folder():
    with a_folder() as made:
        yield made


@pytest.fixture(scope="module")
def known():
    """The folder of a cluster that was made before."""
    with a_folder() as made:
        with cluster_in(made).running():
            pass
        yield made


def cluster_in(folder):
    return Cluster(folder, find_binaries(), durable=False)


@contextmanager
def user(folder, *arguments):
    """Another process that uses the cluster; it leaves when its input is closed."""
    command = [sys.executable, "-c", PROGRAM, str(folder), *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        said = process.stdout.readline().strip()
        if said != "gis_owner":
            pytest.fail(process.stderr.read())
        try:
            yield process
        finally:
            process.stdin.close()
            process.wait(30)
            process.stdout.close()
            process.stderr.close()


def ask(cluster, statement):
    engine = create_engine(cluster.url(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql(statement)
            return found.scalar() if found.returns_rows else None
    finally:
        engine.dispose()


def test_it_is_created_used_and_stopped_and_found_again(folder):
    cluster = cluster_in(folder)
    with cluster.running():
        assert ask(cluster, "CREATE TABLE kept AS SELECT 1 AS one") is None
    assert not cluster.is_running()
    with cluster.running():
        assert ask(cluster, "SELECT one FROM kept") == 1
    assert not cluster.is_running()


def test_it_listens_to_no_network_and_trusts_nobody(folder):
    cluster = cluster_in(folder)
    with cluster.running():
        assert ask(cluster, "SHOW listen_addresses") == ""
        hba = (cluster.data_dir / "pg_hba.conf").read_text().splitlines()
    assert hba == ["local all all peer map=gis"]


def test_two_share_it_and_the_last_one_stops_it(known):
    cluster = cluster_in(known)
    with user(known):
        with user(known):
            assert cluster.is_running()
        assert cluster.is_running()
    assert not cluster.is_running()


def test_two_that_start_at_once_make_one_cluster(folder):
    with user(folder) as first, user(folder) as second:
        assert first.pid != second.pid
        assert cluster_in(folder).is_running()
    assert not cluster_in(folder).is_running()


def test_after_kill_9_of_its_user_the_server_is_found_and_stopped_by_the_next(known):
    cluster = cluster_in(known)
    with user(known) as process:
        process.kill()
        process.wait()
    assert cluster.is_running()
    before = (cluster.data_dir / "postmaster.pid").read_text().split()[0]
    with cluster.running():
        assert (cluster.data_dir / "postmaster.pid").read_text().split()[0] == before
    assert not cluster.is_running()


def test_after_kill_9_of_the_server_itself_nothing_committed_is_lost(known):
    cluster = cluster_in(known)
    with user(known):
        ask(cluster, "CREATE TABLE kept AS SELECT 7 AS seven")
        ask(cluster, "CHECKPOINT")
        os.kill(int((cluster.data_dir / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        time.sleep(0.3)
    with cluster.running():
        assert ask(cluster, "SELECT seven FROM kept") == 7


def test_a_half_made_cluster_is_made_again(folder):
    (folder / "pgdata.new" / "base").mkdir(parents=True)
    cluster = cluster_in(folder)
    with cluster.running():
        assert ask(cluster, "SELECT 1") == 1
    assert not (folder / "pgdata.new").exists()


def test_a_folder_with_a_long_name_gets_a_short_socket(folder):
    long = folder / ("uzun" * 25)
    long.parent.mkdir()
    cluster = cluster_in(long)
    with cluster.running():
        assert ask(cluster, "SELECT 1") == 1
        assert len(str(cluster.socket_dir)) < 90
    assert not cluster.is_running()
    assert not cluster.socket_dir.exists()


def test_a_socket_folder_planted_by_somebody_else_is_refused(folder, tmp_path):
    cluster = cluster_in(folder / ("uzun" * 25))
    cluster.socket_dir.symlink_to(tmp_path)
    try:
        with pytest.raises(ConfigError, match="another user"), cluster.running():
            pass
    finally:
        cluster.socket_dir.unlink()


@is_root
def test_an_ordinary_user_runs_it_too(folder):
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    with user(folder, NOBODY):
        assert (folder / "pgdata").stat().st_uid == NOBODY


@is_root
def test_another_ordinary_user_does_not_get_in(known):
    cluster = cluster_in(known)
    with cluster.running():
        code = PROGRAM.replace("with cluster.running():", "if True:")
        done = subprocess.run(
            [sys.executable, "-c", code, str(known), str(NOBODY)],
            capture_output=True,
            text=True,
            check=False,
            input="",
        )
    assert done.returncode != 0
    assert "ermission denied" in done.stderr or "authentication failed" in done.stderr


@is_root
def test_a_folder_postgres_cannot_reach_is_refused_with_a_remedy(folder):
    folder.parent.chmod(0o700)
    with pytest.raises(ConfigError, match="cannot reach") as stopped, cluster_in(folder).running():
        pass
    assert "GIS_HOME" in stopped.value.say("en")


def test_sigterm_stops_the_command_and_the_cluster(known):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIS_")}
    environment["GIS_HOME"] = str(known.parent)
    psql = subprocess.Popen(
        [sys.executable, "-m", "gis_platform", "db", "psql"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    cluster = cluster_in(known)
    try:
        psql.stdin.write("SELECT 'ready';\n")
        psql.stdin.flush()
        while "ready" not in (line := psql.stdout.readline()):
            assert line
        assert cluster.is_running()
        psql.terminate()
        assert psql.wait(30) == 128 + signal.SIGTERM
        assert not cluster.is_running()
    finally:
        psql.kill()
        psql.stdin.close()
        psql.stdout.close()


def test_no_binaries_is_one_line_with_a_remedy(tmp_path):
    with pytest.raises(ConfigError, match="No PostgreSQL") as stopped:
        private_cluster(tmp_path, tmp_path)
    assert "apt install" in stopped.value.say("tr")


def test_a_server_that_does_not_answer_is_one_line(tmp_path):
    url = "postgresql://someone:secret@127.0.0.1:1/gis"
    settings = Settings(home=tmp_path, db=DatabaseSettings(url=url))
    unreachable = pytest.raises(Unavailable, match="cannot be reached")
    with unreachable as stopped, open_database(settings):
        pass
    assert "secret" not in stopped.value.say("en")


def test_an_address_that_is_none_is_refused_without_repeating_it(tmp_path):
    settings = Settings(home=tmp_path, db=DatabaseSettings(url="not a secret address"))
    with pytest.raises(ConfigError) as stopped, open_database(settings):
        pass
    assert "secret" not in stopped.value.say("en")
