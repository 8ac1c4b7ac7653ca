"""``gis learn``: reviewed decisions and lists of other names become what the matcher knows."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup

from gis_platform.cli.main import settings_of
from gis_platform.cli.match import (
    AsJson,
    Column,
    Columns,
    Gazetteer,
)
from gis_platform.core.errors import Text, UsageError
from gis_platform.core.language import Language, number
from gis_platform.core.settings import Settings
from gis_platform.jobs.learn import LearnStore, open_store, proposed, undo
from gis_platform.maks.address_file import address_columns
from gis_platform.matching.effect import changed_answers
from gis_platform.matching.files import open_file
from gis_platform.matching.gazetteer import today
from gis_platform.matching.learn import SUPPORT, Proposal
from gis_platform.matching.learned import Learned, LearnedKind, Lesson, in_force, is_undone
from gis_platform.matching.match import Matcher
from gis_platform.matching.reviewed import DECISION
from gis_platform.sources.table import ROW, read_whole_table, write_table

_TAKE = "take"
_SHOWN, _WIDTH = 20, 160
_KINDS = {
    LearnedKind.ALIAS: Text("başka ad", "other name"),
    LearnedKind.DECISION: Text("karar", "decision"),
    LearnedKind.REFUSAL: Text("geri çevirme", "refusal"),
    LearnedKind.RECALIBRATION: Text("puan ayarı", "recalibration"),
    LearnedKind.UNDO: Text("geri alma", "undo"),
}

Person = Annotated[
    str | None, typer.Option("--as", metavar='"AD SOYAD"', help="Öğreten. / Who teaches it.")
]
Why = Annotated[str, typer.Option(help="Gerekçe; kayıtta kalır. / Reason; it is kept.")]


class _Group(TyperGroup):
    """``gis learn FILE`` is ``gis learn take FILE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command first where none is named."""
        if not args or (args[0] not in self.commands and args[0] not in {"--help", "-h"}):
            args = [_TAKE, *args]
        return super().parse_args(ctx, args)


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    learn = typer.Typer(
        cls=_Group,
        help="Kararlardan ve ad listelerinden öğrenir. / Learns from decisions and lists of names.",
    )
    learn.command(_TAKE)(take)
    learn.command("list")(list_learned)
    learn.command("undo")(take_back)
    root.add_typer(learn, name="learn")


def take(  # noqa: PLR0913, PLR0917 (options)
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="DOSYA",
            help="karar sütunu doldurulmuş gis match sonucu ya da kod, alias listesi; verilmezse "
            "veritabanındaki kararlar. / A result of gis match with karar filled in, or a list "
            "kod, alias; without it, the decisions in the database.",
        ),
    ] = None,
    gazetteer: Gazetteer = None,
    column: Column = None,
    columns: Columns = None,
    person: Person = None,
    why: Why = "",
    support: Annotated[
        int, typer.Option(min=2, help="Bir ad için gereken karar. / Decisions a name needs.")
    ] = SUPPORT,
    preview: Annotated[
        Path | None,
        typer.Option(
            help="Yanıtları önceden görülecek adres dosyası. / File of addresses whose answers "
            "are shown before and after.",
        ),
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(help="Değişecek yanıtların dosyası. / File for the answers that change."),
    ] = None,
    dry_run: Annotated[  # noqa: FBT002
        bool, typer.Option("--dry-run", help="Yalnızca gösterir. / Only shows.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Önerileri gösterir ve öğrenir. / Shows what it proposes, and learns it."""
    settings = settings_of(context)
    if not dry_run and not (person or "").strip():
        raise UsageError(
            Text("Kimin öğrettiği belirtilmedi.", "It was not said who teaches this."),
            remedy=Text(
                '--as "AD SOYAD" verin ya da --dry-run ile yalnızca bakın',
                'give --as "NAME", or only look with --dry-run',
            ),
        )
    with open_store(settings, gazetteer) as store:
        matcher = _matcher(settings, store)
        frame = read_whole_table(file) if file else None
        is_review = file is not None and frame is not None and DECISION in frame.columns
        chosen = address_columns(open_file(file), column, columns) if is_review and file else None
        found = proposed(store, matcher, frame, chosen, file, support)
        asked = preview or (file if is_review else None)
        effect = _effect(store, matcher, found.lessons, asked, (column, columns))
        said = [_with_why(one, why) for one in found.lessons]
        made = [] if dry_run else store.add(said, str(person)) if said else []
    if changes is not None and effect is not None:
        write_table([effect.astype("str")], changes)
    if as_json:
        _print_json(found, made, effect)
    else:
        _print(found, made, effect, settings.language, dry_run=dry_run)


