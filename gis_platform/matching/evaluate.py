"""Answers held against labelled addresses: precision, recall, calibration, confusions.

An answer *decides* when it is ``matched`` down to a csbm or finer. It is right when it names the
door that is meant, or, coarser, the csbm. Where the label says that the door is not in the
reference, a door is wrong; where it says that the csbm is not there, every decision is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.matching.model import MatchLevel, MatchStatus

TRUTH_CODES = ("numarataj_kimlik_no", "csbm_kod", "mahalle_kod")
BINS = 10
THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
_SPLIT = "|"


class Expected(StrEnum):
    """What a label says can be found."""

    KAPI = "kapi"
    """This door."""
    CSBM = "csbm"
    """The csbm; its door is not in the reference."""
    CSBM_ONLY = "csbm_only"
    """The csbm; nothing is said of the door."""
    NONE = "none"
    """Nothing: the csbm is not in the reference, or not in the text."""


@dataclass(frozen=True)
class Figures:
    """The figures of a group of rows; a share of nothing is ``None``.

    Attributes:
        rows: rows of the group.
        decided: share answered ``matched`` down to a csbm or finer.
        review: share left to a person.
        precision: share of the decisions that is right.
        recall: share of what can be found that is decided and right.
        door_precision: share of the doors answered that are right, where the label names one.
        door_recall: share of the doors meant that are found.
        false_answers: share of what is not in the reference that is decided nevertheless.
        ece: mean distance of the score from the share that is right, over answers naming a csbm.
    """

    rows: int
    decided: float | None
    review: float | None
    precision: float | None
    recall: float | None
    door_precision: float | None
    door_recall: float | None
    false_answers: float | None
    ece: float | None


@dataclass(frozen=True)
class AtThreshold:
    """What accepting from another score on would give: shares as in ``Figures``."""

    threshold: float
    decided: float | None
    precision: float | None
    recall: float | None
    false_answers: float | None


@dataclass(frozen=True)
class Bin:
    """Answers whose score lies in one tenth: how many, mean score, the share that is right."""

    rows: int
    score: float
    right: float


@dataclass(frozen=True)
class Confusion:
    """A way of being wrong: what was meant, what was said and why, how often, with examples."""

    expected: str
    level: str
    reason: str
    rows: int
    examples: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Evaluation:
    """Everything an evaluation says."""

    overall: Figures
    groups: dict[str, dict[str, Figures]]
    bins: tuple[Bin, ...]
    ece: float | None
    curve: tuple[tuple[float, float, float], ...]
    thresholds: tuple[AtThreshold, ...]
    confusions: tuple[Confusion, ...]


def expected_of(truth: pd.DataFrame) -> pd.Series:
    """What each label says can be found: its own word, else the finest code it has."""
    if "expected" in truth:
        known = truth["expected"].isin([word.value for word in Expected])
        return truth["expected"].where(known, "").astype("str")
    door, csbm = (_codes(truth, name).notna() for name in TRUTH_CODES[:2])
    names = [Expected.KAPI.value, Expected.CSBM_ONLY.value]
    return pd.Series(
        np.select([door, csbm], names, Expected.NONE.value), index=truth.index, dtype="str"
    )


def judge(truth: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Hold answers against labels, row by row (both on one index).

    Args:
        truth: any of ``TRUTH_CODES``, and ``expected`` where it says more (see ``Expected``);
            rows with another word there are left out.
        answers: ``RESULT_COLUMNS``.

    Returns:
        ``expected, status, level, reason, score, is_decided, is_placed`` (names a csbm, decided
        or not), ``is_right`` (if it were accepted), ``is_door``.
    """
    expected = expected_of(truth)
    level = answers["match_level"].astype("str")
    is_door = level == MatchLevel.KAPI.value
    is_placed = _codes(answers, "csbm_kod").notna() & level.isin(
        [MatchLevel.KAPI.value, MatchLevel.INTERPOLASYON.value, MatchLevel.CSBM.value]
    )
    same_csbm = _same(truth, answers, "csbm_kod")
    same_door = _same(truth, answers, "numarataj_kimlik_no")
    right = np.select(
        [
            expected == Expected.NONE.value,
            (expected == Expected.KAPI.value) & is_door,
            (expected == Expected.CSBM.value) & is_door,
        ],
        [False, same_door, False],
        same_csbm,
    )
    judged = pd.DataFrame(
        {
            "expected": expected,
            "status": answers["match_status"].astype("str"),
            "level": level,
            "reason": answers["reason"].astype("str"),
            "score": pd.to_numeric(answers["score"]).astype(float),
            "is_decided": is_placed & (answers["match_status"] == MatchStatus.MATCHED.value),
            "is_placed": is_placed,
            "is_right": right.astype(bool) & is_placed,
            "is_door": is_door,
        },
        index=answers.index,
    )
    return judged[judged["expected"] != ""]


def evaluate(
    judged: pd.DataFrame,
    groups: pd.DataFrame,
    shown: pd.DataFrame,
    *,
    examples: int = 3,
) -> Evaluation:
    """Sum up judged answers.

    Args:
        judged: see ``judge``.
        groups: on the same index, columns to break the figures down by; ``a|b`` counts for both.
        shown: for the wrong decisions, what an example is shown with, as text.
        examples: examples per way of being wrong.
    """
    placed = judged[judged["is_placed"]]
    bins, ece = _calibration(placed)
    return Evaluation(
        overall=_figures(judged),
        groups={name: _by(judged, groups[name]) for name in groups.columns},
        bins=bins,
        ece=ece,
        curve=_curve(judged),
        thresholds=tuple(_at(judged, threshold) for threshold in THRESHOLDS),
        confusions=_confusions(judged, shown, examples),
    )


