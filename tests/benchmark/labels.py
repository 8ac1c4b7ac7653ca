"""Real addresses of İstanbul against labels: rows decided and right, per source.

``python tests/benchmark labels [list] [index folder]``: every row is matched twice, from its text
alone and with the ilçe of its own column. ``list`` also prints the rows that are wrong or open.
Read are the labels made by hand (``labels/*_other.csv``, ``*_second.csv``) and those of the real
data, these with what was judged of them (``labels/street_labels_judged.csv``).

Columns: rows; share decided; share of the decisions that is right; rows whose csbm is in the
registry and told by the text; share of these decided and right; rows decided although their csbm
is not in the registry or not in the text.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gis_platform.matching.evaluate import Expected, judge
from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns

DATA = Path(__file__).parents[3] / "shared" / "data"
LABELS = Path(__file__).parent / "labels"
KEY = ["source", "id"]
WAYS = {
    "text": AddressColumns(text="address"),
    "+ilce": AddressColumns(text="address", ilce="ilce"),
}
AMBIGUOUS = "ambiguous"
COLUMNS = ("rows", "decided", "right", "findable", "found", "false")


@dataclass(frozen=True)
class Outcome:
    """What became of labelled rows: judged answers beside the rows they belong to."""

    rows: pd.DataFrame
    judged: pd.DataFrame


def main(arguments: list[str]) -> None:
    """Print the figures per source; nothing where the real data is absent."""
    if not DATA.is_dir():
        print("atlandı / skipped: ../shared/data (gerçek veri / the real data) yok / is not here")
        return
    folders = [Path(each) for each in arguments if each != "list"]
    with tempfile.TemporaryDirectory() as temporary:
        _measure(_open(folders, Path(temporary)), is_list="list" in arguments)


def _open(folders: list[Path], temporary: Path) -> Matcher:
    index = folders[0] if folders else temporary / "index"
    if not folders:
        build_index(read_reference(DATA / "registry"), index)
    return Matcher.open(index)


def _measure(matcher: Matcher, *, is_list: bool) -> None:
    print(" " * 34 + "".join(f"{name:>10}" for name in COLUMNS))
    for name, rows in labelled():
        for way, columns in WAYS.items():
            outcome = outcome_of(matcher, rows, columns)
            for source, part in outcome.rows.groupby("source"):
                print(_line(f"{name} {way}", str(source), outcome, part.index))
            if is_list:
                print("\n".join(_unsettled(outcome)))


def labelled() -> Iterator[tuple[str, pd.DataFrame]]:
    """Name of a set of labels, and its rows with text and label."""
    texts = {
        name: _read(DATA / "addresses" / f"{name}.csv") for name in ("istanbul_dev", "eyupsultan")
    }
    for name in ("istanbul_other", "istanbul_second", "eyupsultan_other"):
        text = texts["eyupsultan" if name == "eyupsultan_other" else "istanbul_dev"]
        yield name.replace("_", " "), _joined(text, _read(LABELS / f"{name}.csv"))
    street = _street_labels()
    yield "istanbul street", _joined(texts["istanbul_dev"], street)
    yield "eyupsultan street", _joined(texts["eyupsultan"], street)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False).drop_duplicates(KEY)


def _joined(rows: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    return rows.merge(labels, on=KEY).reset_index(drop=True)


def _street_labels() -> pd.DataFrame:
    """Labels of the real data; where a person judged one, what that person said."""
    labels = _read(DATA / "addresses" / "street_labels.csv")[[*KEY, "csbm_kod"]]
    judged = _read(LABELS / "street_labels_judged.csv").rename(columns={"csbm_kod": "judged"})
    labels = labels.merge(judged, on=KEY, how="left").fillna("")
    csbm_kod = labels["csbm_kod"].where(labels["right_side"] == "", labels["judged"])
    words = {True: Expected.NONE.value, False: Expected.CSBM_ONLY.value}
    return labels.assign(csbm_kod=csbm_kod, expected=(csbm_kod == "").map(words))


def outcome_of(matcher: Matcher, rows: pd.DataFrame, columns: AddressColumns) -> Outcome:
    """Answers held against the labels; of two csbm that nobody can tell apart either is right."""
    answers = matcher.match(rows, columns, explain=True)
    said = answers["csbm_kod"].astype("str")
    meant = rows["csbm_kod"].mask((said == rows["also"]) & (said != ""), rows["also"])
    judged = judge(rows.assign(csbm_kod=meant), answers)
    return Outcome(rows.join(answers.add_prefix("said_")), judged)


def _line(name: str, source: str, outcome: Outcome, index: pd.Index) -> str:
    judged, remark = outcome.judged.loc[index], outcome.rows.loc[index, "remark"]
    is_nothing = judged["expected"] == Expected.NONE.value
    findable = ~is_nothing & ~remark.str.startswith(AMBIGUOUS)
    decided = judged["is_decided"]
    found = decided & judged["is_right"]
    figures = (
        f"{len(index):,}",
        _share(decided),
        _share(judged.loc[decided, "is_right"]),
        f"{findable.sum():,}",
        _share(found[findable]),
        f"{(decided & is_nothing).sum()}",
    )
    return f"{name:<24} {source:<9}" + "".join(f"{figure:>10}" for figure in figures)


def _share(part: pd.Series) -> str:
    return f"{part.mean():.2%}" if len(part) else "–"


def _unsettled(outcome: Outcome) -> Iterator[str]:
    """Wrong decisions, then what could have been decided and was not."""
    judged, rows = outcome.judged, outcome.rows
    wrong = judged["is_decided"] & ~judged["is_right"]
    still = ~judged["is_decided"] & (judged["expected"] != Expected.NONE.value)
    for word, mask in (("WRONG", wrong), ("OPEN", still)):
        for row in rows[mask].itertuples():
            said = f"{row.said_csbm_kod} {row.said_reason} {row.said_score} {row.said_faults}"
            meant = f"{row.csbm_kod} {row.remark}"
            yield f"{word} {row.source} {row.id} · {row.address} · {said} · {meant}"
