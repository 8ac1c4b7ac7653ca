"""The compiled core: the texts of a batch become ranked csbm with their evidence, in integers.

For each row: tokens and roles (``address``), every run of words looked up as the name of a csbm,
mahalle, ilçe or il, near words for those nobody knows; then the evidence of all components is added
up for each csbm so named. No chain of rules decides: the sum does, against the hypothesis that the
true csbm is not registered at all.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.roles import (
    AS_CSBM,
    AS_IL,
    AS_ILCE,
    AS_MAHALLE,
    AS_YOL,
    BUILDING,
    CSBM_TYPE,
    DIRECTION,
    DOOR,
    DOOR_AT,
    DOOR_END,
    DOOR_MARK,
    FLOOR,
    FLOOR_MARK,
    MAHALLE_TYPE,
    NAME,
    NOISE,
    PHONE,
    POSTA_KODU,
    UNIT,
    UNIT_AT,
    UNIT_END,
    UNIT_MARK,
    tag,
)  # fmt: skip
from gis_platform.address.tokens import (
    CLASS,
    CLOSE,
    COMMA,
    DASH,
    END,
    FIELD,
    FLAGS,
    FROM,
    KIND,
    MAX_TOKENS,
    NUMBER,
    OPEN,
    RAW,
    ROLE,
    SEGMENT,
    SLASH,
    SPACED,
    START,
    TO,
    TYPED,
    VALUE,
    WORD,
    tokenize,
)  # fmt: skip
from gis_platform.address.words import BASE, BIT, WordTable
from gis_platform.matching import weights
from gis_platform.matching.doors import door_code
from gis_platform.matching.fuzzy import alternatives, edits_for, first_of
from gis_platform.matching.index import (
    IS_CSBM,
    IS_IL,
    IS_ILCE,
    IS_MAHALLE,
    IS_ONE_CSBM,
    Index,
)  # fmt: skip
from gis_platform.matching.phrases import (
    ALIAS,
    DROPPED,
    FULL,
    INITIAL,
    find_slot,
    join,
    key_hash,
)  # fmt: skip
from gis_platform.matching.scratch import KEPT, MAX_MENTIONS, Scratch, new_scratch

MAX_WORDS = 7
MAX_SCAN, FEW = 400, 6
_FAR_BELOW = 3.0
_OUT_OF_SIGHT = 14.0
"""Bits behind the best from which a candidate is not looked at: one in sixteen thousand."""
_LIKELY = 0.3
"""Probability from which the words of a csbm count as used by it."""
_NUMBERED = 8
"""Numbers are given in series: a number met in one mahalle is the likelier in its namesake."""
DOOR_WIDTH, UNIT_WIDTH, UNUSED = 24, 16, 8

(
    F_SPELLING, F_FORM, F_ALIAS, F_TYPE_MISSING, F_TYPE_DIFFERS, F_LEFT, F_OTHER, F_MAHALLE_MISSING,
    F_MAHALLE_DIFFERS, F_MAHALLE_UNKNOWN, F_MAHALLE_SPELLING, F_MAHALLE_FORM, F_ILCE_MISSING,
    F_ILCE_DIFFERS, F_IL_DIFFERS, F_DOOR_MISSING, F_DOOR_UNKNOWN, F_DOOR_SPLIT, F_NO_DOORS,
    F_CODE_DIFFERS, F_CODE, F_CSBM_NAMED, F_MAHALLE_NAMED, F_EMPTY, F_UNMARKED, F_OPEN_END,
    F_DECIDED, F_MAHALLE_CODE_DIFFERS, F_PLACE_WEAK,
) = range(29)  # fmt: skip
"""Findings about a row, as bits."""

_W = {name: at for at, name in enumerate(weights.BITS)}
_NULL, _NAME_CAP = _W["null"], _W["name_cap"]
_FORM = np.array(
    [-1, _W["form_no_title"], _W["form_part"], _W["form_initial"], _W["form_dropped"],
     _W["form_alias"], _W["form_extended"]]
)  # fmt: skip
_EDIT, _EDIT_KNOWN = _W["edit"], _W["edit_known"]
_TYPE_AGREES, _TYPE_DIFFERS, _TYPE_MISSING = (
    _W["type_agrees"], _W["type_differs"], _W["type_missing"]
)  # fmt: skip
_OPEN_END, _AS_MAHALLE, _AS_BUILDING = _W["open_end"], _W["as_mahalle"], _W["as_building"]
_IN_TAIL, _IN_BRACKETS = _W["in_tail"], _W["in_brackets"]
_LEFT_WORD, _LEFT_TITLE, _LEFT_PLAIN = _W["left_word"], _W["left_title"], _W["left_plain"]
_NOT_NAMED = _W["not_named"]
_OTHER_AFTER, _OTHER_BEFORE = _W["other_after"], _W["other_before"]
_MAHALLE_CAP, _MAHALLE_PARTIAL = _W["mahalle_cap"], _W["mahalle_partial"]
_MAHALLE_UNMARKED, _MAHALLE_EDIT = _W["mahalle_unmarked"], _W["mahalle_edit"]
_MAHALLE_DIFFERS, _MAHALLE_ELSEWHERE = _W["mahalle_differs"], _W["mahalle_elsewhere"]
_MAHALLE_FORM, _MAHALLE_ALIAS = _W["mahalle_form"], _W["mahalle_alias"]
_MAHALLE_UNKNOWN = _W["mahalle_unknown"]
_ILCE_CAP, _ILCE_WEAK, _ILCE_DIFFERS = _W["ilce_cap"], _W["ilce_weak"], _W["ilce_differs"]
_ILCE_DIFFERS_HOMONYM, _HOMONYM_SHARE = _W["ilce_differs_homonym"], _W["homonym_share"]
_IL_DIFFERS = _W["il_differs"]
_DOOR_FOUND, _DOOR_SPLIT, _DOOR_NOT_FOUND = (
    _W["door_found"], _W["door_split"], _W["door_not_found"]
)  # fmt: skip
_CODE_AGREES, _CODE_DIFFERS = _W["code_agrees"], _W["code_differs"]
_MAHALLE_CODE, _MAHALLE_CODE_DIFFERS = _W["mahalle_code_agrees"], _W["mahalle_code_differs"]

M_KIND, M_ID, M_FORM, M_EDITS, M_FROM, M_LAST, M_CLOSED, M_QUALITY, M_SIZE, M_KNOWN = range(10)
(
    A_MARKED, A_MARKED_KNOWN, A_ILCE, A_IL, A_BRACKETS, A_IL_MASK, A_ROW, A_CSBM, A_MAHALLE,
    A_NUMBER, A_COUNT, A_FIRST_NUMBER, A_IL_FOUND, A_UNUSED,
) = range(14)  # fmt: skip
_WHOLE, _PARTIAL, _UNMARKED = 3, 2, 1

_TITLE = BIT["unvan"]
_TYPES = (
    BIT["mahalle"] | BIT["meydan"] | BIT["bulvar"] | BIT["cadde"] | BIT["sokak"]
    | BIT["kume_evler"] | BIT["koy"] | BIT["bucak"]
)  # fmt: skip
_MAHALLE_WORD = BIT["mahalle"]
_NOLU = BIT["nolu"] | BIT["yok_say"] | BIT["mevki"] | BIT["sira"]
_BASE = np.uint64(BASE)
_APART = np.uint64(47)
_LAST_BIT = np.int64(1)


@compiled
def can_be_name(token: NDArray, at: int) -> bool:  # type: ignore[type-arg]
    """Whether a token may belong to the name of a place."""
    kind, role = token[at, KIND], token[at, ROLE]
    if kind == NUMBER:
        return role in (NAME, BUILDING, DIRECTION)
    if kind != WORD:
        return False
    return role not in (DOOR, DOOR_MARK, UNIT, UNIT_MARK, FLOOR, FLOOR_MARK, PHONE, POSTA_KODU)


@compiled
def next_in_name(token: NDArray, count: int, at: int) -> int:  # type: ignore[type-arg]
    """The next token of a run of words; ``count`` where the run ends."""
    at += 1
    while at < count:
        kind = token[at, KIND]
        if kind in (WORD, NUMBER):
            return at if can_be_name(token, at) else count
        if kind in (COMMA, FIELD):
            return count
        if kind == SLASH and not (
            token[at - 1, KIND] == NUMBER or token[at - 1, END] - token[at - 1, START] == 1
        ):
            return count
        if kind == DASH and token[at, FLAGS] & SPACED and token[at - 1, KIND] != NUMBER:
            return count
        at += 1
    return count


@compiled
def _add(
    mention: NDArray,
    found: int,
    kind: int,
    number: int,
    form: int,
    edits: int,
    first: int,
    last: int,
    size: int,
    known: int,
) -> int:  # type: ignore[type-arg]
    """Note one name found in the text; the same again only where it is better."""
    for at in range(found):
        row = mention[at]
        if (
            row[M_KIND] == kind
            and row[M_ID] == number
            and row[M_FROM] == first
            and row[M_LAST] == last
        ):
            if row[M_EDITS] > edits or (row[M_EDITS] == edits and row[M_FORM] > form):
                row[M_EDITS], row[M_FORM], row[M_SIZE], row[M_KNOWN] = edits, form, size, known
            return found
    if found >= MAX_MENTIONS:
        return found
    row = mention[found]
    row[M_KIND], row[M_ID], row[M_FORM], row[M_EDITS] = kind, number, form, edits
    row[M_FROM], row[M_LAST], row[M_SIZE], row[M_KNOWN] = first, last, size, known
    row[M_CLOSED], row[M_QUALITY] = 0, 0
    return found + 1


@compiled
def _note_entries(
    index: Index,
    slot: int,
    mention: NDArray,
    found: int,
    edits: int,
    first: int,
    last: int,
    size: int,
    known: int,
) -> int:  # type: ignore[type-arg]
    """Note everything the phrase in a slot is the name of."""
    for entry in range(index.slot_start[slot], index.slot_end[slot]):
        form = index.entry_form[entry]
        if edits and (form in (INITIAL, DROPPED)):
            continue
        found = _add(
            mention, found, index.entry_kind[entry], index.entry_id[entry], form, edits, first,
            last, size, known,
        )  # fmt: skip
    return found


@compiled
def find_names(index: Index, token: NDArray, hashes: NDArray, count: int, mention: NDArray) -> int:  # type: ignore[type-arg]
    """Every run of words that is a name as written; returns how many."""
    found = 0
    slots = index.slot_key
    for first in range(count):
        if not can_be_name(token, first):
            continue
        value, raw, before, at, words = np.uint64(0), np.uint64(0), -1, first, 0
        while at < count and words < MAX_WORDS:
            value = join(value, before, token, hashes, at, False)
            raw = join(raw, before, token, hashes, at, True)
            slot = find_slot(slots, value)
            if slot >= 0:
                found = _note_entries(index, slot, mention, found, 0, first, at, 0, 0)
            if raw != value:
                slot = find_slot(slots, raw)
                if slot >= 0:
                    found = _note_entries(index, slot, mention, found, 0, first, at, 0, 0)
            before = at
            at = next_in_name(token, count, at)
            words += 1
    return found


@compiled
def find_near_names(
    index: Index, buffer: NDArray, token: NDArray, hashes: NDArray, count: int, mention: NDArray,
    found: int, keys: NDArray, words: NDArray, edits: NDArray, known_too: bool,
) -> int:  # type: ignore[type-arg]  # fmt: skip
    """Runs of words that are a name once one word's spelling is put right."""
    for at in range(count):
        if token[at, KIND] != WORD or not can_be_name(token, at) or token[at, CLASS] & _TYPES:
            continue
        size = token[at, END] - token[at, START]
        if edits_for(size) == 0:
            continue
        known = 1 if find_slot(index.known_word, hashes[at, RAW]) >= 0 else 0
        if known and (not known_too or size < 5):
            continue
        near = alternatives(
            buffer, token[at, START], size, index.deletion_key, index.deletion_bucket,
            index.deletion_word, index.word_letters, index.word_start, keys, words, edits,
        )  # fmt: skip
        for choice in range(near):
            if edits[choice] == 0 or (known and edits[choice] > 1):
                continue
            first, back = at, 0
            while back < 4:
                found = _runs_through(
                    index, token, hashes, count, mention, found, first, at, words[choice],
                    edits[choice], size, known,
                )  # fmt: skip
                back += 1
                before = _previous(token, first)
                if before < 0:
                    break
                first = before
    return found


