"""Layers, what the controls found in them, and which feature has which."""

from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.maks.check import CheckResult
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.model import LAYERS


class Found:
    """Layers with their findings.

    Attributes:
        layers: what was checked.
        result: what was found.
        only: identity number of the one mahalle spoken of; ``None`` for all.
        rows: the findings, as ``CheckResult.violations``.
    """

    def __init__(self, layers: JoinedLayers, result: CheckResult, only: int | None = None) -> None:
        self.layers = layers
        self.result = result
        self.only = only
        self.rows = result.violations

    def is_bad(self, name: str) -> NDArray[np.bool_]:
        """Which features of a layer have an error or a warning."""
        error, warning, _ = self.flags[name]
        return error | warning

    @cached_property
    def flags(self) -> dict[str, tuple[NDArray[np.bool_], ...]]:
        """Per layer which features have an error, which only warnings, which are spoken of."""
        flags: dict[str, tuple[NDArray[np.bool_], ...]] = {}
        for name in LAYERS:
            frame = self.layers[name]
            mine = self.rows[self.rows["layer"] == name]
            error = np.asarray(frame.index.isin(mine["index"][mine["action"] == "block"]), bool)
            warning = np.asarray(frame.index.isin(mine["index"][mine["action"] == "warn"]), bool)
            spoken = np.ones(len(frame), bool)
            if self.only is not None:
                number = self.layers.mahalle_of(name) if len(frame) else pd.Series(dtype="Int64")
                spoken = (number == self.only).fillna(value=False).to_numpy(bool)
            flags[name] = (error, warning & ~error, spoken)
        return flags
