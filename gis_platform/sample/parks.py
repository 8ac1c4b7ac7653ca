"""Parks of the invented district: a layer from a file, as any unit of a municipality may have.

No table and no program belongs to it: a GeoJSON and a layer file (TOML) in one folder are enough
for ``gis layer`` to carry it to the public.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject_geometry
from gis_platform.sample.world import World

FOLDER = "layers"
_TRIES, _A_MAHALLE = 80, 3
_APART, _LEAST_RADIUS, _MOST_RADIUS = 6.0, 9.0, 70.0
"""Metres from what is built, and of a park's own radius."""
_CORNERS = 12
_KINDS = (("park", "PARKI"), ("çocuk oyun alanı", "ÇOCUK PARKI"), ("spor alanı", "SPOR ALANI"))
_FIRST_DAY, _DAYS = date(1985, 1, 1), 14_600


def write_parks(world: World, folder: Path) -> int:
    """Write ``park.geojson`` (EPSG:4326) and ``park.toml`` into ``folder``; the number of parks."""
    rng = np.random.default_rng([world.seed, 70])
    built = shapely.STRtree([*world.hat_line, *shapely.polygons(world.buildings.corners)])
    rows: list[dict[str, Any]] = []
    for number, area in enumerate(world.mahalle_area):
        name = world.district.ad[number]
        for which, shape in enumerate(_parks_in(area, built, rng)):
            kind, suffix = _KINDS[which]
            rows.append(
                {
                    "kod": f"P{len(rows) + 1:03}", "ad": f"{name} {suffix}", "tur": kind,
                    "mahalle": name, "alan_m2": round(shape.area),
                    "acilis": _FIRST_DAY + timedelta(days=int(rng.integers(_DAYS))),
                    "is_lit": bool(rng.random() < 0.7), "geometry": shape,
                }
            )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    shapes = np.array([row.pop("geometry") for row in rows], dtype=object)
    degrees = reproject_geometry(shapes, REGISTER_SRID, PUBLISHED_SRID)
    frame = gpd.GeoDataFrame(rows, geometry=degrees, crs=PUBLISHED_SRID)
    frame.to_file(folder / "park.geojson", driver="GeoJSON", COORDINATE_PRECISION=7)
    said = (resources.files("gis_platform.sample") / "data" / "park.toml").read_text("utf-8")
    (folder / "park.toml").write_text(said, encoding="utf-8")
    return len(rows)


def _parks_in(
    area: shapely.Polygon, built: shapely.STRtree, rng: np.random.Generator
) -> Iterator[shapely.Polygon]:
    """The widest open places of a mahalle that chance comes upon, the widest first."""
    places = _within(area, rng)
    _, room = built.query_nearest(places, return_distance=True, all_matches=False)
    room = np.minimum(room, shapely.distance(places, area.exterior)) - _APART
    taken: list[tuple[shapely.Point, float]] = []
    for at in np.argsort(-room):
        radius = min(float(room[at]), _MOST_RADIUS)
        if radius < _LEAST_RADIUS or len(taken) == _A_MAHALLE:
            return
        if all(places[at].distance(other) > radius + wide + _APART for other, wide in taken):
            taken.append((places[at], radius))
            yield _drawn(places[at], radius, rng)


def _within(area: shapely.Polygon, rng: np.random.Generator) -> NDArray[np.object_]:
    west, south, east, north = area.bounds
    spots = rng.uniform((west, south), (east, north), (_TRIES, 2))
    points = shapely.points(spots)
    inside: NDArray[np.object_] = points[shapely.contains(area, points)]
    return inside


def _drawn(middle: shapely.Point, radius: float, rng: np.random.Generator) -> shapely.Polygon:
    turns = np.arange(_CORNERS)
    angles = 2 * np.pi * turns / _CORNERS
    reach = radius * rng.uniform(0.7, 1.0, _CORNERS)
    corners = np.column_stack(
        (middle.x + reach * np.cos(angles), middle.y + reach * np.sin(angles))
    )
    return shapely.Polygon(corners)