@compiled
def _previous(token: NDArray, at: int) -> int:  # type: ignore[type-arg]
    """The token before in a run of words, −1 where the run begins."""
    before = at - 1
    while before >= 0 and token[before, KIND] in (SLASH, DASH):
        before -= 1
    if before < 0 or not can_be_name(token, before):
        return -1
    return before if next_in_name(token, at + 1, before) == at else -1


@compiled
def _runs_through(
    index: Index,
    token: NDArray,
    hashes: NDArray,
    count: int,
    mention: NDArray,
    found: int,
    first: int,
    wrong: int,
    word: int,
    edits: int,
    size: int,
    known: int,
) -> int:  # type: ignore[type-arg]
    value, before, at, taken = np.uint64(0), -1, first, 0
    while at < count and taken < MAX_WORDS:
        if at == wrong:
            value = value * index.word_power[word] + index.word_hash[word]
        else:
            value = join(value, before, token, hashes, at, False)
        slot = find_slot(index.slot_key, value) if at >= wrong else -1
        if slot >= 0:
            found = _note_entries(index, slot, mention, found, edits, first, at, size, known)
        before = at
        at = next_in_name(token, count, at)
        taken += 1
    return found


@compiled
def _after_name(token: NDArray, count: int, last: int) -> int:  # type: ignore[type-arg]
    """The token after a name that is not a repeated type word."""
    at = last + 1
    while at < count and (
        (token[at, ROLE] == NOISE and token[at, KIND] == WORD) or token[at, KIND] == CLOSE
    ):
        at += 1
    return at


