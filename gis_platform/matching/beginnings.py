"""Every name from each of its words on, sorted: what a half-typed text may go on to."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.tokens import (
    COLUMNS,
    END,
    KIND,
    MAX_CHARACTERS,
    MAX_TOKENS,
    NUMBER,
    START,
    WORD,
    fold_table,
    tokenize,
)  # fmt: skip
from gis_platform.address.words import WordTable, word_table, words
from gis_platform.matching.batch import codes_of

IS_TUR = 5
"""Kind of a beginning that is a type word; the others are those of the index."""
TUR_MAHALLE = 10
LONGEST = 56
"""Letters kept of a name; more bits than this a mask of word ends has no room for."""
_TUR = {"meydan": 1, "bulvar": 2, "cadde": 3, "sokak": 4, "kume_evler": 5, "mahalle": TUR_MAHALLE}


class Beginnings(NamedTuple):
    """Sorted by their letters.

    Attributes:
        letters, start: folded letters of all, and where each begins (one more at the end).
        kind, number: what it is the name of, see ``index``; the same numbers as there.
        word: which word of the name it begins at.
        ends: a bit for each number of letters after which a word ends.
    """

    letters: NDArray[np.uint8]
    start: NDArray[np.int64]
    kind: NDArray[np.int8]
    number: NDArray[np.int32]
    word: NDArray[np.int8]
    ends: NDArray[np.uint64]


@compiled
def _spread(
    codes: NDArray[Any], starts: NDArray[Any], folds: NDArray[Any], table: WordTable
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Letters of each name from each word on, padded; whose, from which word, where words end."""
    size = 0
    buffer = np.empty(MAX_CHARACTERS, np.uint8)
    token = np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64)
    hashes = np.zeros((MAX_TOKENS + 1, 4), np.uint64)
    for turn in range(2):
        if turn == 1:
            said = np.zeros((size, LONGEST), np.uint8)
            whose, word = np.zeros(size, np.int32), np.zeros(size, np.int8)
            ends = np.zeros(size, np.uint64)
        size = 0
        for row in range(len(starts) - 1):
            count, _ = tokenize(
                codes, starts[row], starts[row + 1], folds, table, buffer, token, hashes, 0, 0
            )
            which = 0
            for first in range(count):
                if token[first, KIND] not in (WORD, NUMBER):
                    continue
                if turn == 1:
                    filled, whose[size], word[size] = 0, row, min(which, 100)
                    for at in range(first, count):
                        if token[at, KIND] not in (WORD, NUMBER):
                            continue
                        for place in range(token[at, START], token[at, END]):
                            if filled < LONGEST:
                                said[size, filled] = buffer[place]
                                filled += 1
                        ends[size] |= np.uint64(1) << np.uint64(filled)
                which += 1
                size += 1
    return said, whose, word, ends


def beginnings_of(
    named: list[tuple[list[str], NDArray[Any], int]],
) -> dict[str, NDArray[Any]]:
    """The arrays of ``Beginnings``, their names with ``begin_`` before.

    Args:
        named: names, the number of each, and their kind.
    """
    turs = [(word.variant, _TUR[word.component]) for word in words() if word.component in _TUR]
    named = [*named, ([t[0] for t in turs], np.array([t[1] for t in turs]), IS_TUR)]
    pieces = []
    for names, numbers, kind in named:
        said, whose, word, ends = _spread(*codes_of(names), fold_table(), word_table())
        kinds = np.full(len(said), kind, np.int8)
        pieces.append((said, kinds, numbers[whose].astype(np.int32), word, ends))
    said, kinds, number, word, ends = (
        np.concatenate([piece[at] for piece in pieces]) for at in range(5)
    )
    text = said.view(f"S{LONGEST}").ravel()
    order = np.lexsort((word, number, kinds, text))
    text, kinds, number, word, ends = (a[order] for a in (text, kinds, number, word, ends))
    first = np.ones(len(text), bool)
    first[1:] = (text[1:] != text[:-1]) | (kinds[1:] != kinds[:-1]) | (number[1:] != number[:-1])
    text, sizes = text[first], np.char.str_len(text[first])
    return {
        "begin_letters": np.frombuffer(b"".join(text.tolist()), np.uint8),
        "begin_start": np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        "begin_kind": kinds[first], "begin_number": number[first], "begin_word": word[first],
        "begin_ends": ends[first],
    }  # fmt: skip


@compiled
def _order(
    letters: NDArray[Any], start: NDArray[Any], at: int, said: NDArray[Any], size: int
) -> int:
    """Whether a beginning comes before (−1), goes on from (0) or comes after (1) the letters."""
    begin, length = start[at], start[at + 1] - start[at]
    for place in range(size):
        if place >= length:
            return -1
        letter = letters[begin + place]
        if letter != said[place]:
            return -1 if letter < said[place] else 1
    return 0


@compiled
def range_of(begin: Beginnings, said: NDArray[Any], size: int) -> tuple[int, int]:
    """The beginnings that go on from the first ``size`` letters of ``said``."""
    low, high = 0, len(begin.kind)
    while low < high:
        middle = (low + high) >> 1
        if _order(begin.letters, begin.start, middle, said, size) < 0:
            low = middle + 1
        else:
            high = middle
    first, high = low, len(begin.kind)
    while low < high:
        middle = (low + high) >> 1
        if _order(begin.letters, begin.start, middle, said, size) <= 0:
            low = middle + 1
        else:
            high = middle
    return first, low
