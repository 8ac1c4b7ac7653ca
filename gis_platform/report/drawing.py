"""Drawings of a report as a list of simple shapes, put on a page as SVG or into a PDF alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Literal

from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Area:
    """A closed outline with its holes."""

    rings: tuple[tuple[Point, ...], ...]
    fill: str
    stroke: str | None = None
    width: float = 0.5
    title: str = ""


@dataclass(frozen=True)
class Line:
    """A line of straight pieces."""

    points: tuple[Point, ...]
    stroke: str
    width: float = 1.0


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    at: Point
    radius: float
    fill: str


@dataclass(frozen=True)
class Label:
    """A piece of text; ``at`` is the left, middle or right of its base line."""

    at: Point
    text: str
    size: float
    fill: str = "#1d2a2b"
    anchor: Anchor = "middle"
    bold: bool = False
    halo: bool = False


Shape = Area | Line | Dot | Label


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet; x to the right, y downwards, the unit is a PDF point."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    alt: str = ""

    def scaled(self, factor: float) -> "Drawing":
        """The same drawing larger or smaller, lines and letters too."""
        shapes = tuple(_scaled(shape, factor) for shape in self.shapes)
        return replace(self, width=self.width * factor, height=self.height * factor, shapes=shapes)


def svg(drawing: Drawing, css_class: str) -> str:
    """The drawing as an SVG element."""
    body = "".join(_svg(shape) for shape in drawing.shapes)
    alt = escape(drawing.alt, quote=True)
    return (
        f'<svg viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" class="{css_class}" '
        f'role="img" aria-label="{alt}">{body}</svg>'
    )


def rings_of(shape: BaseGeometry) -> Iterator[list[Sequence[Point]]]:
    """The rings of each polygon of an area."""
    for polygon in getattr(shape, "geoms", [shape]):
        if polygon.geom_type == "Polygon" and not polygon.is_empty:
            yield [ring.coords for ring in (polygon.exterior, *polygon.interiors)]


def lines_of(shape: BaseGeometry) -> Iterator[Sequence[Point]]:
    """The points of each part of a line."""
    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type == "LineString" and not part.is_empty:
            yield part.coords


def _svg(shape: Shape) -> str:
    if isinstance(shape, Area):
        path = "".join(_path(ring) + "Z" for ring in shape.rings)
        title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
        stroke = f' stroke="{shape.stroke}" stroke-width="{shape.width:g}"' if shape.stroke else ""
        return f'<path d="{path}" fill="{shape.fill}" fill-rule="evenodd"{stroke}>{title}</path>'
    if isinstance(shape, Line):
        return (
            f'<path d="{_path(shape.points)}" fill="none" stroke="{shape.stroke}" '
            f'stroke-width="{shape.width:g}" stroke-linecap="round" stroke-linejoin="round"/>'
        )
    if isinstance(shape, Dot):
        x, y = shape.at
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{shape.radius:g}" fill="{shape.fill}"/>'
    x, y = shape.at
    weight = ' font-weight="700"' if shape.bold else ""
    halo = ' stroke="#fff" stroke-width="2" paint-order="stroke"' if shape.halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{shape.size:g}" fill="{shape.fill}" '
        f'text-anchor="{shape.anchor}"{weight}{halo}>{escape(shape.text)}</text>'
    )


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _scaled(shape: Shape, by: float) -> Shape:
    def at(point: Point) -> Point:
        return point[0] * by, point[1] * by

    if isinstance(shape, Area):
        rings = tuple(tuple(at(p) for p in ring) for ring in shape.rings)
        return replace(shape, rings=rings, width=shape.width * by)
    if isinstance(shape, Line):
        return replace(shape, points=tuple(map(at, shape.points)), width=shape.width * by)
    if isinstance(shape, Dot):
        return replace(shape, at=at(shape.at), radius=shape.radius * by)
    return replace(shape, at=at(shape.at), size=shape.size * by)
