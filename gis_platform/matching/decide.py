"""The core's evidence becomes an answer: status, level, place and reason of every row, compiled."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.matching import marks
from gis_platform.matching.calibration import mahalle_score
from gis_platform.matching.kernel import Out
from gis_platform.matching.model import MatchReason
from gis_platform.matching.places import DOOR_ACCURACY_M, between_doors

MATCHED, REVIEW, UNMATCHED = 0, 1, 2
KAPI, BETWEEN, CSBM, MAHALLE, ILCE, NOWHERE = range(6)
REASONS = tuple(MatchReason)
SURE_TOGETHER = 0.6
"""Probability of a csbm, whichever of its parts, from which it goes to a person."""
_CLOSE_BITS = 2.0
_EXACT, _VARIANT, _ALIAS, _SPELLING, _CODE, _MAHALLE_DIFFERS = (
    REASONS.index(reason)
    for reason in (MatchReason.EXACT, MatchReason.VARIANT, MatchReason.ALIAS, MatchReason.SPELLING,
                   MatchReason.CODE, MatchReason.MAHALLE_DIFFERS)
)  # fmt: skip
_BETWEEN_DOORS, _DOOR_UNKNOWN, _DECIDED_BY_HAND, _AMBIGUOUS, _DOUBTFUL, _CSBM_UNKNOWN = (
    REASONS.index(reason)
    for reason in (MatchReason.BETWEEN_DOORS, MatchReason.DOOR_UNKNOWN,
                   MatchReason.DECIDED_BY_HAND, MatchReason.AMBIGUOUS, MatchReason.DOUBTFUL,
                   MatchReason.CSBM_UNKNOWN)
)  # fmt: skip
_CSBM_MISSING, _MAHALLE_UNKNOWN, _NOTHING_FOUND, _EMPTY, _REFUSED_BY_HAND = (
    REASONS.index(reason)
    for reason in (MatchReason.CSBM_MISSING, MatchReason.MAHALLE_UNKNOWN,
                   MatchReason.NOTHING_FOUND, MatchReason.EMPTY, MatchReason.REFUSED_BY_HAND)
)  # fmt: skip

_FOUND_BY = (
    (marks.F_DOOR_UNKNOWN, _DOOR_UNKNOWN), (marks.F_CODE, _CODE),
    (marks.F_MAHALLE_DIFFERS, _MAHALLE_DIFFERS), (marks.F_ALIAS, _ALIAS),
    (marks.F_PLACE_ALIAS, _ALIAS), (marks.F_SPELLING, _SPELLING),
    (marks.F_MAHALLE_SPELLING, _SPELLING), (marks.F_FORM, _VARIANT),
    (marks.F_MAHALLE_FORM, _VARIANT),
)  # fmt: skip
"""Reasons of a csbm that is certain, by finding; the first one found counts."""


class Answers(NamedTuple):
    """Answers of a batch in arrays, one entry per row; places −1 where there is none."""

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


class Points(NamedTuple):
    """Where the places of the reference lie; NaN where it holds no geometry."""

    door_lon: NDArray[np.float64]
    door_lat: NDArray[np.float64]
    csbm_lon: NDArray[np.float64]
    csbm_lat: NDArray[np.float64]
    csbm_accuracy: NDArray[np.float64]
    mahalle_lon: NDArray[np.float64]
    mahalle_lat: NDArray[np.float64]
    mahalle_accuracy: NDArray[np.float64]
    ilce_lon: NDArray[np.float64]
    ilce_lat: NDArray[np.float64]
    ilce_accuracy: NDArray[np.float64]
    csbm_mahalle: NDArray[np.int32]
    csbm_name: NDArray[np.int32]
    mahalle_ilce: NDArray[np.int32]


def points_of(index: Any, arrays: dict[str, NDArray[Any]]) -> Points:
    """The points of an index, and what lies in what."""
    named = {name: arrays[name] for name in Points._fields if name in arrays}
    return Points(
        **named, csbm_mahalle=index.csbm_mahalle, csbm_name=index.csbm_name,
        mahalle_ilce=index.mahalle_ilce,
    )  # fmt: skip


def empty_answers(out: Out) -> Answers:
    """Room for the answers to what the core wrote."""
    rows = len(out.flags)
    status, level, reason = np.empty((3, rows), np.int8)
    csbm, mahalle, ilce, door = np.empty((4, rows), np.int64)
    score, lon, lat, accuracy = np.empty((4, rows))
    return Answers(
        status, level, reason, score, csbm, mahalle, ilce, door, lon, lat, accuracy, out.flags
    )


def decide(matcher: Any, out: Out, accept: float, review: float) -> Answers:
    """Status, level, reason and coordinates of every row."""
    answers = empty_answers(out)
    between = _interpolated(matcher, out, accept, answers)
    settle(
        matcher.points, out, between, accept, review, matcher.null_bits, mahalle_score(), answers
    )
    return answers


def _interpolated(matcher: Any, out: Out, accept: float, answers: Answers) -> NDArray[np.bool_]:
    """Which rows lie between two known doors; their coordinates are written to the answers."""
    good = np.zeros(len(out.flags), np.bool_)
    wanted = (out.near[:, 0] >= 0) & (out.near[:, 1] >= 0) & (out.door < 0)
    wanted &= (out.score >= accept) & ((out.flags & (1 << marks.F_DECIDED)) == 0)
    rows = np.flatnonzero(wanted)
    if len(rows):
        found = between_doors(
            matcher.arrays, out.number[rows], out.near[rows], matcher.index.door_integer,
            out.csbm[rows, 0].astype(np.int64),
        )  # fmt: skip
        good[rows] = found.good
        answers.lon[rows], answers.lat[rows] = found.lon, found.lat
        answers.accuracy[rows] = found.accuracy
    return good


@compiled
def settle(
    points: Points, out: Out, between: NDArray, accept: float, review: float, null: float,
    of_mahalle: float, answers: Answers,
) -> None:  # type: ignore[type-arg]  # fmt: skip
    """Fill in everything but the coordinates of rows between two doors."""
    for row in range(len(out.flags)):
        flags, score = out.flags[row], out.score[row]
        csbm, door = np.int64(out.csbm[row, 0]), out.door[row]
        is_decided = flags >> marks.F_DECIDED & 1 != 0
        if is_decided:
            score = 1.0
        is_sure = csbm >= 0 and score >= accept and not _asks_a_person(flags)
        is_doubtful = csbm >= 0 and not is_sure and score >= review
        if csbm >= 0 and not is_sure and not is_doubtful:
            is_doubtful = _together(points, out, row, null) >= SURE_TOGETHER
        mahalle, ilce = np.int64(out.mahalle[row]), np.int64(out.ilce[row])
        level, status = NOWHERE, UNMATCHED
        if is_sure or is_doubtful:
            level = KAPI if door >= 0 else (BETWEEN if between[row] else CSBM)
            status = MATCHED if is_sure else REVIEW
            mahalle = np.int64(points.csbm_mahalle[csbm])
        else:
            csbm, door = np.int64(-1), np.int64(-1)
            if mahalle >= 0:
                level = MAHALLE
                if _names_only_places(flags) and out.door_text[row, 0] == 0:
                    score = of_mahalle
                    status = MATCHED if accept <= of_mahalle else UNMATCHED
            elif ilce >= 0:
                level = ILCE
        if mahalle >= 0:
            ilce = np.int64(points.mahalle_ilce[mahalle])
        is_close = out.csbm[row, 1] >= 0 and out.weight[row, 0] - out.weight[row, 1] < _CLOSE_BITS
        answers.status[row], answers.level[row], answers.score[row] = status, level, score
        answers.csbm[row], answers.door[row] = csbm, door
        answers.mahalle[row], answers.ilce[row] = mahalle, ilce
        answers.reason[row] = (
            _DECIDED_BY_HAND if is_decided else _reason(flags, level, status, is_close)
        )
        if level != BETWEEN:
            _place(points, answers, row)


@compiled
def _together(points: Points, out: Out, row: int, null: float) -> float:
    """Probability that one of the candidates of the best one's name and ilçe is meant.

    A csbm that runs through seven mahalle has seven codes: none is likely by itself, and yet the
    csbm is known; a person chooses the part.
    """
    best = out.csbm[row, 0]
    ilce = points.mahalle_ilce[points.csbm_mahalle[best]]
    same, others = 0.0, 2.0 ** max(-60.0, null - out.weight[row, 0])
    for slot in range(out.csbm.shape[1]):
        csbm = out.csbm[row, slot]
        if csbm < 0:
            break
        share = 2.0 ** max(-60.0, out.weight[row, slot] - out.weight[row, 0])
        is_here = points.mahalle_ilce[points.csbm_mahalle[csbm]] == ilce
        if is_here and points.csbm_name[csbm] == points.csbm_name[best]:
            same += share
        else:
            others += share
    return same / (same + others)


@compiled
def _asks_a_person(flags: int) -> bool:
    """What no probability lets pass: a namesake in another il, a name without what tells it apart.

    A register without ``Bağdat`` may have ``Eski Bağdat`` in the same mahalle; one without
    ``Çileköy`` has ``Çileköy Yolu``.
    """
    if flags >> marks.F_DECIDED & 1 or flags >> marks.F_CODE & 1:
        return False
    no_ilce = (1 << marks.F_ILCE_MISSING) | (1 << marks.F_ILCE_DIFFERS)
    is_elsewhere = flags >> marks.F_IL_DIFFERS & 1 != 0 and flags & no_ilce != 0
    return is_elsewhere or flags >> marks.F_CUT & 1 != 0


@compiled
def _names_only_places(flags: int) -> bool:
    """Whether the text names no csbm, known or not, and nothing is left of it."""
    others = (1 << marks.F_CSBM_NAMED) | (1 << marks.F_PLACE_WEAK) | (1 << marks.F_EMPTY)
    return flags & others == 0


@compiled
def _place(points: Points, answers: Answers, row: int) -> None:
    """Coordinates of what was found; of a door without a point those of its csbm."""
    level, at = answers.level[row], answers.csbm[row]
    answers.lon[row] = answers.lat[row] = answers.accuracy[row] = np.nan
    if level == KAPI:
        door = answers.door[row]
        answers.lon[row], answers.lat[row] = points.door_lon[door], points.door_lat[door]
        answers.accuracy[row] = DOOR_ACCURACY_M
    if level == CSBM or (level == KAPI and np.isnan(answers.lon[row])):
        answers.lon[row], answers.lat[row] = points.csbm_lon[at], points.csbm_lat[at]
        answers.accuracy[row] = points.csbm_accuracy[at]
    elif level == MAHALLE:
        at = answers.mahalle[row]
        answers.lon[row], answers.lat[row] = points.mahalle_lon[at], points.mahalle_lat[at]
        answers.accuracy[row] = points.mahalle_accuracy[at]
    elif level == ILCE:
        at = answers.ilce[row]
        answers.lon[row], answers.lat[row] = points.ilce_lon[at], points.ilce_lat[at]
        answers.accuracy[row] = points.ilce_accuracy[at]


@compiled
def _reason(flags: int, level: int, status: int, is_close: bool) -> int:
    """Why the answer is what it is: the first that holds."""
    if level < MAHALLE:
        return _reason_of_sure(flags, level) if status == MATCHED else _doubt(flags, is_close)
    if flags >> marks.F_EMPTY & 1:
        return _EMPTY
    if flags >> marks.F_REFUSED & 1:
        return _REFUSED_BY_HAND
    if level == MAHALLE:
        return _CSBM_UNKNOWN if flags >> marks.F_CSBM_NAMED & 1 else _CSBM_MISSING
    return _MAHALLE_UNKNOWN if level == ILCE else _NOTHING_FOUND


@compiled
def _doubt(flags: int, is_close: bool) -> int:
    if is_close:
        return _AMBIGUOUS
    return _MAHALLE_DIFFERS if flags >> marks.F_MAHALLE_DIFFERS & 1 else _DOUBTFUL


@compiled
def _reason_of_sure(flags: int, level: int) -> int:
    if level == BETWEEN:
        return _BETWEEN_DOORS
    for flag, reason in _FOUND_BY:
        if flags >> flag & 1:
            return reason
    return _EXACT
