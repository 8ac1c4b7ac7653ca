"""The score as a probability: what is known about an answer, weighed by a fitted logistic.

The evidence of the core is added up as if its pieces were independent, which they are not. The
coefficients in ``data/calibration.toml`` mend that: fitted on rows whose answer is known, tested
on others, published with their reliability (docs: calibration) by ``./run bench calibrate``.
"""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.matching import marks

_FLAGGED = (
    ("spelling", marks.F_SPELLING), ("short_form", marks.F_FORM), ("other_name", marks.F_ALIAS),
    ("type_missing", marks.F_TYPE_MISSING), ("type_differs", marks.F_TYPE_DIFFERS),
    ("words_left", marks.F_LEFT), ("several_csbm", marks.F_OTHER), ("unmarked", marks.F_UNMARKED),
    ("mahalle_missing", marks.F_MAHALLE_MISSING), ("mahalle_differs", marks.F_MAHALLE_DIFFERS),
    ("mahalle_unknown", marks.F_MAHALLE_UNKNOWN),
    ("mahalle_spelling", marks.F_MAHALLE_SPELLING),
    ("mahalle_other_name", marks.F_MAHALLE_FORM), ("ilce_missing", marks.F_ILCE_MISSING),
    ("ilce_differs", marks.F_ILCE_DIFFERS), ("door_missing", marks.F_DOOR_MISSING),
    ("door_unknown", marks.F_DOOR_UNKNOWN), ("door_split", marks.F_DOOR_SPLIT),
    ("no_doors", marks.F_NO_DOORS), ("il_differs", marks.F_IL_DIFFERS),
)  # fmt: skip
FEATURES = (
    "one", "odds_against", "odds_0_3", "odds_3_6", "odds_6_12", "gap_0_2", "gap_2_12",
    "unused_words", "namesakes_elsewhere", *(name for name, _ in _FLAGGED),
)  # fmt: skip
"""What is known about an answer, in the order of the coefficients.

``odds_…``: natural log of the odds the evidence alone gives, in pieces; ``gap_…``: bits to the
next candidate, in pieces; ``unused_words``: up to three; ``namesakes_elsewhere``: how common
the name is where the mahalle does not agree (log2, of 256); the others are findings, 0 or 1.
"""
RISING = ("odds_against", "odds_0_3", "odds_3_6", "odds_6_12", "gap_0_2", "gap_2_12")
"""More of these never makes an answer less likely; a finding never makes it more likely."""
_FIRST_FLAG = len(FEATURES) - len(_FLAGGED)
_FLAG_BITS = np.array([bit for _, bit in _FLAGGED], np.int64)
_NOT_HERE = (
    1 << marks.F_MAHALLE_DIFFERS | 1 << marks.F_MAHALLE_UNKNOWN | 1 << marks.F_MAHALLE_MISSING
)
_WIDEST_GAP = 12.0


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    path = resources.files("gis_platform.matching") / "data" / "calibration.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def version() -> str:
    """Which calibration this is."""
    return str(_file()["version"])


def coefficients(recalibration: Sequence[float] | None = None) -> NDArray[np.float64]:
    """The weights of ``FEATURES``, in their order.

    Args:
        recalibration: slope and shift on the log odds, where some were learnt from decisions.
    """
    said = _file()["coefficients"]
    if set(said) != set(FEATURES):
        raise ValueError(f"calibration.toml: {sorted(set(said) ^ set(FEATURES))}")
    array = np.array([said[name] for name in FEATURES], np.float64)
    if recalibration is not None:
        array *= recalibration[0]
        array[0] += recalibration[1]
    return array


def mahalle_score() -> float:
    """Probability that a mahalle named alone, in full and in one ilçe only, is the one meant."""
    return float(_file()["mahalle"])


@compiled
def write_features(
    odds: float, gap: float, flags: int, unused: int, same: int, into: NDArray[np.float64]
) -> None:
    """Fill ``into`` with the features of one answer.

    Args:
        odds: natural log of the odds that the evidence alone gives.
        gap: bits to the next candidate; large where there is none.
        flags: the findings.
        unused: words left unused.
        same: csbm that have the name.
        into: as long as ``FEATURES``.
    """
    into[0] = 1.0
    into[1] = max(min(odds, 0.0), -12.0)
    into[2] = min(max(odds, 0.0), 3.0)
    into[3] = min(max(odds - 3.0, 0.0), 3.0)
    into[4] = min(max(odds - 6.0, 0.0), 6.0)
    into[5] = min(gap, 2.0) / 2.0
    into[6] = (min(max(gap, 2.0), _WIDEST_GAP) - 2.0) / 10.0
    into[7] = min(unused, 3) / 3.0
    into[8] = np.log2(min(max(same, 1), 256)) / 8.0 if flags & _NOT_HERE else 0.0
    for at in range(len(_FLAG_BITS)):
        into[_FIRST_FLAG + at] = flags >> _FLAG_BITS[at] & 1


@compiled
def calibrated(features: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The probability of an answer with these features.

    Never above one half where another candidate is as good, whatever else speaks for the answer.
    """
    value = 0.0
    for at in range(len(features)):
        value += features[at] * weights[at]
    apart = features[5] * 2.0 + features[6] * 10.0
    return float(min(1.0 / (1.0 + np.exp(-value)), 1.0 / (1.0 + 4.0**-apart)))


def features_of(out: Any, name_start: NDArray[Any], csbm_name: NDArray[Any]) -> NDArray[np.float64]:
    """The features of every answer of a batch, as the core made them; for fitting.

    Args:
        out: what the core wrote.
        name_start: of the index: where the csbm of each name begin.
        csbm_name: of the index: the name of each csbm.
    """
    gap = np.where(out.csbm[:, 1] >= 0, out.weight[:, 0] - out.weight[:, 1], marks.NO_OTHER)
    unused = (out.unused[:, :, 0] >= 0).sum(1)
    name = csbm_name[np.maximum(out.csbm[:, 0], 0)]
    same = name_start[name + 1] - name_start[name]
    rows = np.zeros((len(out.odds), len(FEATURES)), np.float64)
    for at, into in enumerate(rows):
        write_features(out.odds[at], gap[at], out.flags[at], unused[at], same[at], into)
    return rows
