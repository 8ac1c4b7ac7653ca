"""Which places stand around a point: doors on its own side of the road first, and its mahalle.

A door may be the nearest and yet stand across the road. Whether it does is seen by drawing a line
from the point to the door: where that meets the centre line of a csbm, the door is on the other
side and counts as ``ACROSS_M`` farther away.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, box_around, reproject
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import Candidate, MatchLevel
from gis_platform.matching.shapes import unpack

ACROSS_M = 25.0
"""What a road between point and door counts for: the width of a local road with its pavements."""
_MORE = 7
"""Doors beyond those asked for that are looked at: one of them may be on the right side."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Nearby:
    """A place near a point; ``is_across`` is ``None`` where no road is known."""

    place: Candidate
    is_across: bool | None = None


@dataclass(frozen=True)
class Surroundings:
    """What is at a point.

    Attributes:
        places: best first.
        mahalle: the mahalle whose area the point is in.
        is_inside: whether it is in any area; ``None`` where the reference holds no areas.
    """

    places: tuple[Nearby, ...]
    mahalle: Candidate | None
    is_inside: bool | None


class Around:
    """Centre lines and areas of an index, in trees made once."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._lines, _ = _tree(matcher, "line")
        self._areas, self._mahalle = _tree(matcher, "area")

    def __call__(self, lon: float, lat: float, limit: int) -> Surroundings:
        """What is at a point (EPSG:4326), at most ``limit`` places."""
        places = self._matcher.reverse(lon, lat, limit + _MORE)
        is_door = bool(places) and places[0].level is MatchLevel.KAPI
        x, y = _in_register(lon, lat, places if is_door else [])
        sided = [Nearby(place) for place in places]
        if is_door and len(self._lines):
            sided = self._same_side_first(x, y, places)
        mahalle = self._mahalle_at(float(x[0]), float(y[0]))
        is_inside = mahalle is not None if len(self._areas) else None
        return Surroundings(tuple(sided[:limit]), mahalle, is_inside)

    def mahalle_in(self, box: tuple[float, float, float, float]) -> list[int]:
        """Places of the mahalle whose area meets a box (west, south, east, north; EPSG:4326)."""
        if not len(self._areas):
            return []
        west, south, east, north = box_around(box, PUBLISHED_SRID, REGISTER_SRID)
        if not np.isfinite([west, south, east, north]).all():
            return []
        met = self._areas.query(shapely.box(west, south, east, north), predicate="intersects")
        return sorted(int(self._mahalle[at]) for at in met)

    def _same_side_first(self, x: Floats, y: Floats, places: list[Candidate]) -> list[Nearby]:
        ways = np.empty((len(places), 2, 2))
        ways[:, 0] = x[0], y[0]
        ways[:, 1, 0], ways[:, 1, 1] = x[1:], y[1:]
        met = self._lines.query(shapely.linestrings(ways), predicate="crosses")[0]
        across = np.isin(np.arange(len(places)), met)
        away = np.array([place.distance_m or 0.0 for place in places]) + across * ACROSS_M
        order = np.argsort(away, kind="stable").tolist()
        return [Nearby(places[at], bool(across[at])) for at in order]

    def _mahalle_at(self, x: float, y: float) -> Candidate | None:
        if not len(self._areas) or not (np.isfinite(x) and np.isfinite(y)):
            return None
        inside = self._areas.query(shapely.Point(x, y), predicate="intersects")
        if not len(inside):
            return None
        found = self._matcher.mahalle_candidate(int(self._mahalle[int(inside.min())]), 1.0)
        return replace(found, distance_m=0.0)


def _in_register(lon: float, lat: float, places: list[Candidate]) -> tuple[Floats, Floats]:
    """The point and then each place in EPSG:5254."""
    lons = [lon, *(place.lon for place in places)]
    lats = [lat, *(place.lat for place in places)]
    return reproject(np.array(lons, float), np.array(lats, float), PUBLISHED_SRID, REGISTER_SRID)


def _tree(matcher: Matcher, kind: str) -> tuple[shapely.STRtree, NDArray[np.int64]]:
    starts = matcher.arrays[f"{kind}_start"]
    which = np.flatnonzero(np.diff(starts) > 0)
    return shapely.STRtree(unpack(matcher.arrays[f"{kind}_wkb"], starts, which)), which
