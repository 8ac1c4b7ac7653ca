"""Geometries as a layer of the register keeps them."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.maks.model import GeometryType

Shapes = NDArray[np.object_]

_SINGLE = {"POINT": 0, "LINESTRING": 1, "POLYGON": 3, "MULTIPOLYGON": 3}
_MULTI = {"POINT": 4, "LINESTRING": 5, "POLYGON": 6, "MULTIPOLYGON": 6}


def fit_shapes(shapes: Shapes, kind: GeometryType) -> tuple[Shapes, NDArray[np.bool_], int]:
    """Single parts out of multi-part wrappings, areas of a mahalle into one.

    A line or area of several parts stays as it is: that is a matter of a control, which shows it.

    Returns:
        The geometries (``None`` where missing or empty), which of the given ones are of another
        kind than the layer's, and how many were unwrapped.
    """
    shapes = np.where(shapely.is_empty(shapes), np.array(None), shapes)
    # Geodatabases turn outer rings clockwise, GeoPackages do not: the area is the same feature.
    shapes = shapely.orient_polygons(shapes)
    types = shapely.get_type_id(shapes)
    of_kind = np.isin(types, [_SINGLE[kind], _MULTI[kind]])
    if kind == "POINT":
        of_kind &= shapely.get_num_geometries(shapes) <= 1
    is_foreign = ~of_kind & ~shapely.is_missing(shapes)
    if kind == "MULTIPOLYGON":
        return _as_multi(shapes, types == _SINGLE[kind]), is_foreign, 0
    wrapped = (types == _MULTI[kind]) & (shapely.get_num_geometries(shapes) == 1)
    unwrapped = np.where(wrapped, shapely.get_geometry(shapes, 0), shapes)
    return unwrapped, is_foreign, int(wrapped.sum())


def _as_multi(shapes: Shapes, which: NDArray[np.bool_]) -> Shapes:
    shapes = shapes.copy()
    at = np.flatnonzero(which)
    shapes[at] = shapely.multipolygons(shapes[at], indices=np.arange(len(at)))
    return shapes
