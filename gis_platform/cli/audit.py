"""``gis audit …``: the record of publication, counted again."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from gis_platform.cli.layer import AsJson, office
from gis_platform.cli.main import DATA_EXIT
from gis_platform.db.queries.files import public_audit
from gis_platform.opendata.audit import anchors, keep_anchor, verify_audit


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(help="Yayın denetim izi. / The audit of publication.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("verify")(verify)
    group.command("export")(export)
    root.add_typer(group, name="audit")


def verify(
    context: typer.Context,
    expected: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="ÖZET",
            help="Daha önce not edilmiş son özet. / The last hash, noted earlier.",
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Bir satır değiştirilmiş, çıkarılmış ya da eklenmiş mi? / Was a line changed or taken out?"""
    with office(context) as (settings, database):
        result = verify_audit(database, expected, anchors(settings))
        if not result.faults:
            keep_anchor(settings, database)
    language = settings.language
    if as_json:
        typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2))
    else:
        for fault in result.faults:
            typer.echo(fault.say(language))
        rows = "satır" if language == "tr" else "lines"
        verdict = (
            ("BOZUK" if language == "tr" else "BROKEN")
            if result.faults
            else ("sağlam" if language == "tr" else "intact")
        )
        typer.echo(f"{verdict}: {result.lines} {rows}, {result.last_hash}")
    if result.faults:
        raise typer.Exit(DATA_EXIT)


def export(
    context: typer.Context,
    layer: Annotated[
        str | None, typer.Option("--layer", help="Yalnızca bu katman. / This layer only.")
    ] = None,
) -> None:
    """Halka açık özeti yazar: adsız, satır satır JSON. / The public extract: JSON, no names."""
    with office(context) as (_, database), database.engine("gis_portal").connect() as connection:
        for line in public_audit(connection, layer):
            typer.echo(json.dumps(line, ensure_ascii=False, default=str))
