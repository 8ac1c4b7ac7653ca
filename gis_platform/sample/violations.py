"""Violations of controls planted in the tables."""

import numpy as np
from numpy.typing import NDArray

from gis_platform.sample.register import Register
from gis_platform.sample.world import World

COLUMNS = ("code", "layer", "kimlik_no", "note", "kind")

Row = tuple[str, str, int, str, str]


def plant(world: World, register: Register) -> tuple[list[Row], NDArray[np.bool_]]:
    """Spoil a few features; returns the list and which doors are touched."""
    return [], np.zeros(len(register["numarataj"]), bool)
