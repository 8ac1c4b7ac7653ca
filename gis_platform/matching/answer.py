"""The core's integers become answers: status, level, codes, place, reason, faults, candidates."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.core.text import upper
from gis_platform.matching import marks
from gis_platform.matching.cells import Column, Real, Texts, Whole, coded, kinds
from gis_platform.matching.columns import AddressBatch
from gis_platform.matching.kernel import Out
from gis_platform.matching.marks import DOOR_WIDTH, UNIT_WIDTH
from gis_platform.matching.model import (
    Action,
    MatchLevel,
    MatchReason,
    MatchStatus,
)  # fmt: skip
from gis_platform.matching.places import DOOR_ACCURACY_M, between_doors

STATUS = tuple(status.value for status in MatchStatus)
MATCHED, REVIEW, UNMATCHED = 0, 1, 2
LEVELS = (*(level.value for level in MatchLevel), "")
KAPI, BETWEEN, CSBM, MAHALLE, ILCE, NOWHERE = range(6)
REASONS = tuple(MatchReason)
_REASON_VALUES = tuple(reason.value for reason in REASONS)
_ACTIONS = (Action.ACCEPT.value, Action.REVIEW.value, Action.REFUSE.value)
_AT = {reason: at for at, reason in enumerate(REASONS)}
MAHALLE_SCORE = 0.97
"""Probability that a mahalle named alone, in full and in one ilçe only, is the one meant."""
SHOWN_CANDIDATES, SHOWN_BITS = 3, 7.0

FAULTS = {
    marks.F_SPELLING: "CSBM.spelled_wrong", marks.F_FORM: "CSBM.short_form",
    marks.F_ALIAS: "CSBM.other_name", marks.F_TYPE_MISSING: "CSBM_TUR.missing",
    marks.F_TYPE_DIFFERS: "CSBM_TUR.differs", marks.F_LEFT: "CSBM.words_left",
    marks.F_OTHER: "CSBM.several", marks.F_MAHALLE_MISSING: "MAHALLE.missing",
    marks.F_MAHALLE_DIFFERS: "MAHALLE.differs", marks.F_MAHALLE_UNKNOWN: "MAHALLE.unknown",
    marks.F_MAHALLE_SPELLING: "MAHALLE.spelled_wrong", marks.F_MAHALLE_FORM: "MAHALLE.other_name",
    marks.F_ILCE_MISSING: "ILCE.missing", marks.F_ILCE_DIFFERS: "ILCE.differs",
    marks.F_IL_DIFFERS: "IL.differs", marks.F_DOOR_MISSING: "DIS_KAPI.missing",
    marks.F_DOOR_UNKNOWN: "DIS_KAPI.unknown", marks.F_DOOR_SPLIT: "DIS_KAPI.holds_ic_kapi",
    marks.F_CODE_DIFFERS: "CSBM_KOD.differs", marks.F_MAHALLE_CODE_DIFFERS: "MAHALLE_KOD.differs",
}  # fmt: skip
"""Named faults by the bit of the core."""
CSBM_UNKNOWN, CSBM_MISSING = "CSBM.unknown", "CSBM.missing"


@dataclass(frozen=True)
class Answers:
    """Answers of a batch in arrays, one entry per row."""

    status: NDArray[np.int8]
    level: NDArray[np.int8]
    reason: NDArray[np.int8]
    score: NDArray[np.float64]
    csbm: NDArray[np.int64]
    mahalle: NDArray[np.int64]
    ilce: NDArray[np.int64]
    door: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    flags: NDArray[np.int64]


def _has(flags: NDArray[np.int64], *bits: int) -> NDArray[np.bool_]:
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return np.asarray((flags & mask) != 0)


def decide(matcher: Any, out: Out, accept: float, review: float) -> Answers:
    """Status, level, reason and coordinates of every row."""
    index, arrays = matcher.index, matcher.arrays
    flags, score = out.flags, out.score.copy()
    csbm = out.csbm[:, 0].astype(np.int64)
    decided = _has(flags, marks.F_DECIDED)
    score[decided] = 1.0
    is_named = csbm >= 0
    sure = is_named & (score >= accept)
    doubtful = is_named & ~sure & (score >= review)
    open_rows = ~(sure | doubtful)
    door = np.where(open_rows, -1, out.door)
    between = between_doors(
        arrays, out.number, np.where((sure & (door < 0))[:, None], out.near, -1),
        index.door_integer, csbm,
    )  # fmt: skip
    interpolated = sure & (door < 0) & between.good & ~decided
    level = np.full(len(csbm), NOWHERE, np.int8)
    mahalle, ilce = out.mahalle.astype(np.int64), out.ilce.astype(np.int64)
    level[ilce >= 0] = ILCE
    level[mahalle >= 0] = MAHALLE
    level[~open_rows] = CSBM
    level[interpolated] = BETWEEN
    level[~open_rows & (door >= 0)] = KAPI
    named = ~open_rows
    mahalle[named] = index.csbm_mahalle[csbm[named]]
    inside = mahalle >= 0
    ilce[inside] = index.mahalle_ilce[mahalle[inside]]
    only_place = open_rows & ~_has(flags, marks.F_CSBM_NAMED, marks.F_PLACE_WEAK, marks.F_EMPTY)
    only_place &= out.door_text[:, 0] == 0
    place_sure = only_place & (level == MAHALLE) & (accept <= MAHALLE_SCORE)
    status = np.full(len(csbm), UNMATCHED, np.int8)
    status[doubtful] = REVIEW
    status[sure | place_sure] = MATCHED
    score[open_rows & only_place & (level == MAHALLE)] = MAHALLE_SCORE
    lon, lat, accuracy = _coordinates(arrays, level, csbm, mahalle, ilce, door)
    for at, value in ((lon, between.lon), (lat, between.lat), (accuracy, between.accuracy)):
        at[interpolated] = value[interpolated]
    reason = _reasons(out, flags, sure, doubtful, level, decided)
    csbm = np.where(named, csbm, -1)
    return Answers(
        status, level, reason, score, csbm, mahalle, ilce, door, lon, lat, accuracy, flags
    )


def _coordinates(
    arrays: dict[str, NDArray[Any]], level: NDArray[Any], csbm: NDArray[Any],
    mahalle: NDArray[Any], ilce: NDArray[Any], door: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:  # fmt: skip
    out = [np.full(len(level), np.nan) for _ in range(3)]
    places = ((ILCE, ilce, "ilce"), (MAHALLE, mahalle, "mahalle"), (CSBM, csbm, "csbm"),
              (BETWEEN, csbm, "csbm"))  # fmt: skip
    for which, at, name in places:
        rows = level == which
        for target, what in zip(out, ("lon", "lat", "accuracy"), strict=True):
            target[rows] = arrays[f"{name}_{what}"][at[rows]]
    rows = level == KAPI
    out[0][rows], out[1][rows] = arrays["door_lon"][door[rows]], arrays["door_lat"][door[rows]]
    out[2][rows] = DOOR_ACCURACY_M
    bare = rows & np.isnan(out[0])
    for target, what in zip(out, ("lon", "lat", "accuracy"), strict=True):
        target[bare] = arrays[f"csbm_{what}"][csbm[bare]]
    return out[0], out[1], out[2]


def _reasons(
    out: Out, flags: NDArray[Any], sure: NDArray[Any], doubtful: NDArray[Any], level: NDArray[Any],
    decided: NDArray[Any],
) -> NDArray[np.int8]:  # fmt: skip
    gap = out.weight[:, 0] - out.weight[:, 1]
    close = (out.csbm[:, 1] >= 0) & (gap < 2.0)
    choices = [
        (decided, MatchReason.DECIDED_BY_HAND),
        (doubtful & close, MatchReason.AMBIGUOUS),
        (doubtful & _has(flags, marks.F_MAHALLE_DIFFERS), MatchReason.MAHALLE_DIFFERS),
        (doubtful, MatchReason.DOUBTFUL),
        (sure & (level == BETWEEN), MatchReason.BETWEEN_DOORS),
        (sure & _has(flags, marks.F_DOOR_UNKNOWN), MatchReason.DOOR_UNKNOWN),
        (sure & _has(flags, marks.F_CODE), MatchReason.CODE),
        (sure & _has(flags, marks.F_MAHALLE_DIFFERS), MatchReason.MAHALLE_DIFFERS),
        (sure & _has(flags, marks.F_SPELLING, marks.F_MAHALLE_SPELLING), MatchReason.SPELLING),
        (sure & _has(flags, marks.F_ALIAS), MatchReason.ALIAS),
        (sure & _has(flags, marks.F_FORM, marks.F_MAHALLE_FORM), MatchReason.VARIANT),
        (sure, MatchReason.EXACT),
        (_has(flags, marks.F_EMPTY), MatchReason.EMPTY),
        (
            (level == MAHALLE) & ~_has(flags, marks.F_CSBM_NAMED),
            MatchReason.CSBM_MISSING,
        ),
        (level == MAHALLE, MatchReason.CSBM_UNKNOWN),
        (level == ILCE, MatchReason.MAHALLE_UNKNOWN),
    ]
    values = [_AT[reason] for _, reason in choices]
    return np.select(
        [condition for condition, _ in choices], values, _AT[MatchReason.NOTHING_FOUND]
    ).astype(np.int8)


def expressions(codes: NDArray[np.uint32], width: int) -> NDArray[np.object_]:
    """Doors or units as text; empty where there is none."""
    which, said = _distinct(codes, width)
    return np.asarray(np.array(said, object)[which], object)


def units(out: Out) -> NDArray[np.object_]:
    """Units as text; of ``12/10``, answered as door 12, what stands behind the door."""
    said = expressions(out.unit_text, UNIT_WIDTH)
    behind = np.flatnonzero(_has(out.flags, marks.F_DOOR_SPLIT) & (out.unit_text[:, 0] == 0))
    if len(behind):
        written = expressions(out.door_text[behind], DOOR_WIDTH)
        said[behind] = [door.partition("/")[2] for door in written]
    return said


@lru_cache(maxsize=4096)
def fault_names(flags: int, reason: str) -> tuple[str, ...]:
    """The faults of a row by name."""
    names = [name for bit, name in FAULTS.items() if flags >> bit & 1]
    if reason == MatchReason.CSBM_UNKNOWN.value:
        names = [CSBM_UNKNOWN]
    elif reason == MatchReason.CSBM_MISSING.value:
        names = [CSBM_MISSING]
    return tuple(dict.fromkeys(names))


def unused_words(batch: AddressBatch, row: int, spans: NDArray[np.int32]) -> tuple[str, ...]:
    """Words nothing explains, as written."""
    return tuple(
        batch.codes[start:end].astype("<u4").tobytes().decode("utf-32-le", "replace")
        for start, end in spans.tolist()
        if start >= 0
    )


def shares(weights: NDArray[np.float32], best: NDArray[Any], null: float) -> NDArray[np.float64]:
    """Probability of each candidate kept, by its weight alone."""
    bits = np.where(best >= 0, weights.astype(float), -1000.0)
    top = np.maximum(bits[:, :1], null)
    parts = np.exp2(bits - top)
    return np.asarray(parts / (parts.sum(1, keepdims=True) + np.exp2(null - top)))


def codes_by_place(codes: NDArray[Any], at: NDArray[Any]) -> Whole:
    """Codes of places, missing where there is none."""
    missing = at < 0
    values = codes[np.where(missing, 0, at)] if len(codes) else np.zeros(len(at), np.int64)
    return Whole(np.asarray(values, np.int64), missing | (values < 0))


def candidates_cells(matcher: Any, out: Out, answers: Answers, null: float) -> Texts:
    """The candidates of rows not matched, as JSON; empty elsewhere."""
    which = np.full(len(answers.status), -1, np.int32)
    rows = np.flatnonzero((answers.status != MATCHED) & (out.csbm[:, 0] >= 0))
    share = shares(out.weight[rows], out.csbm[rows], null)
    behind = out.weight[rows, :1] - out.weight[rows]
    shown = (out.csbm[rows] >= 0) & (behind <= SHOWN_BITS)
    places = out.csbm[rows, :SHOWN_CANDIDATES].tolist()
    doors, share = out.door[rows].tolist(), share.round(4).tolist()
    counts = np.logical_and.accumulate(shown[:, :SHOWN_CANDIDATES], axis=1).sum(1).tolist()
    said = []
    for at, count in enumerate(counts):
        cells = [
            f"{matcher.short(csbm, doors[at] if slot == 0 else -1)}{share[at][slot]}}}"
            for slot, csbm in enumerate(places[at][:count])
        ]
        said.append(f"[{', '.join(cells)}]")
    which[rows] = np.arange(len(rows))
    return Texts(which, *kinds(said))


def result_columns(
    matcher: Any, batch: AddressBatch, out: Out, answers: Answers, *, explain: bool
) -> dict[str, Column]:
    """The columns of the contract, and those of the explanation where asked for."""
    arrays = matcher.index
    data: dict[str, Column] = {
        "match_status": coded(answers.status, STATUS),
        "match_level": coded(answers.level, LEVELS),
        "ilce_kod": codes_by_place(arrays.ilce_kod, answers.ilce),
        "mahalle_kod": codes_by_place(arrays.mahalle_kod, answers.mahalle),
        "csbm_kod": codes_by_place(arrays.csbm_kod, answers.csbm),
        "dis_kapi_no": _doors(matcher, out, answers),
        "ic_kapi_no": _unit_cells(out),
        "numarataj_kimlik_no": codes_by_place(matcher.arrays["door_kimlik"], answers.door),
        "lon": Real(answers.lon, 7),
        "lat": Real(answers.lat, 7),
        "score": Real(answers.score, 4),
        "reason": coded(answers.reason, _REASON_VALUES),
        "candidates": candidates_cells(matcher, out, answers, matcher.null_bits),
    }
    if explain:
        data |= _explanation(batch, out, answers)
    return data


def _doors(matcher: Any, out: Out, answers: Answers) -> Texts:
    """The door as registered where it was found, else as written."""
    which, said = _distinct(out.door_text, DOOR_WIDTH)
    exact = np.flatnonzero(answers.level == KAPI)
    texts, at = np.unique(matcher.arrays["door_text"][answers.door[exact]], return_inverse=True)
    which[exact] = at + len(said)
    known = [text.decode(errors="ignore") for text in matcher.arrays["door_texts"][texts].tolist()]
    return coded(which, [*said, *known])


def _unit_cells(out: Out) -> Texts:
    """``units`` as a column."""
    which, said = _distinct(out.unit_text, UNIT_WIDTH)
    behind = np.flatnonzero(_has(out.flags, marks.F_DOOR_SPLIT) & (out.unit_text[:, 0] == 0))
    written = expressions(out.door_text[behind], DOOR_WIDTH)
    which[behind] = np.arange(len(behind)) + len(said)
    return coded(which, [*said, *(door.partition("/")[2] for door in written)])


def _explanation(batch: AddressBatch, out: Out, answers: Answers) -> dict[str, Column]:
    gap = np.where(out.csbm[:, 1] >= 0, out.weight[:, 0] - out.weight[:, 1], 30.0).astype(float)
    gap = np.where(answers.csbm >= 0, np.minimum(gap, 30.0), 0.0)
    combined = answers.flags * 64 + answers.reason
    found, which = np.unique(combined, return_inverse=True)
    names = [" ".join(fault_names(int(k) >> 6, REASONS[int(k) & 63].value)) for k in found]
    return {
        "accuracy_m": Real(answers.accuracy, 1),
        "gap": Real(gap, 2),
        "faults": coded(which, names),
        "unused_words": Texts(
            np.arange(len(gap), dtype=np.int32), *_unused_words(batch.codes, out.unused)
        ),
        "action": coded(answers.status, _ACTIONS),
    }


@compiled
def _unused_words(codes: NDArray[Any], unused: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Words nothing explains, as written, in UTF-8 with blanks between them."""
    size = 0
    for row in range(len(unused)):
        for word in range(unused.shape[1]):
            size += 4 * (unused[row, word, 1] - unused[row, word, 0]) + 1
    data, bounds, at = np.empty(size, np.uint8), np.zeros(len(unused) + 1, np.int32), 0
    for row in range(len(unused)):
        begin = at
        for word in range(unused.shape[1]):
            if unused[row, word, 0] < 0:
                continue
            if at > begin:
                data[at] = 32
                at += 1
            for place in range(unused[row, word, 0], unused[row, word, 1]):
                at = _encode(np.uint32(codes[place]), data, at)
        bounds[row + 1] = at
    return data[:at].copy(), bounds


