"""``gis review`` and ``gis rejected``: rows that wait or were refused, out to a file and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from sqlalchemy import Connection

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number
from gis_platform.core.settings import Settings
from gis_platform.db.engine import open_database
from gis_platform.db.queries.work import count_matches, find_batch, newest_batch
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.review import is_placed, rejected_table, review_table, take_decisions
from gis_platform.sources.table import write_table

BatchNumber = Annotated[
    int | None,
    typer.Option("--batch", help="Parti numarası; verilmezse sonuncusu. / Batch; else the last."),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="Yazılacak .csv ya da .xlsx. / File to write.")
]


def register(root: typer.Typer) -> None:
    """Add both groups to ``gis``."""
    review = typer.Typer(
        help="İnceleme bekleyen satırlar. / Rows held for review.", no_args_is_help=True
    )
    review.command("list")(list_waiting)
    review.command("export")(export_review)
    review.command("import")(import_review)
    root.add_typer(review, name="review")
    rejected = typer.Typer(help="Geri çevrilen satırlar. / Rejected rows.", no_args_is_help=True)
    rejected.command("export")(export_rejected)
    root.add_typer(rejected, name="rejected")


def list_waiting(context: typer.Context, batch: BatchNumber = None) -> None:
    """Bekleyen satırları gerekçeye göre sayar. / Counts the waiting rows by reason."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").connect() as connection:
            counts = count_matches(connection, _batch(connection, batch))
    waiting = counts[~is_placed(counts)]
    by_reason = waiting.groupby(["match_status", "match_level", "reason"], dropna=False)["rows"]
    for (status, level, reason), rows in by_reason.sum().sort_values(ascending=False).items():
        typer.echo(f"{rows:>8,}  {status}  {level or '–'}  {reason or '–'}")


def export_review(context: typer.Context, output: Output, batch: BatchNumber = None) -> None:
    """Bekleyen satırları önerilerle dosyaya yazar. / Writes waiting rows with suggestions."""
    _export(settings_of(context), output, batch, review_table)


def export_rejected(context: typer.Context, output: Output, batch: BatchNumber = None) -> None:
    """Geri çevrilen satırları gerekçeleriyle yazar. / Writes rejected rows with their reasons."""
    _export(settings_of(context), output, batch, rejected_table)


def import_review(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Doldurulmuş dosya. / The file, filled in.")],
    person: Annotated[
        str, typer.Option("--as", metavar='"AD SOYAD"', help="Karar veren. / Who decided.")
    ],
) -> None:
    """Kararları kaydeder; bir sonraki çalıştırma onlara uyar. / Takes decisions; runs obey them."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").begin() as connection:
            taken = take_decisions(connection, file, person)
    said = Text(
        f"{taken} karar kaydedildi; işi yeniden çalıştırın.",
        f"{taken} decisions were recorded; run the job again.",
    )
    typer.echo(said.say(settings.language))


def _export(
    settings: Settings,
    output: Path,
    batch: int | None,
    table: Callable[[Connection, int, Language], pd.DataFrame],
) -> None:
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").connect() as connection:
            frame = table(connection, _batch(connection, batch), settings.language)
    if frame.empty:
        typer.echo(Text("Böyle satır yok.", "There are no such rows.").say(settings.language))
        return
    write_table([frame], output)
    typer.echo(f"{output}: {number(len(frame), settings.language)}")


def _batch(connection: Connection, batch: int | None) -> int:
    if batch is None:
        return newest_batch(connection, "aks").id
    return find_batch(connection, batch).id
