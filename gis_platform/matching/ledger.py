"""Which evidence gave how many bits, noted where it is added; nothing is where nobody asks.

A batch hands an empty ledger to the core; who asks for an explanation hands one with rows and gets
the very same sums with their parts. One kind of array, so nothing is compiled twice.
"""

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.matching.scratch import KEPT
from gis_platform.matching.weights import BITS

NOW, NAMED = KEPT, KEPT + 1
"""Rows behind those of the candidates kept: the one now weighed, and what its name alone gave."""


def new_ledger() -> NDArray[np.float64]:
    """A row for each candidate kept and two to work in, a column for each of ``BITS``."""
    return np.zeros((KEPT + 2, len(BITS)), np.float64)


NO_LEDGER = new_ledger()[:0]
"""The ledger of those who ask for no explanation."""


@compiled
def note(ledger: NDArray, element: int, value: float) -> float:  # type: ignore[type-arg]
    """``value``, noted under ``element``."""
    if len(ledger):
        ledger[NOW, element] += value
    return value


@compiled
def begin(ledger: NDArray) -> None:  # type: ignore[type-arg]
    """Nothing is noted yet."""
    if len(ledger):
        ledger[NOW] = 0.0


@compiled
def copy(ledger: NDArray, row: int, other: int) -> None:  # type: ignore[type-arg]
    """Put what the other row holds into a row."""
    if len(ledger):
        ledger[row] = ledger[other]
