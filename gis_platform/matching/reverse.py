"""Reverse look-up: which place is at a point."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject
from gis_platform.matching.model import Candidate
from gis_platform.matching.places import DOOR_ACCURACY_M
from gis_platform.matching.shapes import CELLS, cell_of, unpack

FARTHEST_DOOR_M, FARTHEST_CSBM_M = 150.0, 100.0
"""A door, a csbm farther away than this is not the place of the point."""
_CSBM_ACCURACY_M = 20.0
_NOBODY = 3.0
"""The place may be one that is not registered: as likely as one so many accuracies away."""
_AROUND = np.array([-CELLS, 0, CELLS])


class Reverse:
    """Doors by the grid of the index, lines and areas by tree; trees are made on first use."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def __call__(self, lon: float, lat: float, limit: int) -> list[Candidate]:
        """Places at a point, nearest first; distance in metres.

        The score takes distances as normally distributed with the accuracy of the register, and
        leaves room for a place that is not in it.
        """
        x, y = (float(v) for v in reproject(lon, lat, PUBLISHED_SRID, REGISTER_SRID))
        if not (np.isfinite(x) and np.isfinite(y)):
            return []
        found = self._doors(x, y, limit) or self._csbm(x, y, limit)
        return found or self._mahalle(x, y)

    def _doors(self, x: float, y: float, limit: int) -> list[Candidate]:
        arrays, index = self._matcher.arrays, self._matcher.index
        cells, order = arrays["door_cell"], arrays["door_by_cell"]
        columns = cell_of(x, y) + _AROUND
        low = np.searchsorted(cells, columns - 1)
        high = np.searchsorted(cells, columns + 1, side="right")
        at = np.concatenate([order[a:b] for a, b in zip(low, high, strict=True)])
        away = np.hypot(arrays["door_x"][at] - x, arrays["door_y"][at] - y)
        near = np.flatnonzero(away <= FARTHEST_DOOR_M)
        near = near[np.lexsort((at[near], away[near]))]
        at, away = at[near], away[near]
        scores = _scores(away, DOOR_ACCURACY_M)[:limit]
        csbm = np.searchsorted(index.door_start, at[:limit], side="right") - 1
        return [
            _at(self._matcher.candidate(int(csbm[i]), int(at[i]), float(scores[i])), float(away[i]))
            for i in range(len(scores))
        ]

    @cached_property
    def _lines(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        arrays = self._matcher.arrays
        which = np.flatnonzero(np.diff(arrays["line_start"]) > 0)
        return shapely.STRtree(unpack(arrays["line_wkb"], arrays["line_start"], which)), which

    def _csbm(self, x: float, y: float, limit: int) -> list[Candidate]:
        tree, which = self._lines
        point = shapely.Point(x, y)
        near = tree.query(point, predicate="dwithin", distance=FARTHEST_CSBM_M)
        ranked = sorted((float(tree.geometries[i].distance(point)), int(i)) for i in near)
        scores = _scores(np.array([away for away, _ in ranked]), _CSBM_ACCURACY_M).tolist()
        return [
            _at(self._matcher.candidate(int(which[i]), -1, score), away)
            for (away, i), score in zip(ranked[:limit], scores, strict=False)
        ]

    @cached_property
    def _areas(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        arrays = self._matcher.arrays
        which = np.flatnonzero(np.diff(arrays["area_start"]) > 0)
        return shapely.STRtree(unpack(arrays["area_wkb"], arrays["area_start"], which)), which

    def _mahalle(self, x: float, y: float) -> list[Candidate]:
        tree, which = self._areas
        inside = sorted(tree.query(shapely.Point(x, y), predicate="intersects").tolist())
        return [_at(self._matcher.mahalle_candidate(int(which[i]), 1.0), 0.0) for i in inside[:1]]


def _scores(away: NDArray[np.float64], accuracy: float) -> NDArray[np.float64]:
    """Probability of each place by its distance, against the others and one not registered."""
    likely = np.exp(-0.5 * (away / accuracy) ** 2)
    return np.asarray(np.round(likely / (likely.sum() + np.exp(-0.5 * _NOBODY**2)), 4))


def _at(place: Candidate, away: float) -> Candidate:
    return replace(place, distance_m=round(away, 1))
