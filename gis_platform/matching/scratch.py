"""Working memory of the compiled core: made once per chunk, used for every row of it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.roles import PARTS
from gis_platform.address.tokens import COLUMNS, MAX_CHARACTERS, MAX_TOKENS
from gis_platform.matching import fuzzy
from gis_platform.matching.calibration import FEATURES

_FEATURES = len(FEATURES)
KEPT = 8
"""Candidates kept for each row."""
MAX_MENTIONS = 160
MENTION_COLUMNS = 10
MAX_FIELDS = 12


class Scratch(NamedTuple):
    """Arrays written over by every row; see the core for what they hold."""

    buffer: NDArray[np.uint8]
    token: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    parts: NDArray[np.int64]
    mention: NDArray[np.int64]
    keys: NDArray[np.uint64]
    words: NDArray[np.int64]
    edits: NDArray[np.int64]
    best: NDArray[np.int64]
    weight: NDArray[np.float64]
    which: NDArray[np.int64]
    doors: NDArray[np.int64]
    flags: NDArray[np.int64]
    used: NDArray[np.int64]
    mahalle_row: NDArray[np.int64]
    mahalle_at: NDArray[np.int64]
    ilce_row: NDArray[np.int64]
    ilce_at: NDArray[np.int64]
    ilce_marked: NDArray[np.int64]
    about: NDArray[np.int64]
    ranges: NDArray[np.int64]
    features: NDArray[np.float64]


@compiled
def new_scratch(mahalle: int, ilce: int) -> Scratch:
    """Working memory for a reference of so many mahalle and ilçe."""
    return Scratch(
        np.empty(MAX_CHARACTERS * MAX_FIELDS, np.uint8),
        np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64),
        np.zeros((MAX_TOKENS + 1, 4), np.uint64),
        np.zeros(PARTS, np.int64),
        np.zeros((MAX_MENTIONS, MENTION_COLUMNS), np.int64),
        np.empty(1 + fuzzy.LONGEST + fuzzy.LONGEST * fuzzy.LONGEST, np.uint64),
        np.zeros(fuzzy.MAX_ALTERNATIVES, np.int64),
        np.zeros(fuzzy.MAX_ALTERNATIVES, np.int64),
        np.zeros(KEPT, np.int64),
        np.zeros(KEPT, np.float64),
        np.zeros(KEPT, np.int64),
        np.zeros(KEPT, np.int64),
        np.zeros(KEPT, np.int64),
        np.zeros(KEPT, np.int64),
        np.full(max(mahalle, 1), -1, np.int64),
        np.zeros(max(mahalle, 1), np.int64),
        np.full(max(ilce, 1), -1, np.int64),
        np.zeros(max(ilce, 1), np.int64),
        np.full(max(ilce, 1), -1, np.int64),
        np.zeros(16, np.int64),
        np.zeros((MAX_MENTIONS, 2), np.int64),
        np.zeros(_FEATURES, np.float64),
    )
