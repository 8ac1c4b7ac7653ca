"""Addresses written by others against the registry of İstanbul (csbm level; no doors there)."""

from pathlib import Path

import pandas as pd
import pytest

from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import RESULT_COLUMNS, AddressColumns, MatchStatus

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]
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


def test_every_row_of_eyupsultan_is_answered(istanbul: Matcher, shared_data: Path) -> None:
    rows = read(shared_data, "eyupsultan.csv")
    answers = istanbul.match(rows, COLUMNS)
    assert len(answers) == len(rows) == 298
    assert tuple(answers.columns) == RESULT_COLUMNS
    assert set(answers["match_status"]) <= {status.value for status in MatchStatus}
    assert answers["match_level"].ne("").all(), "each names at least its ilçe"
    assert answers["score"].between(0, 1).all()
