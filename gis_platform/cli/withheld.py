"""``gis withheld …``: what is not published, why, and on what legal ground."""

import json
from datetime import UTC, datetime
from typing import Any

import typer

from gis_platform.cli.layer import AsJson, office
from gis_platform.cli.main import DATA_EXIT
from gis_platform.core.errors import Text
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.public import PublicLayer, public_layers
from gis_platform.opendata.withheld import Withheld, doubts, read_register


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Yayımlanmayan veriler, gerekçesi ve dayanağıyla. / "
        "Data that are not published, with the reason and legal basis.",
        no_args_is_help=True,
    )
    group.command("list")(list_withheld)
    group.command("check")(check)
    root.add_typer(group, name="withheld")


def list_withheld(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Halkın gördüğü listeyi yazar. / Prints the list the public sees."""
    with office(context) as (settings, database):
        found = read_register(settings).entries(_public(database))
    if as_json:
        rows = [_plain(each) for each in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    language = settings.language
    for each in found:
        cause = message(language, f"withheld.cause_{each.cause}")
        typer.echo(f"{each.name}: {each.title.say(language)} ({cause})")
        typer.echo(f"    {each.reason.say(language)}")
        typer.echo(f"    {each.basis.say(language)}")


def check(context: typer.Context) -> None:
    """Liste eksiksiz ve güncel mi? / Is the list complete and up to date?"""
    with office(context) as (settings, database):
        found = _doubts(settings, database)
    for each in found:
        typer.echo(each.say(settings.language))
    if found:
        raise typer.Exit(DATA_EXIT)
    typer.echo(Text("Liste tamam.", "The list is complete.").say(settings.language))


def _doubts(settings: Settings, database: Database) -> list[Text]:
    day = datetime.now(UTC).date()
    return list(doubts(read_register(settings), _public(database), day))


def _public(database: Database) -> list[PublicLayer]:
    with database.engine("gis_portal").connect() as connection:
        return public_layers(connection)


def _plain(each: Withheld) -> dict[str, Any]:
    words = ("title", "reason", "basis")
    said: dict[str, Any] = {"name": each.name, "cause": each.cause}
    said |= {key: {"tr": getattr(each, key).tr, "en": getattr(each, key).en} for key in words}
    return said | {"since": each.since, "review_on": each.review_on}
