"""``gis serve`` as a process: says where it is, leaves cleanly and stops its database server."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from gis_platform.cli.serve import listen
from gis_platform.core.errors import ConfigError, UsageError
from gis_platform.core.settings import ServerSettings, Settings
from gis_platform.opendata.portal.assets import read_assets

GIS = [sys.executable, "-m", "gis_platform"]


def a_free_port():
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return opened.getsockname()[1]


@contextmanager
def serving(environment, *options):
    """A ``gis serve`` process, and the line with which it said that it is ready."""
    command = [*GIS, "serve", "--port", str(a_free_port()), *options]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


@pytest.fixture
def short_home():
    """A home that postgres can reach and whose socket path is short."""
    folder = Path(tempfile.mkdtemp(prefix="gis-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_leaves_cleanly_and_stops_its_private_cluster(short_home, number):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIS_")}
    with serving(environment | {"GIS_HOME": str(short_home)}) as (process, line):
        answer = httpx.get(re.search(r"http://127\.0\.0\.1:\d+", line)[0] + "/health")
        assert answer.status_code == 200
        assert "server" not in answer.headers
        assert servers_below(short_home)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in out + err
    assert servers_below(short_home) == []


def servers_below(folder):
    """PostgreSQL servers whose data lie in ``folder``."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "-D" in words and any(word.startswith(str(folder)) for word in words):
            found.append(process.pid)
    return found


def test_a_taken_port_is_one_line(environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*GIS, "serve", "--port", str(port)],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("host", ["192.0.2.1", "bu-makine-yok.invalid"])
def test_an_address_that_is_not_ours_is_refused_by_name(host):
    with pytest.raises(UsageError, match=host):
        listen(host, 8000)


def test_a_missing_package_folder_is_explained(tmp_path):
    settings = Settings(home=tmp_path, server=ServerSettings(packages_dir=tmp_path))
    with pytest.raises(ConfigError, match="npm ci"):
        read_assets(settings)
