"""Addresses written by others against the registry of İstanbul (csbm level; no doors there)."""

from pathlib import Path

import pandas as pd
import pytest

from gis_platform.matching.evaluate import judge
from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import RESULT_COLUMNS, AddressColumns, MatchStatus

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]
LABELS = Path(__file__).parents[2] / "benchmark" / "labels"
COLUMNS = AddressColumns(text="address", ilce="ilce")


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "addresses" / name, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def istanbul(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    folder = tmp_path_factory.mktemp("istanbul") / "index"
    build_index(read_reference(shared_data / "registry"), folder)
    return Matcher.open(folder)


def test_labelled_addresses_are_decided_and_right(istanbul: Matcher, shared_data: Path) -> None:
    labels = read(shared_data, "street_labels.csv")[["source", "id", "csbm_kod"]]
    rows = read(shared_data, "istanbul_dev.csv").merge(labels, on=["source", "id"])
    answers = istanbul.match(rows, AddressColumns(text="address"))
    is_decided = (answers["match_status"] == "matched") & answers["csbm_kod"].notna()
    is_right = answers["csbm_kod"].astype(str) == rows["csbm_kod"]
    assert len(rows) > 6000
    assert is_decided.mean() >= 0.975
    assert is_right[is_decided].mean() >= 0.995


@pytest.mark.parametrize("ilce", [None, "ilce"])
@pytest.mark.parametrize(
    ("labels", "texts"),
    [
        ("istanbul_other.csv", "istanbul_dev.csv"),
        ("istanbul_second.csv", "istanbul_dev.csv"),
        ("eyupsultan_other.csv", "eyupsultan.csv"),
    ],
)
def test_addresses_labelled_by_hand_are_right_when_decided(
    istanbul: Matcher, shared_data: Path, labels: str, texts: str, ilce: str | None
) -> None:
    by_hand = pd.read_csv(LABELS / labels, dtype=str, keep_default_na=False)
    rows = read(shared_data, texts).drop_duplicates(["source", "id"])
    rows = rows.merge(by_hand, on=["source", "id"], validate="1:1")
    answers = istanbul.match(rows, AddressColumns(text="address", ilce=ilce))
    judged = judge(rows, answers)
    decided = judged["is_decided"]
    findable = (rows["expected"] != "none") & ~rows["remark"].str.startswith("ambiguous")
    assert len(rows) == len(by_hand)
    assert judged.loc[decided, "is_right"].mean() >= 0.97
    assert judged.loc[findable, "is_decided"].mean() >= 0.75


def test_every_row_of_eyupsultan_is_answered(istanbul: Matcher, shared_data: Path) -> None:
    rows = read(shared_data, "eyupsultan.csv")
    answers = istanbul.match(rows, COLUMNS)
    assert len(answers) == len(rows) == 298
    assert tuple(answers.columns) == RESULT_COLUMNS
    assert set(answers["match_status"]) <= {status.value for status in MatchStatus}
    assert answers["match_level"].ne("").all(), "each names at least its ilçe"
    assert answers["score"].between(0, 1).all()
