"""The columns of a frame that hold the address, in the official order, as text for the core."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
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
from gis_platform.matching.cells import Texts, strings, texts_of
from gis_platform.matching.model import AddressColumns
from gis_platform.matching.phrases import key_hashes
from gis_platform.sources.table import text_of

_FIELDS = (
    ("mahalle", FIELD_MAHALLE), ("csbm", FIELD_CSBM), ("site", FIELD_SITE), ("blok", FIELD_BLOK),
    ("dis_kapi_no", FIELD_DOOR), ("ic_kapi_no", FIELD_UNIT), ("text", FIELD_TEXT),
    ("ilce", FIELD_ILCE), ("il", FIELD_IL),
)  # fmt: skip
_NUMBERED = {"dis_kapi_no", "ic_kapi_no"}
_BLANK, _DOT, _ZERO, _NINE = 32, 46, 48, 57


@dataclass(frozen=True)
class AddressBatch:
    """A frame's addresses as the core reads them.

    Attributes:
        codes, starts: code points; ``starts`` has one entry per row and column, and one more.
        fields: what each column is.
        csbm_kod, mahalle_kod: codes given, −1 where none.
        keys: hash of the adres no, 0 where none.
    """

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]
    fields: NDArray[np.int64]
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
    return AddressBatch(codes, starts, _TEXT_ONLY, none, none, keys, len(texts))


_TEXT_ONLY = np.array([FIELD_TEXT], np.int64)


def table_batch(table: pa.Table, columns: AddressColumns) -> AddressBatch:
    """The columns named, as the core reads them.

    Raises:
        UsageError: a column is not in the table, or none is named.
    """
    named = [(name, field) for name, field in _FIELDS if getattr(columns, name)]
    given = [getattr(columns, name) for name in AddressColumns.__dataclass_fields__]
    for column in given:
        if column is not None and column not in table.column_names:
            raise _no_column(column, table.column_names)
    if not named and columns.csbm_kod is None and columns.adres_no is None:
        raise UsageError(
            Text("Hiçbir adres sütunu belirtilmedi.", "No column with an address was named.")
        )
    said = [(texts_of(table[getattr(columns, n)]), n in _NUMBERED) for n, _ in named]
    codes, starts = _interleaved(said, table.num_rows)
    return AddressBatch(
        codes,
        starts,
        np.array([field for _, field in named] or [FIELD_TEXT], np.int64),
        _codes(table, columns.csbm_kod),
        _codes(table, columns.mahalle_kod),
        _keys(table, columns.adres_no),
        table.num_rows,
    )


def _interleaved(
    columns: list[tuple[Texts, bool]], rows: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all cells, row by row; in number columns ``12.0`` is ``12``."""
    width = max(len(columns), 1)
    starts = np.zeros(rows * width + 1, np.int64)
    for at, (column, numbers) in enumerate(columns):
        _count_points(column.which, column.data, column.bounds, numbers, at, width, starts)
    np.cumsum(starts, out=starts)
    codes = np.empty(int(starts[-1]), np.uint32)
    for at, (column, _) in enumerate(columns):
        _copy_points(column.which, column.data, column.bounds, at, width, starts, codes)
    codes.flags.writeable = False  # as those of single texts are: the core is compiled once
    return codes, starts


def frame_batch(frame: pd.DataFrame, columns: AddressColumns) -> AddressBatch:
    """``table_batch`` of a frame; only the columns named are looked at.

    Raises:
        UsageError: a column is not in the frame, or none is named.
    """
    wanted = {getattr(columns, name) for name in AddressColumns.__dataclass_fields__}
    named = [name for name in frame.columns if name in wanted]
    table = pa.table({name: strings(column_texts(frame[name])) for name in named})
    if not named:
        table = pa.Table.from_arrays([strings([""] * len(frame))], [""])
    missing = next((name for name in wanted if name and name not in named), None)
    if missing is not None:
        raise _no_column(missing, [str(name) for name in frame.columns])
    return table_batch(table, columns)


def _no_column(column: str, names: list[str]) -> UsageError:
    known = ", ".join(names)
    return UsageError(
        Text(f"{column} sütunu yok. Olanlar: {known}.", f"No column {column}. There are: {known}."),
        place=Place(field=column),
    )


def column_texts(series: pd.Series) -> list[str]:
    """A column as text; missing is empty, ``12.0`` of a spreadsheet is ``12``."""
    values = series.tolist()
    return [
        value if type(value) is str else "" if value is pd.NA else text_of(value)
        for value in values
    ]


def _codes(table: pa.Table, column: str | None) -> NDArray[np.int64]:
    """Codes of a column, −1 where there is none."""
    if column is None:
        return np.full(table.num_rows, -1, np.int64)
    said = texts_of(table[column])
    return np.asarray(_whole_numbers(said.which, said.data, said.bounds))


