"""``gis serve`` in several processes: each follows the register and the catalogue, none is missed.

One server for all that is asked of it: starting three processes costs seconds.
"""

import re
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager

import httpx
import psutil

from tests.builders import a_feature, a_frame, guid
from tests.integration.test_api_register import change
from tests.integration.test_api_serve import GIS, a_free_port
from tests.town import load_town, publish_layers, withdraw_layer

SEARCH = "/api/v1/addresses/search"
ITEMS = "/ogc/collections/mahalle/items"
WITHIN_S = 60.0  # ten seconds on a machine that has nothing else to do; tests share theirs
WITHDRAWN_WITHIN_S = 60.0


@contextmanager
def serving(environment, *options):
    """``gis serve`` on a free port: its process, its address, and what it says on stderr."""
    command = [*GIS, "serve", "--port", str(a_free_port()), *options]
    with (
        tempfile.TemporaryFile("w+") as said,  # a pipe nobody reads fills up, and all stands still
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        try:
            yield process, re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0], said
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def answers(address, path, times=20, **query):
    """The answers that so many callers get, each on a connection of its own."""
    return [httpx.get(address + path, params=query, timeout=30) for _ in range(times)]


def levels(address, text, times=20):
    found = answers(address, SEARCH, times, q=text)
    assert {each.status_code for each in found} <= {200, 503}  # 503: no index yet
    return {each.json()["match"]["level"] if each.is_success else None for each in found}


def seconds_until(holds, longest=120.0):
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < longest
        time.sleep(0.1)
    return time.monotonic() - began


def serving_processes(address):
    """Those that have the server's port open, but for the one that watches them."""
    port = int(address.rpartition(":")[2])
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any("forkserver" in word for word in process.info["cmdline"] or [])
        and any(each.laddr and each.laddr.port == port for each in process.net_connections("tcp"))
    ]


class Asking(threading.Thread):
    """Somebody who asks all the time, and notes what was refused and how long it took."""

    def __init__(self, address):
        super().__init__()
        self.address, self.stop = address, threading.Event()
        self.refused, self.slowest = [], 0.0

    def run(self):
        with httpx.Client(base_url=self.address, timeout=30) as client:
            while not self.stop.wait(0.005):
                began = time.monotonic()
                answer = client.get(SEARCH, params={"q": "haliç bulvarı 5"})
                self.slowest = max(self.slowest, time.monotonic() - began)
                if answer.status_code != 200:
                    self.refused.append(answer.text)


def test_every_worker_follows_the_register_and_the_catalogue_and_none_is_missed(
    settings, environment, database
):
    load_town(database)
    publish_layers(settings, database, "mahalle")
    with serving(environment, "--workers", "2") as (process, address, said):
        seconds_until(lambda: len(serving_processes(address)) == 2)
        seconds_until(lambda: levels(address, "haliç bulvarı 5") == {"kapi"})
        assert "kapi" not in levels(address, "haliç bulvarı 999")

        asking = Asking(address)
        asking.start()
        new = a_feature("numarataj", 999_003, kapi_no="999",
                        yol_orta_hat_yon_id=guid("yol_orta_hat_yon", 701))  # fmt: skip
        change(database, {"numarataj": a_frame("numarataj", new)})
        took = seconds_until(lambda: levels(address, "haliç bulvarı 999") == {"kapi"})
        asking.stop.set()
        asking.join()
        assert took < WITHIN_S
        assert asking.refused == []
        assert asking.slowest < 5  # tests share their machine; the bench measures the promise

        assert {each.status_code for each in answers(address, ITEMS)} == {200}
        withdraw_layer(settings, database, "mahalle", "Sınır davası sürüyor")
        gone = seconds_until(lambda: {a.status_code for a in answers(address, ITEMS)} == {410})
        assert gone < WITHDRAWN_WITHIN_S

        seconds_until(lambda: len(serving_processes(address)) == 2)
        before = serving_processes(address)
        before[0].kill()
        before[0].wait(30)
        seconds_until(lambda: len(serving_processes(address)) == 2)
        assert {each.status_code for each in answers(address, "/health")} == {200}

        after = serving_processes(address)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        said.seek(0)
        assert "Traceback" not in said.read()
        assert not any(each.is_running() and each.status() != "zombie" for each in after)


def test_a_worker_that_cannot_start_ends_the_server_with_one_line(environment, database):
    broken = environment | {"GIS_SERVER__PACKAGES_DIR": "/nowhere"}
    run = subprocess.run(
        [*GIS, "serve", "--port", str(a_free_port()), "--workers", "2"],
        env=broken, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stderr.count("/nowhere") == 1


def test_gis_index_makes_what_is_missing_and_leaves_what_is_current(environment, database):
    load_town(database)
    said = [
        subprocess.run([*GIS, "index"], env=environment | {"GIS_LANGUAGE": "en"}, check=True,
                       capture_output=True, text=True).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert said[0].startswith("Index made anew: 768 doors")
    assert said[1].startswith("The index is current")
    with serving(environment) as (_, address, _):  # a single process follows as well
        seconds_until(lambda: levels(address, "haliç bulvarı 5", 1) == {"kapi"})
