"""All evidence is added up for every csbm a text may name, and the best are kept."""

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.roles import AS_CSBM, AS_YOL, CSBM_TYPE, DOOR_AT, NOISE
from gis_platform.address.tokens import KIND, NUMBER, ROLE, TYPED
from gis_platform.matching import marks
from gis_platform.matching.evidence import (
    bits_of_left,
    judge_csbm,
    judge_door,
    judge_where,
    mask_of,
)  # fmt: skip
from gis_platform.matching.index import IS_CSBM, IS_ILCE, IS_MAHALLE, IS_ONE_CSBM, Index
from gis_platform.matching.ledger import NAMED, NOW, begin, copy, note
from gis_platform.matching.scratch import KEPT, Scratch


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
    ledger: NDArray,
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
        copy(ledger, slot, slot - 1)
        slot -= 1
    best[slot], weight[slot], which[slot] = csbm, value, source
    doors[slot], flags[slot], used[slot] = door, flag, mask
    copy(ledger, slot, NOW)


@compiled
def remove_candidate(work: Scratch, slot: int, ledger: NDArray) -> None:  # type: ignore[type-arg]
    """Take a candidate out; those behind it move up."""
    for at in range(slot, KEPT - 1):
        if len(ledger):
            ledger[at] = ledger[at + 1]
        work.best[at], work.weight[at] = work.best[at + 1], work.weight[at + 1]
        work.which[at], work.doors[at] = work.which[at + 1], work.doors[at + 1]
        work.flags[at], work.used[at] = work.flags[at + 1], work.used[at + 1]
    work.best[KEPT - 1] = -1


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
def _ranges_of(
    mention: NDArray, which: int, found: int, start: int, end: int, csbm_place: NDArray,
    mahalle_ilce: NDArray, mahalle_at: NDArray, ilce_at: NDArray, about: NDArray, ranges: NDArray,
) -> int:  # fmt: skip
    """Which csbm of a name to weigh: all of a few, of many those in the places the text names."""
    if end - start <= marks.FEW:
        ranges[0, 0], ranges[0, 1] = start, end
        return 1
    count = 0
    for other in range(found):
        there = mention[other]
        if there[marks.M_QUALITY] <= 0 or count >= len(ranges):
            continue
        if there[marks.M_KIND] == IS_MAHALLE and mahalle_at[there[marks.M_ID]] == other:
            key = (np.int64(mahalle_ilce[there[marks.M_ID]]) << 20) | there[marks.M_ID]
            low, high = _range_of(csbm_place, start, end, key, key + 1)
        elif there[marks.M_KIND] == IS_ILCE and ilce_at[there[marks.M_ID]] == other:
            key = there[marks.M_ID] << 20
            low, high = _range_of(csbm_place, start, end, key, key + (1 << 20))
        else:
            continue
        if high > low:
            ranges[count, 0], ranges[count, 1] = low, high
            count += 1
    if count or about[marks.A_MARKED_KNOWN] or about[marks.A_ILCE]:
        return count
    ranges[0, 0], ranges[0, 1] = start, min(end, start + marks.MAX_SCAN)
    return 1


