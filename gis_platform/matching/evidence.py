"""What speaks for and against a csbm: its name, its place, its door; bits and findings of each."""

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
    DOOR_AT,
    DOOR_END,
    MAHALLE_TYPE,
    NAME,
    NOISE,
)  # fmt: skip
from gis_platform.address.tokens import (
    CLASS,
    CLOSE,
    COMMA,
    DASH,
    FIELD,
    KIND,
    NUMBER,
    OPEN,
    ROLE,
    SEGMENT,
    SLASH,
    TYPED,
    WORD,
)  # fmt: skip
from gis_platform.matching import marks
from gis_platform.matching.doors import door_code
from gis_platform.matching.index import IS_IL, IS_ILCE, IS_MAHALLE, Index
from gis_platform.matching.ledger import note
from gis_platform.matching.phrases import ALIAS, EXTENDED, FULL, LAST, WEAK
from gis_platform.matching.scratch import Scratch


@compiled
def _after_name(token: NDArray, count: int, last: int) -> int:  # type: ignore[type-arg]
    """The token after a name that is neither a repeated type word nor in brackets."""
    at, is_inside = last + 1, False
    while at < count:
        kind = token[at, KIND]
        is_inside = (is_inside or kind == OPEN) and kind != CLOSE
        skipped = is_inside or kind == CLOSE or (token[at, ROLE] == NOISE and kind == WORD)
        if not skipped:
            break
        at += 1
    return at


@compiled
def judge_place(token: NDArray, count: int, row: NDArray, typed: int) -> int:  # type: ignore[type-arg]
    """How sure the words name a mahalle: 3 marked, 2 part of what is marked, 1 bare, 0 no."""
    first, last = row[marks.M_FROM], row[marks.M_LAST]
    said = token[last, TYPED]
    if token[last, ROLE] == NOISE and token[last, CLASS] & marks.MAHALLE_WORD:
        said = token[first, TYPED]
    if said == typed and token[first, TYPED] == typed:
        after = _after_name(token, count, last)
        ends = (
            after >= count or token[after, ROLE] in (MAHALLE_TYPE,) or token[after, KIND] == FIELD
        )
        begins = first == 0 or token[first - 1, SEGMENT] != token[first, SEGMENT]
        begins = begins or token[first - 1, ROLE] != NAME
        return marks.WHOLE if ends and begins else marks.PARTIAL
    if token[last, ROLE] == MAHALLE_TYPE and token[first, TYPED] == typed:
        return marks.WHOLE
    if said == AS_MAHALLE or token[last, ROLE] == CSBM_TYPE:
        return 0
    return marks.UNMARKED


@compiled
def mask_of(first: int, last: int) -> np.int64:
    """The tokens from one to another as bits."""
    value = np.int64(0)
    for at in range(first, last + 1):
        value |= marks.ONE << at
    return value


@compiled
def bracketed(token: NDArray, count: int) -> np.int64:  # type: ignore[type-arg]
    """The tokens inside brackets as bits."""
    inside, mask = False, np.int64(0)
    for at in range(count):
        if token[at, KIND] == OPEN:
            inside = True
        elif token[at, KIND] == CLOSE:
            inside = False
        elif inside:
            mask |= marks.ONE << at
    return mask


@compiled
def _note_place(
    rows: NDArray, places: NDArray, mention: NDArray, which: int, place: int, row: int
) -> None:  # type: ignore[type-arg]
    """Keep the best mention of a mahalle or ilçe."""
    if rows[place] == row:
        old, new = mention[places[place]], mention[which]
        old_rank = old[marks.M_QUALITY] * 100 - old[marks.M_EDITS] * 20 - old[marks.M_FORM]
        new_rank = new[marks.M_QUALITY] * 100 - new[marks.M_EDITS] * 20 - new[marks.M_FORM]
        if old_rank >= new_rank:
            return
    rows[place], places[place] = row, which


