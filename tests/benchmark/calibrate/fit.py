"""A ridge logistic with some weights kept from falling, and how far its scores can be trusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10


@dataclass(frozen=True)
class Prior:
    """What is believed of a weight before any row is seen.

    Attributes:
        mean: of the weight.
        hold: how strongly it is held there, in rows.
        sign: 1 where it must not be negative, −1 where not positive, else 0.
    """

    mean: float
    hold: float
    sign: int


def fit(features: Floats, right: Floats, weights: Floats, priors: list[Prior]) -> Floats:
    """Weights of the features: a logistic, held to what is believed; one prior per feature."""
    mean, hold = (np.array([getattr(one, n) for one in priors], float) for n in ("mean", "hold"))
    signs = np.array([one.sign for one in priors])
    free = np.ones(len(priors), bool)
    while True:
        found = np.zeros(len(priors))
        found[free] = _newton(features[:, free], right, weights, mean[free], hold[free])
        wrong = found * signs
        if wrong.min() >= 0:
            return found
        free[int(wrong.argmin())] = False


def _newton(x: Floats, y: Floats, w: Floats, mean: Floats, hold: Floats) -> Floats:
    found = mean.copy()
    loss = _loss(x, y, w, found, mean, hold)
    for _ in range(100):
        p = sigmoid(x @ found)
        slope = x.T @ (w * (y - p)) - hold * (found - mean)
        bend = (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(hold)
        step = np.linalg.solve(bend, slope)
        while (after := _loss(x, y, w, found + step, mean, hold)) > loss + 1e-9:
            step /= 2
        found, loss = found + step, after
        if np.abs(step).max() < 1e-6:
            break
    return found


def _loss(  # noqa: PLR0913, PLR0917 (a row, a weight, a prior)
    x: Floats, y: Floats, w: Floats, at: Floats, mean: Floats, hold: Floats
) -> float:
    value = x @ at
    unlikely = np.logaddexp(0, value) - y * value
    return float((w * unlikely).sum() + (hold * (at - mean) ** 2).sum() / 2)


def sigmoid(value: Floats) -> Floats:
    """From log odds to a probability."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -60, 60))))


def evened(source: NDArray[np.object_]) -> Floats:
    """Weight of each row, so that a large source does not speak for all: its root of the rows."""
    _, which, counts = np.unique(source, return_inverse=True, return_counts=True)
    return np.asarray(30.0 / np.sqrt(counts)[which], np.float64)


def bins_of(score: Floats, right: Floats) -> list[tuple[int, float, float]]:
    """Per tenth of the score that has rows: how many, mean score, share that is right."""
    tenth = np.minimum((score * BINS).astype(int), BINS - 1)
    return [
        (int(there.sum()), float(score[there].mean()), float(right[there].mean()))
        for there in (tenth == number for number in range(BINS))
        if there.any()
    ]


def error_of(bins: list[tuple[int, float, float]]) -> float:
    """Expected calibration error: mean distance of score and share right."""
    rows = sum(count for count, _, _ in bins)
    return sum(count * abs(score - right) for count, score, right in bins) / max(rows, 1)
