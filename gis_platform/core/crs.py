"""TUREF and its TM zones: the only module that reprojects or measures metres.

EPSG:5254 and 2320 are defined north first; one wrapper with ``always_xy=True`` keeps every
coordinate in the program east first / longitude first (maks.md §2.2).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.transformer import TransformerGroup

REGISTER_SRID = 5254
"""TUREF / TM30: Eyüpsultan lies in it whole; the register stores it (maks.md §2.1)."""
PUBLISHED_SRID = 4326
"""WGS 84: every published copy (stack.md, pygeoapi)."""

DISTRICT_ENVELOPE_4326 = (28.7700, 41.0244, 28.9763, 41.3060)
"""Eyüpsultan, longitude/latitude (maks.md §7.1)."""
DISTRICT_ENVELOPE_5254 = (396_550.0, 4_543_780.0, 414_270.0, 4_575_290.0)
"""Eyüpsultan in TUREF / TM30, metres, east first (maks.md §7.1)."""


@lru_cache(maxsize=64)
def transformer(source: int, target: int) -> Transformer:
    """The transformation between two EPSG codes, x (east, longitude) always first."""
    return Transformer.from_crs(source, target, always_xy=True)


def reproject(
    x: ArrayLike, y: ArrayLike, source: int, target: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates from ``source`` to ``target`` EPSG, east first on both sides."""
    new_x, new_y = transformer(source, target).transform(np.asarray(x, float), np.asarray(y, float))
    return np.asarray(new_x, float), np.asarray(new_y, float)


def reproject_geometry(
    shapes: NDArray[np.object_], source: int, target: int
) -> NDArray[np.object_]:
    """Geometries from ``source`` to ``target`` EPSG, east first; ``None`` stays ``None``."""
    if source == target:
        return shapes
    return np.asarray(
        shapely.transform(shapes, transformer(source, target).transform, interleaved=False)
    )


@dataclass(frozen=True)
class Operation:
    """A coordinate operation: its name in the EPSG registry and its accuracy.

    Attributes:
        name: as PROJ names it.
        accuracy_m: stated accuracy, metres; ``None`` where none is stated.
    """

    name: str
    accuracy_m: float | None


@lru_cache(maxsize=64)
def operation(source: int, target: int) -> Operation:
    """The operation ``reproject`` uses between two EPSG codes, best first (maks.md §2.3)."""
    best = TransformerGroup(source, target, always_xy=True).transformers[0]
    return Operation(best.description, best.accuracy if best.accuracy >= 0 else None)


_WGS84 = pyproj.Geod(ellps="WGS84")

OLD_SRID = 2320
"""ED50 / TM30: in which control points of old municipal maps are given."""
_ED50, _TUREF = 4230, 5252
_INTERNATIONAL_1924 = (6_378_388, 297)


@dataclass(frozen=True)
class Helmert:
    """Seven parameters of a datum shift between geocentric axes, from ED50 to TUREF.

    Attributes:
        dx, dy, dz: metres.
        rx, ry, rz: arc seconds.
        ds: parts per million.
        convention: ``position_vector`` or ``coordinate_frame``: the sign of the rotations.
    """

    dx: float
    dy: float
    dz: float
    rx: float = 0.0
    ry: float = 0.0
    rz: float = 0.0
    ds: float = 0.0
    convention: str = "position_vector"


def is_ed50(srid: int) -> bool:
    """Whether the coordinates of an EPSG code stand on the datum ED50."""
    geodetic = CRS.from_epsg(srid).geodetic_crs
    return geodetic is not None and geodetic.to_epsg() == _ED50


def names_ed50(crs: pyproj.CRS | None) -> bool:
    """Whether a CRS EPSG does not know stands on the old ellipsoid (International 1924)."""
    ellipsoid = None if crs is None else crs.ellipsoid
    if ellipsoid is None:
        return False
    axes = (round(ellipsoid.semi_major_metre), round(ellipsoid.inverse_flattening))
    return axes == _INTERNATIONAL_1924


def shift_datum(x: ArrayLike, y: ArrayLike, by: Helmert) -> tuple[NDArray[np.float64], ...]:
    """ED50 / TM30 to TUREF / TM30 by a municipality's own parameters; metres, east first."""
    lon, lat = reproject(x, y, OLD_SRID, _ED50)
    lon, lat = _helmert(by).transform(lon, lat)
    return reproject(lon, lat, _TUREF, REGISTER_SRID)


@lru_cache(maxsize=8)
def _helmert(by: Helmert) -> Transformer:
    shift = " ".join(
        f"+{key}={value!r}"
        for key, value in zip(
            ("x", "y", "z", "rx", "ry", "rz", "s"),
            (by.dx, by.dy, by.dz, by.rx, by.ry, by.rz, by.ds),
            strict=True,
        )
    )
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
        f"+step +proj=cart +ellps=intl +step +proj=helmert {shift} +convention={by.convention} "
        "+step +inv +proj=cart +ellps=GRS80 +step +proj=pop +v_3 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


def box_around(
    box: tuple[float, float, float, float], source: int, target: int
) -> tuple[float, float, float, float]:
    """An upright box in ``target`` EPSG that holds ``box``, east first; edges bend, so along them.

    Edges that have no place in ``target`` become infinite.
    """
    west, south, east, north = transformer(source, target).transform_bounds(*box, densify_pts=21)
    return float(west), float(south), float(east), float(north)


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points (longitude, latitude) on the ellipsoid of EPSG:4326, metres."""
    return float(_WGS84.inv(*a, *b)[2])


def is_north_first(srid: int) -> bool:
    """Whether the authority puts north before east (4326, 5253–5259, 2319–2325)."""
    return bool(CRS.from_epsg(srid).axis_info[0].direction == "north")


def epsg_of(crs: pyproj.CRS | str | None) -> int | None:
    """The EPSG code of a CRS as read from a file; ``None`` where there is none that fits."""
    if crs is None:
        return None
    code = CRS.from_user_input(crs).to_epsg(min_confidence=60)
    return int(code) if code is not None else None