@compiled
def _il_follows(index: Index, token: NDArray, mention: NDArray, found: int, this: NDArray) -> bool:  # type: ignore[type-arg]
    """Whether the il of an ilçe stands right behind it, whatever follows: ``… karşısı``."""
    after = this[marks.M_LAST] + 1
    while token[after, KIND] in (SLASH, DASH, COMMA):
        after += 1
    for which in range(found):
        other = mention[which]
        is_il = other[marks.M_KIND] == IS_IL and other[marks.M_FROM] == after
        if is_il and index.ilce_il[this[marks.M_ID]] == other[marks.M_ID]:
            return True
    return False


@compiled
def _judge_ilce(
    index: Index, token: NDArray, count: int, mention: NDArray, found: int, row: NDArray
) -> int:  # type: ignore[type-arg]
    """2: said to be the ilçe or standing alone; 1: beside other words; 0: part of another name."""
    first, last = row[marks.M_FROM], row[marks.M_LAST]
    said = token[last, TYPED]
    if said == AS_ILCE:
        return 2
    if said == AS_MAHALLE:
        return 1 if judge_place(token, count, row, AS_MAHALLE) == marks.PARTIAL else 0
    if said or token[last, ROLE] in (CSBM_TYPE, MAHALLE_TYPE):
        return 0
    if row[marks.M_EDITS]:
        return 1
    is_sure = token[first, ROLE] == NAME or _il_follows(index, token, mention, found, row)
    return 2 if is_sure else 1


@compiled
def _is_ilce(index: Index, token: NDArray, mention: NDArray, found: int, this: NDArray) -> bool:  # type: ignore[type-arg]
    """Whether the words are those of the ilçe the mahalle lies in: they count once."""
    ilce = index.mahalle_ilce[this[marks.M_ID]]
    for which in range(found):
        other = mention[which]
        if other[marks.M_KIND] != IS_ILCE or other[marks.M_ID] != ilce:
            continue
        same = (
            other[marks.M_FROM] == this[marks.M_FROM] and other[marks.M_LAST] == this[marks.M_LAST]
        )
        if same and _judge_ilce(index, token, len(token), mention, found, other) == 2:
            return True
    return False


@compiled
def _is_bare(token: NDArray, this: NDArray) -> bool:  # type: ignore[type-arg]
    """Whether the name of a mahalle stands by itself, part of no other name."""
    if this[marks.M_FORM] not in (FULL, EXTENDED):
        return False
    for at in range(this[marks.M_FROM], this[marks.M_LAST] + 1):
        if token[at, TYPED] or token[at, ROLE] != NAME:
            return False
    return token[this[marks.M_FROM], KIND] == WORD


@compiled
def _is_tail(token: NDArray, count: int, last: int) -> bool:  # type: ignore[type-arg]
    """Whether nothing follows but a sign: the place of ilçe and il."""
    return last >= count - 1 or token[last + 1, KIND] in (SLASH, FIELD)


@compiled
def _note_bare(index: Index, work: Scratch, found: int) -> None:
    """A mahalle of the ilçe named whose name stands by itself, without its type word."""
    token, mention, about = work.token, work.mention, work.about
    for which in range(found):
        this = mention[which]
        if this[marks.M_KIND] != IS_MAHALLE or this[marks.M_QUALITY] != marks.UNMARKED:
            continue
        ilce = index.mahalle_ilce[this[marks.M_ID]]
        is_here = work.ilce_row[ilce] == about[marks.A_ROW] and this[marks.M_EDITS] == 0
        if is_here and _is_bare(token, this):
            about[marks.A_BARE] = mask_of(this[marks.M_FROM], this[marks.M_LAST])
            about[marks.A_BARE_MAHALLE] = this[marks.M_ID]
            return


@compiled
def _follows_ilce(
    index: Index, token: NDArray, mention: NDArray, found: int, this: NDArray
) -> bool:  # type: ignore[type-arg]
    """``KARTAL / İSTANBUL Ayşe Kalkan Sok``: an il behind its ilçe at the head of a text."""
    after = this[marks.M_LAST] + 1
    if token[after, ROLE] == CSBM_TYPE or token[after, KIND] not in (WORD, NUMBER):
        return False
    before = this[marks.M_FROM] - 1
    while before > 0 and token[before, KIND] in (SLASH, DASH, COMMA):
        before -= 1
    for which in range(found):
        other = mention[which]
        if other[marks.M_KIND] != IS_ILCE or other[marks.M_LAST] != before:
            continue
        is_head = other[marks.M_FROM] == 0 or token[other[marks.M_FROM] - 1, KIND] == FIELD
        if is_head and index.ilce_il[other[marks.M_ID]] == this[marks.M_ID]:
            return True
    return False