@compiled
def weigh_all(
    index: Index, work: Scratch, codes: NDArray, found: int, total: int, bits: NDArray,
    ledger: NDArray,
) -> None:  # fmt: skip
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
    door_at, given, row = work.parts[DOOR_AT], about[marks.A_CSBM], about[marks.A_ROW]
    reach = (
        bits[marks.MAHALLE_CAP]
        + bits[marks.ILCE_CAP]
        + bits[marks.TYPE_AGREES]
        + bits[marks.DOOR_FOUND]
    )
    for which in range(found):
        kind, number = mention[which, marks.M_KIND], mention[which, marks.M_ID]
        if kind not in (IS_CSBM, IS_ONE_CSBM):
            continue
        first_of_name, end_of_name = number, number + 1
        if kind == IS_CSBM:
            first_of_name, end_of_name = name_start[number], name_start[number + 1]
        begin(ledger)
        named, named_flags, left = judge_csbm(
            token, mention[which], about, door_at, end_of_name - first_of_name, total, bits,
            ledger,
        )  # fmt: skip
        copy(ledger, NAMED, NOW)
        least = bits[marks.NULL] - marks.FAR_BELOW
        if best[0] >= 0:
            least = max(least, weight[0] - marks.OUT_OF_SIGHT)
        if named + reach < least and given < 0:
            continue
        first, last = mention[which, marks.M_FROM], mention[which, marks.M_LAST]
        own = mask_of(first, last)
        said = token[last, TYPED]
        if token[last, ROLE] in (CSBM_TYPE, NOISE):
            said = 0
        ceiling = (
            named + bits[marks.TYPE_AGREES] + bits[marks.DOOR_FOUND] + bits[marks.MAHALLE_CODE]
        )
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
                    and ceiling < weight[0] - marks.OUT_OF_SIGHT
                    and given != csbm
                ):
                    continue
                copy(ledger, NOW, NAMED)
                value, flags, explained = judge_where(
                    mahalle, ilce, own, about, mention, mahalle_row, mahalle_at, ilce_row, ilce_at,
                    ilce_marked, mahalle_bits[mahalle], both_bits[mahalle], ilce_bits[ilce], bits,
                    ledger,
                )  # fmt: skip
                value += named
                flags |= named_flags
                rest = left & ~explained
                if rest:
                    value += bits_of_left(token, about[marks.A_COUNT], rest, said, bits, ledger)
                    flags |= 1 << marks.F_LEFT
                tur = csbm_tur[csbm]
                if 1 <= said < AS_YOL and 0 <= tur < AS_YOL:
                    if said == tur or (tur == 0 and said == 4):
                        value += note(ledger, marks.TYPE_AGREES, bits[marks.TYPE_AGREES])
                    else:
                        value += note(ledger, marks.TYPE_DIFFERS, bits[marks.TYPE_DIFFERS])
                        flags |= 1 << marks.F_TYPE_DIFFERS
                elif said == 0:
                    flags |= 1 << marks.F_TYPE_MISSING
                if given == csbm:
                    value += note(ledger, marks.CODE_AGREES, bits[marks.CODE_AGREES])
                    flags |= 1 << marks.F_CODE
                elif given != -1:
                    value += note(ledger, marks.CODE_DIFFERS, bits[marks.CODE_DIFFERS])
                    flags |= 1 << marks.F_CODE_DIFFERS
                door = np.int64(-1)
                if door_start[csbm] == door_start[csbm + 1]:
                    flags |= 1 << marks.F_NO_DOORS
                elif best[KEPT - 1] < 0 or value + bits[marks.DOOR_FOUND] >= weight[KEPT - 1]:
                    door_bits, door_flags, door = judge_door(index, work, codes, csbm, bits, ledger)
                    value += door_bits
                    flags |= door_flags
                if best[KEPT - 1] < 0 or value >= weight[KEPT - 1]:
                    _insert(
                        best, weight, kept_which, kept_doors, kept_flags, kept_used, csbm, value,
                        which, door, flags, own | explained, ledger,
                    )  # fmt: skip


@compiled
def weigh_given(
    index: Index, work: Scratch, codes: NDArray, found: int, bits: NDArray, ledger: NDArray
) -> None:  # type: ignore[type-arg]
    """The csbm whose code is given, even if its name is not in the text."""
    csbm = work.about[marks.A_CSBM]
    if csbm < 0:
        return
    for slot in range(KEPT):
        if work.best[slot] == csbm:
            return
    mahalle = index.csbm_mahalle[csbm]
    ilce = index.mahalle_ilce[mahalle]
    begin(ledger)
    where, flags, explained = judge_where(
        mahalle, ilce, np.int64(0), work.about, work.mention, work.mahalle_row, work.mahalle_at,
        work.ilce_row, work.ilce_at, work.ilce_marked, index.mahalle_bits[mahalle],
        index.mahalle_ilce_bits[mahalle], index.ilce_bits[ilce], bits, ledger,
    )  # fmt: skip
    door_bits, door_flags, door = judge_door(index, work, codes, csbm, bits, ledger)
    value = note(ledger, marks.CODE_AGREES, bits[marks.CODE_AGREES]) + where + door_bits
    flags |= door_flags | 1 << marks.F_CODE
    for at in range(work.about[marks.A_COUNT]):
        if work.token[at, ROLE] == CSBM_TYPE or work.token[at, TYPED] == AS_CSBM:
            value += note(ledger, marks.CODE_DIFFERS, bits[marks.CODE_DIFFERS])
            flags |= 1 << marks.F_CODE_DIFFERS
            break
    _insert(
        work.best, work.weight, work.which, work.doors, work.flags, work.used, csbm, value, -1,
        door, flags, explained, ledger,
    )  # fmt: skip


