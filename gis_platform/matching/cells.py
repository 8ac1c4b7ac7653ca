"""Columns of a table as the compiled core reads and writes them: bytes and where each cell begins.

A column is whatever Arrow lends without copying; nothing here takes time per row in Python.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.sources.table import text_of

_DASH, _DOT, _ZERO = 45, 46, 48
_LONGEST_NUMBER = 24


@dataclass(frozen=True)
class Texts:
    """A column of text: which of its kinds each row holds.

    Attributes:
        which: kind of each row, −1 where there is none.
        data, bounds: UTF-8 of all kinds, and where each begins (one more at the end).
    """

    which: NDArray[np.int32]
    data: NDArray[np.uint8]
    bounds: NDArray[np.int32]

    def arrow(self) -> pa.Array:
        """As a column of strings; empty where there is none."""
        bounds = np.append(self.bounds, self.bounds[-1:])
        which = np.where(self.which < 0, len(bounds) - 2, self.which).astype(np.int32)
        found = pa.DictionaryArray.from_arrays(
            _numbers(which, None), string_column(self.data, bounds)
        )
        return found.dictionary_decode()

    def objects(self) -> NDArray[np.object_]:
        """As Python strings."""
        kinds = np.array([*string_column(self.data, self.bounds).to_pylist(), ""], object)
        return np.asarray(kinds[self.which], object)

    def written(self) -> "Texts":
        """Itself: as a file of text holds it."""
        return self


@dataclass(frozen=True)
class Whole:
    """A column of whole numbers, some missing."""

    values: NDArray[np.int64]
    missing: NDArray[np.bool_]

    def arrow(self) -> pa.Array:
        """As a column of 64-bit integers."""
        return _numbers(self.values, self.missing)

    def written(self) -> Texts:
        """The digits; nothing where it is missing."""
        return _plain(*_whole_texts(self.values, self.missing))


@dataclass(frozen=True)
class Real:
    """A column of numbers rounded to so many decimals; NaN is missing."""

    values: NDArray[np.float64]
    decimals: int

    def arrow(self) -> pa.Array:
        """As a column of doubles."""
        return _numbers(np.round(self.values, self.decimals), np.isnan(self.values))

    def written(self) -> Texts:
        """As Python writes a float: at least one decimal, none that says nothing."""
        return _plain(*_real_texts(self.values, self.decimals))


Column = Texts | Whole | Real


def kinds(names: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Texts one after another and where each begins."""
    parts = [name.encode("utf-8", "surrogatepass") for name in names]
    bounds = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=bounds[1:])
    return np.frombuffer(b"".join(parts), np.uint8), bounds.astype(np.int32)


def coded(which: NDArray[Any], names: Sequence[str]) -> Texts:
    """A column whose rows hold one of a few names."""
    return Texts(which.astype(np.int32), *kinds(names))


def _plain(data: NDArray[np.uint8], bounds: NDArray[np.int32]) -> Texts:
    return Texts(np.arange(len(bounds) - 1, dtype=np.int32), data, bounds)


def texts_of(column: pa.Array) -> Texts:
    """A column of Arrow as text: strings as they are, numbers and others as people write them."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_null(column.type)):
        column = _as_strings(column)
    if pa.types.is_null(column.type) or not len(column):
        nothing = np.zeros(len(column) + 1, np.int32)
        return _plain(np.zeros(0, np.uint8), nothing)
    _, bounds, data = column.buffers()
    starts = np.frombuffer(bounds, np.int32)[column.offset : column.offset + len(column) + 1]
    letters = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    found = _plain(letters, starts)
    if column.null_count:
        there = column.is_valid().to_numpy(zero_copy_only=False)
        return Texts(np.where(there, found.which, -1).astype(np.int32), letters, starts)
    return found


def _as_strings(column: pa.Array) -> pa.Array:
    """Values as text: ``12.0`` of a spreadsheet or database is ``12``."""
    if pa.types.is_large_string(column.type) or pa.types.is_integer(column.type):
        return column.cast(pa.string())
    distinct = column.dictionary_encode() if not pa.types.is_nested(column.type) else None
    if distinct is None:
        return strings([text_of(value) for value in column.to_pylist()])
    said = strings([text_of(value) for value in distinct.dictionary.to_pylist()])
    return pa.DictionaryArray.from_arrays(distinct.indices, said).dictionary_decode()


def strings(texts: Sequence[str]) -> pa.Array:
    """Python strings as a column of Arrow."""
    return string_column(*kinds(texts))


def string_column(data: NDArray[np.uint8], bounds: NDArray[np.int32]) -> pa.Array:
    """Cells one after another as a column of Arrow."""
    return pa.Array.from_buffers(
        pa.string(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    )


def _numbers(values: NDArray[Any], missing: NDArray[np.bool_] | None) -> pa.Array:
    """NumPy numbers as a column of Arrow, without looking for pandas."""
    there = None
    if missing is not None and missing.any():
        there = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    values = np.ascontiguousarray(values)
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [there, pa.py_buffer(values)])


@compiled
def _write_digits(value: int, data: NDArray[Any], at: int) -> int:
    """Digits of a number that is not negative; returns where they end."""
    size, rest = 1, value // 10
    while rest:
        size += 1
        rest //= 10
    for place in range(at + size - 1, at - 1, -1):
        data[place] = _ZERO + value % 10
        value //= 10
    return at + size


@compiled
def _whole_texts(values: NDArray[Any], missing: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    data = np.empty(len(values) * _LONGEST_NUMBER, np.uint8)
    bounds = np.zeros(len(values) + 1, np.int32)
    at = 0
    for row in range(len(values)):
        if not missing[row]:
            value = values[row]
            if value < 0:
                data[at] = _DASH
                at += 1
                value = -value
            at = _write_digits(value, data, at)
        bounds[row + 1] = at
    return data[:at].copy(), bounds


@compiled
def _real_texts(values: NDArray[Any], decimals: int) -> tuple[NDArray[Any], NDArray[Any]]:
    data = np.empty(len(values) * (_LONGEST_NUMBER + decimals + 2), np.uint8)
    bounds = np.zeros(len(values) + 1, np.int32)
    scale = 1
    for _ in range(decimals):
        scale *= 10
    at = 0
    for row in range(len(values)):
        value = values[row]
        if np.isfinite(value):
            whole = np.int64(np.rint(abs(value) * scale))
            if value < 0:
                data[at] = _DASH
                at += 1
            at = _write_digits(whole // scale, data, at)
            data[at] = _DOT
            rest, size = whole % scale, decimals
            while size > 1 and rest % 10 == 0:
                rest //= 10
                size -= 1
            for place in range(at + size, at, -1):
                data[place] = _ZERO + rest % 10
                rest //= 10
            at += 1 + size
        bounds[row + 1] = at
    return data[:at].copy(), bounds