@compiled
def judge_places(index: Index, work: Scratch, found: int, il_count: int) -> None:
    """What the text says about mahalle, ilçe and il."""
    token, mention, about = work.token, work.mention, work.about
    count, row = about[marks.A_COUNT], about[marks.A_ROW]
    about[marks.A_BARE] = about[marks.A_TAIL] = about[marks.A_EXACT] = 0
    for at in range(count):
        if token[at, TYPED] == AS_MAHALLE:
            about[marks.A_MARKED] = 1
    for which in range(found):
        this = mention[which]
        if this[marks.M_KIND] == IS_MAHALLE:
            this[marks.M_QUALITY] = judge_place(token, count, this, AS_MAHALLE)
            is_short = this[marks.M_FORM] == WEAK and this[marks.M_QUALITY] < marks.WHOLE
            is_twice = this[marks.M_QUALITY] == marks.UNMARKED and _is_ilce(
                index, token, mention, found, this
            )
            if is_short or is_twice:
                this[marks.M_QUALITY] = 0
            if this[marks.M_QUALITY] == 0:
                continue
            if this[marks.M_EDITS] == 0 and this[marks.M_QUALITY] == marks.WHOLE:
                about[marks.A_EXACT] = 1
            _note_place(work.mahalle_row, work.mahalle_at, mention, which, this[marks.M_ID], row)
            if this[marks.M_QUALITY] == marks.WHOLE and (
                this[marks.M_EDITS] == 0 or not this[marks.M_KNOWN]
            ):
                about[marks.A_MARKED_KNOWN] = 1
                work.ilce_marked[index.mahalle_ilce[this[marks.M_ID]]] = row
        elif this[marks.M_KIND] == IS_ILCE:
            this[marks.M_QUALITY] = _judge_ilce(index, token, count, mention, found, this)
            if this[marks.M_QUALITY] == 0:
                continue
            _note_place(work.ilce_row, work.ilce_at, mention, which, this[marks.M_ID], row)
            if this[marks.M_QUALITY] == 2:
                about[marks.A_ILCE] = 1
                if _is_tail(token, count, this[marks.M_LAST]):
                    about[marks.A_TAIL] |= mask_of(this[marks.M_FROM], this[marks.M_LAST])
        elif this[marks.M_KIND] == IS_IL and this[marks.M_EDITS] == 0:
            last = this[marks.M_LAST]
            alone = token[last, TYPED] in (0, AS_IL) and token[last, ROLE] == NAME
            ends = last == count - 1 or token[last, TYPED] == AS_IL
            is_head = this[marks.M_FROM] == 0 or _follows_ilce(index, token, mention, found, this)
            if alone or is_head:
                about[marks.A_IL_MASK] |= mask_of(this[marks.M_FROM], last)
            if alone and ends:
                about[marks.A_TAIL] |= mask_of(this[marks.M_FROM], last)
                if this[marks.M_ID] < il_count:
                    about[marks.A_IL_FOUND] = 1
                else:
                    about[marks.A_IL] = 1
    _note_bare(index, work, found)


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
def _is_phase(token: NDArray, count: int, at: int) -> bool:  # type: ignore[type-arg]
    """``2. Etap``, ``18. Bölge``: a part of a site, not of the name of a csbm."""
    return at + 1 < count and token[at + 1, CLASS] & marks.SIRA != 0


@compiled
def _left_over(token: NDArray, count: int, first: int, last: int) -> np.int64:  # type: ignore[type-arg]
    """Words of the segment of a name that the name does not explain."""
    segment, said, mask = token[first, SEGMENT], token[last, TYPED], np.int64(0)
    for at in range(count):
        if token[at, SEGMENT] != segment or first <= at <= last:
            continue
        if token[at, KIND] not in (WORD, NUMBER) or token[at, ROLE] != NAME:
            continue
        if token[at, KIND] == NUMBER and _is_phase(token, count, at):
            continue
        if token[at, TYPED] == said:
            mask |= marks.ONE << at
    return mask


