"""The score held against what people decided: a slope and a shift on its log odds, or none."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gis_platform.core.errors import Text
from gis_platform.matching.learn import Proposal, Rejected, Reviewed
from gis_platform.matching.learned import LearnedKind, Lesson

FEWEST, FEWEST_EACH = 200, 20
"""Decisions with a score that are needed, and of them right and wrong ones."""
_HOLD, _GAIN = 20.0, 0.01
Floats = NDArray[np.float64]


def recalibration_of(
    reviewed: Sequence[Reviewed], known: tuple[float, float] | None = None
) -> Proposal:
    """A recalibration, where the decisions are enough and say that one is needed.

    Half of the decisions is fitted on and the other measured, and the other way round: only what
    makes both halves likelier is proposed.

    Args:
        reviewed: decisions with the score the best answer had.
        known: slope and shift in force when the scores were made.
    """
    scored = [one for one in reviewed if one.score is not None and 0 < one.score < 1]
    odds = np.array([np.log(one.score / (1 - one.score)) for one in scored if one.score])
    right = np.array([one.is_best for one in scored], np.float64)
    slope, shift = _fitted(odds, right) if scored else (1.0, 0.0)
    before = known or (1.0, 0.0)
    lesson = Lesson(
        LearnedKind.RECALIBRATION, slope=round(before[0] * slope, 4),
        shift=round(before[1] * slope + shift, 4), support=len(scored),
    )  # fmt: skip
    reason = _too_few(right) or _no_gain(odds, right)
    return Proposal((), (Rejected(lesson, reason),)) if reason else Proposal((lesson,), ())


def _too_few(right: Floats) -> Text | None:
    wrong = len(right) - int(right.sum())
    if len(right) >= FEWEST and min(wrong, int(right.sum())) >= FEWEST_EACH:
        return None
    return Text(
        f"{len(right)} puanlı karar var ({wrong} yanlış); {FEWEST} ve her türden {FEWEST_EACH} "
        "gerekir.",
        f"There are {len(right)} decisions with a score ({wrong} wrong); {FEWEST} are needed, and "
        f"{FEWEST_EACH} of each kind.",
    )


def _no_gain(odds: Floats, right: Floats) -> Text | None:
    halves = np.arange(len(odds)) % 2 == 0
    gains = [
        _loss(odds[~half], right[~half], 1.0, 0.0)
        - _loss(odds[~half], right[~half], *_fitted(odds[half], right[half]))
        for half in (halves, ~halves)
    ]
    if min(gains) > _GAIN:
        return None
    return Text("Puan kararlarla zaten uyumlu.", "The score agrees with the decisions already.")


def _fitted(odds: Floats, right: Floats) -> tuple[float, float]:
    """Slope and shift by Newton's method, held to 1 and 0."""
    x = np.column_stack([odds, np.ones(len(odds))])
    mean = np.array([1.0, 0.0])
    found = mean.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ found, -60, 60)))
        slope = x.T @ (right - p) - _HOLD * (found - mean)
        bend = (x * (p * (1 - p))[:, None]).T @ x + _HOLD * np.eye(2)
        step = np.clip(np.linalg.solve(bend, slope), -1.0, 1.0)
        found += step
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004
            break
    return max(float(found[0]), 0.0), float(found[1])


def _loss(odds: Floats, right: Floats, slope: float, shift: float) -> float:
    value = slope * odds + shift
    return float((np.logaddexp(0, value) - right * value).mean())
