"""The core's integers become answers: status, level, codes, place, reason, faults, candidates."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.core.text import upper
from gis_platform.matching import marks
from gis_platform.matching.cells import Column, Real, Texts, Whole, coded, kinds
from gis_platform.matching.columns import AddressBatch
from gis_platform.matching.decide import KAPI, MATCHED, REASONS, Answers
from gis_platform.matching.kernel import Out
from gis_platform.matching.marks import DOOR_WIDTH, UNIT_WIDTH
from gis_platform.matching.model import (
    Action,
    MatchLevel,
    MatchReason,
    MatchStatus,
)  # fmt: skip

STATUS = tuple(status.value for status in MatchStatus)
LEVELS = (*(level.value for level in MatchLevel), "")
_REASON_VALUES = tuple(reason.value for reason in REASONS)
_ACTIONS = (Action.ACCEPT.value, Action.REVIEW.value, Action.REFUSE.value)
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


def _has(flags: NDArray[np.int64], *bits: int) -> NDArray[np.bool_]:
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return np.asarray((flags & mask) != 0)


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


def shares(
    weights: NDArray[Any], best: NDArray[Any], score: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probability of each candidate kept: the score of the best, the others by their distance."""
    behind = np.where(best >= 0, weights.astype(float) - weights[:, :1], -1000.0)
    parts = np.exp2(behind) * score[:, None]
    others = parts[:, 1:].sum(1, keepdims=True)
    room = np.maximum(1.0 - parts[:, :1], 0.0)
    parts[:, 1:] *= np.minimum(1.0, room / np.maximum(others, 1e-12))
    return np.asarray(parts)


def codes_by_place(codes: NDArray[Any], at: NDArray[Any]) -> Whole:
    """Codes of places, missing where there is none."""
    missing = at < 0
    values = codes[np.where(missing, 0, at)] if len(codes) else np.zeros(len(at), np.int64)
    return Whole(np.asarray(values, np.int64), missing | (values < 0))


def candidates_cells(matcher: Any, out: Out, answers: Answers) -> Texts:
    """The candidates of rows not matched, as JSON; empty elsewhere."""
    which = np.full(len(answers.status), -1, np.int32)
    rows = np.flatnonzero((answers.status != MATCHED) & (out.csbm[:, 0] >= 0))
    share = shares(out.weight[rows], out.csbm[rows], out.score[rows])
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
        "candidates": candidates_cells(matcher, out, answers),
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
        "alias": _alias_cells(batch, out, answers),
        "action": coded(answers.status, _ACTIONS),
    }


def _alias_cells(batch: AddressBatch, out: Out, answers: Answers) -> Texts:
    """The other name by which a csbm or its mahalle was found, as written; empty elsewhere."""
    is_told = (answers.csbm >= 0) & ~_has(answers.flags, marks.F_DECIDED)
    spans = np.where(is_told[:, None], out.alias, np.int32(-1))[:, None, :]
    rows = np.arange(len(is_told), dtype=np.int32)
    return Texts(rows, *_unused_words(batch.codes, np.ascontiguousarray(spans)))


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
