"""Reverse look-up: which place is at a point."""

from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject
from gis_platform.matching.model import Candidate, MatchLevel
from gis_platform.matching.shapes import unpack

FARTHEST_DOOR_M, FARTHEST_CSBM_M = 150.0, 100.0
"""A door, a csbm farther away than this is not the place of the point."""
_CELL_M = 150.0
_WIDTH = 1 << 24


class Reverse:
    """Doors by grid cell, lines and areas by tree; made on first use."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def __call__(self, lon: float, lat: float, limit: int) -> list[Candidate]:
        """Places at a point, nearest first; distance in metres."""
        x, y = (float(v) for v in reproject(lon, lat, PUBLISHED_SRID, REGISTER_SRID))
        if not (np.isfinite(x) and np.isfinite(y)):
            return []
        found = self._doors(x, y, limit) or self._csbm(x, y, limit)
        return found or self._mahalle(x, y)

    @cached_property
    def _cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        arrays = self._matcher.arrays
        x, y = arrays["door_x"], arrays["door_y"]
        good = np.isfinite(x) & np.isfinite(y)
        cell = np.full(len(x), -1, np.int64)
        cell[good] = _cell(x[good], y[good])
        order = np.argsort(cell, kind="stable")
        return cell[order], order

    def _doors(self, x: float, y: float, limit: int) -> list[Candidate]:
        cells, order = self._cells
        near: list[int] = []
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                key = int(_cell(np.array([x + dx * _CELL_M]), np.array([y + dy * _CELL_M]))[0])
                low, high = np.searchsorted(cells, [key, key + 1])
                near += order[low:high].tolist()
        arrays = self._matcher.arrays
        at = np.array(near, np.int64)
        away = np.hypot(arrays["door_x"][at] - x, arrays["door_y"][at] - y)
        nearest = [i for i in np.argsort(away, kind="stable") if away[i] <= FARTHEST_DOOR_M][:limit]
        return [self._door(int(at[i]), float(away[i])) for i in nearest]

    def _door(self, door: int, away: float) -> Candidate:
        csbm = int(np.searchsorted(self._matcher.index.door_start, door, side="right")) - 1
        return _at(self._matcher.candidate(csbm, door, 1.0), away)

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
        return [_at(self._matcher.candidate(int(which[i]), -1, 1.0), d) for d, i in ranked[:limit]]

    @cached_property
    def _areas(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        arrays = self._matcher.arrays
        which = np.flatnonzero(np.diff(arrays["area_start"]) > 0)
        return shapely.STRtree(unpack(arrays["area_wkb"], arrays["area_start"], which)), which

    def _mahalle(self, x: float, y: float) -> list[Candidate]:
        tree, which = self._areas
        inside = sorted(tree.query(shapely.Point(x, y), predicate="intersects").tolist())
        return [_at(self._matcher.mahalle_candidate(int(which[i]), 1.0), 0.0) for i in inside[:1]]


def _cell(x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray(
        np.floor(x / _CELL_M).astype(np.int64) * _WIDTH + np.floor(y / _CELL_M).astype(np.int64)
    )


def _at(place: Candidate, away: float) -> Candidate:
    return Candidate(**{**place.__dict__, "distance_m": round(away, 1)})


__all__ = ["MatchLevel", "Reverse"]
