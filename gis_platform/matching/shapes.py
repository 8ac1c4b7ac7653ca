"""Where places lie: a point for each csbm, mahalle and ilçe with its radius; lines and areas.

The radius reaches every part of the place: half a csbm for its middle, the far corner of a
mahalle for the point on its surface. Metres are measured in TUREF / TM30.
"""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import (
    PUBLISHED_SRID,
    REGISTER_SRID,
    reproject,
    reproject_geometry,
)  # fmt: skip

CELL_M, CELLS = 150.0, 1 << 24
"""Width of a cell of the grid of doors in metres, and cells from south to north."""


def pack(shapes: NDArray[np.object_]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """WKB of all shapes one after another and where each begins; empty where there is none."""
    blobs = [b"" if shape is None else shapely.to_wkb(shape) for shape in shapes]
    starts = np.concatenate(([0], np.cumsum([len(blob) for blob in blobs]))).astype(np.int64)
    return np.frombuffer(b"".join(blobs), np.uint8), starts


def unpack(packed: NDArray[np.uint8], starts: NDArray[np.int64], which: NDArray[Any]) -> Any:
    """Shapes by number; ``None`` where there is none."""
    blobs = [bytes(packed[starts[at] : starts[at + 1]]) or None for at in which.tolist()]
    return shapely.from_wkb(np.array(blobs, object))


def _by_code(frame: pd.DataFrame | None, code: str, codes: NDArray[Any]) -> NDArray[np.object_]:
    """The shape of each code in the order of ``codes``; several of one code are joined."""
    out = np.full(len(codes), None, object)
    if frame is None or not len(frame):
        return out
    order = np.argsort(codes, kind="stable")
    given = frame[code].astype("Int64").fillna(-1).to_numpy(np.int64)
    place = np.minimum(np.searchsorted(codes[order], given), max(len(codes) - 1, 0))
    at = order[place] if len(codes) else place
    shapes = np.asarray(frame["geometry"], object)
    good = (codes[at] == given) if len(codes) else np.zeros(len(given), bool)
    good &= np.array([shape is not None and not shape.is_empty for shape in shapes], bool)
    for number, shape in zip(at[good].tolist(), shapes[good].tolist(), strict=True):
        out[number] = shape if out[number] is None else shapely.union(out[number], shape)
    return out


def _radius(shapes: NDArray[np.object_], x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float64]:
    """Distance from a point to the farthest corner of its shape, metres."""
    corners, whose = shapely.get_coordinates(shapes, return_index=True)
    away = np.hypot(corners[:, 0] - x[whose], corners[:, 1] - y[whose])
    far = np.zeros(len(shapes))
    np.maximum.at(far, whose, away)
    return far


def _points(shapes: NDArray[np.object_], *, on_line: bool) -> dict[str, NDArray[np.float64]]:
    """Longitude, latitude and radius of each shape (given in EPSG:5254); NaN where none."""
    lon, lat, accuracy = (np.full(len(shapes), np.nan) for _ in range(3))
    there = np.array([shape is not None for shape in shapes], bool)
    if there.any():
        known = shapes[there]
        point = _middle(known) if on_line else shapely.point_on_surface(known)
        x, y = shapely.get_x(point), shapely.get_y(point)
        lon[there], lat[there] = reproject(x, y, REGISTER_SRID, PUBLISHED_SRID)
        accuracy[there] = _radius(known, x, y)
    return {"lon": lon, "lat": lat, "accuracy": accuracy}


def _middle(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Half way along the longest part of each line."""
    longest = np.array([_longest(line) for line in lines], object)
    return np.asarray(shapely.line_interpolate_point(longest, 0.5, normalized=True), object)


def _longest(line: Any) -> Any:
    merged = shapely.line_merge(line)
    parts = shapely.get_parts(merged)
    return max(parts, key=shapely.length) if len(parts) > 1 else parts[0]


def _metric(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    out = np.full(len(shapes), None, object)
    there = np.array([shape is not None for shape in shapes], bool)
    if there.any():
        out[there] = reproject_geometry(
            shapely.force_2d(shapes[there]), PUBLISHED_SRID, REGISTER_SRID
        )
    return out


def shape_arrays(reference: Any, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Points, lines and areas of a reference, in the order of ``arrays``."""
    lines = _metric(_by_code(reference.orta_hat, "csbm_kod", arrays["csbm_kod"]))
    areas = _metric(_by_code(reference.mahalle_alan, "mahalle_kod", arrays["mahalle_kod"]))
    districts = _metric(_by_code(reference.ilce_alan, "ilce_kod", arrays["ilce_kod"]))
    found = {"csbm": _points(lines, on_line=True), "mahalle": _points(areas, on_line=False)}
    found["ilce"] = _points(districts, on_line=False)
    x, y = reproject(arrays["door_lon"], arrays["door_lat"], PUBLISHED_SRID, REGISTER_SRID)
    _from_doors(found["csbm"], arrays, x, y)
    _from_above(found["csbm"], found["mahalle"], arrays["csbm_mahalle"])
    out: dict[str, NDArray[Any]] = {
        f"{level}_{what}": a for level, group in found.items() for what, a in group.items()
    }
    out["door_x"], out["door_y"] = x, y
    out["door_cell"], out["door_by_cell"] = _by_cell(x, y)
    out["line_wkb"], out["line_start"] = pack(lines)
    out["area_wkb"], out["area_start"] = pack(areas)
    return out


def cell_of(x: Any, y: Any) -> NDArray[np.int64]:
    """The grid cell of points; its neighbours to the north and south are one more and one less."""
    column, row = np.floor(np.asarray(x) / CELL_M), np.floor(np.asarray(y) / CELL_M)
    return np.asarray(column.astype(np.int64) * CELLS + row.astype(np.int64))


def _by_cell(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The cells of all doors with a point, sorted, and the doors in that order."""
    at = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    cells = cell_of(x[at], y[at])
    order = np.argsort(cells, kind="stable")
    return cells[order], at[order].astype(np.int32)


def _from_doors(points: dict[str, NDArray[Any]], arrays: dict[str, NDArray[Any]],
                x: NDArray[Any], y: NDArray[Any]) -> None:  # fmt: skip
    """A csbm without a line lies in the middle of its doors."""
    counts = np.diff(arrays["door_start"])
    wanted = np.flatnonzero((counts > 0) & np.isnan(points["lon"]))
    for at in wanted.tolist():
        doors = slice(arrays["door_start"][at], arrays["door_start"][at + 1])
        good = np.isfinite(x[doors]) & np.isfinite(y[doors])
        if not good.any():
            continue
        near_x, near_y = np.median(x[doors][good]), np.median(y[doors][good])
        lon, lat = reproject(near_x, near_y, REGISTER_SRID, PUBLISHED_SRID)
        points["lon"][at], points["lat"][at] = float(lon), float(lat)
        away = np.hypot(x[doors][good] - near_x, y[doors][good] - near_y)
        points["accuracy"][at] = max(float(away.max()), 50.0)


def _from_above(points: dict[str, NDArray[Any]], above: dict[str, NDArray[Any]],
                parent: NDArray[Any]) -> None:  # fmt: skip
    """A csbm without line and doors lies somewhere in its mahalle."""
    missing = np.isnan(points["lon"])
    for name in ("lon", "lat", "accuracy"):
        points[name][missing] = above[name][parent[missing]]
