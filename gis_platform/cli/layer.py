"""``gis layer …``: layers are proposed, checked, approved, published and taken back."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gis_platform.cli.main import DATA_EXIT, settings_of
from gis_platform.core.disk import writing_to
from gis_platform.core.errors import GisPlatformError, Text, UsageError
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.opendata import desk
from gis_platform.opendata.approval import Action, actor_of
from gis_platform.opendata.delegates import Delegation, delegate, delegations, end_delegation
from gis_platform.opendata.difference import difference
from gis_platform.opendata.later_files import make_files, missing_files
from gis_platform.opendata.publish import (
    LayerVersion,
    answer,
    draft,
    drop_withdrawal,
    move,
    propose,
    publish,
    withdraw,
)
from gis_platform.opendata.verify import verify_file
from gis_platform.report.difference import as_html

Name = Annotated[str, typer.Argument(help="Katmanın adı. / Name of the layer.")]
Names = Annotated[list[str], typer.Argument(help="Katmanların adları. / Names of the layers.")]
Person = Annotated[
    str,
    typer.Option("--as", metavar='"AD SOYAD"', help="İşlemi yapan kişi. / The person who acts."),
]
ActsFor = Annotated[
    str | None,
    typer.Option(
        "--for", metavar='"AD SOYAD"', show_default=False,
        help="Vekil olarak kimin adına? / As a delegate, for whom?",
    ),
]  # fmt: skip
Reason = Annotated[
    str | None, typer.Option("--reason", help="Gerekçe. / The reason.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")]


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Katmanları önerir, denetler, onaylar, yayımlar, geri çeker. / "
        "Proposes, checks, approves, publishes and withdraws layers.",
        no_args_is_help=True,
    )
    group.command("list")(list_layers)
    group.command("show")(show)
    group.command("draft")(draft_layers)
    group.command("propose")(propose_layers)
    group.command("answer")(answer_finding)
    group.command("check")(check)
    group.command("approve")(approve)
    group.command("return")(return_layers)
    group.command("publish")(publish_layers)
    group.command("build")(build_files)
    group.command("withdraw")(withdraw_layers)
    group.command("diff")(diff)
    group.command("delegate")(delegate_to)
    group.command("delegates")(list_delegates)
    group.command("verify")(verify)
    group.command("history")(history)
    root.add_typer(group, name="layer")


def list_layers(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Katmanları ve durumlarını yazar. / Lists the layers and where they stand."""
    with office(context) as (settings, database):
        rows = desk.standing(settings, database)
    if as_json:
        _write_json([asdict(row) for row in rows])
        return
    for row in rows:
        typer.echo(row.say(settings.language))


def show(context: typer.Context, name: Name, *, as_json: AsJson = False) -> None:
    """Katmanın sürümlerini ve dosyalarını yazar. / Prints the versions and files of a layer."""
    with office(context) as (settings, database):
        versions = desk.versions_of(settings, database, name)
    if as_json:
        _write_json(versions)
        return
    for line in desk.describe(versions, settings.language):
        typer.echo(line)


