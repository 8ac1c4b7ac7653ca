"""Search as you type, compiled: the places that what is typed so far may go on to.

Every word typed is looked up as the beginning of a name, of a mahalle, an ilçe, a type word; a
place is weighed by its doors, since any of them may be meant. Of all places only those stay that
leave the fewest words unexplained.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.tokens import (
    CLASS,
    COLUMNS,
    END,
    KIND,
    MAX_CHARACTERS,
    MAX_TOKENS,
    NUMBER,
    START,
    TO,
    WORD,
    tokenize,
)  # fmt: skip
from gis_platform.address.words import BIT, WordTable
from gis_platform.matching.beginnings import IS_TUR, LONGEST, TUR_MAHALLE, Beginnings, range_of
from gis_platform.matching.doors import door_code
from gis_platform.matching.evidence import door_of
from gis_platform.matching.fuzzy import LONGEST as LONGEST_WORD
from gis_platform.matching.fuzzy import MAX_ALTERNATIVES, alternatives
from gis_platform.matching.index import (
    IS_CSBM,
    IS_ILCE,
    IS_MAHALLE,
    IS_ONE_CSBM,
    Index,
)  # fmt: skip

MOST = 20
"""Places suggested at most."""
_WORDS, _SPAN = 12, 5
_WITHIN, _LATER, _UNFINISHED, _JOINED, _OTHER = -3.0, -2.0, -3.0, -4.0, -1.0
_EDIT, _CUT = -3.5, -4.0
"""Bits where a finished word is only the beginning of one; the name begins before it, goes on
behind it; two words are one in the name; the name is an old or other one; for each easy
misspelling; for each letter at the end that no name goes on with."""
_SHORTEST_WITHIN, _SHORTEST_WRONG, _SHORTEST_NAME = 3, 4, 3
_NOISE = BIT["kapi"] | BIT["nolu"] | BIT["yok_say"]
_OLD_NAMES = 20_000


class Masses(NamedTuple):
    """How many doors each place has, one at least: how likely it is to be meant."""

    csbm: NDArray[np.float64]
    mahalle: NDArray[np.float64]
    ilce: NDArray[np.float64]


class Typed(NamedTuple):
    """Working memory of one thread; ``turn`` tells what is of the text now typed."""

    turn: NDArray[np.int64]
    name: NDArray[np.int64]
    mahalle: NDArray[np.int64]
    ilce: NDArray[np.int64]
    il: NDArray[np.int64]
    tur: NDArray[np.int64]
    name_bits: NDArray[np.float64]
    mahalle_bits: NDArray[np.float64]
    ilce_bits: NDArray[np.float64]
    around: NDArray[np.int64]
    around_bits: NDArray[np.float64]
    touched: NDArray[np.int64]
    said: NDArray[np.uint8]
    buffer: NDArray[np.uint8]
    token: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    near: NDArray[np.int64]
    edits: NDArray[np.int64]
    kind: NDArray[np.int64]
    place: NDArray[np.int64]
    door: NDArray[np.int64]
    mass: NDArray[np.float64]


def new_typed(index: Index) -> Typed:
    """Working memory for an index."""
    names, mahalle = max(len(index.name_start), 1), max(len(index.mahalle_kod), 1)
    ilce = max(len(index.ilce_kod), 1)
    return Typed(
        np.zeros(1, np.int64), np.zeros((names, 2), np.int64), np.zeros((mahalle, 2), np.int64),
        np.zeros((ilce, 2), np.int64), np.zeros((256, 2), np.int64), np.zeros((16, 2), np.int64),
        np.zeros(names), np.zeros(mahalle), np.zeros(ilce), np.zeros((mahalle, 2), np.int64),
        np.zeros(mahalle), np.zeros((names + mahalle + ilce + _OLD_NAMES, 4), np.int64),
        np.zeros(LONGEST + LONGEST_WORD, np.uint8), np.zeros(MAX_CHARACTERS, np.uint8),
        np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64), np.zeros((MAX_TOKENS + 1, 4), np.uint64),
        np.zeros(1 + LONGEST_WORD + LONGEST_WORD * LONGEST_WORD, np.uint64),
        np.zeros(MAX_ALTERNATIVES, np.int64), np.zeros(MAX_ALTERNATIVES, np.int64),
        np.zeros(MOST, np.int64), np.zeros(MOST, np.int64), np.zeros(MOST, np.int64),
        np.zeros(MOST),
    )  # fmt: skip


@compiled
def _mark(marked: NDArray, bits: NDArray, at: int, turn: int, mask: int, value: float) -> bool:  # type: ignore[type-arg]
    """Note that words of the text name a place; true the first time.

    Other words add to the bits lost; a longer run takes the place of the shorter ones in it.
    """
    if marked[at, 0] != turn:
        marked[at, 0], marked[at, 1], bits[at] = turn, mask, value
        return True
    before = marked[at, 1]
    if mask & before == 0:
        marked[at, 1], bits[at] = before | mask, bits[at] + value
    elif mask == before:
        bits[at] = max(bits[at], value)
    elif mask & before == before:
        marked[at, 1], bits[at] = mask, value
    return False


@compiled
def _touch(work: Typed, kind: int, number: int, mask: int, value: float, count: int) -> int:
    """Note a type word, an il or an old name; returns how many names are touched now."""
    turn = work.turn[0]
    if kind == IS_ONE_CSBM:
        if count < len(work.touched):
            work.touched[count, 0], work.touched[count, 1] = kind, number
            work.touched[count, 2], work.touched[count, 3] = (
                mask,
                np.int64(-1000 * (value + _OTHER)),
            )
            count += 1
        return count
    marked = work.tur if kind == IS_TUR else work.il
    if number < len(marked):
        if marked[number, 0] != turn:
            marked[number, 0], marked[number, 1] = turn, 0
        marked[number, 1] |= mask
    return count


@compiled
def _look_up(
    work: Typed, begin: Beginnings, size: int, mask: int, value: float, is_open: bool, last: int,
    inner: int, count: int,
) -> tuple[int, int]:  # fmt: skip
    """Touch what goes on from the letters said; returns how many are touched, how many go on.

    ``mask`` are the words said, ``value`` the bits already lost, ``last`` the letters of the last
    word, ``inner`` the ends of the others as bits; a last word that ``is_open`` may go on.
    """
    low, high = range_of(begin, work.said, size)
    starts, ends, words = begin.start, begin.ends, begin.word
    kinds, numbers, touched, turn = begin.kind, begin.number, work.touched, work.turn[0]
    name, name_bits = work.name, work.name_bits
    for entry in range(low, high):
        bits = value
        is_whole = ends[entry] >> np.uint64(size) & np.uint64(1)
        if not is_open and not is_whole:
            if last < _SHORTEST_WITHIN:
                continue
            bits += _WITHIN
        if not is_open and starts[entry + 1] - starts[entry] > size:
            bits += _UNFINISHED
        if words[entry]:
            bits += _LATER
        if np.uint64(inner) & ~ends[entry]:
            bits += _JOINED
        kind, number = np.int64(kinds[entry]), np.int64(numbers[entry])
        if kind == IS_CSBM:
            is_new = _mark(name, name_bits, number, turn, mask, bits)
        elif kind == IS_MAHALLE:
            is_new = _mark(work.mahalle, work.mahalle_bits, number, turn, mask, bits)
        elif kind == IS_ILCE:
            is_new = _mark(work.ilce, work.ilce_bits, number, turn, mask, bits)
        else:
            count = _touch(work, kind, number, mask, bits, count)
            continue
        if is_new and count < len(touched):
            touched[count, 0], touched[count, 1] = kind, number
            count += 1
    return count, high - low


@compiled
def _say(work: Typed, at: int, size: int) -> int:
    """Put the letters of a token behind those said; returns how many there are."""
    for place in range(work.token[at, START], work.token[at, END]):
        if size < LONGEST:
            work.said[size] = work.buffer[place]
            size += 1
    return size


@compiled
def _spans(
    work: Typed, begin: Beginnings, words: NDArray, total: int, is_open: bool, count: int,
    known: NDArray,
) -> int:  # type: ignore[type-arg]  # fmt: skip
    """Look up every run of words; ``known`` tells which of them are somewhere in a name."""
    for first in range(total):
        size, mask, inner = 0, 0, 0
        for at in range(first, min(first + _SPAN, total)):
            inner |= 1 << size if size else 0
            size = _say(work, words[at], size)
            mask |= 1 << at
            token = work.token[words[at]]
            ends_open = is_open and at == total - 1
            before = count
            count, found = _look_up(
                work, begin, size, mask, 0.0, ends_open, token[END] - token[START], inner, count
            )
            if found == 0:
                break
            if count > before or at > first or ends_open:
                known[first : at + 1] = True
            elif at == first:
                known[at] = _is_touched(work, begin, size)
    return count


@compiled
def _is_touched(work: Typed, begin: Beginnings, size: int) -> bool:
    """Whether the letters said are a whole word of a name, or enough of one."""
    if size >= _SHORTEST_WITHIN:
        return True
    low, high = range_of(begin, work.said, size)
    for entry in range(low, high):  # noqa: SIM110 (numba knows no any() of a generator)
        if begin.ends[entry] >> np.uint64(size) & np.uint64(1):
            return True
    return False


@compiled
def _misspelt(
    index: Index, work: Typed, begin: Beginnings, words: NDArray, total: int, at: int, count: int
) -> int:  # type: ignore[type-arg]
    """Look up a word nobody knows as the words near it, with its neighbours."""
    token = work.token[words[at]]
    size = token[END] - token[START]
    near = alternatives(
        work.buffer, token[START], size, index.deletion_key, index.deletion_bucket,
        index.deletion_word, index.word_letters, index.word_start, work.keys, work.near, work.edits,
    )  # fmt: skip
    for choice in range(near):
        if work.edits[choice] > work.edits[0] + 1 or work.edits[choice] == 0:
            continue
        word = work.near[choice]
        value = _EDIT * work.edits[choice]
        for first in range(max(0, at - 2), at + 1):
            said, mask = 0, 0
            for other in range(first, min(first + _SPAN, total)):
                mask |= 1 << other
                if other == at:
                    for place in range(index.word_start[word], index.word_start[word + 1]):
                        if said < LONGEST:
                            work.said[said] = index.word_letters[place]
                            said += 1
                else:
                    said = _say(work, words[other], said)
                if other < at:
                    continue
                count, found = _look_up(work, begin, said, mask, value, False, size, 0, count)
                if found == 0:
                    break
    return count


@compiled
def _cut(work: Typed, begin: Beginnings, words: NDArray, at: int, count: int) -> int:  # type: ignore[type-arg]
    """Look up a half-typed word without its last letter or two."""
    for less in range(1, 3):
        size = _say(work, words[at], 0) - less
        if size < _SHORTEST_WITHIN:
            return count
        count, found = _look_up(work, begin, size, 1 << at, _CUT * less, True, size, 0, count)
        if found:
            return count
    return count


@compiled
def _door_words(work: Typed, words: NDArray, total: int) -> int:  # type: ignore[type-arg]
    """The word at which the number behind a name begins; ``total`` where there is none."""
    at = total - 1
    while at > 0:
        token = work.token[words[at]]
        if token[KIND] == WORD and token[END] - token[START] > 1:
            return total
        if token[KIND] == NUMBER and work.token[words[at - 1], KIND] == WORD:
            return at
        at -= 1
    return total


@compiled
def _bits_set(mask: int) -> int:
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@compiled
def _missing(mask: int, wanted: int, door_mask: int) -> int:
    """Words unexplained; a door counts as one."""
    left = wanted & ~mask
    return _bits_set(left & ~door_mask) + (1 if left & door_mask else 0)


@compiled
def _insert(work: Typed, filled: int, limit: int, kind: int, place: int, door: int,
            mass: float) -> int:  # fmt: skip
    """Keep a place among the heaviest, each once; returns how many there are."""
    for at in range(filled):
        if work.kind[at] == kind and work.place[at] == place:
            return filled
    slot = filled
    while slot > 0 and (
        work.mass[slot - 1] < mass or (work.mass[slot - 1] == mass and work.place[slot - 1] > place)
    ):
        slot -= 1
    if slot >= limit:
        return filled
    filled = min(filled + 1, limit)
    for at in range(filled - 1, slot, -1):
        work.kind[at], work.place[at] = work.kind[at - 1], work.place[at - 1]
        work.door[at], work.mass[at] = work.door[at - 1], work.mass[at - 1]
    work.kind[slot], work.place[slot], work.door[slot], work.mass[slot] = kind, place, door, mass
    return filled


@compiled
def _any_door(index: Index, csbm: int, number: int, code: np.uint64) -> int:
    """The door typed, else the first of this number; −1 where there is none."""
    door = door_of(index, csbm, max(number, 0), code)
    if door >= 0 or number < 0:
        return door
    low, high = index.door_start[csbm], index.door_start[csbm + 1]
    end = high
    while low < high:
        middle = (low + high) >> 1
        if index.door_integer[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low if low < end and index.door_integer[low] == number else np.int64(-1)


@compiled
def _around(index: Index, work: Typed, mahalle: int) -> tuple[int, float]:
    """Words that name the mahalle, its ilçe or il, and the bits lost with them."""
    turn, mask, bits = work.turn[0], 0, 0.0
    ilce = index.mahalle_ilce[mahalle]
    if work.mahalle[mahalle, 0] == turn:
        mask |= work.mahalle[mahalle, 1] | _tur_mask(work, TUR_MAHALLE)
        bits += work.mahalle_bits[mahalle]
    ilce_mask, ilce_bits = _above(index, work, ilce)
    return mask | ilce_mask, bits + ilce_bits


@compiled
def _above(index: Index, work: Typed, ilce: int) -> tuple[int, float]:
    turn, mask, bits = work.turn[0], 0, 0.0
    if work.ilce[ilce, 0] == turn:
        mask |= work.ilce[ilce, 1]
        bits += work.ilce_bits[ilce]
    il = index.ilce_il[ilce]
    if il < len(work.il) and work.il[il, 0] == turn:
        mask |= work.il[il, 1]
    return mask, bits


@compiled
def _tur_mask(work: Typed, tur: int) -> int:
    if 0 <= tur < len(work.tur) and work.tur[tur, 0] == work.turn[0]:
        return work.tur[tur, 1]
    return 0


@compiled
def suggest_row(
    index: Index, begin: Beginnings, masses: Masses, codes: NDArray, folds: NDArray,
    table: WordTable, work: Typed, limit: int,
) -> tuple[int, float, int]:  # type: ignore[type-arg]  # fmt: skip
    """Rank the places a text may go on to, heaviest first, in ``work``.

    Returns:
        How many there are, the mass of all places that explain as much, words unexplained.
    """
    work.turn[0] += 1
    token = work.token
    tokens, _ = tokenize(codes, 0, len(codes), folds, table, work.buffer, token, work.hashes, 0, 0)
    words, total = np.empty(_WORDS, np.int64), 0
    for at in range(tokens):
        if token[at, KIND] in (WORD, NUMBER) and total < _WORDS:
            words[total] = at
            total += 1
    if total == 0:
        return 0, 0.0, 0
    is_open = token[words[total - 1], TO] == len(codes)
    if (
        total == 1
        and token[words[0], END] - token[words[0], START] < 2
        and token[words[0], KIND] == WORD
    ):
        return 0, 0.0, 0
    known = np.zeros(_WORDS, np.bool_)
    door_at = _door_words(work, words, total)
    named = total
    if (
        door_at < total
        and token[words[door_at], END] - token[words[door_at], START] < _SHORTEST_NAME
    ):
        named = door_at  # a short number behind a name is a door, and no csbm of that number
    count = _spans(work, begin, words, named, is_open and named == total, 0, known)
    wanted, door_mask = (1 << total) - 1, 0
    for at in range(door_at, total):
        door_mask |= 1 << at
    for at in range(total):
        this = token[words[at]]
        size = this[END] - this[START]
        is_last = is_open and at == total - 1
        if this[CLASS] & _NOISE and not is_last:
            wanted &= ~(1 << at)
        elif not known[at] and this[KIND] == WORD and size >= _SHORTEST_WRONG and at < door_at:
            before = count
            count = _misspelt(index, work, begin, words, total, at, count)
            if count == before:
                count = _cut(work, begin, words, at, count)
    number, code = -1, np.uint64(0)
    if door_at < total:
        number, code = door_code(codes, work.buffer, token, words[door_at], tokens)
    return _rank(index, work, masses, count, wanted, door_mask, number, code, limit)


@compiled
def _beside(work: Typed, count: int) -> int:
    """Words that name any mahalle, ilçe, il or type of csbm: the most a place can explain."""
    turn, mask = work.turn[0], 0
    for at in range(count):
        kind, place = work.touched[at, 0], work.touched[at, 1]
        if kind == IS_MAHALLE:
            mask |= work.mahalle[place, 1]
        elif kind == IS_ILCE:
            mask |= work.ilce[place, 1]
    for at in range(len(work.il)):
        if work.il[at, 0] == turn:
            mask |= work.il[at, 1]
    for at in range(len(work.tur)):
        if work.tur[at, 0] == turn:
            mask |= work.tur[at, 1]
    return mask


@compiled
def _rank(
    index: Index, work: Typed, masses: Masses, count: int, wanted: int, door_mask: int, number: int,
    code: np.uint64, limit: int,
) -> tuple[int, float, int]:  # fmt: skip
    """Weigh what was touched; the arrays are taken out of their tuples once."""
    filled, total, fewest = 0, 0.0, 1 << 20
    touched, name, name_bits, turn = work.touched, work.name, work.name_bits, work.turn[0]
    name_start, csbm_mahalle, csbm_tur = index.name_start, index.csbm_mahalle, index.csbm_tur
    around, around_bits, csbm_mass, mass_of = work.around, work.around_bits, masses.csbm, work.mass
    tur_mask = np.zeros(256, np.int64)
    for tur in range(len(work.tur)):
        tur_mask[tur] = _tur_mask(work, tur)
    beside = _beside(work, count) | door_mask
    for at in range(count):
        kind, place = touched[at, 0], touched[at, 1]
        if kind not in (IS_CSBM, IS_ONE_CSBM):
            if door_mask:
                continue
            if kind == IS_MAHALLE:
                mask, value = _around(index, work, place)
                mass = masses.mahalle[place]
            else:
                mask, value = _above(index, work, place)
                mass = masses.ilce[place]
            missing = _missing(mask, wanted, door_mask)
            if missing <= fewest:
                if missing < fewest:
                    filled, total, fewest = 0, 0.0, missing
                mass *= np.exp2(value)
                total += mass
                filled = _insert(work, filled, limit, kind, place, np.int64(-1), mass)
            continue
        first, end, own, bits = place, place + 1, touched[at, 2], -0.001 * touched[at, 3]
        if kind == IS_CSBM:
            first, end = np.int64(name_start[place]), np.int64(name_start[place + 1])
            own, bits = name[place, 1], name_bits[place]
        if _missing(own | beside, wanted, door_mask) > fewest:
            continue  # wherever it lies: one letter begins thousands of names
        for which in range(first, end):
            mahalle = csbm_mahalle[which]
            if around[mahalle, 0] != turn:
                around[mahalle, 0] = turn
                around[mahalle, 1], around_bits[mahalle] = _around(index, work, mahalle)
            mask = own | around[mahalle, 1] | tur_mask[np.uint8(csbm_tur[which])]
            door = np.int64(-1)
            if door_mask & ~own and _bits_set(wanted & ~mask & ~door_mask) <= fewest:
                door = _any_door(index, which, number, code)
                if door >= 0:
                    mask |= door_mask
            left = wanted & ~mask
            missing = 0
            if left:
                missing = _missing(mask, wanted, door_mask)
                if missing > fewest:
                    continue
            if missing < fewest:
                filled, total, fewest = 0, 0.0, missing
            mass = csbm_mass[which] * np.exp2(bits + around_bits[mahalle])
            total += mass
            if filled < limit or (filled and mass >= mass_of[filled - 1]):
                filled = _insert(work, filled, limit, np.int64(IS_CSBM), which, door, mass)
    return filled, total, fewest
