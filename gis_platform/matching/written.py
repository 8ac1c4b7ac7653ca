"""Rows of text (CSV, TSV) written a column at a time: quoted only where they must be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.matching.cells import Texts

_QUOTE, _LINE, _RETURN = 34, 10, 13


def lines_of(columns: Sequence[Texts], delimiter: str) -> NDArray[np.uint8]:
    """Rows as UTF-8 lines, values exactly as they are.

    Args:
        columns: of equal length.
        delimiter: one ASCII character.
    """
    sign = ord(delimiter)
    quotes = [_quoting(column.data, column.bounds, sign) for column in columns]
    ends = np.zeros(len(columns[0].which), np.int64)
    for column, quoting in zip(columns, quotes, strict=True):
        _add_sizes(column.which, column.bounds, quoting, ends)
    np.cumsum(ends, out=ends)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    at = np.zeros_like(ends)
    at[1:] = ends[:-1]
    for place, (column, quoting) in enumerate(zip(columns, quotes, strict=True)):
        after = _LINE if place == len(columns) - 1 else sign
        _put(column.which, column.data, column.bounds, quoting, after, at, out)
    return out


@compiled
def _quoting(data: NDArray[Any], bounds: NDArray[Any], sign: int) -> NDArray[Any]:
    """For each kind: bytes that quotation adds, 0 where it needs none."""
    more = np.zeros(len(bounds) - 1, np.int32)
    for kind in range(len(more)):
        quotes, needed = 0, False
        for place in range(bounds[kind], bounds[kind + 1]):
            letter = data[place]
            if letter == _QUOTE:
                quotes += 1
            elif letter == sign or letter in (_LINE, _RETURN):
                needed = True
        if needed or quotes:
            more[kind] = quotes + 2
    return more


@compiled
def _add_sizes(
    which: NDArray[Any], bounds: NDArray[Any], quoting: NDArray[Any], sizes: NDArray[Any]
) -> None:
    """Add the size of each cell and of the sign after it."""
    for row in range(len(which)):
        kind = which[row]
        size = 1
        if kind >= 0:
            size += bounds[kind + 1] - bounds[kind] + quoting[kind]
        sizes[row] += size


@compiled
def _put(
    which: NDArray[Any], data: NDArray[Any], bounds: NDArray[Any], quoting: NDArray[Any],
    after: int, at: NDArray[Any], out: NDArray[Any],
) -> None:  # fmt: skip
    """Write a column's cells where each row stands, and move on."""
    for row in range(len(which)):
        kind, place = which[row], at[row]
        if kind >= 0:
            quoted = quoting[kind] > 0
            if quoted:
                out[place] = _QUOTE
                place += 1
            for letter in range(bounds[kind], bounds[kind + 1]):
                if data[letter] == _QUOTE:
                    out[place] = _QUOTE
                    place += 1
                out[place] = data[letter]
                place += 1
            if quoted:
                out[place] = _QUOTE
                place += 1
        out[place] = after
        at[row] = place + 1
