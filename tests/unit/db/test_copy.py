import json

import numpy as np
import pandas as pd
import pytest
import shapely

from gis_platform.db.copy import ewkb_of, json_of, json_rows, storable, values_of


def test_missing_values_become_none():
    assert values_of(pd.Series(["a", None], dtype="str")) == ["a", None]
    assert values_of(pd.Series([1, None], dtype="Int64")) == [1, None]
    assert values_of(pd.Series([1.5, float("nan")])) == [1.5, None]
    assert values_of(pd.Series([pd.Timestamp("2026-01-01"), pd.NaT])) == [
        pd.Timestamp("2026-01-01"),
        None,
    ]


def test_geometry_carries_its_srid():
    point, none = ewkb_of(np.array([shapely.Point(1, 2), None]), 5254)
    assert shapely.get_srid(shapely.from_wkb(point)) == 5254
    assert none is None


def test_json_keeps_turkish_letters_and_rows_in_order():
    frame = pd.DataFrame({"AD": ["Çığır", None], "NO": pd.Series([5, None], dtype="Int64")})
    assert [json.loads(row) for row in json_rows(frame)] == [
        {"AD": "Çığır", "NO": 5},
        {"AD": None, "NO": None},
    ]
    assert "Çığır" in json_rows(frame)[0]


def test_a_frame_without_columns_has_empty_rows():
    assert json_rows(pd.DataFrame(index=range(2))) == ["{}", "{}"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.int64(3), "3"),
        (np.float64(1.5), "1.5"),
        (np.array([28.9, 41.0]), "[28.9, 41.0]"),
        (pd.Timestamp("2026-01-02", tz="UTC"), '"2026-01-02T00:00:00+00:00"'),
        (shapely.Point(1, 2), '"POINT (1 2)"'),
        ("a\x00b", '"a\ufffdb"'),
        ("a\\u0000", '"a\\\\u0000"'),
        ({"a": [float("nan"), 1.0]}, '{"a": [null, 1.0]}'),
        (None, None),
    ],
)
def test_anything_becomes_json_that_can_be_stored(value, said):
    assert json_of(value) == said


@pytest.mark.parametrize(
    ("text", "kept"), [("a\x00", "a\ufffd"), ("\udcff", "?"), ("ş", "ş"), (None, None)]
)
def test_text_that_cannot_be_stored_is_replaced(text, kept):
    assert storable(text) == kept
