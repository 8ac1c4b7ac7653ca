"""``gis report …``: errors the public reported, for the unit that owns the layer."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from gis_platform.cli.layer import AsJson, Person, office
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.error_report import (
    ErrorReport,
    Verdict,
    answer_report,
    report_of,
    reports_of,
)

Number = Annotated[str, typer.Argument(help="Bildirimin numarası. / Number of the report.")]
_STATES = {
    "open": Text("açık", "open"),
    "corrected": Text("düzeltildi", "corrected"),
    "rejected": Text("yanlış yok", "no error"),
}


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Vatandaşın bildirdiği yanlışlar. / Errors the public reported.",
        no_args_is_help=True,
    )
    group.command("list")(list_reports)
    group.command("show")(show)
    group.command("answer")(answer)
    root.add_typer(group, name="report")


def list_reports(
    context: typer.Context,
    layer: Annotated[
        str | None, typer.Option("--layer", help="Yalnız bu katman. / This layer only.")
    ] = None,
    is_all: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--all", help="Yanıtlananlar da. / Those answered too.")
    ] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Yanıt bekleyen bildirimleri yazar. / Lists the reports that wait for an answer."""
    with office(context) as (settings, database):
        found = reports_of(database, layer, only_open=not is_all)
    if as_json:
        _write([asdict(each) for each in found])
        return
    if not found:
        typer.echo(Text("Bekleyen bildirim yok.", "No report waits.").say(settings.language))
    for each in found:
        typer.echo(_line(each, settings.language))


def show(context: typer.Context, number: Number) -> None:
    """Bir bildirimi bütünüyle yazar (JSON). / Prints a whole report (JSON)."""
    with office(context) as (_, database):
        found = report_of(database, number)
    _write(asdict(found))


def answer(  # noqa: PLR0913 - an answer, who gives it and what it says
    context: typer.Context,
    number: Number,
    said: Annotated[
        str, typer.Argument(metavar='"YANIT"', help="Herkese açık yanıt. / The public answer.")
    ],
    person: Person,
    is_rejected: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--no-error", help="Yanlış bulunmadı. / No error was found.")
    ] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Bildirimi yanıtlar; yanıt numarayla görülür. / Answers it; seen by whoever has the number."""
    with office(context) as (settings, database):
        verdict: Verdict = "rejected" if is_rejected else "corrected"
        found = answer_report(database, number, verdict, said, person)
    if as_json:
        _write(asdict(found))
        return
    typer.echo(_line(found, settings.language))


def _line(report: ErrorReport, language: Language) -> str:
    place = f"{report.layer}/{report.feature}" if report.feature else report.layer
    day, state = report.at.date().isoformat(), _STATES[report.state].say(language)
    said = " ".join((report.said or "–").split())
    return f"{report.number}  {day}  {place} v{report.version}  {state}  {said[:80]}"


def _write(said: Any) -> None:
    typer.echo(json.dumps(said, ensure_ascii=False, indent=2, default=str))
