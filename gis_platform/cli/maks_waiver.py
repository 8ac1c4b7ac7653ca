"""``gis maks waiver``: breaches a person lets be, for a reason and until a day."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from gis_platform.cli.main import settings_of
from gis_platform.cli.maks_rows import print_rows, write_json
from gis_platform.core.errors import Text, UsageError
from gis_platform.core.language import Language
from gis_platform.db.decide import end_waiver, read_waiver_ends, read_waivers, store_waiver
from gis_platform.db.engine import open_database
from gis_platform.db.queries.register import read_layers
from gis_platform.db.upgrade import upgrade
from gis_platform.maks.check import find_mahalle
from gis_platform.maks.control import controls
from gis_platform.maks.waiver import Waiver, refuse_unfit

Reason = Annotated[str, typer.Option(help="Gerekçe. / Why.")]
Person = Annotated[str, typer.Option("--as", metavar='"AD SOYAD"', help="Veren kişi. / Who.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")]


def group() -> typer.Typer:
    """The commands of ``gis maks waiver``."""
    made = typer.Typer(
        help="Muafiyetler: gerekçesi, kişisi ve bitiş günü olan istisnalar. / "
        "Waivers: exceptions with a reason, a person and a last day.",
        no_args_is_help=True,
    )
    made.command("add")(add)
    made.command("list")(list_waivers)
    made.command("end")(end)
    return made


def add(  # noqa: PLR0913 - one option each
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Kontrolün kodu ya da KOD.tür. / CODE or CODE.kind.")],
    *,
    reason: Reason,
    until: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d", "%d.%m.%Y"], help="Geçerli olduğu son gün. / Last day."),
    ],
    person: Person,
    kimlik_no: Annotated[
        int | None, typer.Option("--feature", help="Yalnız bu kayıt. / This feature only.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="Yalnız bu MAKS katmanı. / This MAKS layer only.")
    ] = None,
    mahalle: Annotated[
        str | None,
        typer.Option(help="Yalnız bu mahalle, adı ya da kimlik no. / This mahalle only."),
    ] = None,
    is_everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Bütün ilçede. / In the whole district.")
    ] = False,
) -> None:
    """Bir bulguya muafiyet verir. / Lets a breach be."""
    settings = settings_of(context)
    if not (kimlik_no or mahalle or is_everywhere):
        raise UsageError(
            Text("Muafiyetin neyi kapsadığı yazılmamış.", "What the waiver holds for is not said."),
            remedy=Text(
                "--feature KIMLIK_NO, --mahalle AD ya da --everywhere verin",
                "give --feature KIMLIK_NO, --mahalle NAME or --everywhere",
            ),
        )
    bare, _, kind = code.partition(".")
    control = controls[bare]
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").begin() as connection:
            place = None
            if mahalle is not None:
                place = find_mahalle(read_layers(connection, ["mahalle"]), mahalle)
            waiver = Waiver(
                code=control.code,
                kind=kind or None,
                layer=layer,
                kimlik_no=kimlik_no,
                mahalle=place,
                reason=reason,
                person=person,
                until=until.date(),
                given_on=datetime.now(UTC).date(),
            )
            refuse_unfit(waiver, control)
            number = store_waiver(connection, waiver)
    said = Text(f"Muafiyet {number} kaydedildi.", f"Waiver {number} was recorded.")
    typer.echo(said.say(settings.language))


def list_waivers(
    context: typer.Context,
    *,
    is_all: Annotated[
        bool, typer.Option("--all", help="Bitenler de. / Also those that have ended.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Geçerli muafiyetleri yazar. / Lists the waivers in force."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").connect() as connection:
            on = None if is_all else datetime.now(UTC).date()
            waivers, ends = read_waivers(connection, on=on), read_waiver_ends(connection)
    rows = [_row(waiver, ends.get(waiver.id), settings.language) for waiver in waivers]
    if as_json:
        write_json(rows)
    elif not rows:
        typer.echo(Text("Muafiyet yok.", "There are no waivers.").say(settings.language))
    else:
        print_rows(rows)


def end(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Muafiyetin numarası. / Number of the waiver.")],
    *,
    reason: Reason,
    person: Person,
) -> None:
    """Bir muafiyeti bugün bitirir. / Ends a waiver today."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").begin() as connection:
            end_waiver(connection, number, person=person, reason=reason)
    said = Text(f"Muafiyet {number} bitirildi.", f"Waiver {number} has ended.")
    typer.echo(said.say(settings.language))


def _row(
    waiver: Waiver, ended: tuple[str, str, object] | None, language: Language
) -> dict[str, str]:
    state = f"{ended[2]} {ended[0]}: {ended[1]}" if ended else ""
    return {
        Text("no", "number").say(language): str(waiver.id),
        Text("kontrol", "control").say(language): ".".join(
            filter(None, (waiver.code, waiver.kind))
        ),
        Text("kapsam", "scope").say(language): waiver.scope.say(language),
        Text("gerekçe", "reason").say(language): waiver.reason,
        Text("veren", "person").say(language): waiver.person,
        Text("verildi", "given").say(language): str(waiver.given_on),
        Text("son gün", "until").say(language): str(waiver.until),
        Text("bitirildi", "ended").say(language): state,
    }
