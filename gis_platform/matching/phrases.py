"""Names and the forms in which they are written: hashes of word sequences, compiled.

A phrase's hash is that of its letters one after another, whatever the blanks between the words;
only two numbers beside each other are kept apart (``7448/4``).
"""

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.tokens import (
    CLASS,
    COLUMNS,
    END,
    HASH,
    KIND,
    MAX_CHARACTERS,
    MAX_TOKENS,
    NUMBER,
    OPEN,
    POWER,
    RAW,
    RAW_POWER,
    START,
    VALUE,
    WORD,
    find_word,
    hash_letters,
    tokenize,
)  # fmt: skip
from gis_platform.address.words import BASE, BIT, WordTable, hash_of

FULL, NO_TITLE, PART, INITIAL, DROPPED, ALIAS, EXTENDED, WEAK, LAST, UNNUMBERED = range(10)
"""Forms of a name: as registered; without a title; one of two names; first word an initial or
left out; another word left out; another name; with or without a word such as ``Merkez``; without
``Yolu``, ``Eski`` or ``Yeni``; the last word alone; without the number of the first of its name."""

INEXACT = (INITIAL, DROPPED, WEAK, LAST, UNNUMBERED)
"""Forms that must be spelled right to be believed."""

MAX_FORMS = 24
_BASE = np.uint64(BASE)
_APART = np.uint64(47)
_TITLE = BIT["unvan"]
_ROAD = BIT["ad_turu"] | BIT["yazim"] | BIT["sira"]
_SHORTEST_INITIALED, _SHORTEST_LAST = 4, 5
_WEAK = tuple(np.uint64(hash_of(word)[0]) for word in ("YOL", "ESKI", "YENI"))
_BIG = 6


@compiled
def join(
    value: np.uint64, before: int, token: NDArray, hashes: NDArray, at: int, raw: bool
) -> np.uint64:  # type: ignore[type-arg]
    """The hash of a phrase with one more token; ``before`` is the token before it or −1."""
    if before >= 0 and token[before, KIND] == NUMBER and token[at, KIND] == NUMBER:
        value = value * _BASE + _APART
    if raw:
        return value * hashes[at, RAW_POWER] + hashes[at, RAW]
    return value * hashes[at, POWER] + hashes[at, HASH]


@compiled
def _hash_without(
    token: NDArray, hashes: NDArray, words: NDArray, count: int, left_out: int, raw: bool
) -> np.uint64:  # type: ignore[type-arg]
    value, before = np.uint64(0), -1
    for at in range(count):
        if left_out >> at & 1:
            continue
        value = join(value, before, token, hashes, words[at], raw)
        before = words[at]
    return value


@compiled
def _plain_letters(token: NDArray, words: NDArray, first: int, count: int, but: int) -> int:
    """Letters of the words from ``first`` on that are not type words or numbers, but one."""
    size = 0
    for at in range(first, count):
        word = words[at]
        if at != but and token[word, KIND] == WORD and token[word, CLASS] == 0:
            size += token[word, END] - token[word, START]
    return size


@compiled
def _forms_of(
    buffer: NDArray,
    token: NDArray,
    hashes: NDArray,
    words: NDArray,
    count: int,
    out: NDArray,
    kinds: NDArray,
    filled: int,
    is_part: bool,
) -> int:  # type: ignore[type-arg]
    """Forms of the name made of ``words``; returns how many there are now."""
    if count == 0:
        return filled
    base = PART if is_part else FULL
    out[filled], kinds[filled] = _hash_without(token, hashes, words, count, 0, False), base
    out[filled + 1], kinds[filled + 1] = _hash_without(token, hashes, words, count, 0, True), base
    filled += 2
    filled = _short_forms_of(token, hashes, words, count, out, kinds, filled, is_part)
    titles, last_titles = 0, 0
    for at in range(count - 1):
        if token[words[at], CLASS] & _TITLE:
            titles |= 1 << at
    if titles:
        out[filled] = _hash_without(token, hashes, words, count, titles, False)
        kinds[filled] = NO_TITLE
        filled += 1
    last_titles = titles
    rest = 0
    for at in range(count):
        rest += 0 if titles >> at & 1 else 1
    if is_part or rest < 2 or count > _BIG:
        return filled
    for at in range(count - 1):
        if last_titles >> at & 1 or token[words[at], KIND] != WORD:
            continue
        if _plain_letters(token, words, at + 1, count, at) < _SHORTEST_INITIALED:
            break
        value, before = np.uint64(0), -1
        for other in range(count):
            if titles >> other & 1:
                continue
            if other == at:
                value = value * _BASE + np.uint64(buffer[token[words[at], START]])
            else:
                value = join(value, before, token, hashes, words[other], False)
            before = words[other]
        out[filled], kinds[filled] = value, INITIAL
        filled += 1
        break
    if rest >= 3:
        for at in range(count):
            if token[words[at], CLASS] & _ROAD or titles >> at & 1:
                continue
            if token[words[at], KIND] == WORD and filled < MAX_FORMS:
                out[filled] = _hash_without(token, hashes, words, count, titles | 1 << at, False)
                kinds[filled] = DROPPED if at else INITIAL
                filled += 1
    return filled


