"""Which places stand around a point: doors on its own side of the road first, and its mahalle.

A door may be the nearest and yet stand across the road. Whether it does is seen by drawing a line
from the point to the door: where that meets the centre line of a csbm, the door is on the other
side and counts as ``ACROSS_M`` farther away.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import Candidate, MatchLevel
from gis_platform.matching.shapes import unpack

ACROSS_M = 25.0
"""What a road between point and door counts for: the width of a local road with its pavements."""
_LOOKED_AT = 24


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
        places = self._matcher.reverse(lon, lat, max(limit, _LOOKED_AT))
        sided = [Nearby(place) for place in places]
        if places and places[0].level is MatchLevel.KAPI and len(self._lines):
            sided = self._same_side_first(lon, lat, places)
        mahalle = self._mahalle_at(lon, lat)
        is_inside = mahalle is not None if len(self._areas) else None
        return Surroundings(tuple(sided[:limit]), mahalle, is_inside)

    def _same_side_first(self, lon: float, lat: float, places: list[Candidate]) -> list[Nearby]:
        lons = [lon, *(place.lon for place in places)]
        lats = [lat, *(place.lat for place in places)]
        x, y = reproject(np.array(lons, float), np.array(lats, float), PUBLISHED_SRID, REGISTER_SRID)
        ways = np.empty((len(places), 2, 2))
        ways[:, 0] = x[0], y[0]
        ways[:, 1, 0], ways[:, 1, 1] = x[1:], y[1:]
        met = self._lines.query(shapely.linestrings(ways), predicate="crosses")[0]
        across = np.isin(np.arange(len(places)), met)
        away = np.array([place.distance_m or 0.0 for place in places]) + across * ACROSS_M
        order = np.argsort(away, kind="stable").tolist()
        return [Nearby(places[at], bool(across[at])) for at in order]

    def _mahalle_at(self, lon: float, lat: float) -> Candidate | None:
        if not len(self._areas):
            return None
        x, y = (float(each) for each in reproject(lon, lat, PUBLISHED_SRID, REGISTER_SRID))
        if not (np.isfinite(x) and np.isfinite(y)):
            return None
        inside = self._areas.query(shapely.Point(x, y), predicate="intersects")
        if not len(inside):
            return None
        found = self._matcher.mahalle_candidate(int(self._mahalle[int(inside.min())]), 1.0)
        return replace(found, distance_m=0.0)


def _tree(matcher: Matcher, kind: str) -> tuple[shapely.STRtree, np.ndarray]:
    starts = matcher.arrays[f"{kind}_start"]
    which = np.flatnonzero(np.diff(starts) > 0)
    return shapely.STRtree(unpack(matcher.arrays[f"{kind}_wkb"], starts, which)), which
