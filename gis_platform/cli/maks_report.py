"""``gis maks report``: the conformity file, as a page, as a PDF to sign, and as a workbook."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text, UsageError
from gis_platform.core.language import Language
from gis_platform.jobs.maks_report import Asked, conformity
from gis_platform.report.conformity import Conformity
from gis_platform.report.conformity_write import write_conformity
from gis_platform.report.telling import Telling


def report(  # noqa: PLR0913 - one option each
    context: typer.Context,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o",
            help="Dosyaların yazılacağı klasör; verilmezse raporların klasörü. / "
            "Folder to write into; that of the reports where not given.",
        ),
    ] = None,
    delivery: Annotated[
        Path | None,
        typer.Option(
            help="Kayıt yerine bu teslimatın dosyası; veritabanı gerekmez. / "
            "The file of this delivery instead of the register; needs no database.",
        ),
    ] = None,
    srid: Annotated[
        int | None,
        typer.Option(help="Teslimatın EPSG kodu. / EPSG code of the delivery."),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            help="register, publication, delivery ya da bir .toml. / … or a .toml file."
        ),
    ] = "delivery",
    mahalle: Annotated[
        str | None,
        typer.Option(help="Yalnız bu mahalle, adı ya da kimlik no. / Only this mahalle."),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="DATE",
            help="Dosyanın tarihi, 2026-01-31 gibi; verilmezse bugün. / "
            "Date of the file, like 2026-01-31; today where not given.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")] = False,
) -> None:  # fmt: skip
    """Uygunluk dosyasını yazar: HTML, PDF, XLSX. / Writes the conformity file."""
    settings = settings_of(context)
    asked = Asked(_day(day), profile, mahalle, delivery, srid)
    made = conformity(settings, asked)
    stem = f"uygunluk-{asked.reported_on.isoformat()}"
    written = write_conformity(made, output or settings.report_dir, stem, settings.language)
    if as_json:
        typer.echo(json.dumps(_json(made, written), ensure_ascii=False, indent=2))
        return
    tell = Telling(made, settings.language)
    typer.echo(f"{tell.verdict()} {tell.word('clean_share')}: {tell.percent(made.clean_share)}.")
    for line in _worst(made, settings.language):
        typer.echo(line)
    for path in written.values():
        typer.echo(str(path))


def _worst(made: Conformity, language: Language, most: int = 5) -> list[str]:
    tell = Telling(made, language)
    lines = [line for line in made.controls if line.errors]
    lines.sort(key=lambda line: (-line.errors, line.code))
    return [
        f"  {line.code}: {tell.number(line.errors)} – {line.rule.say(language)}"
        for line in lines[:most]
    ]


def _json(made: Conformity, written: dict[str, Path]) -> dict[str, object]:
    return {
        "date": made.reported_on.isoformat(),
        "conforms": made.conforms,
        "features": made.features,
        "with_error": made.with_error,
        "errors": made.errors,
        "warnings": made.warnings,
        "clean_share": round(made.clean_share, 6),
        "controls": {line.code: line.findings for line in made.controls if line.findings},
        "files": {form: str(path) for form, path in written.items()},
    }


def _day(said: str | None) -> date:
    if said is None:
        return date.today()  # noqa: DTZ011 - the day here, where the file is signed
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise UsageError(
            Text(f"“{said}” bir tarih değil.", f"“{said}” is no date."),
            remedy=Text("örneğin 2026-01-31", "for example 2026-01-31"),
        ) from None
