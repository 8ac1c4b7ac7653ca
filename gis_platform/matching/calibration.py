"""The score as a probability: what is known about an answer, weighed by a fitted logistic.

The evidence of the core is added up as if its pieces were independent, which they are not. The
coefficients in ``data/calibration.toml`` mend that: fitted on rows whose answer is known, tested
on others, published with their reliability (docs: calibration). ``./run bench calibrate`` fits them.
"""

import tomllib
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
    ("no_doors", marks.F_NO_DOORS),
)  # fmt: skip
FEATURES = (
    "one", "odds_against", "odds_0_3", "odds_3_6", "odds_6_12", "gap_0_2", "gap_2_12",
    "unused_words", *(name for name, _ in _FLAGGED),
)  # fmt: skip
"""What is known about an answer, in the order of the coefficients.

``odds_…``: natural log of the odds the evidence alone gives, in pieces; ``gap_…``: bits to the
next candidate, in pieces; ``unused_words``: up to three; the others are findings, 0 or 1.
"""
RISING = ("odds_against", "odds_0_3", "odds_3_6", "odds_6_12", "gap_0_2", "gap_2_12")
"""More of these never makes an answer less likely; all others may go either way."""
_FIRST_FLAG = len(FEATURES) - len(_FLAGGED)
_FLAG_BITS = np.array([bit for _, bit in _FLAGGED], np.int64)
_WIDEST_GAP = 12.0


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    path = resources.files("gis_platform.matching") / "data" / "calibration.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def version() -> str:
    """Which calibration this is."""
    return str(_file()["version"])


@lru_cache(maxsize=1)
def coefficients() -> NDArray[np.float64]:
    """The weights of ``FEATURES``, in their order; read-only."""
    said = _file()["coefficients"]
    if set(said) != set(FEATURES):
        raise ValueError(f"calibration.toml: {sorted(set(said) ^ set(FEATURES))}")
    array = np.array([said[name] for name in FEATURES], np.float64)
    array.flags.writeable = False
    return array


def mahalle_score() -> float:
    """Probability that a mahalle named alone, in full and in one ilçe only, is the one meant."""
    return float(_file()["mahalle"])


@compiled
def write_features(
    odds: float, gap: float, flags: int, unused: int, into: NDArray[np.float64]
) -> None:
    """Fill ``into`` with the features of one answer.

    Args:
        odds: natural log of the odds that the evidence alone gives.
        gap: bits to the next candidate; large where there is none.
        flags: the findings.
        unused: words left unused.
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
    for at in range(len(_FLAG_BITS)):
        into[_FIRST_FLAG + at] = flags >> _FLAG_BITS[at] & 1


@compiled
def calibrated(features: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The probability of an answer with these features."""
    value = 0.0
    for at in range(len(features)):
        value += features[at] * weights[at]
    return 1.0 / (1.0 + np.exp(-value))