@compiled
def judge_place(token: NDArray, count: int, row: NDArray, typed: int) -> int:  # type: ignore[type-arg]
    """How sure the words name a mahalle: 3 marked, 2 part of what is marked, 1 bare, 0 no."""
    first, last = row[M_FROM], row[M_LAST]
    said = token[last, TYPED]
    if token[last, ROLE] == NOISE and token[last, CLASS] & _MAHALLE_WORD:
        said = token[first, TYPED]
    if said == typed and token[first, TYPED] == typed:
        after = _after_name(token, count, last)
        ends = (
            after >= count or token[after, ROLE] in (MAHALLE_TYPE,) or token[after, KIND] == FIELD
        )
        begins = first == 0 or token[first - 1, SEGMENT] != token[first, SEGMENT]
        begins = begins or token[first - 1, ROLE] != NAME
        return _WHOLE if ends and begins else _PARTIAL
    if token[last, ROLE] == MAHALLE_TYPE and token[first, TYPED] == typed:
        return _WHOLE
    if said == AS_MAHALLE or token[last, ROLE] == CSBM_TYPE:
        return 0
    return _UNMARKED


@compiled
def _mask(first: int, last: int) -> np.int64:
    value = np.int64(0)
    for at in range(first, last + 1):
        value |= _LAST_BIT << at
    return value


@compiled
def _door_of(index: Index, csbm: int, number: int, code: np.uint64) -> int:
    """Place of a door of a csbm, −1 where it has none of this number and code."""
    low, high = index.door_start[csbm], index.door_start[csbm + 1]
    end = high
    while low < high:
        middle = (low + high) >> 1
        if index.door_integer[middle] < number:
            low = middle + 1
        else:
            high = middle
    while low < end and index.door_integer[low] == number:
        if index.door_code[low] == code:
            return low
        low += 1
    return np.int64(-1)


@compiled
def _write_expression(codes: NDArray, token: NDArray, first: int, end: int, out: NDArray) -> None:  # type: ignore[type-arg]
    """A door or unit as people write it: digits, letters and the signs between them."""
    filled = 0
    for at in range(first, end):
        kind = token[at, KIND]
        if kind in (SLASH, DASH):
            if filled < len(out):
                out[filled] = 47 if kind == SLASH else 45
                filled += 1
            continue
        for place in range(token[at, FROM], token[at, TO]):
            if filled < len(out) and codes[place] != 46:
                out[filled] = codes[place]
                filled += 1


@compiled
def _insert(
    best: NDArray,
    weight: NDArray,
    which: NDArray,
    doors: NDArray,
    flags: NDArray,
    used: NDArray,
    csbm: int,
    value: float,
    source: int,
    door: int,
    flag: int,
    mask: int,
) -> None:  # type: ignore[type-arg]
    """Keep a candidate among the best; a csbm once, the smaller number first where equal."""
    slot = KEPT
    for at in range(KEPT):
        if best[at] == csbm:
            if weight[at] >= value:
                return
            slot = at
            break
    if slot == KEPT:
        slot = KEPT - 1
        if best[slot] >= 0 and (
            weight[slot] > value or (weight[slot] == value and best[slot] < csbm)
        ):
            return
    while slot > 0 and (
        best[slot - 1] < 0
        or weight[slot - 1] < value
        or (weight[slot - 1] == value and best[slot - 1] > csbm)
    ):
        best[slot], weight[slot], which[slot] = best[slot - 1], weight[slot - 1], which[slot - 1]
        doors[slot], flags[slot], used[slot] = doors[slot - 1], flags[slot - 1], used[slot - 1]
        slot -= 1
    best[slot], weight[slot], which[slot] = csbm, value, source
    doors[slot], flags[slot], used[slot] = door, flag, mask


@compiled
def _range_of(
    places: NDArray, start: int, end: int, low_key: int, high_key: int
) -> tuple[int, int]:  # type: ignore[type-arg]
    """Bounds of the csbm between two place keys in the posting of a name."""
    low, high = start, end
    while low < high:
        middle = (low + high) >> 1
        if places[middle] < low_key:
            low = middle + 1
        else:
            high = middle
    first, high = low, end
    while low < high:
        middle = (low + high) >> 1
        if places[middle] < high_key:
            low = middle + 1
        else:
            high = middle
    return first, low


@compiled
def _bracketed(token: NDArray, count: int) -> np.int64:  # type: ignore[type-arg]
    inside, mask = False, np.int64(0)
    for at in range(count):
        if token[at, KIND] == OPEN:
            inside = True
        elif token[at, KIND] == CLOSE:
            inside = False
        elif inside:
            mask |= _LAST_BIT << at
    return mask


@compiled
def _note_place(
    rows: NDArray, places: NDArray, mention: NDArray, which: int, place: int, row: int
) -> None:  # type: ignore[type-arg]
    """Keep the best mention of a mahalle or ilçe."""
    if rows[place] == row:
        old, new = mention[places[place]], mention[which]
        old_rank = old[M_QUALITY] * 100 - old[M_EDITS] * 20 - old[M_FORM]
        new_rank = new[M_QUALITY] * 100 - new[M_EDITS] * 20 - new[M_FORM]
        if old_rank >= new_rank:
            return
    rows[place], places[place] = row, which


