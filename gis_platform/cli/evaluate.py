"""``gis evaluate``: the matcher held against labelled addresses."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gis_platform.cli.main import settings_of
from gis_platform.cli.match import (
    AsJson,
    Column,
    Columns,
    Gazetteer,
    open_matcher,
)
from gis_platform.core.errors import Place, SourceError, Text, UsageError
from gis_platform.core.language import Language, number
from gis_platform.core.progress import progress
from gis_platform.maks.address_file import address_columns
from gis_platform.matching.evaluate import (
    TRUTH_CODES,
    Evaluation,
    Figures,
    evaluate,
    expected_of,
    joined_key,
    judge,
    names_of,
)
from gis_platform.matching.evaluation_page import (
    BIN_TEXTS,
    FIGURE_TEXTS,
    THRESHOLD_TEXTS,
    page,
    share,
)
from gis_platform.matching.files import AddressFile, open_file, row_count
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
from gis_platform.sources.table import ROW, column_of, read_table, read_whole_table

_LABEL = Text("Eşleme", "Matching")
_ANSWER_GROUPS = {"level": "level", "status": "status", "reason": "reason", "expected": "expected"}
_KEYS = (("row",), ("source", "id"), ("adres_no",), ("id",))
_WIDTH = 160
_UNLABELLED = "-"
_SHOWN_CONFUSIONS = 8


@dataclass(frozen=True)
class _Task:
    """What is to be evaluated: labels, the addresses they belong to, and what joins them."""

    truth: Path
    text: Path
    key: tuple[str, ...]
    gazetteer: Path | None


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("evaluate")(run)


def run(  # noqa: PLR0913, PLR0917 (options)
    context: typer.Context,
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="ETİKETLER",
            help="csbm_kod, numarataj_kimlik_no, expected sütunlu tablo ya da gis sample klasörü. "
            "/ Table with those columns, or a folder made by gis sample.",
        ),
    ],
    text: Annotated[
        Path | None,
        typer.Option(
            help="Adreslerin dosyası, etiketlerin yanında değilse. / File of the addresses, where "
            "they do not stand beside the labels."
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="İki dosyayı bağlayan sütunlar. / Columns that join the two files."),
    ] = None,
    column: Column = None,
    columns: Columns = None,
    gazetteer: Gazetteer = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Dökümler: bir sütun, level, status, reason ya da expected. / Break-downs: a "
            "column, level, status, reason or expected."
        ),
    ] = None,
    examples: Annotated[
        int, typer.Option(help="Her yanlış türü için örnek sayısı. / Examples per kind of error.")
    ] = 3,
    html: Annotated[Path | None, typer.Option(help="Grafikli sayfa. / Page with charts.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Eşlemeyi etiketli adreslerle ölçer. / Measures matching against labelled addresses."""
    settings = settings_of(context)
    task = _task(truth, text, names_of(key), gazetteer)
    file = open_file(task.text)
    chosen = address_columns(file, column, columns)
    matcher = open_matcher(settings, task.gazetteer)
    with progress(_LABEL.say(settings.language), total=row_count(file)) as advance:
        rows, answers = _answered(matcher, file, chosen, advance)
    labels = _of_text(_labels(task, rows), chosen)
    judged = judge(labels, answers)
    groups = _groups(by, labels, rows, judged)
    wrong = judged.index[judged["is_decided"] & ~judged["is_right"]]
    shown = _shown(rows.loc[wrong], chosen, labels.loc[wrong], answers.loc[wrong])
    found = evaluate(judged, groups, shown, examples=examples)
    if html is not None:
        html.write_text(page(found, str(truth), settings.language), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        _print(found, settings.language)


def _task(truth: Path, text: Path | None, key: Sequence[str], gazetteer: Path | None) -> _Task:
    """Find the parts of a sample folder, or take the files named."""
    if truth.is_dir():
        labels = truth / "truth" / "aks_truth.csv"
        if not labels.is_file():
            raise UsageError(
                Text("Klasörde truth/aks_truth.csv yok.", "The folder has no truth/aks_truth.csv."),
                place=Place(file=str(truth)),
                remedy=Text("gis sample ile yapın", "make it with gis sample"),
            )
        known = truth / "gazetteer"
        return _Task(labels, text or truth / "aks.csv", ("row",), gazetteer or known)
    return _Task(truth, text or truth, tuple(key), gazetteer)


def _answered(
    matcher: Matcher, file: AddressFile, columns: AddressColumns, advance: Callable[[int], None]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every row with its answer, on one index."""
    rows, answers = [], []
    for frame in read_table(file.path, sheet=file.sheet):
        rows.append(frame)
        answers.append(matcher.match(frame, columns))
        advance(len(frame))
    return pd.concat(rows, ignore_index=True), pd.concat(answers, ignore_index=True)


def _labels(task: _Task, rows: pd.DataFrame) -> pd.DataFrame:
    """The labels on the rows' index; rows without one are left out later."""
    if task.truth == task.text:
        _require_labels(rows, task.truth)
        return rows
    labels = read_whole_table(task.truth)
    _require_labels(labels, task.truth)
    names = _key(task, labels, rows)
    mine = rows.assign(row=rows[ROW].astype("str"))
    theirs = [column_of(mine.columns, name, path=task.text) for name in names]
    known = labels.assign(_key=joined_key(labels, names)).drop_duplicates("_key").set_index("_key")
    wanted = known.reindex(joined_key(mine, theirs)).set_axis(rows.index)
    missing = wanted[names[0]].isna()
    if missing.all():
        raise UsageError(
            Text(
                f"Hiçbir adresin etiketi yok (bağlayan: {', '.join(names)}).",
                f"No address has a label (joined by {', '.join(names)}).",
            ),
            place=Place(file=str(task.truth)),
            remedy=Text("--key ile ortak sütunları verin", "give the common columns with --key"),
        )
    return wanted.assign(expected=expected_of(wanted).mask(missing, _UNLABELLED))


def _of_text(labels: pd.DataFrame, columns: AddressColumns) -> pd.DataFrame:
    """What can be found where the free text is all that is read, if the labels tell."""
    used = {name for name, header in vars(columns).items() if header is not None}
    if used != {"text"} or "expected_text" not in labels:
        return labels
    return labels.assign(expected=labels["expected_text"].fillna(_UNLABELLED))


def _key(task: _Task, labels: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, ...]:
    if task.key:
        return task.key
    there = {*rows.columns, "row"}
    for names in _KEYS:
        if set(names) <= set(labels.columns) and set(names) <= there:
            return names
    raise UsageError(
        Text("İki dosyada ortak bir anahtar yok.", "The two files have no key in common."),
        place=Place(file=str(task.truth)),
        remedy=Text("--key ile ortak sütunları verin", "give the common columns with --key"),
    )


def _require_labels(labels: pd.DataFrame, path: Path) -> None:
    if not {*TRUTH_CODES, "expected"} & set(labels.columns):
        there = ", ".join(f"“{name}”" for name in labels.columns)
        wanted = ", ".join((*TRUTH_CODES, "expected"))
        raise SourceError(
            Text(
                f"Etiket sütunu yok ({wanted}). Olanlar: {there}.",
                f"There is no column of labels ({wanted}). There are: {there}.",
            ),
            place=Place(file=str(path)),
        )


def _groups(
    by: str | None, labels: pd.DataFrame, rows: pd.DataFrame, judged: pd.DataFrame
) -> pd.DataFrame:
    """The columns to break down by, on the index of what was judged."""
    chosen = {}
    for name in names_of(by):
        if name in _ANSWER_GROUPS:
            chosen[name] = judged[_ANSWER_GROUPS[name]]
        else:
            frame = labels if name in labels.columns else rows
            chosen[name] = frame[column_of(frame.columns, name)].reindex(judged.index)
    return pd.DataFrame(chosen, index=judged.index)


def _shown(
    rows: pd.DataFrame, columns: AddressColumns, labels: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """What an example of a wrong answer is shown with."""
    used = [name for name in vars(columns).values() if name is not None]
    meant = [name for name in (*TRUTH_CODES, "kinds") if name in labels.columns]
    said = ["csbm_kod", "dis_kapi_no", "numarataj_kimlik_no"]
    return pd.DataFrame(
        {
            "row": rows[ROW].astype("str"),
            "text": _in_one(rows[used]),
            "meant": _in_one(labels[meant]),
            "said": _in_one(answers[said]),
        }
    )


def _in_one(frame: pd.DataFrame) -> list[str]:
    """The values of each row in one text, missing and empty ones left out."""
    cells = frame.astype("str").fillna("").to_numpy(object)
    return [" · ".join(cell for cell in row if cell) for row in cells]


def _print(found: Evaluation, language: Language) -> None:
    console = Console(width=None if Console().is_terminal else _WIDTH)
    every = Text("bütün satırlar", "all rows").say(language)
    console.print(_table("", {every: found.overall}, language))
    for name, rows in found.groups.items():
        console.print(_table(name, rows, language))
    ece = "–" if found.ece is None else f"{found.ece:.4f}"
    console.print(
        Text(f"Kalibrasyon hatası (ECE): {ece}", f"Calibration error (ECE): {ece}").say(language)
    )
    console.print(_thresholds(found, language))
    console.print(_bins(found, language))
    for one in found.confusions[:_SHOWN_CONFUSIONS]:
        console.print(
            f"\n{one.expected} → {one.level} · {one.reason}: {number(one.rows, language)}"
        )
        for example in one.examples:
            console.print("  " + escape(" · ".join(f"{n} {v}" for n, v in example.items())))


def _thresholds(found: Evaluation, language: Language) -> Table:
    title = Text("Kabul eşiği değişseydi", "Were the threshold another one").say(language)
    table = Table(box=SIMPLE, title=title, title_justify="left")
    for text in THRESHOLD_TEXTS.values():
        table.add_column(text.say(language), justify="right")
    for one in found.thresholds:
        table.add_row(*(share(getattr(one, name), language) for name in THRESHOLD_TEXTS))
    return table


def _bins(found: Evaluation, language: Language) -> Table:
    title = Text("Puana göre doğru çıkan", "Right by score").say(language)
    table = Table(box=SIMPLE, title=title, title_justify="left")
    for text in BIN_TEXTS.values():
        table.add_column(text.say(language), justify="right")
    for one in found.bins:
        shares = share(one.score, language), share(one.right, language)
        table.add_row(*shares, number(one.rows, language))
    return table


def _table(caption: str, rows: dict[str, Figures], language: Language) -> Table:
    table = Table(box=SIMPLE, title=caption or None, title_justify="left")
    table.add_column("")
    for text in FIGURE_TEXTS.values():
        table.add_column(text.say(language), justify="right")
    for name, figures in rows.items():
        shares = [share(getattr(figures, figure), language) for figure in list(FIGURE_TEXTS)[1:]]
        table.add_row(escape(name), number(figures.rows, language), *shares)
    return table
