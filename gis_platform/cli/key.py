"""``gis key …``: keys of departments for the address service."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from gis_platform.cli.layer import AsJson, Person, Reason, office
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.jobs.keys import (
    SCOPES,
    Key,
    Terms,
    key_of,
    keys_of,
    new_key,
    readings,
    revoke_key,
    rotate_key,
)

Prefix = Annotated[str, typer.Argument(help="Anahtarın öneki. / Prefix of the key.")]
Days = Annotated[float, typer.Option("--days", help="Kaç gün geçerli. / Good for so many days.")]
_STATES = {
    "in_force": Text("yürürlükte", "in force"),
    "expired": Text("süresi doldu", "expired"),
    "revoked": Text("iptal edildi", "revoked"),
}


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Adres servisinin birim anahtarları. / Keys of departments for the address service.",
        no_args_is_help=True,
    )
    group.command("new")(new)
    group.command("list")(list_keys)
    group.command("show")(show)
    group.command("rotate")(rotate)
    group.command("revoke")(revoke)
    group.command("readings")(list_readings)
    root.add_typer(group, name="key")


def new(  # noqa: PLR0913, PLR0917 - what a key is given with
    context: typer.Context,
    person: Person,
    unit: Annotated[
        str,
        typer.Option(
            "--unit", metavar='"ZABITA"', help="Verildiği birim. / Department it is given to."
        ),
    ],
    scopes: Annotated[
        list[str],
        typer.Option(
            "--scope",
            help=f"Yetki; yinelenebilir: {', '.join(SCOPES)}. / "
            f"Scope; may be repeated: {', '.join(SCOPES)}.",
        ),
    ],
    days: Days = 365,
    per_second: Annotated[
        float | None,
        typer.Option(
            "--per-second",
            help="Saniyede istek; verilmezse ayardaki. / "
            "Requests a second; that of the settings where not given.",
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Yeni anahtar verir; tamamını bir kez gösterir. / Gives a new key, shown whole only now."""
    with office(context) as (settings, database):
        made = new_key(database, Terms(unit, tuple(scopes), days, per_second), person)
    _show_made(*made, settings.language, as_json=as_json)


def list_keys(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Anahtarları ve durumlarını yazar. / Lists the keys and where they stand."""
    with office(context) as (settings, database):
        found = keys_of(database)
    if as_json:
        _write([_facts(each) for each in found])
        return
    for each in found:
        typer.echo(_line(each, settings.language))


def show(context: typer.Context, prefix: Prefix) -> None:
    """Bir anahtarın bütün bilgilerini yazar (JSON). / Prints all about a key (JSON)."""
    with office(context) as (_, database):
        found = key_of(database, prefix)
    _write(_facts(found))


def rotate(  # noqa: PLR0913 - what a key is given with
    context: typer.Context,
    prefix: Prefix,
    person: Person,
    days: Days = 365,
    overlap: Annotated[
        float,
        typer.Option(
            "--overlap-days",
            help="Eskisi kaç gün daha geçerli. / The old one is good for so many days more.",
        ),
    ] = 7,
    *,
    as_json: AsJson = False,
) -> None:
    """Yerine yenisini verir; ikisi bir süre birlikte geçer. / Gives a new one in its place."""
    with office(context) as (settings, database):
        made = rotate_key(database, prefix, person, days=days, overlap_days=overlap)
    _show_made(*made, settings.language, as_json=as_json)


def revoke(context: typer.Context, prefix: Prefix, person: Person, reason: Reason = None) -> None:
    """Anahtarı iptal eder; birkaç saniyede geçmez olur. / Revokes it; refused within seconds."""
    with office(context) as (settings, database):
        found = revoke_key(database, prefix, person, reason)
    typer.echo(_line(found, settings.language))


def list_readings(
    context: typer.Context,
    prefix: Annotated[
        str | None, typer.Option("--key", help="Yalnızca bu anahtar. / This key only.")
    ] = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="En çok. / At most.")] = 100,
    *,
    as_json: AsJson = False,
) -> None:
    """Bağımsız bölümleri kim, ne için okudu? / Who read units, and what for?"""
    with office(context) as (_, database):
        found = readings(database, prefix, most)
    if as_json:
        _write(found)
        return
    for each in found:
        typer.echo(
            f"{_moment(each['at'])}  {each['prefix']}  {each['unit']}  numarataj "
            f"{each['numarataj']} ({each['units']})  {each['purpose']}  {each['request_id']}"
        )


def _show_made(secret: str, made: Key, language: Language, *, as_json: bool) -> None:
    if as_json:
        _write({"key": secret} | _facts(made))
        return
    typer.echo(secret)
    said = Text("Bir daha gösterilmez.", "It is not shown again.")
    typer.echo(f"{_line(made, language)}\n{said.say(language)}", err=True)


def _line(each: Key, language: Language) -> str:
    used = Text("hiç kullanılmadı", "never used").say(language)
    return "  ".join([
        each.prefix, each.unit, ",".join(each.scopes), _STATES[each.state].say(language),
        f"→ {_moment(each.expires_at)}", _moment(each.last_used_at) if each.last_used_at else used,
    ])  # fmt: skip


def _facts(each: Key) -> dict[str, Any]:
    return asdict(each) | {"state": each.state}


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _write(said: Any) -> None:
    typer.echo(json.dumps(said, ensure_ascii=False, indent=2, default=str))
