"""``gis webhook …``: programs that are told of changed addresses."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from gis_platform.cli.layer import AsJson, Person, office
from gis_platform.cli.main import DATA_EXIT
from gis_platform.core.errors import Text
from gis_platform.db.queries.address_service import LEVELS
from gis_platform.jobs.webhooks import (
    Wanted,
    add_webhook,
    remove_webhook,
    retry_webhook,
    rotate_webhook,
    try_webhook,
    webhooks,
)

Number = Annotated[int, typer.Argument(help="Bildirimin numarası. / Number of the webhook.")]
_STATES = {
    "good": Text("iyi", "good"),
    "failing": Text("alınmıyor, yeniden denenecek", "not taken, tried again"),
    "dead": Text("vazgeçildi", "given up"),
}


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Değişen adreslerin bildirildiği programlar. / "
        "Programs that are told of changed addresses.",
        no_args_is_help=True,
    )
    group.command("add")(add)
    group.command("list")(list_webhooks)
    group.command("test")(test)
    group.command("retry")(retry)
    group.command("rotate")(rotate)
    group.command("remove")(remove)
    root.add_typer(group, name="webhook")


def add(  # noqa: PLR0913, PLR0917 - who is told of what
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Bildirilecek adres. / Address that is told.")],
    unit: Annotated[str, typer.Option("--unit", help="Birim. / Department.")],
    person: Person,
    levels: Annotated[
        list[str] | None,
        typer.Option(
            "--level",
            help=f"Düzey; yinelenebilir, verilmezse hepsi: {', '.join(LEVELS)}. / "
            f"Level; may be repeated, all where not given: {', '.join(LEVELS)}.",
        ),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(
            min=0, help="Bundan sonrası; verilmezse bundan böyle. / After this; else from now on."
        ),
    ] = None,
) -> None:
    """Ekler; imza sırrını bir kez gösterir. / Adds one; shows its secret only now."""
    with office(context) as (settings, database):
        wanted = Wanted(unit, url, tuple(levels or LEVELS), since)
        number, secret = add_webhook(database, settings.webhook, wanted, person)
    typer.echo(secret)
    typer.echo(Text(f"Bildirim {number}.", f"Webhook {number}.").say(settings.language), err=True)


def list_webhooks(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Bildirimleri ve durumlarını yazar. / Lists them and where they stand."""
    with office(context) as (settings, database):
        found = webhooks(database)
    if as_json:
        said = [asdict(each) | {"state": each.state} for each in found]
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2, default=str))
        return
    for each in found:
        state = _STATES[each.state].say(settings.language)
        typer.echo(f"{each.id}  {each.unit}  {each.url}  {each.told_to}  {state}  "
                   f"{each.last_answer or '–'}")  # fmt: skip


def test(context: typer.Context, number: Number) -> None:
    """Boş bir bildirim gönderir. / Sends an empty one."""
    with office(context) as (settings, database):
        answer, is_taken = try_webhook(database, settings.webhook, number)
    typer.echo(answer)
    if not is_taken:
        raise typer.Exit(DATA_EXIT)


def retry(context: typer.Context, number: Number) -> None:
    """Alınmayanı hemen yeniden gönderir. / Sends again at once what was not taken."""
    with office(context) as (_, database):
        retry_webhook(database, number)


def rotate(
    context: typer.Context,
    number: Number,
    overlap: Annotated[
        float,
        typer.Option(
            "--overlap-days",
            min=0,
            help="Kaç gün iki sırla da imzalanır. / Signed with both for so many days.",
        ),
    ] = 7,
) -> None:
    """Yeni imza sırrı verir. / Gives a new secret."""
    with office(context) as (_, database):
        typer.echo(rotate_webhook(database, number, overlap))


def remove(context: typer.Context, number: Number) -> None:
    """Artık bildirmez. / Tells it no more."""
    with office(context) as (_, database):
        remove_webhook(database, number)
