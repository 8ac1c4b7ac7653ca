"""The compiled core: the texts of a batch become ranked csbm with their evidence, in integers.

For each row: tokens and roles (``address``), every run of words looked up as the name of a csbm,
mahalle, ilçe or il, near words for those nobody knows; then the evidence of all components is added
up for each csbm so named. No chain of rules decides: the sum does, against the hypothesis that the
true csbm is not registered at all.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled, unowned
from gis_platform.address.roles import (
    AS_CSBM,
    AS_YOL,
    CSBM_TYPE,
    DOOR_AT,
    DOOR_END,
    NAME,
    UNIT_AT,
    UNIT_END,
    tag,
)  # fmt: skip
from gis_platform.address.tokens import (
    CLASS,
    DASH,
    FIELD,
    FROM,
    KIND,
    MAX_TOKENS,
    NUMBER,
    ROLE,
    SLASH,
    TO,
    TYPED,
    VALUE,
    WORD,
    tokenize,
)  # fmt: skip
from gis_platform.address.words import WordTable
from gis_platform.matching import marks
from gis_platform.matching.calibration import calibrated, write_features
from gis_platform.matching.doors import door_code
from gis_platform.matching.evidence import bracketed, judge_places, mask_of
from gis_platform.matching.fuzzy import first_of
from gis_platform.matching.index import IS_ILCE, IS_MAHALLE, Index
from gis_platform.matching.mentions import find_names, find_near_names, name_crowds
from gis_platform.matching.phrases import ALIAS, key_hash
from gis_platform.matching.ranking import (
    best_ilce,
    best_mahalle,
    log_odds,
    remove_candidate,
    weigh_all,
    weigh_given,
)  # fmt: skip
from gis_platform.matching.scratch import KEPT, Scratch


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


class Out(NamedTuple):
    """What the core writes for each row."""

    csbm: NDArray[np.int32]
    weight: NDArray[np.float32]
    flags: NDArray[np.int64]
    door: NDArray[np.int64]
    near: NDArray[np.int64]
    score: NDArray[np.float64]
    odds: NDArray[np.float64]
    mahalle: NDArray[np.int32]
    ilce: NDArray[np.int32]
    number: NDArray[np.int32]
    door_text: NDArray[np.uint32]
    unit_text: NDArray[np.uint32]
    unused: NDArray[np.int32]
    alias: NDArray[np.int32]


def new_out(rows: int) -> Out:
    """Empty answers for so many rows."""
    return Out(
        np.full((rows, KEPT), -1, np.int32), np.zeros((rows, KEPT), np.float32),
        np.zeros(rows, np.int64), np.full(rows, -1, np.int64), np.full((rows, 2), -1, np.int64),
        np.zeros(rows, np.float64), np.zeros(rows, np.float64), np.full(rows, -1, np.int32),
        np.full(rows, -1, np.int32), np.full(rows, -1, np.int32),
        np.zeros((rows, marks.DOOR_WIDTH), np.uint32),
        np.zeros((rows, marks.UNIT_WIDTH), np.uint32),
        np.full((rows, marks.UNUSED, 2), -1, np.int32), np.full((rows, 2), -1, np.int32),
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
    for at in range(work.about[marks.A_COUNT]):
        free = work.token[at, KIND] in (WORD, NUMBER) and work.token[at, ROLE] == NAME
        if (
            free
            and not used >> at & 1
            and not work.token[at, CLASS] & marks.TYPES
            and filled < marks.UNUSED
        ):
            out[filled, 0], out[filled, 1] = work.token[at, FROM], work.token[at, TO]
            filled += 1
    work.about[marks.A_UNUSED] = filled


@compiled
def _begin(work: Scratch, count: int, given_csbm: int, given_mahalle: int) -> None:
    turn = work.about[marks.A_ROW] + 1
    work.about[:] = 0
    work.about[marks.A_COUNT], work.about[marks.A_ROW] = count, turn
    work.about[marks.A_CSBM], work.about[marks.A_MAHALLE] = given_csbm, given_mahalle
    work.about[marks.A_BRACKETS] = bracketed(work.token, count)
    work.best[:] = -1
    work.weight[:] = 0.0


@compiled
def match_row(
    index: Index, codes: NDArray, starts: NDArray, fields: NDArray, row: int, folds: NDArray,
    table: WordTable, bits: NDArray, given_csbm: int, given_mahalle: int, il_count: int,
    work: Scratch, ledger: NDArray,
) -> int:  # type: ignore[type-arg]  # fmt: skip
    """Read, look up and weigh one row; the ranking is left in ``work``. Returns the mentions."""
    count = _read_row(codes, starts, fields, row, folds, table, work)
    tag(work.token, work.hashes, count, table, work.parts)
    _begin(work, count, given_csbm, given_mahalle)
    total = len(index.csbm_kod)
    found = find_names(index, work.token, work.hashes, count, work.mention)
    found = find_near_names(
        index, work.buffer, work.token, work.hashes, count, work.mention, found, work.keys,
        work.words, work.edits, False,
    )  # fmt: skip
    found = name_crowds(index, work.mention, found, work.words)
    judge_places(index, work, found, il_count)
    weigh_all(index, work, codes, found, total, bits, ledger)
    is_unknown = work.about[marks.A_MARKED] and not work.about[marks.A_EXACT]
    if work.best[0] < 0 or work.weight[0] < bits[marks.NULL] or is_unknown:
        more = find_near_names(
            index, work.buffer, work.token, work.hashes, count, work.mention, found, work.keys,
            work.words, work.edits, True,
        )  # fmt: skip
        if more > found:
            found = name_crowds(index, work.mention, more, work.words)
            judge_places(index, work, found, il_count)
            work.best[:] = -1
            weigh_all(index, work, codes, found, total, bits, ledger)
    weigh_given(index, work, codes, found, bits, ledger)
    return found


@compiled
def _names_csbm(work: Scratch) -> bool:
    """Whether the text names a csbm at all, known or not."""
    for at in range(work.about[marks.A_COUNT]):
        if work.token[at, ROLE] == CSBM_TYPE:
            return True
        if work.token[at, TYPED] in (AS_YOL, AS_CSBM):
            return True
    return False


@compiled
def _match_rows(
    index: Index, codes: NDArray, starts: NDArray, fields: NDArray, first: int, end: int,
    folds: NDArray, table: WordTable, bits: NDArray, given_csbm: NDArray, given_mahalle: NDArray,
    given_key: NDArray, il_count: int, out: Out, work: Scratch, ledger: NDArray,
) -> None:  # type: ignore[type-arg]  # fmt: skip
    """``match_rows``, its arrays lent to it."""
    calibration = bits[marks.BITS_END :]
    features = work.features
    for row in range(first, end):
        found = match_row(
            index, codes, starts, fields, row, folds, table, bits, given_csbm[row],
            given_mahalle[row], il_count, work, ledger,
        )  # fmt: skip
        parts, flags = work.parts, np.int64(0)
        key = np.uint64(0)
        if len(index.decision_key) or len(index.refused_key):
            key = key_hash(work.token, work.hashes, work.about[marks.A_COUNT])
        if _drop_refused(index, work, given_key[row], ledger) | _drop_refused(
            index, work, key, ledger
        ):
            flags |= 1 << marks.F_REFUSED
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
        odds = log_odds(index, work, bits)
        out.odds[row] = odds
        used = np.int64(work.about[marks.A_IL_MASK])
        is_likely = work.best[0] >= 0 and odds >= marks.LIKELY
        if work.best[0] >= 0:
            flags |= work.flags[0] | _note_alias(index, work, out.alias[row])
            used |= work.used[0] if is_likely else np.int64(0)
            out.door[row] = work.doors[0]
            if flags >> marks.F_DOOR_UNKNOWN & 1:
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
            flags |= 1 << marks.F_CSBM_NAMED
        if work.about[marks.A_MARKED]:
            flags |= 1 << marks.F_MAHALLE_NAMED
        if work.about[marks.A_COUNT] == 0:
            flags |= 1 << marks.F_EMPTY
        if work.about[marks.A_UNUSED]:
            flags |= 1 << marks.F_PLACE_WEAK
        if work.best[0] >= 0:
            gap = work.weight[0] - work.weight[1] if work.best[1] >= 0 else marks.NO_OTHER
            name = index.csbm_name[work.best[0]]
            same = index.name_start[name + 1] - index.name_start[name]
            write_features(odds, gap, flags, work.about[marks.A_UNUSED], same, features)
            out.score[row] = calibrated(features, calibration)
        flags |= _decide(index, given_key[row], key, out, row)
        out.flags[row] = flags


@compiled
def _used_by_places(work: Scratch, found: int, mahalle: int, ilce: int) -> np.int64:
    """Words that name the mahalle or the ilçe, as often as they do."""
    used = np.int64(0)
    for which in range(found):
        this = work.mention[which]
        is_mahalle = this[marks.M_KIND] == IS_MAHALLE and this[marks.M_ID] == mahalle
        if this[marks.M_QUALITY] and (
            is_mahalle or (this[marks.M_KIND] == IS_ILCE and this[marks.M_ID] == ilce)
        ):
            used |= mask_of(this[marks.M_FROM], this[marks.M_LAST])
    return used


@compiled
def _decide(index: Index, given_key: np.uint64, key: np.uint64, out: Out, row: int) -> np.int64:
    """What a person decided about this very address, or about its adres no."""
    for asked in (given_key, key):
        if asked == 0:
            continue
        at = first_of(index.decision_key, asked)
        if at < len(index.decision_key) and index.decision_key[at] == asked:
            csbm, door = index.decision_csbm[at], index.decision_door[at]
            if csbm < 0:
                continue
            out.csbm[row, 0], out.door[row] = csbm, door
            return np.int64(1) << marks.F_DECIDED
    return np.int64(0)


@compiled
def _drop_refused(index: Index, work: Scratch, key: np.uint64, ledger: NDArray) -> bool:  # type: ignore[type-arg]
    """Take away the candidates that a person refused for this very address; whether any was."""
    if key == 0 or len(index.refused_key) == 0:
        return False
    dropped = False
    at = first_of(index.refused_key, key)
    while at < len(index.refused_key) and index.refused_key[at] == key:
        csbm, door = index.refused_csbm[at], index.refused_door[at]
        for slot in range(KEPT):
            if work.best[slot] == csbm and (door < 0 or work.doors[slot] == door):
                remove_candidate(work, slot, ledger)
                dropped = True
                break
        at += 1
    return dropped


@compiled
def _note_alias(index: Index, work: Scratch, out: NDArray) -> np.int64:  # type: ignore[type-arg]
    """Write where the other name stands by which the best csbm or its mahalle was found."""
    which = work.which[0]
    if which >= 0 and work.mention[which, marks.M_FORM] == ALIAS:
        _write_span(work, which, out)
        return np.int64(0)
    mahalle = index.csbm_mahalle[work.best[0]]
    if work.mahalle_row[mahalle] == work.about[marks.A_ROW]:
        which = work.mahalle_at[mahalle]
        if work.mention[which, marks.M_FORM] == ALIAS:
            _write_span(work, which, out)
            return np.int64(1) << marks.F_PLACE_ALIAS
    return np.int64(0)


@compiled
def _write_span(work: Scratch, which: int, out: NDArray) -> None:  # type: ignore[type-arg]
    """Where the words of a mention stand in the text."""
    out[0] = work.token[work.mention[which, marks.M_FROM], FROM]
    out[1] = work.token[work.mention[which, marks.M_LAST], TO]


@compiled
def match_rows(
    index: Index, codes: NDArray, starts: NDArray, fields: NDArray, first: int, end: int,
    folds: NDArray, table: WordTable, bits: NDArray, given_csbm: NDArray, given_mahalle: NDArray,
    given_key: NDArray, il_count: int, out: Out, work: Scratch, ledger: NDArray,
) -> None:  # type: ignore[type-arg]  # fmt: skip
    """Answer the rows ``first`` to ``end`` of a batch; writes only their places in ``out``.

    The ranking of the last row is left in ``work``, and its parts in a ledger that has rows.
    """
    _match_rows(
        unowned(index), unowned(codes), unowned(starts), unowned(fields), first, end,
        unowned(folds), unowned(table), unowned(bits), unowned(given_csbm), unowned(given_mahalle),
        unowned(given_key), il_count, unowned(out), unowned(work), unowned(ledger),
    )  # fmt: skip
    work.about[0] = work.about[0]  # used here, so that it lives until here
