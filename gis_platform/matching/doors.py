"""Door numbers as integers: spellings of one door (``12/A``, ``12 A``, ``12a``) are one code."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.tokens import (
    COLUMNS,
    END,
    FROM,
    KIND,
    MAX_CHARACTERS,
    MAX_TOKENS,
    NUMBER,
    START,
    TO,
    VALUE,
    WORD,
    hash_letters,
    tokenize,
)  # fmt: skip
from gis_platform.address.words import BASE, WordTable

_BASE = np.uint64(BASE)
_APART = np.uint64(47)
_LARGEST = (1 << 24) - 1


@compiled
def _turkish(codes: NDArray, start: int, end: int) -> int:  # type: ignore[type-arg]
    """Tells doors apart whose letters fold to the same: ``12/C`` is not ``12/Ç``."""
    mark = 0
    for place in range(start, end):
        point = codes[place]
        own = (point == 0xC7 or point == 0xE7 or 0x11E <= point <= 0x11F  # noqa: PLR1714
               or point == 0xD6 or point == 0xF6 or 0x15E <= point <= 0x15F
               or point == 0xDC or point == 0xFC)  # fmt: skip
        mark = mark * 2 + (1 if own else 0)
    return mark


@compiled
def door_code(
    codes: NDArray[Any], buffer: NDArray[Any], token: NDArray[Any], start: int, end: int
) -> tuple[int, np.uint64]:
    """Number and code of a door expression; the number is −1 where it has none.

    Signs count for nothing except between two numbers: ``24/5`` is not ``245``.
    """
    number, code, before = -1, np.uint64(0), 0
    for at in range(start, end):
        kind = token[at, KIND]
        if kind not in (WORD, NUMBER):
            continue
        if kind == NUMBER and before == NUMBER:
            code = code * _BASE + _APART
        first = token[at, START]
        if kind == NUMBER:
            number = min(token[at, VALUE], _LARGEST) if number < 0 else number
            while first < token[at, END] - 1 and buffer[first] == 48:
                first += 1
        value, power = hash_letters(buffer, first, token[at, END])
        code = code * power + value
        if kind == WORD:
            code = code * _BASE + np.uint64(_turkish(codes, token[at, FROM], token[at, TO]))
        before = kind
    return number, code


@compiled
def door_codes(
    codes: NDArray[Any], starts: NDArray[Any], folds: NDArray[Any], table: WordTable
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Numbers (0 where there is none) and codes of many door texts."""
    rows = len(starts) - 1
    numbers, values = np.zeros(rows, np.int64), np.zeros(rows, np.uint64)
    buffer = np.empty(MAX_CHARACTERS, np.uint8)
    token = np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64)
    hashes = np.zeros((MAX_TOKENS + 1, 4), np.uint64)
    for row in range(rows):
        count, _ = tokenize(
            codes, starts[row], starts[row + 1], folds, table, buffer, token, hashes, 0, 0
        )
        number, values[row] = door_code(codes, buffer, token, 0, count)
        numbers[row] = max(number, 0)
    return numbers, values
