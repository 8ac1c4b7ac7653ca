"""Start of the service with many layers, and a change of the catalogue under load.

``python tests/benchmark layers [layers]``: so many small layers are published (200 where nothing is
said). The time from the start of a process that has loaded its libraries to its first answer stands
beside that of a server with one layer; then a layer is published while wrk asks, and what failed is
counted.
"""

import asyncio
import re
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
from ogc import LAYER, TABLE, process, serve
from sqlalchemy import text

from gis_platform.api.app import create_app
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import Database, open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.opendata.approval import Action
from gis_platform.opendata.publish import move, propose, publish

ROWS = 20
LOAD_SECONDS = 8


def main(arguments: list[str]) -> None:
    """Measure and print."""
    count = int(arguments[0]) if arguments else 200
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gis-", dir="/tmp")))
        folder.chmod(0o755)
        (folder / "layers").mkdir()
        publication = PublicationSettings(layers_dir=folder / "layers")
        settings = Settings(home=folder, publication=publication)
        database = stack.enter_context(open_database(settings))
        upgrade(database)
        prepare(database)
        publish_one(settings, database, folder, 0)
        one = started(settings, database)
        began = time.perf_counter()
        for number in range(1, count):
            publish_one(settings, database, folder, number)
        each = (time.perf_counter() - began) / max(1, count - 1)
        many = started(settings, database)
        print(f"published: {each:.2f} s a layer of {ROWS} rows")
        print(f"to the first answer, 1 layer: {one:.2f} s · {count} layers: {many:.2f} s"
              f" · ratio {many / one:.1f}")  # fmt: skip
        address = stack.enter_context(process(serve, settings))
        swapped(settings, database, folder, address, count)


def prepare(database: Database) -> None:
    """The table every layer is copied from."""
    with database.engine("gis_owner").begin() as connection:
        connection.execute(text("CREATE SCHEMA bench"))
        connection.execute(text(TABLE), {"points": ROWS})
        connection.execute(text("GRANT USAGE ON SCHEMA bench TO gis_office"))
        connection.execute(text("GRANT SELECT ON bench.kapi TO gis_office"))


def publish_one(settings: Settings, database: Database, folder: Path, number: int) -> None:
    """Propose, check, approve and publish a layer of that number."""
    name = f"kapi_{number}"
    said = LAYER.replace('tr = "Kapılar"', f'tr = "Kapılar {number}"')
    (folder / "layers" / f"{name}.toml").write_text(said, "utf-8")
    propose(settings, database, name, "Ayşe")
    move(database, name, Action.CHECK, "Deniz")
    move(database, name, Action.APPROVE, "Bülent")
    publish(settings, database, name, "Bülent")


def started(settings: Settings, database: Database) -> float:
    """Seconds from nothing but loaded libraries to the list of collections."""
    began = time.perf_counter()
    app = create_app(settings, database)

    async def ask() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.get("/ogc/collections")).status_code

    assert asyncio.run(ask()) == 200
    return time.perf_counter() - began


def swapped(settings: Settings, database: Database, folder: Path, address: str, count: int) -> None:
    """Publish a layer while wrk asks for the catalogue and for features; say what failed."""
    urls = [f"{address}/ogc/collections", f"{address}/ogc/collections/kapi_0/items"]
    command = ["wrk", "-t1", "-c4", f"-d{LOAD_SECONDS}", "--latency"]
    loads = [subprocess.Popen([*command, url], stdout=subprocess.PIPE, text=True) for url in urls]
    time.sleep(1)
    began = time.perf_counter()
    publish_one(settings, database, folder, count)
    published = time.perf_counter() - began
    while f"kapi_{count}" not in httpx.get(urls[0]).text:
        time.sleep(0.05)
    seen = time.perf_counter() - began - published
    for url, load in zip(urls, loads, strict=True):
        said = load.communicate()[0]
        errors = re.search(r"(Socket errors.*|Non-2xx.*)", said)
        rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
        slowest = re.search(r"99%\s+(\S+)", said)
        print(f"{url.removeprefix(address)}: {rate[1] if rate else '?'} requests/s, "
              f"99 % within {slowest[1] if slowest else '?'}, "
              f"{errors[1] if errors else 'no error'}")  # fmt: skip
    print(f"published under load in {published:.1f} s, seen {seen:.2f} s later")
