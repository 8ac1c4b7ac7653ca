"""Misspelt words: the known words within one or two edits, found through shared deletions.

Every word is filed under the hashes of itself with one letter (long words: two letters) left out; a
misspelt word shares such a hash with the word meant (symmetric deletion, as in SymSpell's papers).
"""

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.tokens import distance, edit_cost, hash_letters
from gis_platform.address.words import BASE

SHORTEST, SHORTEST_FOR_TWO, LONGEST = 4, 8, 24
"""Letters from which one edit, two edits are looked for; longer words are not filed."""
MAX_ALTERNATIVES = 8

_BASE = np.uint64(BASE)
_SHIFT = np.uint64(29)
_ONE = np.uint64(1)


@compiled
def edits_for(size: int) -> int:
    """How many edits a word of this many letters may be away."""
    if size < SHORTEST or size > LONGEST:
        return 0
    return 2 if size >= SHORTEST_FOR_TWO else 1


@compiled
def _without(letters: NDArray, start: int, size: int, first: int, second: int) -> np.uint64:  # type: ignore[type-arg]
    value = np.uint64(0)
    for at in range(size):
        if at != first and at != second:  # noqa: PLR1714
            value = value * _BASE + np.uint64(letters[start + at])
    return value


@compiled
def deletions(letters: NDArray, start: int, size: int, keys: NDArray) -> int:  # type: ignore[type-arg]
    """Write the hashes of a word and of its deletions to ``keys``; returns their number."""
    count = 0
    keys[count] = _without(letters, start, size, -1, -1)
    count += 1
    edits = edits_for(size)
    if edits == 0:
        return count
    for first in range(size):
        keys[count] = _without(letters, start, size, first, -1)
        count += 1
    if edits == 2:
        for first in range(size):
            for second in range(first + 1, size):
                keys[count] = _without(letters, start, size, first, second)
                count += 1
    return count


@compiled
def file_words(letters: NDArray, starts: NDArray) -> tuple[NDArray, NDArray]:  # type: ignore[type-arg]
    """Keys and word numbers of the deletion index, unsorted."""
    total = 0
    for word in range(len(starts) - 1):
        size = min(starts[word + 1] - starts[word], LONGEST)
        total += 1 + size + (size * (size - 1)) // 2
    keys, numbers = np.empty(total, np.uint64), np.empty(total, np.int32)
    scratch = np.empty(1 + LONGEST + LONGEST * LONGEST, np.uint64)
    count = 0
    for word in range(len(starts) - 1):
        size = starts[word + 1] - starts[word]
        if edits_for(size) == 0:
            continue
        found = deletions(letters, starts[word], size, scratch)
        for at in range(found):
            keys[count], numbers[count] = scratch[at], word
            count += 1
    return keys[:count], numbers[:count]


@compiled
def _first_between(keys: NDArray, key: np.uint64, low: int, high: int) -> int:  # type: ignore[type-arg]
    """``first_of`` among the keys from ``low`` to ``high``."""
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def first_of(keys: NDArray, key: np.uint64) -> int:  # type: ignore[type-arg]
    """Place of the first key that is not less, in a sorted array."""
    return _first_between(keys, key, 0, len(keys))


@compiled
def _first_near(keys: NDArray, buckets: NDArray, key: np.uint64) -> tuple[int, int]:  # type: ignore[type-arg]
    """Where the keys like this one begin in the bucket of its highest bits, and its end."""
    bucket = key >> np.uint64(48)
    end = buckets[bucket + np.uint64(1)]
    return _first_between(keys, _middle_of(key), buckets[bucket], end), end


@compiled
def _middle_of(key: np.uint64) -> np.uint32:
    """The 32 bits of a key that follow those of its bucket."""
    return np.uint32(key >> np.uint64(16) & np.uint64(0xFFFFFFFF))


def kept_keys(keys: NDArray) -> NDArray:  # type: ignore[type-arg]
    """What is kept of sorted keys: who shares 48 bits by chance is too far away to matter."""
    return (keys >> np.uint64(16) & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def buckets_of(keys: NDArray) -> NDArray:
    """Where the keys of each of 65,536 highest parts begin, in a sorted array."""
    bounds = np.arange(1 << 16, dtype=np.uint64) << np.uint64(48)
    return np.append(np.searchsorted(keys, bounds), len(keys)).astype(np.int32)


@compiled
def alternatives(
    buffer: NDArray, start: int, size: int,
    keys: NDArray, buckets: NDArray, numbers: NDArray, letters: NDArray, starts: NDArray,
    scratch: NDArray, words: NDArray, edits: NDArray,
) -> int:  # type: ignore[type-arg]  # fmt: skip
    """Known words near a word, easy mistakes first, into ``words`` and ``edits``; how many."""
    limit = edits_for(size)
    if limit == 0:
        return 0
    count = 0
    for at in range(deletions(buffer, start, size, scratch)):
        place, end = _first_near(keys, buckets, scratch[at])
        wanted = _middle_of(scratch[at])
        while place < end and keys[place] == wanted:
            word = numbers[place]
            place += 1
            known = False
            for other in range(count):
                known = known or words[other] == word
            if known:
                continue
            length = starts[word + 1] - starts[word]
            away = distance(buffer, start, size, letters, starts[word], length, limit)
            if away > limit:
                continue
            away = edit_cost(buffer, start, size, letters, starts[word], length)
            if size > 0 and away and buffer[start] != letters[starts[word]]:
                away += 1
            slot = count
            while slot > 0 and edits[slot - 1] > away:
                slot -= 1
            if slot >= MAX_ALTERNATIVES:
                continue
            count = min(count + 1, MAX_ALTERNATIVES)
            for other in range(count - 1, slot, -1):
                words[other], edits[other] = words[other - 1], edits[other - 1]
            words[slot], edits[slot] = word, away
    return count


__all__ = ["alternatives", "edits_for", "file_words", "first_of", "hash_letters"]
