"""Connected groups of a graph given as pairs, without a loop over its nodes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def component_of(size: int, one: ArrayLike, other: ArrayLike) -> NDArray[np.int64]:
    """For each of ``size`` nodes the smallest node it can be reached from over the pairs."""
    a, b = np.asarray(one, np.int64), np.asarray(other, np.int64)
    label = np.arange(size, dtype=np.int64)
    while True:
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        label = label[label]
        if np.array_equal(before, label):
            return label