@compiled
def judge_csbm(
    token: NDArray, this: NDArray, about: NDArray, door_at: int, same: int, total: int,
    bits: NDArray, ledger: NDArray,
) -> tuple[float, int, int]:  # fmt: skip
    """Evidence in the name itself, wherever the csbm lies: bits, findings, words left over.

    ``this`` is the row of the mention, ``same`` the number of csbm of the name among ``total``.
    """
    count, first, last = about[marks.A_COUNT], this[marks.M_FROM], this[marks.M_LAST]
    flags = np.int64(0)
    named = max(same * 1.0, this[marks.M_SHARED] / marks.SHARES, 1.0)
    value = note(ledger, marks.NAME_CAP, min(bits[marks.NAME_CAP], np.log2(max(total, 1) / named)))
    if this[marks.M_FORM] != FULL:
        form = marks.FORM_BITS[this[marks.M_FORM]]
        value += note(ledger, form, bits[form])
        flags |= 1 << (marks.F_ALIAS if this[marks.M_FORM] == ALIAS else marks.F_FORM)
        if this[marks.M_FORM] in (WEAK, LAST):
            flags |= 1 << marks.F_CUT
    if this[marks.M_EDITS]:
        worth = bits[marks.EDIT] * this[marks.M_EDITS] * np.sqrt(8.0 / this[marks.M_SIZE])
        value += note(ledger, marks.EDIT, worth)
        worth = bits[marks.EDIT_KNOWN] * this[marks.M_KNOWN] * (1.0 if first == last else 0.5)
        value += note(ledger, marks.EDIT_KNOWN, worth)
        flags |= 1 << marks.F_SPELLING
    said = token[last, TYPED] if token[last, ROLE] not in (CSBM_TYPE, NOISE) else 0
    role = token[first, ROLE]
    if said in (AS_MAHALLE, AS_ILCE, AS_IL) or token[last, ROLE] == MAHALLE_TYPE:
        value += note(ledger, marks.AS_MAHALLE_BITS, bits[marks.AS_MAHALLE_BITS])
    elif role in (BUILDING, DIRECTION) and not (said and last > first):
        value += note(ledger, marks.AS_BUILDING, bits[marks.AS_BUILDING])
    elif said:
        if not _is_closed(token, count, last):
            value += note(ledger, marks.OPEN_END, bits[marks.OPEN_END])
            flags |= 1 << marks.F_OPEN_END
    else:
        value += note(ledger, marks.TYPE_MISSING, bits[marks.TYPE_MISSING])
        flags |= 1 << marks.F_UNMARKED
        if about[marks.A_TAIL] & mask_of(first, last):
            value += note(ledger, marks.AS_MAHALLE_BITS, bits[marks.AS_MAHALLE_BITS])
        if first > door_at:
            value += note(ledger, marks.IN_TAIL, bits[marks.IN_TAIL])
    if role == CSBM_TYPE:
        value += note(ledger, marks.AS_MAHALLE_BITS, bits[marks.AS_MAHALLE_BITS])
    if about[marks.A_BRACKETS] & (marks.ONE << first):
        value += note(ledger, marks.IN_BRACKETS, bits[marks.IN_BRACKETS])
    before, after = False, False
    for at in range(count):
        if token[at, ROLE] != CSBM_TYPE or about[marks.A_BRACKETS] & (marks.ONE << at):
            continue
        if at < first:
            before = True
        elif at > last and at != _after_name(token, count, last):
            after = after or door_at < last or at < door_at
    if flags >> marks.F_UNMARKED & 1 and (before or after):
        value += note(ledger, marks.NOT_NAMED, bits[marks.NOT_NAMED])
        flags |= 1 << marks.F_OTHER
    elif after:
        value += note(ledger, marks.OTHER_AFTER, bits[marks.OTHER_AFTER])
        flags |= 1 << marks.F_OTHER
    elif before and door_at >= 0 and first > door_at:
        value += note(ledger, marks.AS_BUILDING, bits[marks.AS_BUILDING])
        flags |= 1 << marks.F_OTHER
    elif before:
        value += note(ledger, marks.OTHER_BEFORE, bits[marks.OTHER_BEFORE])
    return value, flags, _left_over(token, count, first, last)


