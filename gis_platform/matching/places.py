"""Coordinates of answers: the door, between two doors, the csbm, the mahalle, the ilçe."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject
from gis_platform.matching.shapes import unpack

DOOR_ACCURACY_M = 10.0
"""A door point stands within this of the entrance (maks.md §2.4)."""
WIDEST_GAP_M, WIDEST_GAP = 400.0, 60
"""Between doors farther apart than this, in metres or in numbers, nothing is interpolated."""


@dataclass(frozen=True)
class Between:
    """Where doors between two known ones lie; ``good`` where that can be said."""

    good: NDArray[np.bool_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    accuracy: NDArray[np.float64]


def between_doors(
    arrays: dict[str, NDArray[Any]], numbers: NDArray[Any], near: NDArray[Any],
    doors: NDArray[Any], csbm: NDArray[Any],
) -> Between:  # fmt: skip
    """Interpolate by number between the neighbours of the same parity, along the centre-line.

    Args:
        arrays: of the index.
        numbers: door numbers asked for.
        near: places of the doors just below and above, −1 where there is none.
        doors: numbers of all doors, by place.
        csbm: whose they are.
    """
    low, high = near[:, 0], near[:, 1]
    good = (low >= 0) & (high >= 0)
    x, y = np.full(len(low), np.nan), np.full(len(low), np.nan)
    accuracy = np.full(len(low), np.nan)
    at = np.flatnonzero(good)
    if len(at):
        x1, y1 = arrays["door_x"][low[at]], arrays["door_y"][low[at]]
        x2, y2 = arrays["door_x"][high[at]], arrays["door_y"][high[at]]
        n1, n2 = doors[low[at]].astype(float), doors[high[at]].astype(float)
        share = (numbers[at] - n1) / np.maximum(n2 - n1, 1)
        x[at], y[at] = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
        apart = np.hypot(x2 - x1, y2 - y1)
        accuracy[at] = np.maximum(apart * np.maximum(share, 1 - share), DOOR_ACCURACY_M)
        fits = np.isfinite(apart) & (apart <= WIDEST_GAP_M) & (n2 - n1 <= WIDEST_GAP)
        fits &= _along_line(arrays, csbm[at], (x1, y1), (x2, y2), share, x, y, at)
        good[at] = fits
    lon, lat = reproject(x, y, REGISTER_SRID, PUBLISHED_SRID)
    return Between(good, lon, lat, accuracy)


def _along_line(
    arrays: dict[str, NDArray[Any]], csbm: NDArray[Any], first: Any, second: Any,
    share: NDArray[Any], x: NDArray[Any], y: NDArray[Any], at: NDArray[Any],
) -> NDArray[np.bool_]:  # fmt: skip
    """Move points onto the course of the csbm; false where the doors stand on different sides."""
    fits = np.ones(len(at), bool)
    lines = unpack(arrays["line_wkb"], arrays["line_start"], csbm)
    for row, line in enumerate(lines.tolist()):
        if line is None or line.geom_type != "LineString":
            continue
        one = _measure(line, first[0][row], first[1][row])
        two = _measure(line, second[0][row], second[1][row])
        if one[1] * two[1] < 0:
            fits[row] = False
            continue
        along = one[0] + share[row] * (two[0] - one[0])
        aside = one[1] + share[row] * (two[1] - one[1])
        x[at[row]], y[at[row]] = _point_at(line, along, aside)
    return fits


def _direction(line: Any, along: float) -> tuple[float, float]:
    step = min(1.0, line.length / 10)
    a = line.interpolate(max(along - step, 0.0))
    b = line.interpolate(min(along + step, line.length))
    size = float(np.hypot(b.x - a.x, b.y - a.y)) or 1.0
    return (b.x - a.x) / size, (b.y - a.y) / size


def _measure(line: Any, x: float, y: float) -> tuple[float, float]:
    """How far along the line a point stands, and how far beside it (left positive), metres."""
    along = float(line.project(shapely.Point(x, y)))
    foot = line.interpolate(along)
    dx, dy = _direction(line, along)
    return along, float(dx * (y - foot.y) - dy * (x - foot.x))


def _point_at(line: Any, along: float, aside: float) -> tuple[float, float]:
    foot = line.interpolate(along)
    dx, dy = _direction(line, along)
    return float(foot.x - dy * aside), float(foot.y + dx * aside)
