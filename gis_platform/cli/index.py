"""``gis index``: the address index brought up to the register."""

import json
import sys
import time

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text
from gis_platform.core.language import number
from gis_platform.db.engine import open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.index import ensure_index
from gis_platform.matching.index import read_manifest


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("index")(run)


def run(
    context: typer.Context,
    as_json: bool = typer.Option(  # noqa: FBT001
        False,  # noqa: FBT003
        "--json",
        help="JSON yazar. / Writes JSON.",
    ),
) -> None:
    """Adres dizinini kayıttan yeniler; güncelse dokunmaz. / Brings the address index up to date."""
    settings = settings_of(context)
    began = time.perf_counter()
    before = read_manifest(settings.index_dir)
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").connect() as connection:
            folder = ensure_index(settings, connection)
    now = read_manifest(folder) or {}
    facts = {
        "folder": str(folder),
        "is_new": before is None or before.get("fingerprint") != now.get("fingerprint"),
        "kapi": now.get("counts", {}).get("kapi", 0),
        "seconds": round(time.perf_counter() - began, 3),
    }
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    doors = number(facts["kapi"], settings.language)
    made = Text(f"Dizin yenilendi: {doors} kapı.", f"Index made anew: {doors} doors.")
    kept = Text(f"Dizin zaten güncel: {doors} kapı.", f"The index is current: {doors} doors.")
    sys.stdout.write((made if facts["is_new"] else kept).say(settings.language) + "\n")