def draft_layers(
    context: typer.Context,
    names: Names,
    person: Person,
    acts_for: ActsFor = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Dondurur, tarar, önermez. / Freezes and screens the layer, without proposing it."""
    who = actor_of(person, acts_for)
    _each(context, names, as_json, lambda settings, db, name: draft(settings, db, name, who))


def propose_layers(
    context: typer.Context,
    names: Names,
    person: Person,
    acts_for: ActsFor = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Kayıttaki hâlini dondurup önerir. / Freezes the layer as it stands and proposes it."""
    who = actor_of(person, acts_for)
    _each(context, names, as_json, lambda settings, db, name: propose(settings, db, name, who))


def answer_finding(  # noqa: PLR0913, PLR0917 - a layer, a finding, an answer, and who gives it
    context: typer.Context,
    name: Name,
    finding: Annotated[str, typer.Argument(help="Bulgu, örn. ad:email. / The finding.")],
    said: Annotated[str, typer.Argument(help="Yazılı yanıt. / The written answer.")],
    person: Person,
    acts_for: ActsFor = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Bir bulguyu yazılı yanıtlar. / Answers a finding in writing; not the proposer's to do."""
    who = actor_of(person, acts_for)
    _each(context, [name], as_json, lambda _, db, layer: answer(db, layer, finding, said, who))


def check(
    context: typer.Context,
    names: Names,
    person: Person,
    acts_for: ActsFor = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Önerileni denetlenmiş sayar. / Marks what was proposed as checked."""
    who = actor_of(person, acts_for)
    _each(context, names, as_json, lambda _, db, name: move(db, name, Action.CHECK, who))


def approve(
    context: typer.Context,
    names: Names,
    person: Person,
    acts_for: ActsFor = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Onaylar; öneren ve denetleyen onaylayamaz. / Approves; neither proposer nor checker may."""
    who = actor_of(person, acts_for)
    _each(context, names, as_json, lambda _, db, name: move(db, name, Action.APPROVE, who))


def return_layers(  # noqa: PLR0913 - who, for whom and why
    context: typer.Context,
    names: Names,
    person: Person,
    acts_for: ActsFor = None,
    reason: Reason = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Gerekçesiyle geri çevirir. / Returns it, with the reason."""
    who = actor_of(person, acts_for)
    _each(context, names, as_json, lambda _, db, name: move(db, name, Action.RETURN, who, reason))


def publish_layers(
    context: typer.Context,
    names: Names,
    person: Person,
    acts_for: ActsFor = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Onaylanmış sürümü yayımlar. / Publishes the approved version."""
    who = actor_of(person, acts_for)
    _each(context, names, as_json, lambda settings, db, name: publish(settings, db, name, who))


def build_files(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Katmanlar; verilmezse hepsi. / Layers; all where not given."),
    ] = None,
) -> None:
    """Yayındakilerin eksik dosyalarını yapar; gis serve de yapar. / Makes files still missing."""
    with office(context) as (settings, database):
        is_good = build_missing(settings, database, names or ())
    if not is_good:
        raise typer.Exit(DATA_EXIT)


def build_missing(settings: Settings, database: Database, names: Sequence[str] = ()) -> bool:
    """Make the files still missing and say which; whether all could be made."""
    is_good = True
    for missing in missing_files(database, names):
        made = make_files(settings, database, missing)
        for name in made.files:
            typer.echo(f"{made.layer} v{made.version}: {name}")
        for name, fault in made.faults:
            said = f"{made.layer} v{made.version}, {name}: {fault.say(settings.language)}"
            typer.echo(said, err=True)
        is_good = is_good and not made.faults
    return is_good


def withdraw_layers(  # noqa: PLR0913, PLR0917 - who, for whom and why
    context: typer.Context,
    names: Names,
    person: Person,
    acts_for: ActsFor = None,
    reason: Reason = None,
    is_dropped: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--drop", help="İsteği geri alır. / Lets the request drop.")
    ] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Yayından çekmeyi ister; ikinci kişi çeker. / Asks to withdraw; a second person does it."""
    who = actor_of(person, acts_for)

    def act(settings: Settings, db: Database, name: str) -> LayerVersion:
        if is_dropped:
            return drop_withdrawal(db, name, who)
        return withdraw(settings, db, name, who, reason)

    _each(context, names, as_json, act)


def diff(
    context: typer.Context,
    name: Name,
    page: Annotated[
        Path | None,
        typer.Option("--html", metavar="DOSYA", help="Haritalı sayfa yazar. / Writes a page."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Bekleyen sürüm yayındakinden ne kadar farklı? / What does the waiting version change?"""
    with office(context) as (settings, database):
        found = difference(database, name, settings.language)
    if page is not None:
        with writing_to(page):
            page.write_text(as_html(found, settings.language), encoding="utf-8")
    if as_json:
        _write_json(found.as_json())
        return
    for line in found.lines(settings.language):
        typer.echo(line)
    if page is not None:
        typer.echo(str(page))


def delegate_to(  # noqa: PLR0913 - whom, who, from when to when
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Vekil olacak kişi. / Who shall act.")],
    person: Person,
    start: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            help="İlk gün; verilmezse bugün. / First day; today where not given.",
        ),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Son gün, dâhil. / Last day, included."),
    ] = None,
    *,
    is_ended: Annotated[
        bool, typer.Option("--end", help="Vekâleti bitirir. / Ends what was given.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Birine kendi adınıza işlem yetkisi verir. / Lets somebody act for you, for some days."""
    with office(context) as (settings, database):
        if is_ended:
            found = end_delegation(database, name, person)
        else:
            if end is None:
                raise UsageError(
                    Text("Son gün verilmedi.", "The last day is not given."),
                    remedy=Text("--to 2026-12-15", "--to 2026-12-15"),
                )
            first = start.date() if start is not None else datetime.now(UTC).date()
            found = [delegate(database, name, person, start=first, end=end.date())]
    _write_delegations(found, settings, as_json=as_json)


def list_delegates(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Kim, kimin adına, hangi günler? / Who acts for whom, on which days?"""
    with office(context) as (settings, database):
        found = delegations(database)
    _write_delegations(found, settings, as_json=as_json)


def _write_delegations(found: list[Delegation], settings: Settings, *, as_json: bool) -> None:
    if as_json:
        _write_json([asdict(each) for each in found])
        return
    for each in found:
        typer.echo(each.say(settings.language))


def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Yayımlanmış olduğu söylenen dosya. / The file.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Dosya bizim yayımladığımız mı, hâlâ geçerli mi? / Is the file ours, and still valid?"""
    with office(context) as (settings, database):
        found = verify_file(database, file)
    if as_json:
        _write_json(found.as_json())
    else:
        typer.echo(found.text.say(settings.language))
    if not found.is_valid:
        raise typer.Exit(DATA_EXIT)


def history(context: typer.Context, name: Name, *, as_json: AsJson = False) -> None:
    """Kim, ne zaman, ne yaptı? / Who did what, and when?"""
    with office(context) as (settings, database):
        lines = desk.history(settings, database, name)
    if as_json:
        _write_json(lines)
        return
    for line in lines:
        typer.echo(desk.history_line(line, settings.language))


@contextmanager
def office(context: typer.Context) -> Iterator[tuple[Settings, Database]]:
    """The settings and the upgraded database, for the time of a command."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        yield settings, database


def _each(
    context: typer.Context,
    names: list[str],
    as_json: bool,  # noqa: FBT001 - passed on
    act: Callable[[Settings, Database, str], LayerVersion],
) -> None:
    """Do the same with several layers; stop at the first that cannot be done."""
    done: list[LayerVersion] = []
    with office(context) as (settings, database):
        try:
            for name in names:
                done.append(act(settings, database, name))
                if not as_json:
                    typer.echo(desk.say(done[-1]).say(settings.language))
        except GisPlatformError:
            if as_json and done:
                _write_json([asdict(each) for each in done])
            raise
    if as_json:
        _write_json([asdict(each) for each in done])


def _write_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