@compiled
def _judge_ilce(token: NDArray, count: int, row: NDArray) -> int:  # type: ignore[type-arg]
    """2: said to be the ilçe or standing alone; 1: beside other words; 0: part of another name."""
    first, last = row[M_FROM], row[M_LAST]
    said = token[last, TYPED]
    if said == AS_ILCE:
        return 2
    if said == AS_MAHALLE:
        return 1 if judge_place(token, count, row, AS_MAHALLE) == _PARTIAL else 0
    if said or token[last, ROLE] in (CSBM_TYPE, MAHALLE_TYPE):
        return 0
    return 2 if token[first, ROLE] == NAME and row[M_EDITS] == 0 else 1


@compiled
def judge_places(index: Index, work: Scratch, found: int, il_count: int) -> None:
    """What the text says about mahalle, ilçe and il."""
    token, mention, about = work.token, work.mention, work.about
    count, row = about[A_COUNT], about[A_ROW]
    for at in range(count):
        if token[at, TYPED] == AS_MAHALLE:
            about[A_MARKED] = 1
    for which in range(found):
        this = mention[which]
        if this[M_KIND] == IS_MAHALLE:
            this[M_QUALITY] = judge_place(token, count, this, AS_MAHALLE)
            if this[M_QUALITY] == 0:
                continue
            _note_place(work.mahalle_row, work.mahalle_at, mention, which, this[M_ID], row)
            if this[M_QUALITY] == _WHOLE and (this[M_EDITS] == 0 or not this[M_KNOWN]):
                about[A_MARKED_KNOWN] = 1
                work.ilce_marked[index.mahalle_ilce[this[M_ID]]] = row
        elif this[M_KIND] == IS_ILCE:
            this[M_QUALITY] = _judge_ilce(token, count, this)
            if this[M_QUALITY] == 0:
                continue
            _note_place(work.ilce_row, work.ilce_at, mention, which, this[M_ID], row)
            if this[M_QUALITY] == 2:
                about[A_ILCE] = 1
        elif this[M_KIND] == IS_IL and this[M_EDITS] == 0:
            last = this[M_LAST]
            alone = token[last, TYPED] in (0, AS_IL) and token[last, ROLE] == NAME
            ends = last == count - 1 or token[last, TYPED] == AS_IL
            if alone:
                about[A_IL_MASK] |= _mask(this[M_FROM], last)
            if alone and ends:
                if this[M_ID] < il_count:
                    about[A_IL_FOUND] = 1
                else:
                    about[A_IL] = 1


@compiled
def _is_closed(token: NDArray, count: int, last: int) -> bool:  # type: ignore[type-arg]
    """Whether the type word follows the name at once."""
    said = token[last, TYPED]
    after = _after_name(token, count, last)
    if said == AS_YOL:
        return after >= count or token[after, SEGMENT] != token[last, SEGMENT]
    if after < count and token[after, ROLE] == CSBM_TYPE:
        return True
    return said == AS_CSBM and (after >= count or token[after, KIND] == FIELD)


@compiled
def _left_over(token: NDArray, count: int, first: int, last: int) -> np.int64:  # type: ignore[type-arg]
    """Words of the segment of a name that the name does not explain."""
    segment, said, mask = token[first, SEGMENT], token[last, TYPED], np.int64(0)
    for at in range(count):
        if token[at, SEGMENT] != segment or first <= at <= last:
            continue
        if token[at, KIND] not in (WORD, NUMBER) or token[at, ROLE] != NAME:
            continue
        if token[at, TYPED] == said:
            mask |= _LAST_BIT << at
    return mask


@compiled
def judge_csbm(
    token: NDArray, this: NDArray, about: NDArray, door_at: int, same: int, total: int,
    bits: NDArray,
) -> tuple[float, int, int]:  # fmt: skip
    """Evidence in the name itself, wherever the csbm lies: bits, findings, words left over.

    ``this`` is the row of the mention, ``same`` the number of csbm of the name among ``total``.
    """
    count, first, last = about[A_COUNT], this[M_FROM], this[M_LAST]
    flags = np.int64(0)
    value = min(bits[_NAME_CAP], np.log2(max(total, 1) / max(same, 1)))
    if this[M_FORM] != FULL:
        value += bits[_FORM[this[M_FORM]]]
        flags |= 1 << (F_ALIAS if this[M_FORM] == ALIAS else F_FORM)
    if this[M_EDITS]:
        value += bits[_EDIT] * this[M_EDITS] * np.sqrt(8.0 / this[M_SIZE])
        value += bits[_EDIT_KNOWN] * this[M_KNOWN]
        flags |= 1 << F_SPELLING
    said = token[last, TYPED] if token[last, ROLE] not in (CSBM_TYPE, NOISE) else 0
    role = token[first, ROLE]
    if said in (AS_MAHALLE, AS_ILCE, AS_IL) or token[last, ROLE] == MAHALLE_TYPE:
        value += bits[_AS_MAHALLE]
    elif role in (BUILDING, DIRECTION):
        value += bits[_AS_BUILDING]
    elif said:
        if not _is_closed(token, count, last):
            value += bits[_OPEN_END]
            flags |= 1 << F_OPEN_END
    else:
        value += bits[_TYPE_MISSING]
        flags |= 1 << F_UNMARKED
        if door_at >= 0 and first > door_at:
            value += bits[_IN_TAIL]
    if role == CSBM_TYPE:
        value += bits[_AS_MAHALLE]
    if about[A_BRACKETS] & (_LAST_BIT << first):
        value += bits[_IN_BRACKETS]
    before, after = False, False
    for at in range(count):
        if token[at, ROLE] != CSBM_TYPE or about[A_BRACKETS] & (_LAST_BIT << at):
            continue
        if at < first:
            before = True
        elif at > last and at != _after_name(token, count, last):
            after = True
    if flags >> F_UNMARKED & 1 and (before or after):
        value += bits[_NOT_NAMED]
        flags |= 1 << F_OTHER
    elif after:
        value += bits[_OTHER_AFTER]
        flags |= 1 << F_OTHER
    elif before:
        value += bits[_OTHER_BEFORE]
    return value, flags, _left_over(token, count, first, last)


@compiled
def _bits_of_left(token: NDArray, count: int, left: int, said: int, bits: NDArray) -> float:  # type: ignore[type-arg]
    value = 0.0
    for at in range(count):
        if not left >> at & 1:
            continue
        kinds = token[at, CLASS]
        if kinds & _TITLE:
            value += bits[_LEFT_TITLE]
        elif kinds & (_TYPES | _NOLU):
            continue
        elif said:
            value += bits[_LEFT_WORD]
        else:
            value += bits[_LEFT_PLAIN]
    return value


