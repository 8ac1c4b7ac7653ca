"""The columns of a frame that hold the address, in the official order, as text for the core."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.address.roles import (
    FIELD_BLOK,
    FIELD_CSBM,
    FIELD_DOOR,
    FIELD_IL,
    FIELD_ILCE,
    FIELD_MAHALLE,
    FIELD_SITE,
    FIELD_TEXT,
    FIELD_UNIT,
)  # fmt: skip
from gis_platform.address.tokens import MAX_CHARACTERS, fold_table
from gis_platform.address.words import word_table
from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.matching.batch import codes_of
from gis_platform.matching.model import AddressColumns
from gis_platform.matching.phrases import key_hashes

_FIELDS = (
    ("mahalle", FIELD_MAHALLE), ("csbm", FIELD_CSBM), ("site", FIELD_SITE), ("blok", FIELD_BLOK),
    ("dis_kapi_no", FIELD_DOOR), ("ic_kapi_no", FIELD_UNIT), ("text", FIELD_TEXT),
    ("ilce", FIELD_ILCE), ("il", FIELD_IL),
)  # fmt: skip
_NUMBERED = {"dis_kapi_no", "ic_kapi_no"}


@dataclass(frozen=True)
class AddressBatch:
    """A frame's addresses as the core reads them.

    Attributes:
        codes, starts: code points; ``starts`` has one entry per row and column, and one more.
        fields: what each column is.
        texts: by column, as given.
        csbm_kod, mahalle_kod: codes given, −1 where none.
        keys: hash of the adres no, 0 where none.
    """

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]
    fields: NDArray[np.int64]
    texts: list[list[str]]
    csbm_kod: NDArray[np.int64]
    mahalle_kod: NDArray[np.int64]
    keys: NDArray[np.uint64]
    rows: int


def text_batch(texts: list[str]) -> AddressBatch:
    """Addresses in free text."""
    texts = [text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] for text in texts]
    codes, starts = codes_of(texts)
    none = np.full(len(texts), -1, np.int64)
    keys = np.zeros(len(texts), np.uint64)
    return AddressBatch(codes, starts, _TEXT_ONLY, [texts], none, none, keys, len(texts))


_TEXT_ONLY = np.array([FIELD_TEXT], np.int64)


def frame_batch(frame: pd.DataFrame, columns: AddressColumns) -> AddressBatch:
    """The columns named, as the core reads them.

    Raises:
        UsageError: a column is not in the frame, or none is named.
    """
    named = [(name, field) for name, field in _FIELDS if getattr(columns, name)]
    given = [getattr(columns, name) for name in AddressColumns.__dataclass_fields__]
    for column in given:
        if column is not None and column not in frame.columns:
            raise _no_column(column, frame)
    if not named and columns.csbm_kod is None and columns.adres_no is None:
        raise UsageError(
            Text("Hiçbir adres sütunu belirtilmedi.", "No column with an address was named.")
        )
    texts = [column_texts(frame[getattr(columns, n)], numbers=n in _NUMBERED) for n, _ in named]
    rows = len(frame)
    in_order = (
        [text for row in zip(*texts, strict=True) for text in row]
        if len(texts) > 1
        else (texts[0] if texts else [""] * rows)
    )
    codes, starts = codes_of(in_order)
    fields = np.array([field for _, field in named] or [FIELD_TEXT], np.int64)
    return AddressBatch(
        codes,
        starts,
        fields,
        texts or [[""] * rows],
        _codes(frame, columns.csbm_kod),
        _codes(frame, columns.mahalle_kod),
        _keys(frame, columns.adres_no),
        rows,
    )


def _no_column(column: str, frame: pd.DataFrame) -> UsageError:
    known = ", ".join(str(name) for name in frame.columns)
    return UsageError(
        Text(f"{column} sütunu yok. Olanlar: {known}.", f"No column {column}. There are: {known}."),
        place=Place(field=column),
    )


def column_texts(series: pd.Series, *, numbers: bool = False) -> list[str]:
    """A column as text; missing is empty; in number columns ``12.0`` of a spreadsheet is ``12``."""
    values = series.tolist()
    texts = [value if type(value) is str else _text_of(value) for value in values]
    if numbers:
        texts = [t[:-2] if t.endswith(".0") and t[:-2].isdigit() else t for t in texts]
    return [t if len(t) <= MAX_CHARACTERS else t[:MAX_CHARACTERS] for t in texts]


def _text_of(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


def _codes(frame: pd.DataFrame, column: str | None) -> NDArray[np.int64]:
    if column is None:
        return np.full(len(frame), -1, np.int64)
    numbers = pd.to_numeric(frame[column], errors="coerce")
    values = np.asarray(numbers.astype("float64").to_numpy(float, na_value=np.nan))
    known = np.isfinite(values) & (np.abs(values) < 1e15)  # noqa: PLR2004
    out = np.full(len(frame), -1, np.int64)
    out[known] = values[known].astype(np.int64)
    return out


def _keys(frame: pd.DataFrame, column: str | None) -> NDArray[np.uint64]:
    if column is None:
        return np.zeros(len(frame), np.uint64)
    texts = column_texts(frame[column], numbers=True)
    codes, starts = codes_of(texts)
    keys = key_hashes(codes, starts, fold_table(), word_table())
    keys[np.array([not text.strip() for text in texts], bool)] = 0
    return np.asarray(keys)


def address_keys(frame: pd.DataFrame, columns: AddressColumns) -> list[str]:
    """Each address as one text, by which a decision about it is found again.

    Args:
        frame: the rows.
        columns: which column holds what; the codes and the adres no do not count.

    Raises:
        UsageError: a column is not in the frame.
    """
    texts = frame_batch(frame, columns).texts
    return [" | ".join(text for text in row if text) for row in zip(*texts, strict=True)]