@compiled
def _short_forms_of(
    token: NDArray, hashes: NDArray, words: NDArray, count: int, out: NDArray, kinds: NDArray,
    filled: int, is_part: bool,
) -> int:  # type: ignore[type-arg]  # fmt: skip
    """The name without what people leave out: its number, ``Yolu``, ``Eski``; its last word alone.

    ``1. Yunus Emre`` is ``Yunus Emre`` where the mahalle has no other; ``Adnan Menderes Vatan`` is
    known as ``Vatan``.
    """
    if is_part or count < 2:
        return filled
    last = words[count - 1]
    for at in (0, count - 1):
        word = words[at]
        is_number = token[word, KIND] == NUMBER
        is_weak = is_number or hashes[word, HASH] in _WEAK
        if is_weak and _plain_letters(token, words, 0, count, at) >= _SHORTEST_INITIALED:
            out[filled] = _hash_without(token, hashes, words, count, 1 << at, False)
            # Who has a second csbm of a name says so; the first one is often left unnumbered.
            kinds[filled] = WEAK
            if is_number:
                kinds[filled] = UNNUMBERED if token[word, VALUE] == 1 else DROPPED
            filled += 1
    plain = token[last, KIND] == WORD and token[last, CLASS] == 0
    if plain and token[last, END] - token[last, START] >= _SHORTEST_LAST:
        out[filled], kinds[filled] = hashes[last, HASH], LAST
        filled += 1
    return filled


@compiled
def forms(
    codes: NDArray, starts: NDArray, folds: NDArray, table: WordTable, with_forms: bool
) -> tuple[NDArray, NDArray, NDArray]:  # type: ignore[type-arg]
    """All forms of many names: name number, hash, kind; the first of each name is ``FULL``."""
    rows = len(starts) - 1
    numbers = np.empty(rows * 10 + MAX_FORMS, np.int32)
    values = np.empty(rows * 10 + MAX_FORMS, np.uint64)
    kinds = np.empty(rows * 10 + MAX_FORMS, np.int8)
    buffer = np.empty(MAX_CHARACTERS, np.uint8)
    token = np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64)
    hashes = np.zeros((MAX_TOKENS + 1, 4), np.uint64)
    words = np.empty(MAX_TOKENS, np.int64)
    out, sorts = np.empty(MAX_FORMS * 3, np.uint64), np.empty(MAX_FORMS * 3, np.int8)
    filled = 0
    for row in range(rows):
        count, _ = tokenize(
            codes, starts[row], starts[row + 1], folds, table, buffer, token, hashes, 0, 0
        )
        size, found, signs = 0, 0, 0
        for at in range(count):
            if token[at, KIND] in (WORD, NUMBER):
                words[size] = at
                size += 1
            elif token[at, KIND] == OPEN:
                signs = at
        found = _forms_of(buffer, token, hashes, words, size, out, sorts, 0, False)
        if not with_forms:
            found = min(found, 2)
        elif signs:
            for half in range(2):
                size = 0
                for at in range(count):
                    if token[at, KIND] in (WORD, NUMBER) and (at > signs) == (half == 1):
                        words[size] = at
                        size += 1
                found = _forms_of(buffer, token, hashes, words, size, out, sorts, found, True)
        if filled + found > len(values):
            values = np.concatenate((values, np.empty(len(values), np.uint64)))
            numbers = np.concatenate((numbers, np.empty(len(numbers), np.int32)))
            kinds = np.concatenate((kinds, np.empty(len(kinds), np.int8)))
        for at in range(found):
            numbers[filled], values[filled], kinds[filled] = row, out[at], sorts[at]
            filled += 1
    return numbers[:filled], values[:filled], kinds[:filled]