@compiled
def bits_of_left(
    token: NDArray, count: int, left: int, said: int, bits: NDArray, ledger: NDArray
) -> float:  # type: ignore[type-arg]
    """What the words left over in the segment of a name take away."""
    value = 0.0
    for at in range(count):
        if not left >> at & 1:
            continue
        kinds = token[at, CLASS]
        if kinds & marks.TITLE:
            value += note(ledger, marks.LEFT_TITLE, bits[marks.LEFT_TITLE])
        elif kinds & (marks.TYPES | marks.NOLU):
            continue
        elif said:
            value += note(ledger, marks.LEFT_WORD, bits[marks.LEFT_WORD])
        else:
            value += note(ledger, marks.LEFT_PLAIN, bits[marks.LEFT_PLAIN])
    return value


@compiled
def judge_where(
    mahalle: int, ilce: int, own: int, about: NDArray, mention: NDArray, mahalle_row: NDArray,
    mahalle_at: NDArray, ilce_row: NDArray, ilce_at: NDArray, ilce_marked: NDArray,
    own_bits: float, both_bits: float, ilce_bits: float, bits: NDArray, ledger: NDArray,
) -> tuple[float, int, int]:  # type: ignore[type-arg]  # fmt: skip
    """Evidence of mahalle, ilçe and il for one csbm: bits, findings, words explained.

    Few arrays and no tuples of them: this runs for every candidate.
    """
    row = about[marks.A_ROW]
    value, flags, mask = 0.0, np.int64(0), np.int64(about[marks.A_IL_MASK])
    agrees, less = False, 0.0
    if mahalle_row[mahalle] == row:
        this = mention[mahalle_at[mahalle]]
        words = mask_of(this[marks.M_FROM], this[marks.M_LAST])
        if not words & own:
            agrees = True
            mask |= words
            if this[marks.M_FORM] != FULL:
                less = max(0.0, own_bits - this[marks.M_SHARED] / marks.SHARES)
            worth = min(bits[marks.MAHALLE_CAP], own_bits - less)
            value += note(ledger, marks.MAHALLE_CAP, worth)
            if this[marks.M_FORM] != FULL:
                form = marks.MAHALLE_ALIAS if this[marks.M_FORM] == ALIAS else marks.MAHALLE_FORM
                value += note(ledger, form, bits[form])
                flags |= 1 << marks.F_MAHALLE_FORM
            if this[marks.M_EDITS]:
                worth = bits[marks.MAHALLE_EDIT] * this[marks.M_EDITS]
                # A word known from other names is no doubt where no mahalle has the marked name.
                if about[marks.A_EXACT] or this[marks.M_QUALITY] < marks.WHOLE:
                    worth += bits[marks.EDIT_KNOWN] * this[marks.M_KNOWN]
                value += note(ledger, marks.MAHALLE_EDIT, worth)
                flags |= 1 << marks.F_MAHALLE_SPELLING
            if this[marks.M_QUALITY] == marks.PARTIAL:
                value += note(ledger, marks.MAHALLE_PARTIAL, bits[marks.MAHALLE_PARTIAL])
            elif this[marks.M_QUALITY] == marks.UNMARKED:
                value += note(ledger, marks.MAHALLE_UNMARKED, bits[marks.MAHALLE_UNMARKED])
    if about[marks.A_MAHALLE] == mahalle:
        value += note(ledger, marks.MAHALLE_CODE, bits[marks.MAHALLE_CODE])
        agrees = True
    elif about[marks.A_MAHALLE] >= 0:
        value += note(ledger, marks.MAHALLE_CODE_DIFFERS, bits[marks.MAHALLE_CODE_DIFFERS])
        flags |= 1 << marks.F_MAHALLE_CODE_DIFFERS
    # Words that only touch the mahalle do not speak against the one the text marks in full.
    weak = agrees and mahalle_row[mahalle] == row
    weak = weak and mention[mahalle_at[mahalle], marks.M_QUALITY] < marks.WHOLE
    if not agrees or weak:
        if about[marks.A_MARKED]:
            if ilce_marked[ilce] == row:
                value += note(ledger, marks.MAHALLE_DIFFERS, bits[marks.MAHALLE_DIFFERS])
                flags |= 1 << marks.F_MAHALLE_DIFFERS
            elif about[marks.A_MARKED_KNOWN]:
                value += note(ledger, marks.MAHALLE_ELSEWHERE, bits[marks.MAHALLE_ELSEWHERE])
                flags |= 1 << marks.F_MAHALLE_DIFFERS
            elif not agrees:
                value += note(ledger, marks.MAHALLE_UNKNOWN, bits[marks.MAHALLE_UNKNOWN])
                flags |= 1 << marks.F_MAHALLE_UNKNOWN
        elif about[marks.A_BARE] & ~own and about[marks.A_BARE_MAHALLE] != mahalle:
            value += note(ledger, marks.MAHALLE_BARE, bits[marks.MAHALLE_BARE])
            flags |= 1 << marks.F_MAHALLE_DIFFERS
        elif not agrees:
            flags |= 1 << marks.F_MAHALLE_MISSING
    if ilce_row[ilce] == row:
        this = mention[ilce_at[ilce]]
        words = mask_of(this[marks.M_FROM], this[marks.M_LAST])
        if not words & own:
            mask |= words
            more = both_bits + less if agrees else ilce_bits
            value += note(ledger, marks.ILCE_CAP, min(bits[marks.ILCE_CAP], more))
            if this[marks.M_QUALITY] < 2:
                value += note(ledger, marks.ILCE_WEAK, bits[marks.ILCE_WEAK])
        elif about[marks.A_ILCE]:
            flags |= 1 << marks.F_ILCE_MISSING
    elif about[marks.A_ILCE]:
        # The name of a mahalle that lies in one ilçe only outweighs an ilçe written wrong.
        homonym = both_bits > 0.01 or not agrees
        differs = marks.ILCE_DIFFERS_HOMONYM if homonym else marks.ILCE_DIFFERS
        value += note(ledger, differs, bits[differs])
        flags |= 1 << marks.F_ILCE_DIFFERS
    else:
        flags |= 1 << marks.F_ILCE_MISSING
    if about[marks.A_IL] and not about[marks.A_IL_FOUND]:
        value += note(ledger, marks.IL_DIFFERS, bits[marks.IL_DIFFERS])
        flags |= 1 << marks.F_IL_DIFFERS
    return value, flags, mask


