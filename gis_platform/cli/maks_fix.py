"""``gis maks fix``: computed remedies are shown, written into the register, and taken back."""

from dataclasses import asdict
from typing import Annotated

import typer

from gis_platform.cli.main import settings_of
from gis_platform.cli.maks_rows import print_rows, write_json
from gis_platform.core.errors import Text, UsageError
from gis_platform.core.language import Language
from gis_platform.db.engine import Database, open_database
from gis_platform.db.queries.register import read_layers
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.maks_fix import Change, Fixed, fix_register, undo_fix
from gis_platform.maks.check import find_mahalle

_SHOWN = 30


def fix(  # noqa: PLR0913 - one option each
    context: typer.Context,
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Çareleri uygulanacak kontrol (yinelenebilir). / Control (repeatable)."),
    ] = None,
    undo: Annotated[
        int | None,
        typer.Option(metavar="BATCH", help="Bu düzeltmeyi geri alır. / Takes this fix back."),
    ] = None,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Yalnız gösterir. / Only shows what would be done.")
    ] = False,
    mahalle: Annotated[
        str | None,
        typer.Option(help="Yalnız bu mahalle, adı ya da kimlik no. / Only this mahalle."),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            help="Yeni bulgu doğmamasına bakılan profil. / Nothing of it may newly break."
        ),
    ] = "delivery",
    person: Annotated[
        str | None, typer.Option("--as", metavar='"AD SOYAD"', help="Uygulayan kişi. / Who.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")] = False,
) -> None:
    """Hesaplanan çareleri kayda uygular ya da geri alır. / Applies computed remedies, or undoes."""
    settings = settings_of(context)
    if bool(only) == (undo is not None):
        raise UsageError(
            Text("--only ile --undo’dan biri gerekli.", "One of --only and --undo is needed."),
            remedy=Text(
                "gis maks fix --only R-YOL-15 --dry-run", "gis maks fix --only R-YOL-15 --dry-run"
            ),
        )
    with open_database(settings) as database:
        upgrade(database)
        if undo is not None:
            done = undo_fix(database, undo, is_dry_run=is_dry_run, person=person)
        else:
            done = fix_register(
                database,
                only or [],
                profile=profile,
                mahalle=_mahalle(database, mahalle),
                is_dry_run=is_dry_run,
                person=person,
            )
    if as_json:
        write_json(_json(done, settings.language))
    else:
        _print(done, settings.language, is_dry_run=is_dry_run)


def _mahalle(database: Database, wanted: str | None) -> int | None:
    if wanted is None:
        return None
    with database.engine("gis_etl").connect() as connection:
        return find_mahalle(read_layers(connection, ["mahalle"]), wanted)


def _print(done: Fixed, language: Language, *, is_dry_run: bool) -> None:
    print_rows([_row(change, language) for change in done.changes[:_SHOWN]])
    for change, why in done.skipped[:_SHOWN]:
        typer.echo(f"{change.code} {change.layer} {change.kimlik_no}: {why.say(language)}")
    count, left = len(done.changes), len(done.skipped)
    told = Text(f"{count} değişiklik, {left} atlandı", f"{count} changes, {left} left alone")
    typer.echo(told.say(language))
    if is_dry_run:
        said = Text("Deneme: hiçbir şey yazılmadı.", "Dry run: nothing was written.")
        typer.echo(said.say(language))
    elif done.batch_id is not None:
        back = f"gis maks fix --undo {done.batch_id}"
        said = Text(
            f"Parti {done.batch_id}. Geri almak için: {back}",
            f"Batch {done.batch_id}. To undo: {back}",
        )
        typer.echo(said.say(language))


def _row(change: Change, language: Language) -> dict[str, str]:
    told = ", ".join(
        f"{name}: {_value(change.before[name])} → {_value(after)}"
        for name, after in change.after.items()
    )
    return {
        Text("kontrol", "control").say(language): change.code,
        Text("katman", "layer").say(language): change.layer,
        "kimlik_no": str(change.kimlik_no),
        Text("değişiklik", "change").say(language): told,
    }


def _value(value: object) -> str:
    return "–" if value is None else str(value)


def _json(done: Fixed, language: Language) -> dict[str, object]:
    return {
        "batch_id": done.batch_id,
        "undoes": done.undoes,
        "changes": [asdict(change) for change in done.changes],
        "skipped": [{**asdict(change), "why": why.say(language)} for change, why in done.skipped],
    }