@compiled
def word_list(
    codes: NDArray, starts: NDArray, folds: NDArray, table: WordTable
) -> tuple[NDArray, NDArray]:  # type: ignore[type-arg]
    """Letters and bounds of every word of many names, and of each short name joined to one word."""
    letters = np.empty(len(codes) * 2 + MAX_CHARACTERS, np.uint8)
    bounds = np.zeros(len(codes) * 2 + len(starts) + 2, np.int64)
    buffer = np.empty(MAX_CHARACTERS, np.uint8)
    token = np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64)
    hashes = np.zeros((MAX_TOKENS + 1, 4), np.uint64)
    count, filled = 0, 0
    for row in range(len(starts) - 1):
        size, used = tokenize(
            codes, starts[row], starts[row + 1], folds, table, buffer, token, hashes, 0, 0
        )
        has_number = False
        for at in range(size):
            has_number = has_number or token[at, KIND] == NUMBER
            if token[at, KIND] != WORD:
                continue
            for place in range(token[at, START], token[at, END]):
                letters[filled] = buffer[place]
                filled += 1
            count += 1
            bounds[count] = filled
        if size > 1 and not has_number and used <= 24:
            letters[filled : filled + used] = buffer[:used]
            filled += used
            count += 1
            bounds[count] = filled
    return letters[:filled], bounds[: count + 1]


@compiled
def fill_slots(keys: NDArray, size: int) -> NDArray:  # type: ignore[type-arg]
    """Open addressing: the number of the key in each of ``size`` slots, −1 where empty."""
    slots = np.full(size, -1, np.int64)
    mask = np.uint64(size - 1)
    for number in range(len(keys)):
        at = (keys[number] ^ (keys[number] >> np.uint64(29))) & mask
        while slots[at] >= 0:
            at = (at + np.uint64(1)) & mask
        slots[at] = number
    return slots


@compiled
def find_slot(keys: NDArray, key: np.uint64) -> int:  # type: ignore[type-arg]
    """Slot of a key in such a table, −1 where it is not there."""
    if len(keys) == 0 or key == 0:
        return np.int64(-1)
    mask = np.uint64(len(keys) - 1)
    at = (key ^ (key >> np.uint64(29))) & mask
    while keys[at] != 0:
        if keys[at] == key:
            return np.int64(at)
        at = (at + np.uint64(1)) & mask
    return np.int64(-1)


@compiled
def _word_hashes(letters: NDArray, bounds: NDArray) -> NDArray:  # type: ignore[type-arg]
    out = np.empty(len(bounds) - 1, np.uint64)
    for word in range(len(out)):
        out[word] = hash_letters(letters, bounds[word], bounds[word + 1])[0]
    return out


def distinct_words(letters: NDArray, bounds: NDArray) -> tuple[NDArray, NDArray]:  # type: ignore[type-arg]
    """The first place of each distinct word, and the hashes of all."""
    hashes = _word_hashes(letters, bounds)
    return np.unique(hashes, return_index=True)[1], hashes


@compiled
def copy_words(letters: NDArray, bounds: NDArray, keep: NDArray, starts: NDArray) -> NDArray:  # type: ignore[type-arg]
    """Letters of the words kept, one after another."""
    out = np.empty(starts[-1], np.uint8)
    for at in range(len(keep)):
        word = keep[at]
        out[starts[at] : starts[at + 1]] = letters[bounds[word] : bounds[word + 1]]
    return out


@compiled
def hash_words(letters: NDArray, starts: NDArray, table: WordTable) -> tuple[NDArray, NDArray]:  # type: ignore[type-arg]
    """Canonical hash and power of each word."""
    values, powers = np.empty(len(starts) - 1, np.uint64), np.empty(len(starts) - 1, np.uint64)
    for word in range(len(values)):
        value, power = hash_letters(letters, starts[word], starts[word + 1])
        place = find_word(table, value)
        if place >= 0:
            value, power = table.hashes[place], table.powers[place]
        values[word], powers[word] = value, power
    return values, powers


@compiled
def key_hash(token: NDArray, hashes: NDArray, count: int) -> np.uint64:  # type: ignore[type-arg]
    """One value for a whole address, the same for every spelling of its signs, blanks and case."""
    value = np.uint64(14695981039346656037)
    for at in range(count):
        if token[at, KIND] in (WORD, NUMBER):
            value = (value ^ hashes[at, HASH]) * np.uint64(1099511628211)
            value ^= value >> np.uint64(31)
    return value


@compiled
def key_hashes(codes: NDArray, starts: NDArray, folds: NDArray, table: WordTable) -> NDArray:  # type: ignore[type-arg]
    """``key_hash`` of many addresses."""
    rows = len(starts) - 1
    out = np.zeros(rows, np.uint64)
    buffer = np.empty(MAX_CHARACTERS * 12, np.uint8)
    token = np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64)
    hashes = np.zeros((MAX_TOKENS + 1, 4), np.uint64)
    for row in range(rows):
        count, _ = tokenize(
            codes, starts[row], starts[row + 1], folds, table, buffer, token, hashes, 0, 0
        )
        out[row] = key_hash(token, hashes, count)
    return out
