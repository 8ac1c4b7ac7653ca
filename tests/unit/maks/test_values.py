from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from gis_platform.maks.values import (
    as_guid,
    as_real,
    as_text,
    as_time,
    as_whole,
    is_turkish_identity_number,
)

GUID = "{ABCDEF01-1111-2222-3333-444455556666}"


@pytest.mark.parametrize(
    "written",
    [
        GUID,
        GUID[1:-1],
        "{abcdef01-1111-2222-3333-444455556666}",
        f" {GUID} ",
        "(abcdef01-1111-2222-3333-444455556666)",
        "ABCDEF01111122223333444455556666",
    ],
)
def test_a_guid_is_one_in_any_case_and_braces(written: str) -> None:
    assert as_guid(pd.Series([written, GUID]))[0].tolist() == [GUID, GUID]


def test_a_key_that_is_no_guid_loses_only_a_spreadsheets_zero() -> None:
    assert as_guid(pd.Series(["1234.0", "YOL-7"]))[0].tolist() == ["1234", "YOL-7"]


@pytest.mark.parametrize("nothing", ["", "  ", "<Null>", "NULL", "NaN", None])
def test_what_means_nothing_is_missing(nothing: str | None) -> None:
    assert as_text(pd.Series([nothing], dtype=object))[0].isna().all()


def test_text_is_cleaned_and_numbers_are_written_whole() -> None:
    assert as_text(pd.Series(["İ  Ğ\t", "A"]))[0].tolist() == ["İ Ğ", "A"]
    assert as_text(pd.Series([12.0, 1.5]))[0].tolist() == ["12", "1.5"]


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        ("12", "int", 12),
        ("12.0", "int", 12),
        (9876543210.0, "long", 9876543210),
        ("-3", "int", -3),
        ("9876543210123", "long", 9876543210123),
    ],
)
def test_whole_numbers_are_read(written: object, kind: str, expected: int) -> None:
    values, lost = as_whole(pd.Series([written]), kind)
    assert values.tolist() == [expected]
    assert not lost.any()


@pytest.mark.parametrize("written", ["SOKAK", "1,5", 1.5, "3000000000", "1e3"])
def test_what_is_no_whole_number_is_lost_and_said(written: object) -> None:
    values, lost = as_whole(pd.Series([written]), "int")
    assert values.isna().all()
    assert lost.all()


def test_a_missing_number_is_not_a_lost_one() -> None:
    assert not as_whole(pd.Series([None, np.nan]), "int")[1].any()


def test_reals_take_a_comma_and_no_infinity() -> None:
    values, lost = as_real(pd.Series(["1,5", "2.25", "inf", "x"]))
    assert values.tolist()[:2] == [1.5, 2.25]
    assert lost.tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    "written",
    [
        "2014-12-31T10:00:00+00:00",
        "2014-12-31T13:00:00.000+03:00",
        "2014/12/31 10:00:00.000",
        "31.12.2014 10:00:00",
        "31/12/2014 10:00",
        "1420020000000",
        "1420020000",
        1420020000000.0,
    ],
)
def test_a_time_is_one_however_it_is_written(written: object) -> None:
    values, lost = as_time(pd.Series([written]))
    assert values[0] == datetime(2014, 12, 31, 10, tzinfo=UTC)
    assert not lost.any()


@pytest.mark.parametrize("written", ["20141231", "31.12.2014", "2014-12-31"])
def test_a_day_is_its_midnight(written: str) -> None:
    assert as_time(pd.Series([written]))[0][0] == datetime(2014, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("written", ["dün", "31.13.2014", "42", "99999999999999"])
def test_what_is_no_time_is_lost_and_said(written: str) -> None:
    values, lost = as_time(pd.Series([written]))
    assert values.isna().all()
    assert lost.all()


def test_identity_numbers_are_known_by_their_check_digits() -> None:
    given = pd.Series(["10000000146", "10000000147", "1583845852", None], dtype="str")
    assert is_turkish_identity_number(given).tolist() == [True, False, False, False]
