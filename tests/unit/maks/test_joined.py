"""Joins every control shares."""

import pandas as pd
import pytest

from gis_platform.maks.joined import among


@pytest.mark.parametrize("dtype", ["str", "Int64"])
def test_a_missing_key_is_among_nothing_not_even_other_missing_ones(dtype: str) -> None:
    keys = pd.Series([1, None, 3, 3], index=[7, 5, 3, 9], dtype="Int64").astype(dtype)
    others = pd.Series([3, None, 3, 4], dtype="Int64").astype(dtype)
    found = among(keys, others)
    assert found.to_dict() == {7: False, 5: False, 3: True, 9: True}
    assert among(keys, pd.Index(others.dropna().unique())).equals(found)


def test_nothing_is_among_an_empty_column() -> None:
    assert not among(pd.Series(["a"]), pd.Series([], dtype="str")).any()