def _codes(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    return pd.to_numeric(frame[name].replace("", pd.NA), errors="coerce").astype("Int64")


def _same(truth: pd.DataFrame, answers: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    same = _codes(truth, name) == _codes(answers, name)
    answer: NDArray[np.bool_] = same.fillna(value=False).to_numpy(bool)
    return answer


def _share(part: pd.Series, whole: pd.Series) -> float | None:
    count = int(whole.sum())
    return None if count == 0 else round(float((part & whole).sum()) / count, 6)


def _figures(judged: pd.DataFrame) -> Figures:
    every = pd.Series(data=True, index=judged.index)
    decided, right, expected = judged["is_decided"], judged["is_right"], judged["expected"]
    nothing = expected == Expected.NONE.value
    door_meant = expected == Expected.KAPI.value
    door_said = decided & judged["is_door"]
    return Figures(
        rows=len(judged),
        decided=_share(decided, every),
        review=_share(judged["status"] == MatchStatus.REVIEW.value, every),
        precision=_share(right, decided),
        recall=_share(decided & right, ~nothing),
        door_precision=_share(right, door_said & (expected != Expected.CSBM_ONLY.value)),
        door_recall=_share(door_said & right, door_meant),
        false_answers=_share(decided, nothing),
        ece=_calibration(judged[judged["is_placed"]])[1],
    )


def _at(judged: pd.DataFrame, threshold: float) -> AtThreshold:
    every = pd.Series(data=True, index=judged.index)
    decided = judged["is_placed"] & (judged["score"] >= threshold)
    nothing = judged["expected"] == Expected.NONE.value
    right = judged["is_right"]
    return AtThreshold(
        threshold,
        decided=_share(decided, every),
        precision=_share(right, decided),
        recall=_share(decided & right, ~nothing),
        false_answers=_share(decided, nothing),
    )


def _by(judged: pd.DataFrame, group: pd.Series) -> dict[str, Figures]:
    parts = group.reindex(judged.index).fillna("").astype("str").str.split(_SPLIT, regex=False)
    rows = parts.explode()
    answer = {
        str(value) or "–": _figures(judged.loc[index])
        for value, index in rows.groupby(rows).groups.items()
    }
    return dict(sorted(answer.items(), key=lambda item: -item[1].rows))


def _calibration(placed: pd.DataFrame) -> tuple[tuple[Bin, ...], float | None]:
    """Tenths of the score, and their mean distance from the share that is right (ECE)."""
    if placed.empty:
        return (), None
    tenth = np.minimum((placed["score"].to_numpy() * BINS).astype(int), BINS - 1)
    bins = []
    error = 0.0
    for number in range(BINS):
        there = placed[tenth == number]
        if len(there):
            score, right = float(there["score"].mean()), float(there["is_right"].mean())
            bins.append(Bin(len(there), round(score, 4), round(right, 4)))
            error += abs(score - right) * len(there)
    return tuple(bins), round(error / len(placed), 4)


def _curve(judged: pd.DataFrame) -> tuple[tuple[float, float, float], ...]:
    """Threshold, recall and precision, were the threshold of accepting another one."""
    findable = int((judged["expected"] != Expected.NONE.value).sum())
    placed = judged[judged["is_placed"]].sort_values("score", ascending=False, kind="stable")
    if placed.empty or not findable:
        return ()
    right = placed["is_right"].to_numpy().cumsum()
    score = placed["score"].to_numpy()
    last = np.flatnonzero(np.r_[score[1:] != score[:-1], True])
    chosen = last[np.unique(np.linspace(0, len(last) - 1, min(len(last), 200)).astype(int))]
    return tuple(
        (round(float(score[at]), 4), round(right[at] / findable, 5), round(right[at] / (at + 1), 5))
        for at in chosen.tolist()
    )


def _confusions(judged: pd.DataFrame, shown: pd.DataFrame, examples: int) -> tuple[Confusion, ...]:
    wrong = judged[judged["is_decided"] & ~judged["is_right"]]
    found = []
    for (expected, level, reason), rows in wrong.groupby(["expected", "level", "reason"]):
        worst = rows.sort_values("score", ascending=False, kind="stable").index[:examples]
        said = [_example(shown.loc[at], float(rows.at[at, "score"])) for at in worst]
        found.append(Confusion(str(expected), str(level), str(reason), len(rows), tuple(said)))
    return tuple(sorted(found, key=lambda one: -one.rows))


def _example(row: pd.Series, score: float) -> dict[str, str]:
    return {**{str(name): str(value) for name, value in row.items()}, "score": f"{score:.4f}"}


def names_of(text: str | None) -> Sequence[str]:
    """``source, level`` as names."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def joined_key(frame: pd.DataFrame, names: Iterable[str]) -> pd.Series:
    """The values of several columns as one key."""
    columns = [frame[name].astype("str").str.strip() for name in names]
    return columns[0].str.cat(columns[1:], sep="\x1f") if len(columns) > 1 else columns[0]
