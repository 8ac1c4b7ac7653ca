"""The drawings of a report as SVG text: a map of the mahalle and bars; no script, no other file."""

import math
from collections.abc import Sequence
from html import escape

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis_platform.core.language import Language, percent
from gis_platform.report.model import PlaceLine

SHARE_COLOURS = (
    (0.0, "#b5493b"),
    (0.5, "#d98a4e"),
    (0.75, "#e3c16f"),
    (0.9, "#a9c58b"),
    (0.95, "#5fa07a"),
    (0.98, "#2f7d6b"),
)
"""Lower bound of the share loaded, and its colour."""
_NO_ROWS = "#e4e6e3"
_WIDTH = 720.0
_TOLERANCE = 0.0002
"""Simplification of outlines in degrees: about 20 m, less than a pixel."""


def share_colour(line: PlaceLine) -> str:
    """The colour of a mahalle on the map."""
    if not line.rows:
        return _NO_ROWS
    return [colour for bound, colour in SHARE_COLOURS if line.loaded_share >= bound][-1]


def mahalle_map(
    lines: Sequence[PlaceLine], points: Sequence[tuple[float, float]], language: Language
) -> str:
    """A choropleth of the share loaded with the held rows as dots; empty without outlines."""
    drawn = [line for line in lines if line.outline is not None]
    if not drawn:
        return ""
    frame = _Frame([line.outline for line in drawn if line.outline is not None])
    areas = [
        f'<path d="{frame.path(line.outline)}" fill="{share_colour(line)}">'
        f"<title>{escape(_said(line, language))}</title></path>"
        for line in drawn
        if line.outline is not None
    ]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6"/>' for x, y in map(frame.place, points)
    )
    return (
        f'<svg viewBox="0 0 {frame.width:.0f} {frame.height:.0f}" class="map" role="img">'
        f'<g stroke="#fff" stroke-width="1">{"".join(areas)}</g>'
        f'<g class="dots">{dots}</g></svg>'
    )


def stacked_bar(line: PlaceLine, most: int) -> str:
    """Loaded, held and rejected rows of a place as one bar; as long as its share of ``most``."""
    width, at, parts = 260.0, 0.0, []
    for name, rows in (("loaded", line.loaded), ("held", line.held), ("rejected", line.rejected)):
        length = width * rows / max(1, most)
        parts.append(f'<rect class="{name}" x="{at:.1f}" y="0" width="{length:.1f}" height="12"/>')
        at += length
    return (
        f'<svg viewBox="0 0 {width:.0f} 12" class="bar" aria-hidden="true">{"".join(parts)}</svg>'
    )


def _said(line: PlaceLine, language: Language) -> str:
    share = percent(line.loaded_share, language)
    return f"{line.mahalle}: {line.loaded}/{line.rows} ({share})"


class _Frame:
    """Longitude and latitude to the drawing: true to shape at the middle latitude."""

    def __init__(self, outlines: Sequence[BaseGeometry]) -> None:
        bounds = [outline.bounds for outline in outlines]
        self._west, self._north = min(b[0] for b in bounds), max(b[3] for b in bounds)
        east, south = max(b[2] for b in bounds), min(b[1] for b in bounds)
        squeeze = math.cos(math.radians((self._north + south) / 2))
        self._scale = min(
            _WIDTH / ((east - self._west) * squeeze or 1),
            1.35 * _WIDTH / (self._north - south or 1),
        )
        self._squeeze = squeeze
        self.width, self.height = self.place((east, south))

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        x = (point[0] - self._west) * self._squeeze * self._scale
        return x, (self._north - point[1]) * self._scale

    def path(self, outline: BaseGeometry) -> str:
        shape = outline.simplify(_TOLERANCE)
        polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
        return "".join(
            "M"
            + "L".join(f"{x:.1f},{y:.1f}" for x, y in (self.place(p) for p in ring.coords))
            + "Z"
            for polygon in polygons
            if isinstance(polygon, Polygon)
            for ring in (polygon.exterior, *polygon.interiors)
        )
