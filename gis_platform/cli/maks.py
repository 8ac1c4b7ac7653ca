"""``gis maks …``: deliveries are imported and checked; the model and the controls are shown."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gis_platform.cli.main import DATA_EXIT, settings_of
from gis_platform.cli.maks_diff import diff
from gis_platform.cli.maks_export import export
from gis_platform.cli.maks_fix import fix
from gis_platform.cli.maks_reconcile import decide, reconcile
from gis_platform.cli.maks_report import report as write_report
from gis_platform.cli.maks_rows import print_rows, write_json
from gis_platform.cli.maks_waiver import group as waiver_group
from gis_platform.cli.run import show_report
from gis_platform.core.errors import NotFound, Text, UsageError
from gis_platform.core.findings import Finding, Severity
from gis_platform.core.language import Language
from gis_platform.core.pipeline import pipelines
from gis_platform.core.settings import Settings
from gis_platform.db.decide import read_waivers
from gis_platform.db.engine import open_database
from gis_platform.db.queries.history import moment_of
from gis_platform.db.queries.register import read_layers
from gis_platform.db.upgrade import upgrade
from gis_platform.maks.check import CheckResult, check, find_mahalle
from gis_platform.maks.control import controls
from gis_platform.maks.delivery import read_delivery
from gis_platform.maks.describe import (
    column_row,
    control_details,
    control_row,
    find_layer,
    layer_row,
)
from gis_platform.maks.findings_file import SEVERITY_TEXTS, finding_json, weight, write_findings
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS
from gis_platform.maks.profile import profile_names, read_profile
from gis_platform.maks.waiver import Waiver

_SHOWN_PER_CODE = 3

Delivered = Annotated[
    Path,
    typer.Argument(
        help=".gdb klasörü, .gpkg, shapefile, TAB, GeoJSON; zip ya da klasör. / "
        "A .gdb folder, .gpkg, shapefiles, TAB, GeoJSON; a zip or a folder.",
    ),
]
Srid = Annotated[
    int | None,
    typer.Option(
        help="Koordinatların EPSG kodu, dosya doğrusunu yazmıyorsa. / "
        "EPSG code of the coordinates, where the file does not declare the right one.",
    ),
]
Person = Annotated[
    str | None,
    typer.Option("--as", metavar='"AD SOYAD"', help="İşi başlatan kişi. / Who starts the job."),
]
Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--table", metavar="TABLO=KATMAN",
        help="Adından anlaşılmayan tablonun katmanı (yinelenebilir). / "
        "Which layer a table is, where its name does not say (repeatable).",
    ),
]  # fmt: skip
Ed50 = Annotated[
    Path | None,
    typer.Option(
        help="ED50'den TUREF'e kendi dönüşümünüz: ortak noktalar (.csv), parametreler (.toml). / "
        "Your own way from ED50 to TUREF: common points (.csv) or parameters (.toml).",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")]
ProfileName = Annotated[
    str,
    typer.Option(
        "--profile", help="register, publication, delivery ya da bir .toml. / … or a .toml file."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Kaydın o günkü (günün sonu) ya da o partiden sonraki hâli. / "
        "The register as of that date (its end), or after that batch.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o",
        help="Bulguları .csv, .xlsx, .gpkg ya da .geojson dosyasına yazar. / "
        "Writes the findings to a .csv, .xlsx, .gpkg or .geojson file.",
    ),
]  # fmt: skip


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="MAKS teslimatlarını alır ve denetler; modeli ve kontrolleri gösterir. / "
        "Imports and checks MAKS deliveries; shows the model and the controls.",
        no_args_is_help=True,
    )
    group.command("import")(import_delivery)
    group.command("check")(check_layers)
    group.command("export")(export)
    group.command("report")(write_report)
    group.command("describe")(describe)
    group.command("controls")(list_controls)
    group.command("fix")(fix)
    group.command("diff")(diff)
    group.command("reconcile")(reconcile)
    group.command("decide")(decide)
    group.add_typer(waiver_group(), name="waiver")
    root.add_typer(group, name="maks")


def import_delivery(  # noqa: PLR0913 - one option each
    context: typer.Context,
    path: Delivered,
    *,
    srid: Srid = None,
    tables: Tables = None,
    ed50: Ed50 = None,
    is_complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            help="Teslimatta olmayan kayıtlar kapatılır. / "
            "What the delivered layers lack is closed in the register.",
        ),
    ] = False,
    may_be_older: Annotated[
        bool,
        typer.Option(
            "--older",
            help="Kayıttan eski bir teslimat da alınır. / Takes one older than the register, too.",
        ),
    ] = False,
    is_dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Hiçbir şey yüklemez. / Loads nothing."),
    ] = False,
    person: Person = None,
    as_json: AsJson = False,
) -> None:
    """Bir MAKS teslimatını kayda alır. / Takes a MAKS delivery into the register."""
    settings = settings_of(context)
    job = pipelines["maks_import"]
    with open_database(settings) as database:
        upgrade(database)
        report = job(
            settings,
            database,
            path,
            srid=srid,
            tables=_told(tables),
            ed50=ed50,
            is_complete=is_complete,
            may_be_older=may_be_older,
            is_dry_run=is_dry_run,
            started_by=person,
        )
    show_report(settings, report, as_json=as_json)
    if not as_json and report.controls:
        names = Text("kod,ağırlık,katman,bulgu,örnek", "code,weight,layer,findings,example")
        keys = names.say(settings.language).split(",")
        rows = [
            (
                line.code,
                SEVERITY_TEXTS[Severity(line.severity)].say(settings.language),
                line.layer,
                f"{line.findings:,}",
                line.example.say(settings.language),
            )
            for line in report.controls
            if not line.code.startswith("delivery.")
        ]
        print_rows([dict(zip(keys, row, strict=True)) for row in rows])
    if not report.account.loaded:
        raise typer.Exit(DATA_EXIT)


def check_layers(  # noqa: PLR0913 - one option each
    context: typer.Context,
    *,
    delivery: Annotated[
        Path | None,
        typer.Option(
            help="Kayıt yerine bu teslimatı denetler; veritabanı gerekmez. / "
            "Checks this delivery instead of the register; needs no database.",
        ),
    ] = None,
    srid: Srid = None,
    profile_name: ProfileName = "delivery",
    only: Annotated[
        list[str] | None,
        typer.Option(help="Yalnız bu kontrol (yinelenebilir). / Only this control (repeatable)."),
    ] = None,
    mahalle: Annotated[
        str | None,
        typer.Option(help="Yalnız bu mahalle, adı ya da kimlik no. / Only this mahalle."),
    ] = None,
    as_of: AsOf = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Kaydı ya da bir teslimatı denetler; engel varsa 1 döner. / Checks; exit 1 if blocked."""
    settings = settings_of(context)
    language = settings.language
    profile = read_profile(profile_name)
    read = None if delivery is None else read_delivery(delivery, srid=srid)
    layers, waivers = _register(settings, as_of) if read is None else (read.layers, [])
    kimlik_no = None if mahalle is None else find_mahalle(layers, mahalle)
    result = check(layers, profile, only=only, mahalle=kimlik_no, waivers=waivers)
    findings = [*(read.all_findings() if read and not only else []), *result.findings()]
    if output is not None:
        write_findings(findings, output, language)
    if as_json:
        said = [finding_json(finding, language) for finding in findings]
        seconds = {code: round(taken, 3) for code, taken in result.seconds.items()}
        write_json({"profile": profile.name, "seconds": seconds, "findings": said})
    else:
        _print_findings(result, findings, language)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(DATA_EXIT)