def list_learned(
    context: typer.Context,
    gazetteer: Gazetteer = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Öğrenilenleri sırasıyla yazar. / Lists what was learnt, oldest first."""
    settings = settings_of(context)
    with open_store(settings, gazetteer) as store:
        entries = store.entries()
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in entries], ensure_ascii=False))
        return
    if not entries:
        typer.echo(Text("Öğrenilmiş bir şey yok.", "Nothing was learnt.").say(settings.language))
        return
    _console().print(_table_of(entries, settings.language))


def take_back(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NO", help="Kaydın numarası. / Its number.")],
    person: Annotated[
        str, typer.Option("--as", metavar='"AD SOYAD"', help="Geri alan. / Who takes it back.")
    ],
    gazetteer: Gazetteer = None,
    why: Why = "",
) -> None:
    """Öğrenilmiş bir kaydı geri alır. / Takes an entry back."""
    settings = settings_of(context)
    with open_store(settings, gazetteer) as store:
        done = undo(store, number, person, why)
    typer.echo(
        Text(f"{number} geri alındı ({done.id}).", f"{number} was taken back ({done.id}).").say(
            settings.language
        )
    )


def _matcher(settings: Settings, store: LearnStore) -> Matcher:
    scores = settings.matching
    return Matcher.open(
        store.index, accept_score=scores.accept_score, review_score=scores.review_score
    )


def _with_why(one: Lesson, why: str) -> Lesson:
    return Lesson(**{**vars(one), "why": one.why or why})


def _effect(
    store: LearnStore, matcher: Matcher, lessons: Sequence[Lesson], file: Path | None,
    said: tuple[str | None, str | None],
) -> pd.DataFrame | None:  # fmt: skip
    """Which answers of a file the lessons change; ``None`` where no file is known."""
    if file is None or not lessons:
        return None
    chosen = address_columns(open_file(file), *said)
    rows = read_whole_table(file)
    found = changed_answers(matcher, store.reference(), lessons, rows, chosen)
    used = [name for name in vars(chosen).values() if name is not None]
    shown = rows.loc[found.index, used].fillna("").agg(" · ".join, axis=1)
    return pd.concat([rows.loc[found.index, [ROW]].rename(columns={ROW: "row"}),
                      shown.rename("address"), found], axis=1)  # fmt: skip


def _console() -> Console:
    return Console(width=None if Console().is_terminal else _WIDTH)


def _print(
    found: Proposal, made: Sequence[Learned], effect: pd.DataFrame | None, language: Language, *,
    dry_run: bool,
) -> None:  # fmt: skip
    console = _console()
    if found.lessons:
        head = (
            Text("Öğrenilecekler", "What would be learnt")
            if dry_run
            else Text("Öğrenilenler", "What was learnt")
        )
        numbers = [str(one.id) for one in made] or [""] * len(found.lessons)
        console.print(_lessons(head.say(language), numbers, found.lessons, language))
    if found.rejected:
        title = Text("Öğrenilmeyenler ve nedenleri", "What is not learnt, and why").say(language)
        table = _lessons(title, [""] * len(found.rejected), [r.lesson for r in found.rejected],
                         language, [r.reason.say(language) for r in found.rejected])  # fmt: skip
        console.print(table)
    if not found.lessons:
        console.print(Text("Öğrenilecek yeni bir şey yok.", "There is nothing new to learn.")
                      .say(language))  # fmt: skip
    if effect is not None:
        _print_effect(console, effect, language)


def _print_effect(console: Console, effect: pd.DataFrame, language: Language) -> None:
    count = number(len(effect), language)
    console.print(Text(f"Değişen yanıt: {count}", f"Answers that change: {count}").say(language))
    for row in effect.head(_SHOWN).to_dict("records"):
        console.print(f"  {row['row']}: {escape(str(row['address']))}")
        for when in ("before", "after"):
            cells = [row[f"{when}_{name}"] for name in ("match_status", "match_level", "csbm_kod",
                                                        "dis_kapi_no", "reason")]  # fmt: skip
            told = " · ".join(str(cell) for cell in cells if not pd.isna(cell) and cell != "")
            console.print(f"    {'−' if when == 'before' else '+'} {told}")


def _lessons(
    title: str, numbers: Sequence[str], lessons: Sequence[Lesson], language: Language,
    reasons: Sequence[str] | None = None,
) -> Table:  # fmt: skip
    table = Table(box=SIMPLE, title=title, title_justify="left")
    heads = (
        Text("no|tür|ne|karar|kanıt", "no|kind|what|decisions|evidence").say(language).split("|")
    )
    for head in [*heads, *([Text("neden", "reason").say(language)] if reasons else [])]:
        table.add_column(head)
    for at, one in enumerate(lessons):
        cells = [numbers[at], _KINDS[one.kind].say(language), _what(one), str(one.support),
                 one.evidence]  # fmt: skip
        table.add_row(*map(escape, cells), *([escape(reasons[at])] if reasons else []))
    return table


def _what(one: Lesson) -> str:
    """A lesson in short."""
    days = " … ".join(
        "" if day is None else day.isoformat() for day in (one.valid_from, one.valid_to)
    )
    within = f" ({days})" if one.valid_from or one.valid_to else ""
    if one.kind is LearnedKind.ALIAS:
        return f"{one.level} {one.kod} = {one.alias}{within}"
    if one.kind is LearnedKind.RECALIBRATION:
        return f"× {one.slope} + {one.shift}"
    if one.kind is LearnedKind.UNDO:
        return f"{one.undoes}"
    sign = "→" if one.kind is LearnedKind.DECISION else "≠"
    return f"{one.key} {sign} {one.numarataj_kimlik_no or one.csbm_kod}"


def _table_of(entries: Sequence[Learned], language: Language) -> Table:
    undone, holding = is_undone(entries), {one.id for one in in_force(entries, today())}
    table = Table(box=SIMPLE)
    heads = Text("no|tür|ne|karar|kanıt|kim|ne zaman|gerekçe|durum",
                 "no|kind|what|decisions|evidence|who|when|why|state")  # fmt: skip
    for head in heads.say(language).split("|"):
        table.add_column(head)
    for one in entries:
        state = Text("geri alındı", "taken back") if one.id in undone else (
            Text("yürürlükte", "in force") if one.id in holding else Text("", "")
        )  # fmt: skip
        said, when = one.lesson, f"{one.learnt_at:%Y-%m-%d %H:%M}"
        cells = [str(one.id), _KINDS[said.kind].say(language), _what(said), str(said.support),
                 said.evidence, one.learnt_by, when, said.why, state.say(language)]  # fmt: skip
        table.add_row(*map(escape, cells))
    return table


def _print_json(found: Proposal, made: Sequence[Learned], effect: pd.DataFrame | None) -> None:
    facts = {
        "lessons": [_bare(one) for one in found.lessons],
        "rejected": [
            _bare(one.lesson) | {"reason": one.reason.say("en")} for one in found.rejected
        ],
        "learnt": [one.id for one in made],
        "changes": None if effect is None else json.loads(effect.to_json(orient="records")),
    }
    typer.echo(json.dumps(facts, ensure_ascii=False, default=str))


def _bare(one: Lesson) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value not in (None, "")}


def _plain(one: Learned) -> dict[str, Any]:
    when = one.learnt_at.isoformat(timespec="seconds")
    facts = {"id": one.id, "learnt_at": when, "learnt_by": one.learnt_by}
    plain: dict[str, Any] = json.loads(json.dumps(facts | _bare(one.lesson), default=str))
    return plain