@compiled
def judge_where(
    mahalle: int, ilce: int, own: int, about: NDArray, mention: NDArray, mahalle_row: NDArray,
    mahalle_at: NDArray, ilce_row: NDArray, ilce_at: NDArray, ilce_marked: NDArray,
    own_bits: float, both_bits: float, ilce_bits: float, bits: NDArray,
) -> tuple[float, int, int]:  # type: ignore[type-arg]  # fmt: skip
    """Evidence of mahalle, ilçe and il for one csbm: bits, findings, words explained.

    Few arrays and no tuples of them: this runs for every candidate.
    """
    row = about[A_ROW]
    value, flags, mask = 0.0, np.int64(0), np.int64(about[A_IL_MASK])
    agrees = False
    if mahalle_row[mahalle] == row:
        this = mention[mahalle_at[mahalle]]
        words = _mask(this[M_FROM], this[M_LAST])
        if not words & own:
            agrees = True
            mask |= words
            value += min(bits[_MAHALLE_CAP], own_bits)
            if this[M_FORM] != FULL:
                value += bits[_MAHALLE_ALIAS if this[M_FORM] == ALIAS else _MAHALLE_FORM]
                flags |= 1 << F_MAHALLE_FORM
            if this[M_EDITS]:
                value += bits[_MAHALLE_EDIT] * this[M_EDITS] + bits[_EDIT_KNOWN] * this[M_KNOWN]
                flags |= 1 << F_MAHALLE_SPELLING
            if this[M_QUALITY] == _PARTIAL:
                value += bits[_MAHALLE_PARTIAL]
            elif this[M_QUALITY] == _UNMARKED:
                value += bits[_MAHALLE_UNMARKED]
    if about[A_MAHALLE] == mahalle:
        value += bits[_MAHALLE_CODE]
        agrees = True
    elif about[A_MAHALLE] >= 0:
        value += bits[_MAHALLE_CODE_DIFFERS]
        flags |= 1 << F_MAHALLE_CODE_DIFFERS
    # Words that only touch the mahalle do not speak against the one the text marks in full.
    weak = agrees and mahalle_row[mahalle] == row
    weak = weak and mention[mahalle_at[mahalle], M_QUALITY] < _WHOLE
    if not agrees or weak:
        if about[A_MARKED]:
            if ilce_marked[ilce] == row:
                value += bits[_MAHALLE_DIFFERS]
                flags |= 1 << F_MAHALLE_DIFFERS
            elif about[A_MARKED_KNOWN]:
                value += bits[_MAHALLE_ELSEWHERE]
                flags |= 1 << F_MAHALLE_DIFFERS
            elif not agrees:
                value += bits[_MAHALLE_UNKNOWN]
                flags |= 1 << F_MAHALLE_UNKNOWN
        elif not agrees:
            flags |= 1 << F_MAHALLE_MISSING
    if ilce_row[ilce] == row:
        this = mention[ilce_at[ilce]]
        words = _mask(this[M_FROM], this[M_LAST])
        if not words & own:
            mask |= words
            more = both_bits if agrees else ilce_bits
            value += min(bits[_ILCE_CAP], more)
            if this[M_QUALITY] < 2:
                value += bits[_ILCE_WEAK]
        elif about[A_ILCE]:
            flags |= 1 << F_ILCE_MISSING
    elif about[A_ILCE]:
        # The name of a mahalle that lies in one ilçe only outweighs an ilçe written wrong.
        homonym = both_bits > 0.01 or not agrees
        value += bits[_ILCE_DIFFERS_HOMONYM if homonym else _ILCE_DIFFERS]
        flags |= 1 << F_ILCE_DIFFERS
    else:
        flags |= 1 << F_ILCE_MISSING
    if about[A_IL] and not about[A_IL_FOUND]:
        value += bits[_IL_DIFFERS]
        flags |= 1 << F_IL_DIFFERS
    return value, flags, mask


@compiled
def judge_door(
    index: Index, work: Scratch, codes: NDArray, csbm: int, bits: NDArray
) -> tuple[float, int, int]:  # type: ignore[type-arg]
    """Evidence of the door: bits, findings, place of the door or −1."""
    if index.door_start[csbm] == index.door_start[csbm + 1]:
        return 0.0, np.int64(1) << F_NO_DOORS, np.int64(-1)
    first, end = work.parts[DOOR_AT], work.parts[DOOR_END]
    if first < 0:
        return 0.0, np.int64(1) << F_DOOR_MISSING, np.int64(-1)
    number, code = door_code(codes, work.buffer, work.token, first, end)
    door = _door_of(index, csbm, max(number, 0), code)
    if door >= 0:
        return bits[_DOOR_FOUND], np.int64(0), door
    for at in range(first + 1, end):
        if work.token[at, KIND] in (SLASH, DASH) and work.token[at, KIND] == SLASH:
            number, code = door_code(codes, work.buffer, work.token, first, at)
            door = _door_of(index, csbm, max(number, 0), code)
            if door >= 0 and work.token[at + 1, KIND] == NUMBER:
                return bits[_DOOR_SPLIT], np.int64(1) << F_DOOR_SPLIT, door
            break
    return bits[_DOOR_NOT_FOUND], np.int64(1) << F_DOOR_UNKNOWN, np.int64(-1)


@compiled
def _ranges_of(
    mention: NDArray, which: int, found: int, start: int, end: int, csbm_place: NDArray,
    mahalle_ilce: NDArray, mahalle_at: NDArray, ilce_at: NDArray, about: NDArray, ranges: NDArray,
) -> int:  # fmt: skip
    """Which csbm of a name to weigh: all of a few, of many those in the places the text names."""
    if end - start <= FEW:
        ranges[0, 0], ranges[0, 1] = start, end
        return 1
    count = 0
    for other in range(found):
        there = mention[other]
        if there[M_QUALITY] <= 0 or count >= len(ranges):
            continue
        if there[M_KIND] == IS_MAHALLE and mahalle_at[there[M_ID]] == other:
            key = (np.int64(mahalle_ilce[there[M_ID]]) << 20) | there[M_ID]
            low, high = _range_of(csbm_place, start, end, key, key + 1)
        elif there[M_KIND] == IS_ILCE and ilce_at[there[M_ID]] == other:
            key = there[M_ID] << 20
            low, high = _range_of(csbm_place, start, end, key, key + (1 << 20))
        else:
            continue
        if high > low:
            ranges[count, 0], ranges[count, 1] = low, high
            count += 1
    if count or about[A_MARKED_KNOWN] or about[A_ILCE]:
        return count
    ranges[0, 0], ranges[0, 1] = start, min(end, start + MAX_SCAN)
    return 1


