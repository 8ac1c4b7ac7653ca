"""Requests a second of the OGC API, beside a bare asynchronous handler that returns the same bytes.

``python tests/benchmark ogc [points] [first words of a case]``: points are published (100,000 where
nothing is said), one
server process, wrk with eight connections on the same machine. The ratio is what counts; figures
in requests a second hold for one machine and one hour.
"""

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

import httpx
import uvicorn
from matching.environments import python_of
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from gis_platform.api.app import create_app
from gis_platform.cli.serve_load import collect_garbage
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.opendata.approval import Action
from gis_platform.opendata.publish import move, propose, publish

SECONDS, CONNECTIONS = 3, 8
TABLE = """
CREATE TABLE bench.kapi AS
SELECT n::bigint AS kimlik_no, (1 + n % 120)::text AS dis_kapi_no, (n / 100)::bigint AS csbm_kodu,
       'Çeşme ' || n / 100 AS csbm, (n % 29)::bigint AS mahalle_kodu,
       (n::bigint * 7919 % 12) AS kat_sayisi,
       ST_SetSRID(ST_MakePoint(397000 + 17000 * random(), 4544000 + 31000 * random()), 5254)
           ::geometry(point, 5254) AS geometry
FROM generate_series(1, :points) AS n
"""
LAYER = """
source = "bench.kapi"
key = "kimlik_no"
label = "dis_kapi_no"
geometry = "point"
update_frequency = "annual"
theme = "REGI"
tucbs_theme = "adres"
source_crs = 5254
temporal = { start = 2024-01-01 }
title = { tr = "Kapılar", en = "Doors" }
keywords = { tr = ["kapı"], en = ["door"] }
owner_unit = { tr = "Birim", en = "Unit" }
contact = { role = { tr = "Birim", en = "Unit" }, email = "birim@belediye.example" }
lineage = { tr = "uyduruldu", en = "invented" }
[description]
tr = "Ölçüm için uydurulmuş kapı noktaları; her biri ilçenin zarfında rastgele bir yerdedir."
en = "Doors invented for measuring; each lies anywhere within the envelope of the district."
[licence]
uri = "https://creativecommons.org/licenses/by/4.0/"
name = "CC BY 4.0"
attribution = { tr = "{title}", en = "{title}" }
[accuracy]
tr = "Uydurma"
en = "Invented"

[limits]
tr = "Ölçüm içindir"
en = "For measuring"

[third_party_rights]
tr = "Yok"
en = "None"

[permit]
matrix_theme = "adres"
responsible = { tr = "Yok", en = "None" }
basis = { tr = "Yok", en = "None" }

[personal_data]
verdict = "none"
reason = { tr = "Uydurma", en = "Invented" }

[columns]
kimlik_no = { tr = "Kimlik", en = "Identity" }
dis_kapi_no = { tr = "Kapı no", en = "Door no" }
csbm_kodu = { tr = "Yol kodu", en = "Road code" }
csbm = { tr = "Yolun adı", en = "Name of road" }
mahalle_kodu = { tr = "Mahalle kodu", en = "Mahalle code" }
kat_sayisi = { tr = "Kat sayısı", en = "Storeys" }
"""
ITEMS = "/ogc/collections/kapi/items"
SCHEME = "WebMercatorQuad"
TILES = f"/ogc/collections/kapi/tiles/{SCHEME}"
PEER_LAYER = "published.kapi_v1"


