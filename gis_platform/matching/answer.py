"""The core's integers become answers: status, level, codes, place, reason, faults, candidates."""

import json
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.core.text import upper
from gis_platform.matching import marks
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

STATUS = np.array([status.value for status in MatchStatus], object)
LEVELS = np.array([*(level.value for level in MatchLevel), ""], object)
_REASON_VALUES = np.array([reason.value for reason in REASONS], object)
_ACTIONS = np.array([Action.ACCEPT.value, Action.REVIEW.value, Action.REFUSE.value], object)
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
    return tuple(_written(batch, start, end) for start, end in spans.tolist() if start >= 0)


def alias_words(
    batch: AddressBatch, answers: Answers, spans: NDArray[np.int32]
) -> NDArray[np.object_]:
    """The other name by which a csbm or its mahalle was found, as written; empty elsewhere."""
    said = np.full(len(spans), "", object)
    found = (spans[:, 0] >= 0) & (answers.csbm >= 0)
    found &= ~_has(answers.flags, marks.F_DECIDED)
    for row in np.flatnonzero(found).tolist():
        said[row] = _written(batch, *spans[row].tolist())
    return said


def _written(batch: AddressBatch, start: int, end: int) -> str:
    return batch.codes[start:end].astype("<u4").tobytes().decode("utf-32-le", "replace")


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


def codes_by_place(codes: NDArray[Any], at: NDArray[Any]) -> pd.api.extensions.ExtensionArray:
    """Codes of places, missing where there is none."""
    missing = at < 0
    values = codes[np.where(missing, 0, at)] if len(codes) else np.zeros(len(at), np.int64)
    return pd.arrays.IntegerArray(np.asarray(values, np.int64).copy(), missing | (values < 0))


def candidates_cells(matcher: Any, out: Out, answers: Answers) -> NDArray[np.object_]:
    """The candidates of rows not matched, as JSON; empty elsewhere."""
    cells = np.full(len(answers.status), "", object)
    rows = np.flatnonzero((answers.status != MATCHED) & (out.csbm[:, 0] >= 0))
    if not len(rows):
        return cells
    share = shares(out.weight[rows], out.csbm[rows], out.score[rows])
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
        "candidates": candidates_cells(matcher, out, answers),
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
        "alias": alias_words(batch, answers, out.alias),
        "action": _ACTIONS[answers.status],
    }
