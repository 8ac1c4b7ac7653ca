"""``gis maks reconcile`` and ``decide``: UAVT against the register, and decisions about it."""

from pathlib import Path
from typing import Annotated

import typer

from gis_platform.cli.main import settings_of
from gis_platform.cli.maks_rows import print_rows, write_json
from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number, percent
from gis_platform.db.engine import open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.reconcile import LEAST_COVERED, Reconciled
from gis_platform.jobs.reconcile import reconcile as compare_file
from gis_platform.jobs.worklist import take_worklist, write_worklist
from gis_platform.maks.reconcile import REASON_TEXTS, STATUS_TEXTS, Status


def reconcile(  # noqa: PLR0913 - one option each
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="AKS", help="UAVT metni: CSV ya da XLSX. / Text of UAVT.")
    ],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o",
            help="İş listesinin yazılacağı klasör. / Folder to write the work list into.",
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Çalışma sayfası. / Worksheet.")] = None,
    least_covered: Annotated[
        float,
        typer.Option(
            "--covered", min=0, max=1,
            help="Mahallenin yalnız kayıtta olanları sayılsın diye dosyanın ulaşması gereken ana "
            "kapı payı. / Share of a mahalle's main doors the file must lead to before what only "
            "the register has there is counted.",
        ),
    ] = LEAST_COVERED,
    with_matched: Annotated[
        bool, typer.Option("--all", help="Uyuşanlar da listelensin. / Also what agrees.")
    ] = False,
    person: Annotated[
        str | None, typer.Option("--as", metavar='"AD SOYAD"', help="Başlatan kişi. / Who.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")] = False,
) -> None:  # fmt: skip
    """UAVT metnini kayıtla karşılaştırır. / Compares the text of UAVT with the register."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        found = compare_file(
            settings, database, file, sheet=sheet, least_covered=least_covered, started_by=person
        )
    folder = output or settings.report_dir / f"reconcile-{found.batch_id}"
    page = write_worklist(found, folder, settings.language, with_matched=with_matched)[0]
    if as_json:
        write_json(_json(found, page))
    else:
        _print(found, page, settings.language)


def decide(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Doldurulmuş iş listesi: .xlsx, .csv, .gpkg. / Work list.")
    ],
    *,
    person: Annotated[
        str, typer.Option("--as", metavar='"AD SOYAD"', help="Karar veren. / Who decided.")
    ],
) -> None:
    """İş listesindeki kararları kaydeder. / Records the decisions of a work list."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").begin() as connection:
            taken = take_worklist(connection, file, person)
    said = Text(
        f"{taken} karar kaydedildi; gis maks reconcile ve gis run onlara uyar.",
        f"{taken} decisions were recorded; gis maks reconcile and gis run obey them.",
    )
    typer.echo(said.say(settings.language))


def _print(found: Reconciled, page: Path, language: Language) -> None:
    keys = Text("durum,gerekçe,sayı", "status,reason,count").say(language).split(",")
    counts = found.items.groupby(["status", "reason"]).size()
    order = {status.value: at for at, status in enumerate(Status)}
    rows = [
        (
            STATUS_TEXTS[Status(status)].say(language),
            REASON_TEXTS[reason].say(language),
            number(count, language),
        )
        for (status, reason), count in sorted(
            counts.items(), key=lambda one: (order[one[0][0]], -one[1])
        )
    ]
    print_rows([dict(zip(keys, row, strict=True)) for row in rows])
    read, rejected = (number(n, language) for n in (found.account.read, found.account.rejected))
    covered = percent(len(found.covered) / max(1, len(found.mahalle)), language)
    said = Text(
        f"{read} satır okundu, {rejected} geri çevrildi; {len(found.covered)} mahalle kapsanıyor "
        f"({covered}). İş listesi: {page}",
        f"{read} rows read, {rejected} rejected; {len(found.covered)} mahalle are covered "
        f"({covered}). Work list: {page}",
    )
    typer.echo(said.say(language))


def _json(found: Reconciled, page: Path) -> dict[str, object]:
    reasons = found.items.groupby(["status", "reason"]).size()
    return {
        "batch_id": found.batch_id,
        "read": found.account.read,
        "rejected": found.account.rejected,
        "counts": found.counts(),
        "reasons": {f"{status}.{reason}": int(n) for (status, reason), n in reasons.items()},
        "covered": {str(kod): round(share, 4) for kod, share in found.covered.items()},
        "page": str(page),
    }