@compiled
def weigh_all(
    index: Index, work: Scratch, codes: NDArray, found: int, total: int, bits: NDArray
) -> None:
    """Add up the evidence for every csbm the text may name and keep the best.

    The arrays are taken out of their tuples once: handing those on costs more than the sums.
    """
    token, mention, about, ranges = work.token, work.mention, work.about, work.ranges
    mahalle_row, mahalle_at, ilce_row = work.mahalle_row, work.mahalle_at, work.ilce_row
    ilce_at, ilce_marked = work.ilce_at, work.ilce_marked
    csbm_mahalle, csbm_tur, mahalle_ilce = index.csbm_mahalle, index.csbm_tur, index.mahalle_ilce
    mahalle_bits, both_bits, ilce_bits = (
        index.mahalle_bits, index.mahalle_ilce_bits, index.ilce_bits
    )  # fmt: skip
    door_start, name_start, csbm_place = index.door_start, index.name_start, index.csbm_place
    best, weight, kept_which, kept_doors = work.best, work.weight, work.which, work.doors
    kept_flags, kept_used = work.flags, work.used
    door_at, given, row = work.parts[DOOR_AT], about[A_CSBM], about[A_ROW]
    reach = bits[_MAHALLE_CAP] + bits[_ILCE_CAP] + bits[_TYPE_AGREES] + bits[_DOOR_FOUND]
    for which in range(found):
        kind, number = mention[which, M_KIND], mention[which, M_ID]
        if kind not in (IS_CSBM, IS_ONE_CSBM):
            continue
        first_of_name, end_of_name = number, number + 1
        if kind == IS_CSBM:
            first_of_name, end_of_name = name_start[number], name_start[number + 1]
        named, named_flags, left = judge_csbm(
            token, mention[which], about, door_at, end_of_name - first_of_name, total, bits
        )
        least = bits[_NULL] - _FAR_BELOW
        if best[0] >= 0:
            least = max(least, weight[0] - _OUT_OF_SIGHT)
        if named + reach < least and given < 0:
            continue
        first, last = mention[which, M_FROM], mention[which, M_LAST]
        own = _mask(first, last)
        said = token[last, TYPED]
        if token[last, ROLE] in (CSBM_TYPE, NOISE):
            said = 0
        ceiling = named + bits[_TYPE_AGREES] + bits[_DOOR_FOUND] + bits[_MAHALLE_CODE]
        for at in range(_ranges_of(
            mention, which, found, first_of_name, end_of_name, csbm_place, mahalle_ilce, mahalle_at,
            ilce_at, about, ranges,
        )):  # fmt: skip
            for csbm in range(ranges[at, 0], ranges[at, 1]):
                mahalle = csbm_mahalle[csbm]
                ilce = mahalle_ilce[mahalle]
                elsewhere = mahalle_row[mahalle] != row and ilce_row[ilce] != row
                if (
                    elsewhere
                    and best[0] >= 0
                    and ceiling < weight[0] - _OUT_OF_SIGHT
                    and given != csbm
                ):
                    continue
                value, flags, explained = judge_where(
                    mahalle, ilce, own, about, mention, mahalle_row, mahalle_at, ilce_row, ilce_at,
                    ilce_marked, mahalle_bits[mahalle], both_bits[mahalle], ilce_bits[ilce], bits,
                )  # fmt: skip
                value += named
                flags |= named_flags
                rest = left & ~explained
                if rest:
                    value += _bits_of_left(token, about[A_COUNT], rest, said, bits)
                    flags |= 1 << F_LEFT
                tur = csbm_tur[csbm]
                if 1 <= said < AS_YOL and 0 <= tur < AS_YOL:
                    if said == tur or (tur == 0 and said == 4):
                        value += bits[_TYPE_AGREES]
                    else:
                        value += bits[_TYPE_DIFFERS]
                        flags |= 1 << F_TYPE_DIFFERS
                elif said == 0:
                    flags |= 1 << F_TYPE_MISSING
                if given == csbm:
                    value += bits[_CODE_AGREES]
                    flags |= 1 << F_CODE
                elif given != -1:
                    value += bits[_CODE_DIFFERS]
                    flags |= 1 << F_CODE_DIFFERS
                door = np.int64(-1)
                if door_start[csbm] == door_start[csbm + 1]:
                    flags |= 1 << F_NO_DOORS
                elif best[KEPT - 1] < 0 or value + bits[_DOOR_FOUND] >= weight[KEPT - 1]:
                    door_bits, door_flags, door = judge_door(index, work, codes, csbm, bits)
                    value += door_bits
                    flags |= door_flags
                if best[KEPT - 1] < 0 or value >= weight[KEPT - 1]:
                    _insert(
                        best, weight, kept_which, kept_doors, kept_flags, kept_used, csbm, value,
                        which, door, flags, own | explained,
                    )  # fmt: skip


@compiled
def _weigh_given(index: Index, work: Scratch, codes: NDArray, found: int, bits: NDArray) -> None:  # type: ignore[type-arg]
    """The csbm whose code is given, even if its name is not in the text."""
    csbm = work.about[A_CSBM]
    if csbm < 0:
        return
    for slot in range(KEPT):
        if work.best[slot] == csbm:
            return
    mahalle = index.csbm_mahalle[csbm]
    ilce = index.mahalle_ilce[mahalle]
    where, flags, explained = judge_where(
        mahalle, ilce, np.int64(0), work.about, work.mention, work.mahalle_row, work.mahalle_at,
        work.ilce_row, work.ilce_at, work.ilce_marked, index.mahalle_bits[mahalle],
        index.mahalle_ilce_bits[mahalle], index.ilce_bits[ilce], bits,
    )  # fmt: skip
    door_bits, door_flags, door = judge_door(index, work, codes, csbm, bits)
    value = bits[_CODE_AGREES] + where + door_bits
    flags |= door_flags | 1 << F_CODE
    for at in range(work.about[A_COUNT]):
        if work.token[at, ROLE] == CSBM_TYPE or work.token[at, TYPED] == AS_CSBM:
            value += bits[_CODE_DIFFERS]
            flags |= 1 << F_CODE_DIFFERS
            break
    _insert(
        work.best, work.weight, work.which, work.doors, work.flags, work.used, csbm, value, -1,
        door, flags, explained,
    )  # fmt: skip


