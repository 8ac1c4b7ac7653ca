"""The address service under load, beside a bare asynchronous handler that returns the same bytes.

``./run bench api [DOORS] [--minutes M] [--batch ROWS]``: ``gis serve`` with one worker over an
index of so many doors (100,000 where nothing is said), asked from this process over loopback. The
ratio is what counts; times hold for one machine and one hour.
"""

import argparse
import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
import numpy as np
import psutil
from matching.messy import messy_addresses
from matching.world import make_world, reference_of
from ogc import free_port, process, serve_bare
from serving.load import check_wrk, rate

from gis_platform.matching.gazetteer import Reference, build_index

API = "/api/v1/addresses"
GIS = [sys.executable, "-m", "gis_platform"]
OPEN = {"GIS_ACCESS__PUBLIC_LEVELS": "all", "GIS_ACCESS__PUBLIC_PER_SECOND": "0",
        "GIS_ACCESS__PUBLIC_SCOPES": "search,match,register,batch"}  # fmt: skip
SECONDS, PER_SECOND, ASKED = 4, 200, 2000


class Times(NamedTuple):
    """Milliseconds of answers, and how many were not 200."""

    ms: np.ndarray
    faults: int

    def at(self, percent: float) -> float:
        """A percentile, ms."""
        return float(np.percentile(self.ms, percent))


def main(arguments: list[str]) -> None:
    """Measure and print a table."""
    said = _said(arguments)
    check_wrk()
    with tempfile.TemporaryDirectory(prefix="gis-", dir="/tmp") as name:
        home = Path(name)
        home.chmod(0o755)
        world = make_world(said.doors, 7)
        reference = reference_of(world)
        build_index(reference, home / "index", fingerprint="bench")
        texts = messy_addresses(world, ASKED, 11, wild=False)["text"].tolist()
        paths = cases(texts, reference)
        with server(home) as (address, pid, ready):
            print(f"{said.doors} doors · one worker · load {os.getloadavg()[0]:.1f} · "
                  f"ready in {ready:.1f} s")  # fmt: skip
            head = ("", "p50 ms", "p95 ms", "p95 @200/s", "ours/s", "bare/s", "ratio", "bytes")
            print("{:14}{:>9}{:>9}{:>12}{:>9}{:>9}{:>7}{:>8}".format(*head))
            for case, asked in paths.items():
                print(line(case, address, asked))
            print(f"memory of the worker: {memory(pid):.0f} MB of its own, "
                  f"{memory(pid, shared=True):.0f} MB with what it shares")  # fmt: skip
            swapping(home, address, paths["search"], reference)
            mixed(address, paths, said.minutes)
            if said.batch:
                batch(address, texts, said.batch)


