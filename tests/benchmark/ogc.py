"""Requests a second of the OGC API, beside PostGIS through a bare handler, and beside TiPG.

``python tests/benchmark ogc [points] [first words of a case]``: so many points are published
(100,000 where nothing is said); one server process each, wrk with eight connections on the same
machine, five hundred addresses in turn. The ratios are what counts; figures in requests a second
hold for one machine and one hour.
"""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

import httpx
import uvicorn
from matching.environments import python_of
from serving.cases import ITEMS, PEER, TILES, Case, item_cases, tile_case
from serving.load import CONNECTIONS, SECONDS, check_wrk, rate
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from gis_platform.api import ogc_tiles
from gis_platform.api.app import create_app
from gis_platform.cli.serve_load import collect_garbage
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.opendata.approval import Action
from gis_platform.opendata.publish import move, propose, publish

PLAIN = {"Accept-Encoding": "identity"}
TABLE = """
CREATE TABLE bench.kapi AS
SELECT n::bigint AS kimlik_no, (1 + n % 120)::text AS dis_kapi_no, (n / 100)::bigint AS csbm_kodu,
       'Çeşme ' || n / 100 AS csbm, (n % 55)::bigint AS mahalle_kodu,
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


def main(arguments: list[str]) -> None:
    """Measure and print a table."""
    points = int(arguments[0]) if arguments else 100_000
    wanted = " ".join(arguments[1:])
    check_wrk()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gis-", dir="/tmp")))
        folder.chmod(0o755)
        settings = publish_points(folder, points, stack)
        address = stack.enter_context(process(serve, settings))
        bare = stack.enter_context(other(settings, folder, "bare:app", "/one/1"))
        peer = stack.enter_context(other(settings, folder, "tipg.main:app", PEER))
        print(f"{points} points · {CONNECTIONS} connections · {SECONDS} s each")
        print(f"{'':22}{'ours/s':>8}{'floor':>8}{'bare/s':>8}{'ratio':>7}{'TiPG/s':>8}{'times':>7}"
              f"{'bytes':>9}")  # fmt: skip
        for case in item_cases(points):
            if case.name.startswith(wanted):
                show(case, address, bare, peer)
        if "tile".startswith(wanted.split(" ")[0]):
            with process(serve_forgetful, settings) as forgetful:
                for z, floor in ((14, 50), (16, 800)):
                    case = tile_case(z, floor, *tiles_at(address, z))
                    if case.name.startswith(wanted):
                        show(case, forgetful, bare, peer)
        for name, floor, path in (
            ("304 on ETag", 10_000, ITEMS), ("collections", 0, "/ogc/collections"),
            ("landing page, HTML", 1_000, "/ogc?f=html"),
        ):  # fmt: skip
            if name.startswith(wanted):
                show_document(name, floor, address, path, peer)


def show(case: Case, address: str, bare: str | None, peer: str | None) -> None:
    """A line of the table: ours, the bare handler's and the peer's."""
    ours = rate(address, case.ours)
    raw = rate(bare, case.bare) if bare else None
    theirs = rate(peer, case.peer) if peer and case.peer else None
    size = len(httpx.get(address + case.ours[0], headers=PLAIN).content)
    line(case.name, case.floor, (ours, raw, theirs), size)


def show_document(name: str, floor: int, address: str, path: str, peer: str | None) -> None:
    """A line of what needs no database; the raw limit is a handler that sends bytes it holds."""
    headers, there = {}, {"/ogc/collections": "/collections", "/ogc?f=html": "/?f=html"}.get(path)
    answer = httpx.get(address + path, headers=PLAIN)
    if name.startswith("304"):
        headers = {"If-None-Match": answer.headers["etag"]}
        answer = httpx.get(address + path, headers=headers)
        assert answer.status_code == 304
    with process(serve_bare, answer.content, answer.status_code) as bytes_only:
        raw = rate(bytes_only, ["/"])
    theirs = rate(peer, [there]) if peer and there else None
    ours = rate(address, [path], headers)
    line(name, floor, (ours, raw, theirs), len(answer.content))


def line(name: str, floor: int, rates: tuple[float, float | None, float | None], size: int) -> None:
    """Print a line, of the rates ours, the raw one, the peer’s; ``!`` marks one under its floor."""
    ours, raw, theirs = rates
    said = f"{floor:7}{'!' if ours < floor else ' '}" if floor else f"{'–':>7} "
    beside = f"{raw:8.0f}{ours / raw:7.2f}" if raw else f"{'–':>8}{'–':>7}"
    beside += f"{theirs:8.0f}{ours / theirs:7.1f}" if theirs else f"{'–':>8}{'–':>7}"
    print(f"{name:22}{ours:8.0f}{said}{beside}{size:9}", flush=True)


@contextmanager
def other(settings: Settings, folder: Path, app: str, probe: str) -> Iterator[str | None]:
    """Another server over the same table, with one worker, in the environment of TiPG.

    ``None`` where it cannot be had, which is printed with the reason.
    """
    try:
        python = python_of("tipg", "requirements-bench-tipg.lock")
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"{app}: NOT MEASURED ({error})")
        yield None
        return
    with open_database(settings) as database:
        url = database.url("gis_owner")
    socket_folder = quote(str(url.query["host"]), safe="")  # it takes no host in the query
    port = free_port()
    said = {"DATABASE_URL": f"postgresql://{url.username}@{socket_folder}/{url.database}",
            "TIPG_CATALOG_TTL": "0",
            "TIPG_DB_SCHEMAS": '["published"]'}  # fmt: skip
    logged = folder / f"{app}.log"
    with logged.open("w") as log, subprocess.Popen(
        [str(python), "-m", "uvicorn", app, "--app-dir", str(Path(__file__).parent / "serving"),
         "--port", str(port), "--no-access-log", "--log-level", "error"],
        env=os.environ | said, stdout=log, stderr=log,
    ) as server:  # fmt: skip
        try:
            yield answering(f"http://127.0.0.1:{port}", probe, server, logged)
        finally:
            server.terminate()


def answering(address: str, probe: str, server: "subprocess.Popen[bytes]", log: Path) -> str | None:
    """The address once it answers; what was wrong where it does not."""
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(address + probe).status_code == 200:
                return address
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    print(f"{log.stem}: NOT MEASURED ({log.read_text()[-200:]})")
    return None


def tiles_at(address: str, z: int) -> tuple[range, range]:
    """Rows and columns of the tiles of a zoom that hold the points."""
    said = httpx.get(f"{address}{TILES}").json()
    (limit,) = [each for each in said["tileMatrixSetLimits"] if each["tileMatrix"] == str(z)]
    return (
        range(limit["minTileRow"], limit["maxTileRow"] + 1),
        range(limit["minTileCol"], limit["maxTileCol"] + 1),
    )


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


def serve_forgetful(port: int, settings: Settings) -> None:
    """The application, that keeps no tile it made."""
    ogc_tiles.KEPT_BYTES = 0
    serve(port, settings)


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
