"""``gis maks export``: the register written as a delivery others can read."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number
from gis_platform.db.engine import open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.maks_export import Exported, export_delivery, moment_of
from gis_platform.maks.handover import FORMS


def export(  # noqa: PLR0913 - one option each
    context: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(
            help="Yazılacak .gdb, .gpkg ya da klasör. / The .gdb, .gpkg or folder to write."
        ),
    ],
    *,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="gdb, gpkg, shp ya da gml; verilmezse addan anlaşılır. / "
            "gdb, gpkg, shp or gml; by the name where not given.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Kaydın o tarihteki hâli (günün sonu). / The register as of that date (its end).",
        ),
    ] = None,
    mahalle: Annotated[
        str | None,
        typer.Option(help="Yalnız bu mahalle, adı ya da kimlik no. / Only this mahalle."),
    ] = None,
    may_replace: Annotated[
        bool,
        typer.Option("--replace", help="Varsa yerine yazar. / Takes the place of what is there."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")] = False,
) -> None:
    """Kaydı MAKS teslimatı olarak yazar. / Writes the register as a MAKS delivery."""
    settings = settings_of(context)
    moment = None if as_of is None else moment_of(as_of)
    with open_database(settings) as database:
        upgrade(database)
        done = export_delivery(
            settings,
            database,
            path,
            form=form,
            as_of=moment,
            mahalle=mahalle,
            may_replace=may_replace,
        )
    if as_json:
        said = {"path": str(done.path), "format": done.form, "features": done.features,
                "personal": done.personal}  # fmt: skip
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    typer.echo(_said(done, settings.language))


def _said(done: Exported, language: Language) -> str:
    counts = ", ".join(f"{name} {number(n, language)}" for name, n in done.features.items())
    title = FORMS[done.form].title.say(language)
    lines = [f"{done.path} ({title}, EPSG:5254): {counts}"]
    if done.personal:
        columns = ", ".join(done.personal)
        note = Text(
            f"Kişisel veri bulunabilecek sütunlar: {columns}. Yayımlamayın.",
            f"Columns that may hold personal data: {columns}. Do not publish.",
        )
        lines.append(note.say(language))
    return "\n".join(lines)
