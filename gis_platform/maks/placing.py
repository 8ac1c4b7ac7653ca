"""Where the coordinates of a delivery are: the CRS declared, or the one its numbers speak for.

Guessing needs to know where the district is. ED50 / TM30 cannot be told from TUREF / TM30 by its
numbers (189 m apart, maks.md §2.3): it is believed only where a file or a person says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import (
    DISTRICT_ENVELOPE_5254,
    REGISTER_SRID,
    Operation,
    is_ed50,
    operation,
    reproject,
    reproject_geometry,
)
from gis_platform.maks.local_datum import LocalDatum

CANDIDATES = (REGISTER_SRID, 4326, 5253, 23035, 32635, 3857, 2207, 5255)
"""EPSG codes whose numbers are tried, likeliest first: TM30, degrees, TM27, ED50 and WGS 84 / UTM
35N, Web Mercator, ED50 zone 10 with prefix, TM33."""
OLD_CANDIDATES = (2320, 2319, 23035, 2207)
"""Those tried where the file names the old datum in words EPSG does not know."""
BUFFER_M = 2_000.0
"""How far outside the district's envelope a delivery may still reach."""
ENOUGH = 0.5
"""Share of features that must fall into the district for a CRS to fit."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Fit:
    """How well the numbers of a layer fit a CRS.

    Attributes:
        srid: EPSG code.
        is_swapped: north stands where east should.
        share: share of the features that fall into the district then.
    """

    srid: int
    is_swapped: bool
    share: float


@dataclass(frozen=True)
class Placing:
    """The CRS a layer is taken to be in.

    Attributes:
        declared: EPSG code the file declares; ``None`` where none, or none known to EPSG.
        fit: the CRS used.
        others: other CRS that would fit as well.
        is_guessed: the numbers decided, not the file.
        operation: the transformation into the CRS of the register.
        local: the municipality's own way from ED50, where it was taken.
    """

    declared: int | None
    fit: Fit
    others: tuple[Fit, ...]
    is_guessed: bool
    operation: Operation
    local: LocalDatum | None = None


def place(
    shapes: Shapes,
    declared: int | None,
    told: int | None = None,
    local: LocalDatum | None = None,
    *,
    on_ed50: bool = False,
) -> Placing | None:
    """Decide on the CRS of a layer.

    Args:
        shapes: geometries as received; ``None`` among them does not count.
        declared: EPSG code the file declares.
        told: EPSG code a person gave; it counts more than the file and the numbers.
        local: the municipality's own way from ED50 to TUREF.
        on_ed50: the file names ED50, in a CRS without an EPSG code.

    Returns:
        ``None`` where nothing is declared and the numbers fit nothing.
    """
    boxes = shapely.bounds(shapes[~shapely.is_missing(shapes)])
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    known = told or declared
    if known is not None:
        as_said = [_fit(boxes, known, is_swapped=swapped) for swapped in (False, True)]
        best = next((fit for fit in as_said if fit.share >= ENOUGH), None)
        if best is not None or not len(boxes) or told is not None:
            return _placing(declared, best or as_said[0], (), local, is_guessed=False)
    fits = _fits(boxes, OLD_CANDIDATES if on_ed50 else CANDIDATES)
    if fits:
        return _placing(declared, fits[0], tuple(fits[1:]), local, is_guessed=True)
    return None if known is None else _placing(declared, as_said[0], (), local, is_guessed=False)


def to_register(shapes: Shapes, fit: Fit, local: LocalDatum | None = None) -> Shapes:
    """Geometries in the CRS of the register, east first; ``None`` where that is impossible."""
    if fit.is_swapped:
        shapes = np.asarray(shapely.transform(shapes, lambda x, y: (y, x), interleaved=False))
    moved = (
        reproject_geometry(shapes, fit.srid, REGISTER_SRID)
        if local is None
        else local.to_register(shapes, fit.srid)
    )
    finite = np.isfinite(shapely.bounds(moved)).all(axis=1)
    kept: Shapes = np.where(finite | shapely.is_empty(moved), moved, np.array(None))
    return kept


def fits_of(shapes: Shapes) -> list[Fit]:
    """Every CRS in which the numbers of these geometries fall into the district, best first."""
    boxes = shapely.bounds(shapes[~shapely.is_missing(shapes)])
    return _fits(boxes[np.isfinite(boxes).all(axis=1)], CANDIDATES)


def _placing(
    declared: int | None,
    fit: Fit,
    others: Sequence[Fit],
    local: LocalDatum | None,
    *,
    is_guessed: bool,
) -> Placing:
    used = local if is_ed50(fit.srid) else None
    known = operation(fit.srid, REGISTER_SRID)
    if used is not None:
        known = Operation(used.method.en, used.accuracy_m)
    return Placing(declared, fit, tuple(others), is_guessed, known, used)


def _fits(boxes: NDArray[np.float64], candidates: Sequence[int]) -> list[Fit]:
    if not len(boxes):
        return []
    tried = [
        _fit(boxes, srid, is_swapped=swapped) for swapped in (False, True) for srid in candidates
    ]
    good = [fit for fit in tried if fit.share >= ENOUGH]
    return sorted(good, key=lambda fit: -round(fit.share, 2))


def _fit(boxes: NDArray[np.float64], srid: int, *, is_swapped: bool) -> Fit:
    """Boxes that share a point with the district; a province around it does too."""
    if not len(boxes):
        return Fit(srid, is_swapped, 0.0)
    west, south, east, north = district_envelope(srid)
    low_x, low_y, high_x, high_y = boxes.T[[1, 0, 3, 2]] if is_swapped else boxes.T
    inside = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
    return Fit(srid, is_swapped, float(inside.mean()))


@cache
def district_envelope(srid: int) -> tuple[float, float, float, float]:
    """The district and ``BUFFER_M`` around it in another CRS: west, south, east, north."""
    west, south, east, north = DISTRICT_ENVELOPE_5254
    x = np.linspace(west - BUFFER_M, east + BUFFER_M, 9)
    y = np.linspace(south - BUFFER_M, north + BUFFER_M, 9)
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(x, y))
    new_x, new_y = reproject(grid_x, grid_y, REGISTER_SRID, srid)
    return float(np.min(new_x)), float(np.min(new_y)), float(np.max(new_x)), float(np.max(new_y))