def cases(points: int, address: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Name, path and headers of what is measured."""
    deep = points * 9 // 10
    page = httpx.get(f"{address}{ITEMS}?offset={deep}&limit=10").json()
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    etag = httpx.get(f"{address}{ITEMS}").headers["etag"]
    yield "items, 10", f"{ITEMS}?limit=10", {}
    yield "items, 1000", f"{ITEMS}?limit=1000", {}
    yield "bbox, 100", f"{ITEMS}?bbox=28.85,41.1,28.9,41.15&limit=100", {}
    yield "attribute filter, 10", f"{ITEMS}?mahalle_kodu=7&limit=10", {}
    cql = quote("mahalle_kodu = 7 AND kat_sayisi > 5")
    yield "CQL2 attribute, 10", f"{ITEMS}?filter={cql}&limit=10", {}
    cql = quote("S_INTERSECTS(geometry,POLYGON((28.85 41.1,28.9 41.1,28.88 41.15,28.85 41.1)))")
    yield "CQL2 spatial, 10", f"{ITEMS}?filter={cql}&limit=10", {}
    yield "one feature", f"{ITEMS}/{points // 2}", {}
    yield "deep page, next", following.removeprefix(address), {}
    yield "deep page, offset", f"{ITEMS}?offset={deep}&limit=10", {}
    rows, columns = tiles_at(address, 14)
    middle = f"{rows[len(rows) // 2]}/{columns[len(columns) // 2]}"
    yield "tile z14, kept", f"{TILES}/14/{middle}", {}
    yield "304 on ETag", ITEMS, {"If-None-Match": etag}
    yield "collections", "/ogc/collections", {}
    yield "landing page, HTML", "/ogc?f=html", {}


def main(arguments: list[str]) -> None:
    """Measure and print a table."""
    points = int(arguments[0]) if arguments else 100_000
    wanted = " ".join(arguments[1:])
    if shutil.which("wrk") is None:
        sys.exit("wrk yok: apt install wrk / wrk is missing: apt install wrk")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gis-", dir="/tmp")))
        folder.chmod(0o755)
        settings = publish_points(folder, points, stack)
        address = stack.enter_context(process(serve, settings))
        print(f"{points} points · {CONNECTIONS} connections · {SECONDS} s each")
        peer = stack.enter_context(tipg(settings, folder))
        print(f"{'':22}{'ours/s':>9}{'bare/s':>9}{'ratio':>7}{'TiPG/s':>9}{'times':>7}{'bytes':>9}")
        for name, path, headers in cases(points, address):
            if not name.startswith(wanted):
                continue
            answer = httpx.get(address + path, headers=headers | {"Accept-Encoding": "identity"})
            with process(serve_bare, answer.content, answer.status_code) as bare:
                ours, floor = rate(address + path, headers), rate(bare, {})
            theirs = of_peer(peer, path) if not headers else None
            show(name, ours, floor, theirs, len(answer.content))
        for z in (14, 16) if "tile".startswith(wanted) else ():
            show(f"tile z{z}, unkept", *tiles_unkept(address, peer, z))


def show(name: str, ours: float, floor: float, theirs: float | None, size: int) -> None:
    """A line of the table."""
    beside = f"{theirs:9.0f}{ours / theirs:7.1f}" if theirs else f"{'–':>9}{'–':>7}"
    print(f"{name:22}{ours:9.0f}{floor:9.0f}{ours / floor:7.2f}{beside}{size:9}")


@contextmanager
def tipg(settings: Settings, folder: Path) -> Iterator[str | None]:
    """TiPG over the same table, with one worker; ``None`` where it cannot be had."""
    try:
        python = python_of("tipg", "requirements-bench-tipg.lock")
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"TiPG: NOT MEASURED ({error})")
        yield None
        return
    with open_database(settings) as database:
        url = database.url("gis_owner")
    socket_folder = quote(str(url.query["host"]), safe="")  # it takes no host in the query
    port = free_port()
    said = {"DATABASE_URL": f"postgresql://{url.username}@{socket_folder}/{url.database}",
            "TIPG_CATALOG_TTL": "0",
            "TIPG_DB_SCHEMAS": '["published"]'}  # fmt: skip
    with (folder / "tipg.log").open("w") as log, subprocess.Popen(
        [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port),
         "--no-access-log", "--log-level", "error"],
        env=os.environ | said, stdout=log, stderr=log,
    ) as server:  # fmt: skip
        try:
            yield started_peer(f"http://127.0.0.1:{port}", server, folder / "tipg.log")
        finally:
            server.terminate()


def started_peer(address: str, server: "subprocess.Popen[bytes]", log: Path) -> str | None:
    """The address once it answers; what was wrong where it does not."""
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{address}/collections/{PEER_LAYER}").status_code == 200:
                return address
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    print(f"TiPG: NOT MEASURED ({log.read_text()[-200:]})")
    return None


def of_peer(peer: str | None, path: str) -> float | None:
    """Requests a second of the peer for the same question; ``None`` where it has none like it."""
    if peer is None or "token=" in path:
        return None
    place = path.replace("/ogc/collections/kapi", f"/collections/{PEER_LAYER}")
    place = place.replace("/ogc", "/", 1).replace("//", "/")
    if TILES in path or httpx.get(peer + place).status_code != 200:
        return None
    return rate(peer + place, {})


def tiles_at(address: str, z: int) -> tuple[range, range]:
    """Rows and columns of the tiles of a zoom that hold the points."""
    said = httpx.get(f"{address}{TILES}").json()
    (limit,) = [each for each in said["tileMatrixSetLimits"] if each["tileMatrix"] == str(z)]
    return (
        range(limit["minTileRow"], limit["maxTileRow"] + 1),
        range(limit["minTileCol"], limit["maxTileCol"] + 1),
    )


def tiles_unkept(address: str, peer: str | None, z: int) -> tuple[float, float, float | None, int]:
    """Tiles a second that nobody asked for before; bare, of the peer, and their middle size.

    Every tile of the zoom once, or as many as eight clients get in three seconds. The clients are
    threads of this process: for small tiles they, not the server, are what is measured.
    """
    rows, columns = tiles_at(address, z)
    paths = [f"{TILES}/{z}/{row}/{column}" for row in rows for column in columns]
    random.Random(1).shuffle(paths)  # noqa: S311 (no secret)
    ours, sizes = in_turn(address, paths)
    typical = httpx.get(address + paths[sizes.index(sorted(sizes)[len(sizes) // 2])]).content
    with process(serve_bare, typical, 200) as bare:
        floor, _ = in_turn(bare, paths)
    theirs = None
    if peer is not None:  # x before y, as it has it
        there = [
            f"/collections/{PEER_LAYER}/tiles/{SCHEME}/{z}/{x}/{y}" for y in rows for x in columns
        ]
        random.Random(1).shuffle(there)  # noqa: S311 (no secret)
        theirs, _ = in_turn(peer, there)
    return ours, floor, theirs, len(typical)


def in_turn(address: str, paths: list[str]) -> tuple[float, list[int]]:
    """Answers a second, and the size of each, of paths asked once each."""
    with httpx.Client(headers={"Accept-Encoding": "identity"}) as client:
        until = time.perf_counter() + SECONDS

        def size(path: str) -> int:
            return len(client.get(address + path).content) if time.perf_counter() < until else -1

        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            sizes = [each for each in pool.map(size, paths) if each >= 0]
        return len(sizes) / (time.perf_counter() - began), sizes


def publish_points(folder: Path, points: int, stack: ExitStack) -> Settings:
    """A database with one published layer; it stays up until the stack is closed."""
    (folder / "layers").mkdir()
    (folder / "layers" / "kapi.toml").write_text(LAYER, "utf-8")
    publication = PublicationSettings(layers_dir=folder / "layers")
    settings = Settings(home=folder, publication=publication)
    database = stack.enter_context(open_database(settings))
    upgrade(database)
    with database.engine("gis_owner").begin() as connection:
        connection.execute(text("CREATE SCHEMA bench"))
        connection.execute(text(TABLE), {"points": points})
        connection.execute(text("GRANT USAGE ON SCHEMA bench TO gis_office"))
        connection.execute(text("GRANT SELECT ON bench.kapi TO gis_office"))
    began = time.perf_counter()
    propose(settings, database, "kapi", "Ayşe")
    move(database, "kapi", Action.CHECK, "Deniz")
    move(database, "kapi", Action.APPROVE, "Bülent")
    publish(settings, database, "kapi", "Bülent")
    print(f"published in {time.perf_counter() - began:.1f} s")
    return settings


def serve(port: int, settings: Settings) -> None:
    """The application as it is."""
    with open_database(settings) as database:
        app = create_app(settings, database)
        collect_garbage()  # as ``gis serve`` does
        run(app, port)


def serve_bare(port: int, body: bytes, status: int) -> None:
    """The same bytes from a handler that does nothing else."""
    headers = [(b"content-type", b"application/geo+json"), (b"content-length", b"%d" % len(body))]

    async def bare(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    run(bare, port)


def run(app: object, port: int) -> None:
    """One worker of uvicorn."""
    uvicorn.run(app, port=port, log_level="critical", access_log=False, lifespan="auto")  # type: ignore[arg-type]


@contextmanager
def process(serving: object, *arguments: object) -> Iterator[str]:
    """A server in a process of its own; gives its address once it answers."""
    port = free_port()
    started = get_context("spawn").Process(target=serving, args=(port, *arguments))  # type: ignore[arg-type]
    started.start()
    address = f"http://127.0.0.1:{port}"
    try:
        while started.is_alive():
            try:
                httpx.get(f"{address}/ogc", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        started.terminate()
        started.join()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def rate(url: str, headers: dict[str, str]) -> float:
    """Requests a second, as wrk measures them after a second of warming up."""
    extra = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", *extra, url]
    subprocess.run([*command, "-d1"], check=True, capture_output=True)
    done = subprocess.run([*command, f"-d{SECONDS}"], check=True, capture_output=True, text=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])
