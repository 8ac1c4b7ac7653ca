"""Names in a text: every run of words that is the name of a place, as written or nearly so."""

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.roles import (
    BUILDING,
    DIRECTION,
    DOOR,
    DOOR_MARK,
    FLOOR,
    FLOOR_MARK,
    NAME,
    PHONE,
    POSTA_KODU,
    UNIT,
    UNIT_MARK,
)  # fmt: skip
from gis_platform.address.tokens import (
    CLASS,
    COMMA,
    DASH,
    END,
    FIELD,
    FLAGS,
    KIND,
    NUMBER,
    RAW,
    ROLE,
    SLASH,
    SPACED,
    START,
    WORD,
)  # fmt: skip
from gis_platform.matching import marks
from gis_platform.matching.fuzzy import alternatives, edits_for
from gis_platform.matching.index import IS_ILCE, IS_MAHALLE, Index
from gis_platform.matching.phrases import FULL, INEXACT, find_slot, join
from gis_platform.matching.scratch import MAX_MENTIONS


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
    shared: int,
) -> int:  # type: ignore[type-arg]
    """Note one name found in the text; the same again only where it is better."""
    for at in range(found):
        row = mention[at]
        if (
            row[marks.M_KIND] == kind
            and row[marks.M_ID] == number
            and row[marks.M_FROM] == first
            and row[marks.M_LAST] == last
        ):
            if row[marks.M_EDITS] > edits or (
                row[marks.M_EDITS] == edits and row[marks.M_FORM] > form
            ):
                row[marks.M_EDITS], row[marks.M_FORM], row[marks.M_SIZE], row[marks.M_KNOWN] = (
                    edits,
                    form,
                    size,
                    known,
                )
                row[marks.M_SHARED] = shared
            return found
    if found >= MAX_MENTIONS:
        return found
    row = mention[found]
    row[marks.M_KIND], row[marks.M_ID], row[marks.M_FORM], row[marks.M_EDITS] = (
        kind,
        number,
        form,
        edits,
    )
    row[marks.M_FROM], row[marks.M_LAST], row[marks.M_SIZE], row[marks.M_KNOWN] = (
        first,
        last,
        size,
        known,
    )
    row[marks.M_SHARED], row[marks.M_QUALITY] = shared, 0
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
    csbm = np.int64(index.slot_csbm[slot] * marks.SHARES)
    mahalle = np.int64(index.slot_mahalle[slot] * marks.SHARES)
    is_crowded = index.slot_end[slot] - index.slot_start[slot] > marks.CROWD
    if is_crowded:
        found = _add(mention, found, marks.CROWDED, slot, FULL, edits, first, last, size, known, 0)
    for entry in range(index.slot_start[slot], index.slot_end[slot]):
        form = index.entry_form[entry]
        if edits and form in INEXACT:
            continue
        if is_crowded and index.entry_kind[entry] == IS_MAHALLE:
            continue
        found = _add(
            mention, found, index.entry_kind[entry], index.entry_id[entry], form, edits, first,
            last, size, known, mahalle if index.entry_kind[entry] == IS_MAHALLE else csbm,
        )  # fmt: skip
    return found


@compiled
def name_crowds(index: Index, mention: NDArray, found: int, named: NDArray) -> int:  # type: ignore[type-arg]
    """Note the mahalle of names that many share: those of an ilçe named, else as many as fit.

    They come last, when every ilçe of the text is known, so that a name common in a whole country
    leaves room for the others.
    """
    ilces = 0
    for which in range(found):
        if mention[which, marks.M_KIND] == IS_ILCE and ilces < len(named):
            named[ilces] = mention[which, marks.M_ID]
            ilces += 1
    for which in range(found):
        if mention[which, marks.M_KIND] != marks.CROWDED or mention[which, marks.M_QUALITY]:
            continue
        mention[which, marks.M_QUALITY] = 1
        more = _name_crowd(index, mention, found, which, named[:ilces]) if ilces else found
        found = more if more > found else _name_crowd(index, mention, found, which, named[:0])
    return found


@compiled
def _name_crowd(index: Index, mention: NDArray, found: int, which: int, ilces: NDArray) -> int:  # type: ignore[type-arg]
    """Note the mahalle of one such name, in these ilçe or, where none is given, in all."""
    this, slot = mention[which], mention[which, marks.M_ID]
    shared = np.int64(index.slot_mahalle[slot] * marks.SHARES)
    for entry in range(index.slot_start[slot], index.slot_end[slot]):
        mahalle, form = index.entry_id[entry], index.entry_form[entry]
        if index.entry_kind[entry] != IS_MAHALLE:
            continue
        if this[marks.M_EDITS] and form in INEXACT:
            continue
        is_there = len(ilces) == 0
        for at in range(len(ilces)):
            is_there = is_there or ilces[at] == index.mahalle_ilce[mahalle]
        if is_there:
            found = _add(
                mention, found, IS_MAHALLE, mahalle, form, this[marks.M_EDITS],
                this[marks.M_FROM], this[marks.M_LAST], this[marks.M_SIZE], this[marks.M_KNOWN],
                shared,
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
        while at < count and words < marks.MAX_WORDS:
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
        if token[at, KIND] != WORD or not can_be_name(token, at) or token[at, CLASS] & marks.TYPES:
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
            if edits[choice] == 0 or (known and edits[choice] > 2):
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
    while at < count and taken < marks.MAX_WORDS:
        if at == wrong:
            value = value * index.word_power[word] + index.word_hash[word]
        else:
            value = join(value, before, token, hashes, at, False)
        # A word that is known as written is taken for another one only beside words that fit.
        is_alone = first == at and known and edits > 1
        slot = find_slot(index.slot_key, value) if at >= wrong and not is_alone else -1
        if slot >= 0:
            found = _note_entries(index, slot, mention, found, edits, first, at, size, known)
        before = at
        at = next_in_name(token, count, at)
        taken += 1
    return found
