"""Values of a delivery as the register keeps them, and which of them cannot be kept.

Every function takes a column as received (text, numbers, times as text) and returns the column in
its own type and a mask of the values that say something else than such a value.
"""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from gis_platform.core.text import clean, fold
from gis_platform.maks.model import ColumnType

Converted = tuple[pd.Series, pd.Series]

_NOTHING = frozenset({"", "null", "<null>", "none", "nan", "nat"})
_LONGEST_NOTHING = max(map(len, _NOTHING))
_WHOLE = r"^([-+]?\d+)(?:[.,]0+)?$"
_GUID = (
    r"^[{(]?([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})"
    r"-?([0-9a-fA-F]{12})[)}]?$"
)
_WELL_FORMED_GUID = r"\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}\}"
_HEX = str.maketrans("abcdef", "ABCDEF")
_LARGEST = {"int": 2**31 - 1, "long": 2**63 - 1}
_MILLISECONDS_FROM = 10**11
"""Epoch numbers from here on count milliseconds (1973 on), below it seconds."""
_SECONDS_FROM = 10**8
_FORMATS = (
    (r"\d{8}", "%Y%m%d"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}", "%d.%m.%Y %H:%M"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}", "%d.%m.%Y %H:%M:%S"),
)


def converter(kind: ColumnType) -> Callable[[pd.Series], Converted]:
    """The function for columns of that kind."""
    whole = {"int": _as_int, "long": _as_long}
    return {"text": as_text, "guid": as_guid, "real": as_real, "timestamp": as_time, **whole}[kind]


def as_text(column: pd.Series) -> Converted:
    """Single blanks, no control characters; ``12.0`` from a number column as ``12``."""
    text = _texts(column)
    return text, pd.Series(data=False, index=column.index)


def as_guid(column: pd.Series) -> Converted:
    """``{8-4-4-4-12}`` in capitals and braces; another key as it is, a spreadsheet's ``.0`` off."""
    text = _texts(column)
    if text.dropna().str.fullmatch(_WELL_FORMED_GUID).all():
        return text, pd.Series(data=False, index=column.index)
    parts = text.str.extract(_GUID, expand=True)
    core = parts[0].str.cat([parts[at] for at in range(1, 5)], sep="-").str.translate(_HEX)
    other = text.str.replace(_WHOLE, r"\1", regex=True)
    guid = ("{" + core + "}").fillna(other).astype("str")
    return guid, pd.Series(data=False, index=column.index)


def as_whole(column: pd.Series, kind: str) -> Converted:
    """Whole numbers, nullable."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        good = column.notna() & (column == column.round()) & (column.abs() <= _LARGEST[kind])
        return column.where(good).astype("Int64"), column.notna() & ~good
    text = _texts(column)
    number = pd.to_numeric(text.str.extract(_WHOLE, expand=False), errors="coerce")
    good = number.abs() <= _LARGEST[kind]
    exact = text.str.extract(_WHOLE, expand=False).where(good)
    return exact.astype("Int64"), text.notna() & ~good


def as_real(column: pd.Series) -> Converted:
    """Numbers with a decimal point or comma."""
    text = _texts(column)
    number = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
    number = number.astype("float64").where(np.isfinite(number.astype("float64")))
    return number, text.notna() & number.isna()


def as_time(column: pd.Series) -> Converted:
    """UTC times from ISO text, Turkish dates, epoch seconds or milliseconds, ``20141231``."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        times = pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
        return times, pd.Series(data=False, index=column.index)
    text = _texts(column)
    distinct = pd.Series(text.dropna().unique(), dtype="str")
    known = _times(distinct).set_axis(pd.Index(distinct))
    times = known.reindex(pd.Index(text)).set_axis(column.index)
    return times, text.notna() & times.isna()


def _as_int(column: pd.Series) -> Converted:
    return as_whole(column, "int")


def _as_long(column: pd.Series) -> Converted:
    return as_whole(column, "long")


def _texts(column: pd.Series) -> pd.Series:
    """Any column as text; what means nothing is missing."""
    if pd.api.types.is_float_dtype(column.dtype):
        whole = column.notna() & (column == column.round()) & (column.abs() < 2**53)
        text = column.astype(object)
        text[whole] = column[whole].astype("int64").astype("str")
        column = text
    if not isinstance(column.dtype, pd.StringDtype):
        column = column.map(str, na_action="ignore")
    values = column.dropna().tolist()
    if _is_clean(values):
        nothing = {v for v in set(values) if len(v) <= _LONGEST_NOTHING and fold(v) in _NOTHING}
        return (column.where(~column.isin(nothing)) if nothing else column).astype("str")
    cleaned = {value: _cleaned(value) for value in set(values)}
    return column.map(cleaned, na_action="ignore").astype("str")


def _is_clean(values: list[str]) -> bool:
    """Whether no value needs cleaning: all of them are looked at as one text, in one go."""
    whole = f"|{'|'.join(values)}|"
    return (
        whole.isascii()
        and whole.isprintable()
        and not any(blank in whole for blank in ("  ", "| ", " |"))
    )


def _cleaned(text: str) -> str | None:
    if not text.isascii() or not text.isprintable() or "  " in text or text != text.strip():
        text = clean(text)
    return None if len(text) <= _LONGEST_NOTHING and fold(text) in _NOTHING else text


def _times(text: pd.Series) -> pd.Series:
    """Each way of writing a time is tried on what the ways before it left over."""
    found = _parsed(text, "ISO8601")
    for read in (_slashed, _dotted, _epoch):
        left = found.index[found.isna()]
        if not len(left):
            break
        found[left] = read(text[left])
    return found


def _slashed(text: pd.Series) -> pd.Series:
    """``2014/12/31 00:00:00``, as shapefiles have it."""
    return _parsed(text.str.replace("/", "-", regex=False), "ISO8601")


def _dotted(text: pd.Series) -> pd.Series:
    dotted = text.str.replace(r"[/-]", ".", regex=True)
    found = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us, UTC]")
    for pattern, shape in _FORMATS:
        found = found.fillna(_parsed(dotted.where(dotted.str.fullmatch(pattern)), shape))
    return found


def _epoch(text: pd.Series) -> pd.Series:
    epoch = pd.to_numeric(text.where(text.str.fullmatch(r"-?\d{9,13}(\.0+)?")), errors="coerce")
    scale = np.where(epoch.abs() >= _MILLISECONDS_FROM, 1000.0, 1.0)
    seconds = (epoch / scale).where(epoch.abs() >= _SECONDS_FROM)
    return pd.to_datetime(seconds, unit="s", utc=True).astype("datetime64[us, UTC]")


def _parsed(text: pd.Series, shape: str) -> pd.Series:
    times = pd.to_datetime(text, format=shape, utc=True, errors="coerce")
    return times.astype("datetime64[us, UTC]")


def is_turkish_identity_number(text: pd.Series) -> pd.Series:
    """Which values pass the check digits of a Turkish identity number (KVKK)."""
    good = text.fillna("").str.fullmatch(re.compile(r"[1-9]\d{10}"))
    digits = np.array([[int(c) for c in one] for one in text[good]], int).reshape(-1, 11)
    odd, even = digits[:, 0:9:2].sum(axis=1), digits[:, 1:8:2].sum(axis=1)
    passes = ((7 * odd - even) % 10 == digits[:, 9]) & (
        digits[:, :10].sum(axis=1) % 10 == digits[:, 10]
    )
    result = pd.Series(False, index=text.index)  # noqa: FBT003
    result[good] = passes
    return result