@compiled
def best_mahalle(index: Index, work: Scratch, found: int) -> int:
    """The mahalle the text names, −1 where it names none or several."""
    about, mention = work.about, work.mention
    if about[A_MAHALLE] >= 0:
        return about[A_MAHALLE]
    best, rank, twice = -1, -1000, False
    for which in range(found):
        this = mention[which]
        if this[M_KIND] != IS_MAHALLE or this[M_QUALITY] < _PARTIAL:
            continue
        ilce = index.mahalle_ilce[this[M_ID]]
        if about[A_ILCE] and work.ilce_row[ilce] != about[A_ROW]:
            continue
        if this[M_EDITS] and this[M_KNOWN]:
            continue
        here = this[M_QUALITY] * 100 - this[M_EDITS] * 20 - this[M_FORM]
        if work.ilce_row[ilce] == about[A_ROW]:
            here += 50
        if here > rank:
            best, rank, twice = this[M_ID], here, False
        elif here == rank and this[M_ID] != best:
            twice = True
    return -1 if twice else best


@compiled
def best_ilce(index: Index, work: Scratch, found: int) -> int:
    """The ilçe the text names, −1 where it names none or several."""
    best, twice = -1, False
    for which in range(found):
        this = work.mention[which]
        if this[M_KIND] == IS_ILCE and this[M_QUALITY] == 2 and this[M_EDITS] == 0:
            twice = twice or (best >= 0 and best != this[M_ID])
            best = this[M_ID]
    return -1 if twice else best


@compiled
def _homonyms(index: Index, work: Scratch, bits: NDArray) -> float:
    """How likely a namesake of the mahalle is meant, in which the csbm is not registered.

    Counts only where the text names no ilçe and several mahalle have the name; the commoner the
    name of the csbm, the likelier such a chance hit (every other mahalle has an Atatürk Caddesi).
    """
    alone = work.flags[0] >> F_ILCE_MISSING & 1 and not work.flags[0] >> F_MAHALLE_MISSING & 1
    if not alone or work.about[A_MAHALLE] >= 0:
        return 0.0
    csbm = work.best[0]
    name = index.csbm_name[csbm]
    namesakes = 2.0 ** index.mahalle_ilce_bits[index.csbm_mahalle[csbm]] - 1.0
    same = index.name_start[name + 1] - index.name_start[name]
    first = work.mention[max(work.which[0], 0), M_FROM]
    if work.token[first, KIND] == NUMBER:
        same *= _NUMBERED
    return namesakes * same / len(index.mahalle_kod) * bits[_HOMONYM_SHARE]


@compiled
def probability(index: Index, work: Scratch, bits: NDArray) -> float:
    """That the best candidate is the one meant, against the others and against none of them."""
    if work.best[0] < 0:
        return 0.0
    others = 2.0 ** max(-60.0, bits[_NULL] - work.weight[0]) + _homonyms(index, work, bits)
    for slot in range(1, KEPT):
        if work.best[slot] >= 0:
            others += 2.0 ** max(-60.0, work.weight[slot] - work.weight[0])
    logit = -np.log(others)
    logit = bits[len(bits) - 2] * logit + bits[len(bits) - 1]
    return 1.0 / (1.0 + np.exp(-logit))


class Out(NamedTuple):
    """What the core writes for each row."""

    csbm: NDArray[np.int32]
    weight: NDArray[np.float32]
    flags: NDArray[np.int64]
    door: NDArray[np.int64]
    near: NDArray[np.int64]
    score: NDArray[np.float64]
    mahalle: NDArray[np.int32]
    ilce: NDArray[np.int32]
    number: NDArray[np.int32]
    door_text: NDArray[np.uint32]
    unit_text: NDArray[np.uint32]
    unused: NDArray[np.int32]


def new_out(rows: int) -> Out:
    """Empty answers for so many rows."""
    return Out(
        np.full((rows, KEPT), -1, np.int32), np.zeros((rows, KEPT), np.float32),
        np.zeros(rows, np.int64), np.full(rows, -1, np.int64), np.full((rows, 2), -1, np.int64),
        np.zeros(rows, np.float64), np.full(rows, -1, np.int32), np.full(rows, -1, np.int32),
        np.full(rows, -1, np.int32), np.zeros((rows, DOOR_WIDTH), np.uint32),
        np.zeros((rows, UNIT_WIDTH), np.uint32), np.full((rows, UNUSED, 2), -1, np.int32),
    )  # fmt: skip


@compiled
def _neighbours(index: Index, csbm: int, number: int) -> tuple[int, int]:
    """Doors of the same parity just below and above a number; −1 where there is none."""
    start, end = index.door_start[csbm], index.door_start[csbm + 1]
    low, high = np.int64(-1), np.int64(-1)
    for at in range(start, end):
        other = index.door_integer[at]
        if other <= 0 or (other - number) & 1:
            continue
        if other < number:
            low = at
        elif other > number:
            high = at
            break
    return low, high


@compiled
def _read_row(
    codes: NDArray,
    starts: NDArray,
    fields: NDArray,
    row: int,
    folds: NDArray,
    table: WordTable,
    work: Scratch,
) -> int:  # type: ignore[type-arg]
    """Tokens of all columns of a row, each column announced by a mark."""
    count, filled, width = 0, 0, len(fields)
    for column in range(width):
        begin, end = starts[row * width + column], starts[row * width + column + 1]
        if begin == end or count >= MAX_TOKENS:
            continue
        if fields[column] or width > 1:
            work.token[count] = 0
            work.hashes[count] = 0
            work.token[count, KIND], work.token[count, VALUE] = FIELD, fields[column]
            count += 1
        count, filled = tokenize(
            codes, begin, end, folds, table, work.buffer, work.token, work.hashes, count, filled
        )
    return count


@compiled
def _write_unused(work: Scratch, used: int, out: NDArray) -> None:  # type: ignore[type-arg]
    filled = 0
    for at in range(work.about[A_COUNT]):
        free = work.token[at, KIND] in (WORD, NUMBER) and work.token[at, ROLE] == NAME
        if free and not used >> at & 1 and not work.token[at, CLASS] & _TYPES and filled < UNUSED:
            out[filled, 0], out[filled, 1] = work.token[at, FROM], work.token[at, TO]
            filled += 1
    work.about[A_UNUSED] = filled


@compiled
def _begin(work: Scratch, count: int, row: int, given_csbm: int, given_mahalle: int) -> None:
    work.about[:] = 0
    work.about[A_COUNT], work.about[A_ROW] = count, row
    work.about[A_CSBM], work.about[A_MAHALLE] = given_csbm, given_mahalle
    work.about[A_BRACKETS] = _bracketed(work.token, count)
    work.best[:] = -1
    work.weight[:] = 0.0


