"""Texts become tokens: letters folded, numbers parted from words, each with its hash and its kind.

One pass over the code points of a whole batch, compiled. Letters are folded with the table made
from ``core.text.fold``; a token's hash is polynomial, so that the hash of several words is computed
from theirs and does not depend on the blanks between them (``DOĞU KENT`` meets ``DOĞUKENT``).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.words import BASE, WordTable
from gis_platform.core.text import fold

MAX_TOKENS = 64
"""Tokens of one text that are looked at: more than any address has."""
MAX_CHARACTERS = 1000
"""Characters of one field that are looked at."""

WORD, NUMBER, SLASH, DASH, COMMA, OPEN, CLOSE, FIELD = 1, 2, 3, 4, 5, 6, 7, 8
KIND, START, END, VALUE, FLAGS, CLASS, ROLE, SEGMENT, TYPED, FROM, TO = range(11)
COLUMNS = 11
GLUED, DOTTED, COLON, SPACED = 1, 2, 4, 8
"""Flags: nothing before it; a dot after it; a colon after it; a blank before it."""
HASH, POWER, RAW, RAW_POWER = range(4)

_BLANK, _GONE, _DOT, _COLON = 1, 2, 3, 4
_SLASH, _DASH, _COMMA, _OPEN, _CLOSE = 5, 6, 7, 8, 9
_TABLE_SIZE = 0x2100
_ZERO, _NINE, _A = 48, 57, 65
_NUMERO, _N, _O = 0x2116, 78, 79

_BASE = np.uint64(BASE)
_ONE = np.uint64(1)
_SHIFT = np.uint64(29)


@lru_cache(maxsize=1)
def fold_table() -> NDArray[np.uint8]:
    """What each code point becomes: a capital, a digit, or its part in punctuation."""
    table = np.full(_TABLE_SIZE, _BLANK, np.uint8)
    for point in range(_TABLE_SIZE):
        folded = fold(chr(point)) if not 0xD800 <= point < 0xE000 else ""
        if len(folded) == 1 and folded.isalnum() and folded.isascii():
            table[point] = ord(folded.upper())  # ASCII: folded
    table[0x300:0x370] = _GONE
    for letters, meaning in (
        ("'’‘`´\u200b\u200c\u200d\u00ad", _GONE), (".", _DOT), (":=", _COLON), ("/\\|", _SLASH),
        ("-–—\u2010\u2011", _DASH), (",;\n\r\x0b\x0c\u2028", _COMMA), ("([{", _OPEN),
        (")]}", _CLOSE),
    ):  # fmt: skip
        for letter in letters:
            table[ord(letter)] = meaning
    table.flags.writeable = False
    return table


@compiled
def find_word(table: WordTable, key: np.uint64) -> int:
    """Place of a hash in the word table, −1 where it is not there."""
    mask = np.uint64(len(table.keys) - 1)
    at = (key ^ (key >> _SHIFT)) & mask
    while table.keys[at] != 0:
        if table.keys[at] == key:
            return np.int64(at)
        at = (at + _ONE) & mask
    return np.int64(-1)


_LONG_FORMS = ("MAHALLESI", "MAHALLE", "CADDESI", "CADDE", "BULVARI", "SOKAGI", "SOKAK", "MEYDANI")
_FORMS = np.zeros((len(_LONG_FORMS), 9), np.uint8)
for _at, _form in enumerate(_LONG_FORMS):
    _FORMS[_at, : len(_form)] = np.frombuffer(_form.encode(), np.uint8)
_LENGTHS = np.array([len(form) for form in _LONG_FORMS])
_SHORTEST_TYPO, _SHORTEST_TWO_TYPOS, _SHORTEST_STEM = 6, 8, 3
_TYPES = (1 << 0) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6)


@compiled
def distance(
    left: NDArray, left_at: int, left_size: int, right: NDArray, right_at: int, right_size: int,
    limit: int,
) -> int:  # type: ignore[type-arg]  # fmt: skip
    """Optimal string alignment distance of two words of at most 32 letters; ``limit + 1`` if more.

    The usual edit distance with neighbouring letters swapped as one edit.
    """
    if abs(left_size - right_size) > limit or left_size > 32 or right_size > 32:
        return limit + 1
    rows = np.zeros((3, 33), np.int64)
    for j in range(right_size + 1):
        rows[0, j] = j
    now = 0
    for i in range(1, left_size + 1):
        before, older = (i - 1) % 3, (i - 2) % 3
        now = i % 3
        rows[now, 0] = i
        least = i
        for j in range(1, right_size + 1):
            a, b = left[left_at + i - 1], right[right_at + j - 1]
            cost = rows[before, j - 1] + (0 if a == b else 1)
            cost = min(cost, rows[before, j] + 1, rows[now, j - 1] + 1)
            if i > 1 and j > 1 and a == right[right_at + j - 2] and b == left[left_at + i - 2]:
                cost = min(cost, rows[older, j - 2] + 1)
            rows[now, j] = cost
            least = min(least, cost)
        if least > limit:
            return limit + 1
    return min(rows[now, right_size], limit + 1)


@compiled
def _is_vowel(letter: int) -> bool:
    return letter in (65, 69, 73, 79, 85)


@compiled
def _swap_cost(left: int, right: int) -> int:
    """1 where one letter is easily taken for the other (vowels; b/p, d/t, g/k, z/s …), else 2."""
    if _is_vowel(left) and _is_vowel(right):
        return 1
    low, high = min(left, right), max(left, right)
    pairs = ((66, 80), (68, 84), (71, 75), (70, 86), (83, 90), (67, 74), (67, 83), (77, 78))
    for one, other in pairs:
        if low == one and high == other:
            return 1
    return 2


@compiled
def _drop_cost(letter: int, beside: int) -> int:
    """1 for a vowel, a doubled letter, ``ğ``, ``h`` and ``y``, which get lost easily; else 2."""
    soft = _is_vowel(letter) or letter == beside or letter in (71, 72, 89)
    return 1 if soft else 2


@compiled
def edit_cost(
    left: NDArray, left_at: int, left_size: int, right: NDArray, right_at: int, right_size: int
) -> int:
    """Edits between two words of at most 32 letters, an easy mistake counting 1, another 2."""
    rows = np.zeros((3, 33), np.int64)
    for j in range(1, right_size + 1):
        rows[0, j] = rows[0, j - 1] + _drop_cost(
            right[right_at + j - 1], right[right_at + j - 2] if j > 1 else 0
        )
    now = 0
    for i in range(1, left_size + 1):
        before, older = (i - 1) % 3, (i - 2) % 3
        now = i % 3
        a = left[left_at + i - 1]
        a_before = left[left_at + i - 2] if i > 1 else 0
        rows[now, 0] = rows[before, 0] + _drop_cost(a, a_before)
        for j in range(1, right_size + 1):
            b = right[right_at + j - 1]
            b_before = right[right_at + j - 2] if j > 1 else 0
            cost = rows[before, j - 1] + (0 if a == b else _swap_cost(a, b))
            cost = min(cost, rows[before, j] + _drop_cost(a, a_before))
            cost = min(cost, rows[now, j - 1] + _drop_cost(b, b_before))
            if i > 1 and j > 1 and a == b_before and b == a_before:
                cost = min(cost, rows[older, j - 2] + 1)
            rows[now, j] = cost
    return rows[now, right_size]


@compiled
def hash_letters(buffer: NDArray, start: int, end: int) -> tuple[np.uint64, np.uint64]:  # type: ignore[type-arg]
    """Polynomial hash of letters, and the base to the power of their number."""
    value, power = np.uint64(0), np.uint64(1)
    for place in range(start, end):
        value = value * _BASE + np.uint64(buffer[place])
        power = power * _BASE
    return value, power


@compiled
def _take_class(table: WordTable, token: NDArray, hashes: NDArray, at: int, place: int) -> None:  # type: ignore[type-arg]
    token[at, CLASS] = table.classes[place]
    hashes[at, HASH], hashes[at, POWER] = table.hashes[place], table.powers[place]


@compiled
def _misspelt_type(table: WordTable, buffer: NDArray, start: int, end: int) -> int:  # type: ignore[type-arg]
    """Place of the type word that a longer unknown word is a misspelling of, or −1."""
    size = end - start
    if size < _SHORTEST_TYPO or size > 12:
        return np.int64(-1)
    limit = 2 if size >= _SHORTEST_TWO_TYPOS else 1
    for form in range(len(_LENGTHS)):
        if buffer[start] != _FORMS[form, 0]:
            continue
        if distance(buffer, start, size, _FORMS[form], 0, _LENGTHS[form], limit) <= limit:
            return find_word(table, hash_letters(_FORMS[form], 0, _LENGTHS[form])[0])
    return np.int64(-1)


@compiled
def _glued_type(table: WordTable, buffer: NDArray, start: int, end: int) -> int:  # type: ignore[type-arg]
    """Where a type word begins glued to the name before it, or to ``NO`` after it; or −1."""
    for form in range(len(_LENGTHS)):
        at = end - _LENGTHS[form]
        if at - start < _SHORTEST_STEM:
            continue
        same = True
        for letter in range(_LENGTHS[form]):
            if buffer[at + letter] != _FORMS[form, letter]:
                same = False
                break
        if same:
            return at
    if end - start > 3 and buffer[end - 2] == 78 and buffer[end - 1] == 79:
        place = find_word(table, hash_letters(buffer, start, end - 2)[0])
        if place >= 0 and table.classes[place] & _TYPES:
            return end - 2
    return -1


@compiled
def _finish(table: WordTable, buffer: NDArray, token: NDArray, hashes: NDArray, count: int) -> int:  # type: ignore[type-arg]
    """Hash and classify the last token, parting what is glued; returns the number of tokens."""
    at = count - 1
    hashes[at, RAW], hashes[at, RAW_POWER] = hash_letters(buffer, token[at, START], token[at, END])
    hashes[at, HASH], hashes[at, POWER] = hashes[at, RAW], hashes[at, RAW_POWER]
    token[at, CLASS] = 0
    if token[at, KIND] != WORD:
        return count
    place = find_word(table, hashes[at, RAW])
    if place >= 0:
        _take_class(table, token, hashes, at, place)
        return count
    part = _glued_type(table, buffer, token[at, START], token[at, END])
    if part >= 0 and count < MAX_TOKENS:
        token[count] = token[at]
        token[count, START], token[at, END] = part, part
        token[at, TO] -= token[count, END] - part
        token[count, FROM] = token[at, TO]
        token[count, FLAGS] = GLUED
        token[at, FLAGS] &= ~(DOTTED | COLON)
        _finish_plain(table, buffer, token, hashes, at)
        _finish_plain(table, buffer, token, hashes, count)
        return count + 1
    place = _misspelt_type(table, buffer, token[at, START], token[at, END])
    if place >= 0:
        _take_class(table, token, hashes, at, place)
    return count


@compiled
def _finish_plain(
    table: WordTable, buffer: NDArray, token: NDArray, hashes: NDArray, at: int
) -> None:  # type: ignore[type-arg]
    hashes[at, RAW], hashes[at, RAW_POWER] = hash_letters(buffer, token[at, START], token[at, END])
    hashes[at, HASH], hashes[at, POWER] = hashes[at, RAW], hashes[at, RAW_POWER]
    token[at, CLASS] = 0
    place = find_word(table, hashes[at, RAW])
    if place >= 0:
        _take_class(table, token, hashes, at, place)


@compiled
def _merge_initials(token: NDArray, count: int) -> int:  # type: ignore[type-arg]
    """``A.V.M`` is one word: a single letter joins the dotted single letters before it."""
    if count < 2:
        return count
    last, before = count - 1, count - 2
    if token[last, KIND] != WORD or token[before, KIND] != WORD:
        return count
    if token[last, END] - token[last, START] != 1 or not token[last, FLAGS] & GLUED:
        return count
    if not token[before, FLAGS] & DOTTED or token[before, VALUE] != 1:
        return count
    token[before, END] = token[last, END]
    token[before, TO] = token[last, TO]
    token[before, FLAGS] &= ~DOTTED
    return before + 1


@compiled
def tokenize(
    codes: NDArray, begin: int, end: int, folds: NDArray, table: WordTable,
    buffer: NDArray, token: NDArray, hashes: NDArray, count: int, filled: int,
) -> tuple[int, int]:  # type: ignore[type-arg]  # fmt: skip
    """Append the tokens of ``codes[begin:end]``; returns their number and the letters filled.

    Args:
        codes: code points of a batch.
        begin: first code point of the text.
        end: one after its last.
        folds: ``fold_table()``.
        table: ``word_table()``.
        buffer: letters of the row so far, written on.
        token: tokens of the row so far, written on.
        hashes: their hashes, written on.
        count: tokens there already.
        filled: letters there already.
    """
    end = min(end, begin + MAX_CHARACTERS)
    is_open = False
    is_after_blank = True
    for place in range(begin, end):
        point = codes[place]
        letter = folds[point] if point < _TABLE_SIZE else np.uint8(_BLANK)
        if point == _NUMERO:
            letter = np.uint8(_N)
        if letter == _GONE:
            continue
        if letter >= _ZERO:
            kind = NUMBER if letter <= _NINE else WORD
            if is_open and token[count - 1, KIND] != kind:
                count = _close(table, buffer, token, hashes, count)
                is_open = False
            if not is_open:
                if count >= MAX_TOKENS:
                    return count, filled
                token[count] = 0
                token[count, KIND], token[count, START] = kind, filled
                token[count, FLAGS] = 0 if is_after_blank else GLUED
                count += 1
                is_open = True
                token[count - 1, FROM] = place
            buffer[filled] = letter
            filled += 1
            if point == _NUMERO and filled < len(buffer) - (end - place):
                buffer[filled] = _O
                filled += 1
            token[count - 1, END] = filled
            token[count - 1, TO] = place + 1
            is_after_blank = False
            continue
        if is_open:
            if letter == _DOT:
                token[count - 1, FLAGS] |= DOTTED
            count = _close(table, buffer, token, hashes, count)
            is_open = False
        if letter == _DOT and is_after_blank:
            letter = np.uint8(_COMMA)
        if count and letter == _DOT:
            token[count - 1, FLAGS] |= DOTTED
        elif count and letter == _COLON:
            token[count - 1, FLAGS] |= COLON
            is_after_blank = True
        elif letter >= _SLASH and letter <= _CLOSE:
            if count >= MAX_TOKENS:
                return count, filled
            token[count] = 0
            hashes[count] = 0
            token[count, KIND] = SLASH + np.int64(letter) - _SLASH
            token[count, START] = token[count, END] = filled
            token[count, FLAGS] = SPACED if is_after_blank else 0
            count += 1
            is_after_blank = False
        else:
            is_after_blank = True
    if is_open:
        count = _close(table, buffer, token, hashes, count)
    return count, filled


@compiled
def _close(table: WordTable, buffer: NDArray, token: NDArray, hashes: NDArray, count: int) -> int:  # type: ignore[type-arg]
    """End the token that is being written."""
    last = count - 1
    if token[last, KIND] == WORD:
        token[last, VALUE] = 1 if token[last, END] - token[last, START] == 1 else 0
        count = _merge_initials(token, count)
    else:
        value = 0
        for place in range(token[last, START], min(token[last, END], token[last, START] + 15)):
            value = value * 10 + np.int64(buffer[place]) - _ZERO
        token[last, VALUE] = value
    return _finish(table, buffer, token, hashes, count)