def _keys(table: pa.Table, column: str | None) -> NDArray[np.uint64]:
    if column is None:
        return np.zeros(table.num_rows, np.uint64)
    codes, starts = _interleaved([(texts_of(table[column]), True)], table.num_rows)
    keys = np.asarray(key_hashes(codes, starts, fold_table(), word_table()))
    keys[np.asarray(_blank(codes, starts))] = 0
    return keys


@compiled
def _is_whole_float(data: NDArray[Any], begin: int, end: int) -> bool:
    """Whether a cell is ``12.0``."""
    if end - begin < 3 or data[end - 1] != _ZERO or data[end - 2] != _DOT:
        return False
    digits = 0
    for place in range(begin, end - 2):
        digits += _ZERO <= data[place] <= _NINE
    return digits == end - 2 - begin


@compiled
def _count_points(
    which: NDArray[Any], data: NDArray[Any], bounds: NDArray[Any], numbers: bool, at: int,
    width: int, starts: NDArray[Any],
) -> None:  # fmt: skip
    """Write the code points of each cell one place after its own, to be added up."""
    for row in range(len(which)):
        kind, points = which[row], 0
        if kind >= 0:
            begin, end = bounds[kind], bounds[kind + 1]
            if numbers and _is_whole_float(data, begin, end):
                end -= 2
            for place in range(begin, end):
                if data[place] & 0xC0 != 0x80:
                    points += 1
        starts[row * width + at + 1] = min(points, MAX_CHARACTERS)


@compiled
def _copy_points(
    which: NDArray[Any], data: NDArray[Any], bounds: NDArray[Any], at: int, width: int,
    starts: NDArray[Any], codes: NDArray[Any],
) -> None:  # fmt: skip
    """Decode UTF-8; a broken sequence becomes some code point, never a read past the cell."""
    for row in range(len(which)):
        kind = which[row]
        if kind < 0:
            continue
        place, end = bounds[kind], bounds[kind + 1]
        while place < end and data[place] & 0xC0 == 0x80:
            place += 1
        for point in range(starts[row * width + at], starts[row * width + at + 1]):
            letter = np.uint32(data[place])
            if letter < 0x80:
                value = letter
            elif letter < 0xE0:
                value = letter & np.uint32(0x1F)
            elif letter < 0xF0:
                value = letter & np.uint32(0x0F)
            else:
                value = letter & np.uint32(0x07)
            place += 1
            while place < end and data[place] & 0xC0 == 0x80:
                value = (value << np.uint32(6)) | np.uint32(data[place] & 0x3F)
                place += 1
            codes[point] = value


@compiled
def _whole_numbers(which: NDArray[Any], data: NDArray[Any], bounds: NDArray[Any]) -> NDArray[Any]:
    """Cells that are whole numbers, blanks around them or ``.0`` behind or not; −1 for others."""
    out = np.full(len(which), -1, np.int64)
    for row in range(len(which)):
        kind = which[row]
        if kind < 0:
            continue
        begin, end = bounds[kind], bounds[kind + 1]
        while begin < end and data[begin] <= _BLANK:
            begin += 1
        while end > begin and data[end - 1] <= _BLANK:
            end -= 1
        if _is_whole_float(data, begin, end):
            end -= 2
        value, good = np.int64(0), 0 < end - begin <= 15
        for place in range(begin, end):
            good = good and _ZERO <= data[place] <= _NINE
            value = value * 10 + np.int64(data[place]) - _ZERO if good else np.int64(0)
        if good:
            out[row] = value
    return out


@compiled
def _blank(codes: NDArray[Any], starts: NDArray[Any]) -> NDArray[Any]:
    """Texts in which there is nothing but blanks."""
    out = np.ones(len(starts) - 1, np.bool_)
    for row in range(len(out)):
        for place in range(starts[row], starts[row + 1]):
            if codes[place] > _BLANK and codes[place] != 0xA0:
                out[row] = False
    return out


def address_keys(frame: pd.DataFrame, columns: AddressColumns) -> list[str]:
    """Each address as one text, by which a decision about it is found again.

    Args:
        frame: the rows.
        columns: which column holds what; the codes and the adres no do not count.

    Raises:
        UsageError: a column is not in the frame.
    """
    batch = frame_batch(frame, columns)
    codes, starts = batch.codes.astype("<u4"), batch.starts.tolist()
    cells = [
        codes[begin:end].tobytes().decode("utf-32-le", "replace") for begin, end in pairwise(starts)
    ]
    width = len(batch.fields)
    rows = (cells[at : at + width] for at in range(0, len(cells), width))
    return [" | ".join(cell for cell in row if cell) for row in rows]
