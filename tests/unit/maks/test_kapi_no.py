import csv
from pathlib import Path

import pandas as pd
import pytest

from gis_platform.maks.kapi_no import canonical, parse

TABLE = (Path(__file__).parent / "cases/kapi_no.csv").read_text("utf-8")
CASES = list(csv.DictReader(TABLE.splitlines()))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_a_number_is_taken_apart(case: dict[str, str]) -> None:
    row = parse(pd.Series([case["input"]], dtype="str")).iloc[0]
    shown = {name: "" if pd.isna(row[name]) else str(row[name]) for name in row.index}
    assert shown == {name: case[name] for name in ("number", "letters", "last", "part")}


def test_missing_numbers_stay_missing() -> None:
    numbers = pd.Series(["7", None], dtype="str", index=[5, 9])
    assert canonical(numbers).isna().tolist() == [False, True]
    assert parse(numbers)["number"].isna().tolist() == [False, True]
    assert parse(numbers).index.tolist() == [5, 9]