@compiled
def best_mahalle(index: Index, work: Scratch, found: int) -> int:
    """The mahalle the text names, −1 where it names none or several."""
    about, mention = work.about, work.mention
    if about[marks.A_MAHALLE] >= 0:
        return about[marks.A_MAHALLE]
    best, rank, twice = -1, -1000, False
    for which in range(found):
        this = mention[which]
        if this[marks.M_KIND] != IS_MAHALLE or this[marks.M_QUALITY] < marks.PARTIAL:
            continue
        ilce = index.mahalle_ilce[this[marks.M_ID]]
        if about[marks.A_ILCE] and work.ilce_row[ilce] != about[marks.A_ROW]:
            continue
        if this[marks.M_EDITS] and this[marks.M_KNOWN]:
            continue
        here = this[marks.M_QUALITY] * 100 - this[marks.M_EDITS] * 20 - this[marks.M_FORM]
        if work.ilce_row[ilce] == about[marks.A_ROW]:
            here += 50
        if here > rank:
            best, rank, twice = this[marks.M_ID], here, False
        elif here == rank and this[marks.M_ID] != best:
            twice = True
    return -1 if twice else best


@compiled
def best_ilce(index: Index, work: Scratch, found: int) -> int:
    """The ilçe the text names, −1 where it names none or several."""
    best, twice = -1, False
    for which in range(found):
        this = work.mention[which]
        if (
            this[marks.M_KIND] == IS_ILCE
            and this[marks.M_QUALITY] == 2
            and this[marks.M_EDITS] == 0
        ):
            twice = twice or (best >= 0 and best != this[marks.M_ID])
            best = this[marks.M_ID]
    return -1 if twice else best


@compiled
def _homonyms(index: Index, work: Scratch, bits: NDArray) -> float:
    """How likely a namesake of the mahalle is meant, in which the csbm is not registered.

    Counts only where the text names no ilçe and several mahalle have the name; the commoner the
    name of the csbm, the likelier such a chance hit (every other mahalle has an Atatürk Caddesi).
    """
    alone = (
        work.flags[0] >> marks.F_ILCE_MISSING & 1
        and not work.flags[0] >> marks.F_MAHALLE_MISSING & 1
    )
    if not alone or work.about[marks.A_MAHALLE] >= 0:
        return 0.0
    csbm = work.best[0]
    name = index.csbm_name[csbm]
    namesakes = 2.0 ** index.mahalle_ilce_bits[index.csbm_mahalle[csbm]] - 1.0
    same = index.name_start[name + 1] - index.name_start[name]
    first = work.mention[max(work.which[0], 0), marks.M_FROM]
    if work.token[first, KIND] == NUMBER:
        same *= marks.NUMBERED
    return namesakes * same / len(index.mahalle_kod) * bits[marks.HOMONYM_SHARE]


@compiled
def log_odds(index: Index, work: Scratch, bits: NDArray) -> float:
    """Of the best candidate, by the evidence alone, against the others and against none of them."""
    if work.best[0] < 0:
        return -60.0
    others = 2.0 ** max(-60.0, bits[marks.NULL] - work.weight[0]) + _homonyms(index, work, bits)
    for slot in range(1, KEPT):
        if work.best[slot] >= 0:
            others += 2.0 ** max(-60.0, work.weight[slot] - work.weight[0])
    return -np.log(others)
