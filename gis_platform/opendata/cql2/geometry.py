"""Shapes written in a filter, in the axis order of its CRS, become WKB with x first."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis_platform.core.crs import PUBLISHED_SRID, box_around
from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.db.queries.expression import EDGES

Edges = tuple[float, float, float, float]
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_FARTHEST = 1e12
_DEEP = {
    "Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2,
    "MultiPolygon": 3,
}  # fmt: skip


@dataclass(frozen=True)
class ReadShape:
    """A shape as WKB, x first, and its edges: west, south, east, north."""

    wkb: bytes
    edges: Edges


def read_shape(tree: Mapping[str, Any], *, is_north_first: bool) -> ReadShape:
    """A GeoJSON geometry.

    Raises:
        UsageError: it is not one, or not valid (RFC 7946; OGC 06-103r4).
    """
    shape = _built(tree, is_north_first=is_north_first, depth=0)
    if shape.is_empty or not shape.is_valid:
        why = shapely.is_valid_reason(shape)
        raise _bad(f"şekil geçersiz: {why}", f"the shape is not valid: {why}")
    return ReadShape(shapely.to_wkb(shape), shape.bounds)


def read_box(edges: Any, srid: int, *, is_north_first: bool) -> ReadShape:
    """Four or six edges of a box; in degrees its west may be over its east (the date line).

    Raises:
        UsageError: they are no edges of a box.
    """
    if not isinstance(edges, list) or len(edges) not in {4, 6}:
        raise _bad("BBOX 4 ya da 6 sayı alır", "BBOX takes 4 or 6 numbers")
    numbers = [_number(each) for each in edges]
    half = len(numbers) // 2
    low, high = numbers[:2], numbers[half : half + 2]
    if is_north_first:
        low, high = low[::-1], high[::-1]
    (west, south), (east, north) = low, high
    if south > north or (west > east and srid != PUBLISHED_SRID):
        raise _bad("BBOX’ın kenarları ters", "the edges of the BBOX are the wrong way round")
    if west <= east:
        return _box([(west, south, east, north)])
    return _box([(west, south, 180.0, north), (-180.0, south, east, north)])


def near_box(shape: ReadShape, srid: int, name: str) -> dict[str, float]:
    """Edges in EPSG:4326, by parameter, of a box that surely holds the shape."""
    if srid == PUBLISHED_SRID:
        return {}
    edges = near(shape.edges, srid)
    return {f"{name}_{edge}": value for edge, value in zip(EDGES, edges, strict=True)}


def near(box: Edges, srid: int) -> Edges:
    """A box in degrees that surely holds ``box``; the whole world where that cannot be said."""
    west, south, east, north = box_around(box, srid, PUBLISHED_SRID)
    if not all(abs(edge) <= 180 for edge in (west, south, east, north)) or west > east:  # noqa: PLR2004
        return _WORLD
    margin = max(east - west, north - south) / 32 + 1e-6
    return west - margin, south - margin, east + margin, north + margin


def _box(halves: list[Edges]) -> ReadShape:
    """A box; one without breadth is a line or a point, as it is for the parameter ``bbox``."""
    shapes = [_flat(*half) for half in halves]
    whole = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    return ReadShape(shapely.to_wkb(whole), whole.bounds)


def _flat(west: float, south: float, east: float, north: float) -> BaseGeometry:
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _built(tree: Any, *, is_north_first: bool, depth: int) -> BaseGeometry:
    kind = tree.get("type") if isinstance(tree, dict) else None
    if kind == "GeometryCollection" and isinstance(tree.get("geometries"), list) and depth < 4:  # noqa: PLR2004
        parts = [
            _built(each, is_north_first=is_north_first, depth=depth + 1)
            for each in tree["geometries"]
        ]
        return shapely.GeometryCollection(parts)
    if kind not in _DEEP:
        raise _bad(f"“{kind}” diye bir şekil yok", f"there is no shape “{kind}”")
    coordinates = _positions(tree.get("coordinates"), _DEEP[kind], is_north_first=is_north_first)
    try:
        return _MAKERS[kind](coordinates)
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise _bad(f"şekil geçersiz: {error}", f"the shape is not valid: {error}") from None


def _positions(said: Any, deep: int, *, is_north_first: bool) -> Any:
    if not isinstance(said, list) or not said:
        raise _bad("koordinat eksik", "coordinates are missing")
    if deep:
        return [_positions(each, deep - 1, is_north_first=is_north_first) for each in said]
    if len(said) not in {2, 3}:
        raise _bad("bir konum 2 ya da 3 sayıdır", "a position is 2 or 3 numbers")
    first, second = _number(said[0]), _number(said[1])
    return (second, first) if is_north_first else (first, second)


def _polygon(rings: Any) -> BaseGeometry:
    return shapely.Polygon(rings[0], rings[1:])


_MAKERS: Mapping[str, Any] = {
    "Point": shapely.Point,
    "LineString": shapely.LineString,
    "Polygon": _polygon,
    "MultiPoint": shapely.MultiPoint,
    "MultiLineString": shapely.MultiLineString,
    "MultiPolygon": lambda parts: shapely.MultiPolygon([_polygon(each) for each in parts]),
}


def _number(said: Any) -> float:
    if isinstance(said, bool) or not isinstance(said, (int, float, Decimal)):
        raise _bad(f"“{said}” bir sayı değil", f"“{said}” is not a number")
    return max(-_FARTHEST, min(_FARTHEST, float(Decimal(said))))


def _bad(tr: str, en: str) -> UsageError:
    return UsageError(Text(tr, en), place=Place(field="filter"))