def describe(
    context: typer.Context,
    table: Annotated[
        str | None, typer.Argument(help="MAKS katmanı, örneğin yol. / A MAKS layer, e.g. yol.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """MAKS katmanlarını, sütunlarını ve kodlarını anlatır. / Tells layers, columns and codes."""
    language = settings_of(context).language
    if table is None:
        rows = [layer_row(layer, language) for layer in LAYERS.values()]
    else:
        layer = find_layer(table)
        rows = [column_row(layer, column, language) for column in layer.columns]
    write_json(rows) if as_json else print_rows(rows)


def list_controls(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(help="Kontrolün kodu. / Code of a control.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Kontrolleri ve profillerdeki ağırlıklarını yazar. / Lists the controls and their weight."""
    language = settings_of(context).language
    if code is not None:
        details = control_details(controls[code], language)
        if as_json:
            write_json(details)
        for key, value in [] if as_json else details.items():
            typer.echo(f"{key:<24} {value}")
        return
    profiles = [read_profile(name) for name in profile_names()]
    rows = [control_row(one, profiles, language) for _, one in controls.items()]
    write_json(rows) if as_json else print_rows(rows)


def _told(tables: list[str] | None) -> dict[str, str]:
    """``TABLO=KATMAN`` taken apart."""
    told = {}
    for one in tables or []:
        table, sign, layer = one.partition("=")
        if not sign or not table or not layer:
            raise UsageError(
                Text(f"“{one}” TABLO=KATMAN değil.", f"“{one}” is not TABLE=LAYER."),
                remedy=Text("örneğin --table sokaklar=yol_orta_hat", "e.g. --table roads=yol"),
            )
        told[table] = find_layer(layer).name
    return told


def _register(settings: Settings, as_of: str | None) -> tuple[MaksLayers, list[Waiver]]:
    """The register, now or as it was, and the waivers of that day."""
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").connect() as connection:
            moment = None if as_of is None else moment_of(connection, as_of)
            layers = read_layers(connection, as_of=moment)
            waivers = read_waivers(connection, on=(moment or datetime.now(UTC)).date())
    if not sum(layers.counts().values()):
        raise NotFound(
            Text("Kayıtta hiç özellik yok.", "There is nothing in the register."),
            remedy=Text("önce gis maks import", "run gis maks import first"),
        )
    return layers, waivers


def _print_findings(result: CheckResult, findings: list[Finding], language: Language) -> None:
    """How many of each kind, the first few in full, and how long it took."""
    counts = Counter((one.code, weight(one, language), one.layer) for one in findings)
    names = Text("kod,ağırlık,katman,bulgu", "code,weight,layer,findings").say(language).split(",")
    print_rows(
        [dict(zip(names, (*key, f"{n:,}"), strict=True)) for key, n in sorted(counts.items())]
    )
    shown: Counter[str] = Counter()
    for one in findings:
        shown[one.code] += 1
        if shown[one.code] <= _SHOWN_PER_CODE:
            remedy = f" → {one.remedy.say(language)}" if one.remedy else ""
            typer.echo(f"{one.code}: {one.text.say(language)}{remedy}")
    for waiver in result.waivers.values():
        typer.echo(f"{waiver.code} · {waiver.scope.say(language)} · {waiver.said.say(language)}")
    _print_fixable(result, language)
    seconds = sum(result.seconds.values())
    said = Text(
        f"{result.profile.title.tr}: {len(result.seconds)} kontrol, {seconds:.1f} sn",
        f"{result.profile.title.en}: {len(result.seconds)} controls, {seconds:.1f} s",
    )
    typer.echo(said.say(language))


def _print_fixable(result: CheckResult, language: Language) -> None:
    """Which remedies could be computed, and how they are applied."""
    fixable = result.violations[result.violations["fix"].notna()]
    if not len(fixable):
        return
    codes = ", ".join(sorted(set(fixable["code"])))
    said = Text(
        f"{len(fixable)} bulgunun çaresi hesaplandı ({codes}): gis maks fix --only KOD --dry-run",
        f"The remedy of {len(fixable)} findings is computed ({codes}): "
        "gis maks fix --only CODE --dry-run",
    )
    typer.echo(said.say(language))