@compiled
def door_of(index: Index, csbm: int, number: int, code: np.uint64) -> int:
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
def judge_door(
    index: Index, work: Scratch, codes: NDArray, csbm: int, bits: NDArray, ledger: NDArray
) -> tuple[float, int, int]:  # type: ignore[type-arg]
    """Evidence of the door: bits, findings, place of the door or −1."""
    if index.door_start[csbm] == index.door_start[csbm + 1]:
        return 0.0, np.int64(1) << marks.F_NO_DOORS, np.int64(-1)
    first, end = work.parts[DOOR_AT], work.parts[DOOR_END]
    if first < 0:
        return 0.0, np.int64(1) << marks.F_DOOR_MISSING, np.int64(-1)
    number, code = door_code(codes, work.buffer, work.token, first, end)
    door = door_of(index, csbm, max(number, 0), code)
    if door >= 0:
        return note(ledger, marks.DOOR_FOUND, bits[marks.DOOR_FOUND]), np.int64(0), door
    for at in range(first + 1, end):
        if work.token[at, KIND] in (SLASH, DASH) and work.token[at, KIND] == SLASH:
            number, code = door_code(codes, work.buffer, work.token, first, at)
            door = door_of(index, csbm, max(number, 0), code)
            if door >= 0 and work.token[at + 1, KIND] == NUMBER:
                worth = note(ledger, marks.DOOR_SPLIT, bits[marks.DOOR_SPLIT])
                return worth, np.int64(1) << marks.F_DOOR_SPLIT, door
            break
    worth = note(ledger, marks.DOOR_NOT_FOUND, bits[marks.DOOR_NOT_FOUND])
    return worth, np.int64(1) << marks.F_DOOR_UNKNOWN, np.int64(-1)
