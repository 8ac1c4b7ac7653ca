"""``gis db``: the database of this installation: upgrade, state, address for QGIS, psql."""

import json
import os
import shutil
import subprocess
from typing import Any

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import ConfigError, Text
from gis_platform.core.language import Language
from gis_platform.db.engine import open_database
from gis_platform.db.queries.state import DatabaseState, read_state
from gis_platform.db.upgrade import upgrade

_WHILE_IN_USE = Text(
    "Özel küme yalnızca bir gis komutu çalışırken açıktır; açık tutmak için: gis serve",
    "The private cluster runs only while a gis command does; to keep it up: gis serve",
)


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(help="Veritabanı. / The database.", no_args_is_help=True)
    group.command("upgrade")(upgrade_database)
    group.command("status")(show_state)
    group.command("url")(show_url)
    group.command("psql")(open_psql)
    root.add_typer(group, name="db")


def upgrade_database(context: typer.Context) -> None:
    """Şemaları ve rolleri kurar ya da yükseltir. / Creates or upgrades schemas and roles."""
    settings = settings_of(context)
    with open_database(settings) as database:
        is_changed = upgrade(database)
    said = {
        "tr": "Veritabanı yükseltildi." if is_changed else "Veritabanı güncel.",
        "en": "The database was upgraded." if is_changed else "The database is up to date.",
    }
    typer.echo(said[settings.language])


def show_state(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="JSON yazar. / Writes JSON."),  # noqa: FBT001, FBT003
) -> None:
    """Adres, sürümler, boyutlar, katmanlar. / Address, versions, sizes, layers."""
    settings = settings_of(context)
    with open_database(settings) as database:
        state = read_state(database)
    if as_json:
        typer.echo(json.dumps(_plain(state), ensure_ascii=False, indent=2))
        return
    for name, value in _lines(state, settings.language):
        typer.echo(f"{name:<24} {value}")


def show_url(context: typer.Context) -> None:
    """QGIS için bağlantı adresi, parolasız. / Address for QGIS, without password."""
    settings = settings_of(context)
    with open_database(settings) as database:
        typer.echo(read_state(database).url)
        if database.is_private:
            typer.echo(_WHILE_IN_USE.say(settings.language), err=True)


def open_psql(context: typer.Context) -> None:
    """Veritabanında psql açar. / Opens psql on the database."""
    settings = settings_of(context)
    program = shutil.which("psql")
    if program is None:
        raise ConfigError(
            Text("psql bulunamadı.", "psql was not found."),
            remedy=Text("apt install postgresql-client", "apt install postgresql-client"),
        )
    with open_database(settings) as database:
        url = database.url().set(drivername="postgresql")
        shown = url.set(password=None).render_as_string()
        secret = {"PGPASSWORD": str(url.password)} if url.password else {}
        done = subprocess.run([program, shown], env={**os.environ, **secret}, check=False)
    raise typer.Exit(done.returncode)


def _plain(state: DatabaseState) -> dict[str, Any]:
    return {**vars(state), "schemas": dict(state.schemas), "layers": dict(state.layers)}


def _lines(state: DatabaseState, language: Language) -> list[tuple[str, str]]:
    is_tr = language == "tr"
    yes, no = ("evet", "hayır") if is_tr else ("yes", "no")
    names = (
        ("adres", "PostgreSQL", "PostGIS", "özel küme", "güncel", "boyut")
        if is_tr
        else ("address", "PostgreSQL", "PostGIS", "private cluster", "up to date", "size")
    )
    values = (
        state.url,
        state.postgresql,
        state.postgis or "–",
        yes if state.is_private else no,
        yes if state.is_current else no,
        _megabytes(state.size),
    )
    sizes = [(f"  {schema}", _megabytes(size)) for schema, size in state.schemas.items()]
    counts = [(f"  maks.{layer}", f"{count:,}") for layer, count in state.layers.items()]
    return [*zip(names, values, strict=True), *sizes, *counts]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