@compiled
def _encode(point: int, data: NDArray[Any], at: int) -> int:
    """Write a code point in UTF-8; what is none becomes U+FFFD. Returns where it ends."""
    if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        point = np.uint32(0xFFFD)
    if point < 0x80:
        data[at] = point
        return at + 1
    if point < 0x800:
        data[at], data[at + 1] = 0xC0 | point >> 6, 0x80 | point & 0x3F
        return at + 2
    if point < 0x10000:
        data[at], data[at + 1] = 0xE0 | point >> 12, 0x80 | point >> 6 & 0x3F
        data[at + 2] = 0x80 | point & 0x3F
        return at + 3
    data[at], data[at + 1] = 0xF0 | point >> 18, 0x80 | point >> 12 & 0x3F
    data[at + 2], data[at + 3] = 0x80 | point >> 6 & 0x3F, 0x80 | point & 0x3F
    return at + 4


@compiled
def _hashes(codes: NDArray[Any]) -> NDArray[Any]:
    out = np.zeros(len(codes), np.uint64)
    for row in range(len(codes)):
        value = np.uint64(14695981039346656037)
        for place in range(codes.shape[1]):
            if codes[row, place] == 0:
                break
            value = (value ^ np.uint64(codes[row, place])) * np.uint64(1099511628211)
            value ^= value >> np.uint64(29)
        out[row] = value
    return out


def _distinct(codes: NDArray[np.uint32], width: int) -> tuple[NDArray[np.int32], list[str]]:
    """Distinct texts, and which each row holds."""
    _, first, which = np.unique(_hashes(codes), return_index=True, return_inverse=True)
    kept = codes[first]
    if not np.array_equal(kept[which], codes):  # two texts of one hash
        kept, which = np.unique(codes, axis=0, return_inverse=True)
    said = np.ascontiguousarray(kept).view(f"<U{width}").ravel().tolist()
    return which.astype(np.int32).ravel(), [upper(text) for text in said]