@compiled
def match_row(
    index: Index, codes: NDArray, starts: NDArray, fields: NDArray, row: int, folds: NDArray,
    table: WordTable, bits: NDArray, given_csbm: int, given_mahalle: int, il_count: int,
    work: Scratch,
) -> int:  # type: ignore[type-arg]  # fmt: skip
    """Read, look up and weigh one row; the ranking is left in ``work``. Returns the mentions."""
    count = _read_row(codes, starts, fields, row, folds, table, work)
    tag(work.token, work.hashes, count, table, work.parts)
    _begin(work, count, row, given_csbm, given_mahalle)
    total = len(index.csbm_kod)
    found = find_names(index, work.token, work.hashes, count, work.mention)
    found = find_near_names(
        index, work.buffer, work.token, work.hashes, count, work.mention, found, work.keys,
        work.words, work.edits, False,
    )  # fmt: skip
    judge_places(index, work, found, il_count)
    weigh_all(index, work, codes, found, total, bits)
    if work.best[0] < 0 or work.weight[0] < bits[_NULL]:
        more = find_near_names(
            index, work.buffer, work.token, work.hashes, count, work.mention, found, work.keys,
            work.words, work.edits, True,
        )  # fmt: skip
        if more > found:
            found = more
            judge_places(index, work, found, il_count)
            work.best[:] = -1
            weigh_all(index, work, codes, found, total, bits)
    _weigh_given(index, work, codes, found, bits)
    return found


@compiled
def _names_csbm(work: Scratch) -> bool:
    """Whether the text names a csbm at all, known or not."""
    for at in range(work.about[A_COUNT]):
        if work.token[at, ROLE] == CSBM_TYPE:
            return True
        if work.token[at, TYPED] in (AS_YOL, AS_CSBM):
            return True
    return False


@compiled
def match_rows(
    index: Index, codes: NDArray, starts: NDArray, fields: NDArray, first: int, end: int,
    folds: NDArray, table: WordTable, bits: NDArray, given_csbm: NDArray, given_mahalle: NDArray,
    given_key: NDArray, il_count: int, out: Out,
) -> None:  # type: ignore[type-arg]  # fmt: skip
    """Answer the rows ``first`` to ``end`` of a batch; writes only their places in ``out``."""
    work = new_scratch(len(index.mahalle_kod), len(index.ilce_kod))
    for row in range(first, end):
        found = match_row(
            index, codes, starts, fields, row, folds, table, bits, given_csbm[row],
            given_mahalle[row], il_count, work,
        )  # fmt: skip
        parts, flags = work.parts, np.int64(0)
        if parts[DOOR_AT] >= 0:
            _write_expression(
                codes, work.token, parts[DOOR_AT], parts[DOOR_END], out.door_text[row]
            )
        if parts[UNIT_AT] >= 0:
            _write_expression(
                codes, work.token, parts[UNIT_AT], parts[UNIT_END], out.unit_text[row]
            )
        for slot in range(KEPT):
            out.csbm[row, slot] = work.best[slot]
            out.weight[row, slot] = work.weight[slot]
        out.score[row] = probability(index, work, bits)
        used = np.int64(work.about[A_IL_MASK])
        is_likely = work.best[0] >= 0 and out.score[row] >= _LIKELY
        if work.best[0] >= 0:
            flags |= work.flags[0]
            used |= work.used[0] if is_likely else np.int64(0)
            out.door[row] = work.doors[0]
            if flags >> F_DOOR_UNKNOWN & 1:
                number, _ = door_code(
                    codes, work.buffer, work.token, parts[DOOR_AT], parts[DOOR_END]
                )
                out.number[row] = number
                if number > 0:
                    low, high = _neighbours(index, work.best[0], number)
                    out.near[row, 0], out.near[row, 1] = low, high
        out.mahalle[row] = best_mahalle(index, work, found)
        out.ilce[row] = best_ilce(index, work, found)
        if out.ilce[row] < 0 and out.mahalle[row] >= 0:
            out.ilce[row] = index.mahalle_ilce[out.mahalle[row]]
        if is_likely:
            mahalle = index.csbm_mahalle[work.best[0]]
            used |= _used_by_places(work, found, mahalle, index.mahalle_ilce[mahalle])
        else:
            used |= _used_by_places(work, found, out.mahalle[row], out.ilce[row])
        _write_unused(work, used, out.unused[row])
        if _names_csbm(work):
            flags |= 1 << F_CSBM_NAMED
        if work.about[A_MARKED]:
            flags |= 1 << F_MAHALLE_NAMED
        if work.about[A_COUNT] == 0:
            flags |= 1 << F_EMPTY
        if work.about[A_UNUSED]:
            flags |= 1 << F_PLACE_WEAK
        flags |= _decide(index, work, given_key[row], out, row)
        out.flags[row] = flags


@compiled
def _used_by_places(work: Scratch, found: int, mahalle: int, ilce: int) -> np.int64:
    """Words that name the mahalle or the ilçe, as often as they do."""
    used = np.int64(0)
    for which in range(found):
        this = work.mention[which]
        is_mahalle = this[M_KIND] == IS_MAHALLE and this[M_ID] == mahalle
        if this[M_QUALITY] and (is_mahalle or (this[M_KIND] == IS_ILCE and this[M_ID] == ilce)):
            used |= _mask(this[M_FROM], this[M_LAST])
    return used


@compiled
def _decide(index: Index, work: Scratch, given_key: np.uint64, out: Out, row: int) -> np.int64:
    """What a person decided about this very address, or about its adres no."""
    if len(index.decision_key) == 0:
        return np.int64(0)
    keys = (given_key, key_hash(work.token, work.hashes, work.about[A_COUNT]))
    for key in keys:
        if key == 0:
            continue
        at = first_of(index.decision_key, key)
        if at < len(index.decision_key) and index.decision_key[at] == key:
            csbm, door = index.decision_csbm[at], index.decision_door[at]
            if csbm < 0:
                continue
            out.csbm[row, 0], out.door[row] = csbm, door
            return np.int64(1) << F_DECIDED
    return np.int64(0)


@compiled
def explain_row(
    index: Index, codes: NDArray, starts: NDArray, fields: NDArray, folds: NDArray,
    table: WordTable, bits: NDArray, il_count: int,
) -> tuple[Scratch, int]:  # type: ignore[type-arg]  # fmt: skip
    """The working memory after the first row of a batch: what the answer was made of."""
    work = new_scratch(len(index.mahalle_kod), len(index.ilce_kod))
    found = match_row(
        index, codes, starts, fields, 0, folds, table, bits, np.int32(-1), np.int32(-1), il_count,
        work,
    )  # fmt: skip
    return work, found
