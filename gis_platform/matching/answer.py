"""The core's integers become answers: status, level, codes, place, reason, faults, candidates."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.core.text import upper
from gis_platform.matching import marks
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

STATUS = np.array([status.value for status in MatchStatus], object)
MATCHED, REVIEW, UNMATCHED = 0, 1, 2
LEVELS = np.array([*(level.value for level in MatchLevel), ""], object)
KAPI, BETWEEN, CSBM, MAHALLE, ILCE, NOWHERE = range(6)
REASONS = tuple(MatchReason)
_REASON_VALUES = np.array([reason.value for reason in REASONS], object)
_ACTIONS = np.array([Action.ACCEPT.value, Action.REVIEW.value, Action.REFUSE.value], object)
_AT = {reason: at for at, reason in enumerate(REASONS)}
MAHALLE_SCORE = 0.97
"""Probability that a mahalle named alone, in full and in one ilçe only, is the one meant."""
SURE_TOGETHER = 0.6
"""Probability of a csbm, whichever of its parts, from which it goes to a person."""
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
    doubtful |= is_named & ~sure & (_together(matcher, out, ~sure & ~doubtful) >= SURE_TOGETHER)
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


def _together(matcher: Any, out: Out, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probability that one of the candidates of the best one's name and ilçe is meant.

    A csbm that runs through seven mahalle has seven codes: none is likely by itself, and yet the
    csbm is known; a person chooses the part.
    """
    index, sums = matcher.index, np.zeros(len(rows))
    at = np.flatnonzero(rows & (out.csbm[:, 0] >= 0))
    if len(at):
        csbm = out.csbm[at]
        ilce = index.mahalle_ilce[index.csbm_mahalle[csbm]]
        same = (index.csbm_name[csbm] == index.csbm_name[csbm[:, :1]]) & (ilce == ilce[:, :1])
        share = shares(out.weight[at], csbm, matcher.null_bits)
        sums[at] = np.where(same & (csbm >= 0), share, 0.0).sum(1)
    return sums


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
    texts = np.ascontiguousarray(codes).view(f"<U{width}").ravel()
    kinds, which = pd.factorize(texts)[1], pd.factorize(texts)[0]
    said = np.array([upper(str(kind)) for kind in kinds], object)
    return said[which] if len(said) else np.zeros(0, object)


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


def codes_by_place(codes: NDArray[Any], at: NDArray[Any]) -> pd.api.extensions.ExtensionArray:
    """Codes of places, missing where there is none."""
    missing = at < 0
    values = codes[np.where(missing, 0, at)] if len(codes) else np.zeros(len(at), np.int64)
    return pd.arrays.IntegerArray(np.asarray(values, np.int64).copy(), missing | (values < 0))


def candidates_cells(matcher: Any, out: Out, answers: Answers, null: float) -> NDArray[np.object_]:
    """The candidates of rows not matched, as JSON; empty elsewhere."""
    cells = np.full(len(answers.status), "", object)
    rows = np.flatnonzero((answers.status != MATCHED) & (out.csbm[:, 0] >= 0))
    if not len(rows):
        return cells
    share = shares(out.weight[rows], out.csbm[rows], null)
    for place, row in enumerate(rows.tolist()):
        shown = []
        for slot in range(SHOWN_CANDIDATES):
            csbm = int(out.csbm[row, slot])
            if csbm < 0 or out.weight[row, 0] - out.weight[row, slot] > SHOWN_BITS:
                break
            door = int(out.door[row]) if slot == 0 else -1
            shown.append(matcher.short(csbm, door, float(share[place, slot])))
        cells[row] = json.dumps(shown, ensure_ascii=False)
    return cells


def result_frame(matcher: Any, batch: AddressBatch, out: Out, answers: Answers, *, explain: bool,
                 index: pd.Index) -> pd.DataFrame:  # fmt: skip
    """The columns of the contract, and those of the explanation where asked for."""
    arrays = matcher.index
    reasons = _REASON_VALUES[answers.reason]
    doors = expressions(out.door_text, DOOR_WIDTH)
    exact = answers.level == KAPI
    if exact.any():
        doors[exact] = [
            text.decode() for text in matcher.arrays["door_text"][answers.door[exact]].tolist()
        ]
    data: dict[str, Any] = {
        "match_status": STATUS[answers.status],
        "match_level": LEVELS[answers.level],
        "ilce_kod": codes_by_place(arrays.ilce_kod, answers.ilce),
        "mahalle_kod": codes_by_place(arrays.mahalle_kod, answers.mahalle),
        "csbm_kod": codes_by_place(arrays.csbm_kod, answers.csbm),
        "dis_kapi_no": doors,
        "ic_kapi_no": units(out),
        "numarataj_kimlik_no": codes_by_place(matcher.arrays["door_kimlik"], answers.door),
        "lon": np.round(answers.lon, 7),
        "lat": np.round(answers.lat, 7),
        "score": np.round(answers.score, 4),
        "reason": reasons,
        "candidates": candidates_cells(matcher, out, answers, matcher.null_bits),
    }
    if explain:
        data |= _explanation(batch, out, answers, reasons)
    return pd.DataFrame(data, index=index)


def _explanation(
    batch: AddressBatch, out: Out, answers: Answers, reasons: NDArray[Any]
) -> dict[str, Any]:
    gap = np.where(out.csbm[:, 1] >= 0, out.weight[:, 0] - out.weight[:, 1], 30.0)
    gap = np.where(answers.csbm >= 0, np.minimum(gap, 30.0), 0.0)
    combined = answers.flags * 64 + answers.reason
    kinds, which = np.unique(combined, return_inverse=True)
    names = np.array(
        [" ".join(fault_names(int(k) >> 6, REASONS[int(k) & 63].value)) for k in kinds], object
    )
    words = np.full(len(gap), "", object)
    for row in np.flatnonzero(out.unused[:, 0, 0] >= 0).tolist():
        words[row] = " ".join(unused_words(batch, row, out.unused[row]))
    return {
        "accuracy_m": np.round(answers.accuracy, 1),
        "gap": np.round(gap, 2),
        "faults": names[which] if len(names) else words,
        "unused_words": words,
        "action": _ACTIONS[answers.status],
    }