def _said(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench api")
    parser.add_argument("doors", nargs="?", type=int, default=100_000, help="doors of the index")
    parser.add_argument("--minutes", type=float, default=0.5, help="of mixed load")
    parser.add_argument("--batch", type=int, default=100_000, help="rows of the file; 0: none")
    return parser.parse_args(arguments)


def cases(texts: Sequence[str], reference: Reference) -> dict[str, list[str]]:
    """Paths to ask for, by kind."""
    chance = random.Random(5)  # noqa: S311 - a benchmark
    doors = reference.kapi
    assert doors is not None
    places = doors.sample(ASKED, random_state=5, replace=len(doors) < ASKED)
    shifts = [chance.uniform(-1e-4, 1e-4) for _ in range(2 * ASKED)]
    points = zip(places["lon"] + shifts[:ASKED], places["lat"] + shifts[ASKED:], strict=True)
    typed = [text[: chance.randint(6, max(7, len(text)))] for text in texts]
    return {
        "search": [f"{API}/search?{urlencode({'q': each})}" for each in texts],
        "match": [f"{API}/match?{urlencode({'q': each})}" for each in texts],
        "reverse": [f"{API}/reverse?lon={lon:.6f}&lat={lat:.6f}" for lon, lat in points],
        "autocomplete": [
            f"{API}/search?{urlencode({'q': each, 'autocomplete': '1'})}" for each in typed
        ],
    }


@contextmanager
def server(home: Path) -> Iterator[tuple[str, int, float]]:
    """``gis serve`` with one worker: its address, the worker's process, seconds until ready."""
    port = free_port()
    own = {k: v for k, v in os.environ.items() if not k.startswith("GIS_")} | OPEN
    own |= {"GIS_HOME": str(home), "GIS_SERVER__FOLLOW_REGISTER": "false"}
    subprocess.run([*GIS, "db", "upgrade"], env=own, check=True, stdout=subprocess.DEVNULL)
    began = time.perf_counter()
    command = [*GIS, "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as started:
        address = f"http://127.0.0.1:{port}"
        try:
            while not _is_ready(address):
                time.sleep(0.02)
            ready = time.perf_counter() - began
            yield address, _worker(port), ready
        finally:
            started.send_signal(signal.SIGTERM)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/ready", timeout=30).json().get("index") == "ok"
    except httpx.TransportError:
        return False


def _worker(port: int) -> int:
    """The process that answers on a port: of those that have it open, the one with most memory."""
    found = [
        each for each in psutil.process_iter(["cmdline"])
        if any("forkserver" in word for word in each.info["cmdline"] or [])
        and any(one.laddr and one.laddr.port == port for one in each.net_connections("tcp"))
    ]  # fmt: skip
    return max(found, key=lambda each: each.memory_info().rss).pid


def memory(pid: int, *, shared: bool = False) -> float:
    """Memory of a process, MB: what it has alone, or all it sees."""
    info = psutil.Process(pid).memory_full_info()
    return float((info.rss if shared else info.uss) / 1e6)


def line(case: str, address: str, paths: list[str]) -> str:
    """One row of the table."""
    alone = asyncio.run(ask(address, paths, connections=1, seconds=SECONDS))
    paced = asyncio.run(ask(address, paths, connections=4, seconds=SECONDS, rate=PER_SECOND))
    ours = rate(address, paths)
    answer = httpx.get(address + paths[0], headers={"Accept-Encoding": "identity"})
    with process(serve_bare, answer.content, answer.status_code) as bare:
        floor = rate(bare, paths)
    return (f"{case:14}{alone.at(50):9.2f}{alone.at(95):9.2f}{paced.at(95):12.2f}"
            f"{ours:9.0f}{floor:9.0f}{ours / floor:7.2f}{len(answer.content):8}")  # fmt: skip


async def ask(
    address: str, paths: list[str], *, connections: int, seconds: float, rate: float | None = None
) -> Times:
    """Ask over connections of its own: one after the other, or so many a second."""
    host, port = address.removeprefix("http://").split(":")
    end = time.perf_counter() + seconds
    times: list[float] = []
    faults = 0

    async def one(number: int) -> None:
        nonlocal faults
        reader, writer = await asyncio.open_connection(host, int(port))
        at, due = number, time.perf_counter()
        while time.perf_counter() < end:
            began = time.perf_counter()
            if rate is not None:
                due += connections / rate
                if began < due:
                    await asyncio.sleep(due - began)
                    began = time.perf_counter()  # what a timer overshoots is not the server's
                else:
                    began = due  # the answer before came late: this one waited for it
            writer.write(f"GET {paths[at % len(paths)]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            assert length, head
            await reader.readexactly(int(length[1]))
            times.append((time.perf_counter() - began) * 1000)
            faults += b" 200 " not in head[:20]
            at += connections
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    return Times(np.array(times), faults)


def swapping(home: Path, address: str, paths: list[str], reference: Reference) -> None:
    """What those who ask feel while the index is made anew and taken up."""
    code = (
        "import sys; from pathlib import Path; from gis_platform.matching.gazetteer import *; "
        "from matching.world import *; "
        "build_index(reference_of(make_world(int(sys.argv[2]), 7)), Path(sys.argv[1]), "
        "fingerprint='again')"
    )
    doors = str(len(reference.kapi) if reference.kapi is not None else 0)
    command = ["/usr/bin/nice", sys.executable, "-c", code, str(home / "index"), doors]
    build = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)})
    slowest, faults = [], 0
    while build.poll() is None:
        times = asyncio.run(ask(address, paths, connections=2, seconds=1, rate=100))
        slowest.append(times.ms)
        faults += times.faults
    times = asyncio.run(ask(address, paths, connections=2, seconds=5, rate=100))
    every = np.concatenate([*slowest, times.ms])
    print(f"while the index is swapped: p99 {np.percentile(every, 99):.1f} ms, slowest "
          f"{every.max():.1f} ms, {faults + times.faults} faults of {len(every)}")  # fmt: skip


def mixed(address: str, paths: dict[str, list[str]], minutes: float) -> None:
    """All kinds at once, for some time."""
    every = [each for four in zip(*paths.values(), strict=True) for each in four]
    times = asyncio.run(
        ask(address, every, connections=8, seconds=minutes * 60, rate=PER_SECOND * 2)
    )
    print(f"mixed, {2 * PER_SECOND}/s for {minutes:g} min: p50 {times.at(50):.2f} p95 "
          f"{times.at(95):.2f} p99 {times.at(99):.2f} ms, {times.faults} faults of "
          f"{len(times.ms)}")  # fmt: skip


def batch(address: str, texts: list[str], rows: int) -> None:
    """A file from sending to the last byte of its result."""
    body = "adres\n" + "".join(f'"{texts[n % len(texts)]}"\n' for n in range(rows))
    began = time.perf_counter()
    with httpx.Client(base_url=address, timeout=300) as client:
        sent = client.post("/api/v1/batch?column=adres", content=body.encode())
        job = sent.raise_for_status().json()["id"]
        while (found := client.get(f"/api/v1/batch/{job}").json())["state"] in {
            "queued",
            "running",
        }:
            time.sleep(0.05)
        assert found["state"] == "done", found
        size = len(client.get(f"/api/v1/batch/{job}/result").content)
    took = time.perf_counter() - began
    alone = found["seconds"]
    print(f"batch: {rows} rows in {took:.1f} s, {rows / took:,.0f} rows/s from sending to the last "
          f"of {size / 1e6:.0f} MB; the matching {rows / alone:,.0f} rows/s")  # fmt: skip
