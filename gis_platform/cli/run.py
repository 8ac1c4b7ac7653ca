"""``gis run``: runs a pipeline over a file, prints the account of its rows, writes the report."""

import json
from pathlib import Path

import typer
from rich.console import Console

from gis_platform.cli.main import settings_of
from gis_platform.core.pipeline import pipelines
from gis_platform.core.settings import Settings
from gis_platform.db.engine import open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.report.model import RunReport
from gis_platform.report.write import print_report, write_report


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("run")(run)


def run(  # noqa: PLR0913, PLR0917 — one option each
    context: typer.Context,
    pipeline: str = typer.Argument(
        help="İş hattının adı, örneğin aks_to_maks. / Name of the pipeline, e.g. aks_to_maks."
    ),
    file: Path = typer.Argument(help="CSV ya da XLSX dosyası. / A CSV or XLSX file."),  # noqa: B008
    sheet: str | None = typer.Option(None, help="Çalışma sayfası (XLSX). / Worksheet (XLSX)."),
    person: str | None = typer.Option(
        None, "--as", help="İşi başlatan kişi. / The person who starts the job."
    ),
    as_json: bool = typer.Option(False, "--json", help="JSON yazar. / Writes JSON."),  # noqa: FBT001, FBT003
) -> None:
    """Bir dosyayı kayda işler ve satırların hesabını verir. / Takes a file into the register."""
    settings = settings_of(context)
    job = pipelines[pipeline]
    with open_database(settings) as database:
        upgrade(database)
        report = job(settings, database, file, sheet=sheet, started_by=person)
    show_report(settings, report, as_json=as_json)


def show_report(settings: Settings, report: RunReport, *, as_json: bool = False) -> None:
    """Write a report, print it and say where its page lies."""
    page = write_report(report, settings.report_dir, settings.language)
    if as_json:
        typer.echo(json.dumps(report.as_json() | {"page": str(page)}, ensure_ascii=False, indent=2))
        return
    print_report(report, settings.language, Console())
    typer.echo(("Rapor: " if settings.language == "tr" else "Report: ") + str(page))
