"""The ground of the sample: a district whose mahalle tile it without gaps, and how it is bent.

Everything is laid out on a straight plan in metres (EPSG:5254, east first) and bent afterwards by
one smooth, one-to-one map: what does not touch on the plan does not touch on the ground.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_platform.core.crs import DISTRICT_ENVELOPE_5254

IL_KOD, IL = 34, "İSTANBUL"
ILCE_KOD, ILCE, ILCE_ESKI = 1325, "EYÜPSULTAN", "EYÜP"

_OUTLINE = (
    (0.44, 0.02), (0.60, 0.01), (0.80, 0.03), (0.84, 0.14), (0.90, 0.27), (0.88, 0.42),
    (0.80, 0.50), (0.84, 0.62), (0.86, 0.78), (0.78, 0.86), (0.62, 0.92), (0.44, 0.96),
    (0.24, 0.975), (0.12, 0.93), (0.10, 0.80), (0.18, 0.68), (0.20, 0.56), (0.30, 0.46),
    (0.42, 0.44), (0.44, 0.32), (0.40, 0.18),
)  # fmt: skip
"""Corners of the invented district in the unit square of Eyüpsultan's envelope."""
_WAVES = ((100.0, 5000.0), (22.0, 1600.0), (4.0, 500.0))
"""Amplitude and length, metres; their slopes add up to less than one, so nothing folds."""
_BORDER_STEP = 60.0

Points = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Border:
    """A straight edge of the plan: its ends and the mahalle on its two sides (-1: outside)."""

    start: Points
    end: Points
    left: int
    right: int

    @property
    def length(self) -> float:
        """Length on the plan, metres."""
        return float(np.hypot(*(self.end - self.start)))


@dataclass(frozen=True)
class District:
    """The plan of the district: mahalle as cells around their centres, and the bending map."""

    kimlik_no: Ints
    ad: tuple[str, ...]
    posta_kodu: tuple[str, ...]
    semt: tuple[str, ...]
    centres: Points
    pull: Points
    cells: tuple[BaseGeometry, ...]
    phases: Points

    @cached_property
    def outline(self) -> BaseGeometry:
        """The whole district on the plan."""
        return shapely.union_all(self.cells)

    @cached_property
    def borders(self) -> tuple[Border, ...]:
        """Every edge between two cells or between a cell and the outside, once."""
        sides: dict[tuple[tuple[float, ...], tuple[float, ...]], list[int]] = {}
        for number, cell in enumerate(self.cells):
            ring = [tuple(point) for point in shapely.orient_polygons(cell).exterior.coords]
            for a, b in pairwise(ring):
                left = sides.setdefault((min(a, b), max(a, b)), [-1, -1])
                left[0 if a < b else 1] = number
        return tuple(
            Border(np.array(a), np.array(b), left, right)
            for (a, b), (left, right) in sorted(sides.items())
        )

    def nearest(self, points: Points) -> Ints:
        """The mahalle in whose cell each plan point lies (outside the district: the nearest)."""
        answer = np.empty(len(points), np.int64)
        for at in range(0, len(points), 50_000):
            part = points[at : at + 50_000]
            away = ((part[:, None, :] - self.centres[None, :, :]) ** 2).sum(axis=2)
            answer[at : at + 50_000] = away.argmin(axis=1)
        return answer

    def bend(self, points: Points) -> Points:
        """Plan points on the ground, EPSG:5254, rounded to the millimetre."""
        moved = points.astype(np.float64, copy=True)
        for number, (amplitude, length) in enumerate(_WAVES):
            angle = self.phases[number, 0]
            k = 2 * np.pi / length
            across = k * (points @ np.array([np.cos(angle), np.sin(angle)]))
            along = k * (points @ np.array([-np.sin(angle), np.cos(angle)]))
            moved[:, 0] += amplitude * np.sin(across + self.phases[number, 1])
            moved[:, 1] += amplitude * np.sin(along + self.phases[number, 2])
        return np.round(moved, 3)

    def ground(self, nodes: Mapping[int, list[float]] | None = None) -> list[BaseGeometry]:
        """The mahalle polygons on the ground, EPSG:5254.

        Args:
            nodes: more vertices of a border (by its place in ``borders``), metres from its start.
        """
        pieces: list[list[BaseGeometry]] = [[] for _ in self.cells]
        for number, border in enumerate(self.borders):
            more = (nodes or {}).get(number)
            line = shapely.linestrings(self.bend(border_points(border, more)))
            for side in (border.left, border.right):
                if side >= 0:
                    pieces[side].append(line)
        return [shapely.polygonize(lines).geoms[0] for lines in pieces]


def border_points(border: Border, nodes: list[float] | None = None) -> Points:
    """The vertices of a border on the plan, ``nodes`` among them."""
    steps = np.arange(_BORDER_STEP, border.length - _BORDER_STEP / 2, _BORDER_STEP)
    steps = np.unique(np.concatenate([steps, nodes or []]))
    inner = border.start + steps[:, None] / border.length * (border.end - border.start)
    return np.vstack([border.start, inner, border.end])


def make_district(seed: int) -> District:
    """The plan for ``seed``: the real mahalle at invented places, a little moved each time."""
    rng = np.random.default_rng([seed, 1])
    with resources.files(__package__).joinpath("data/mahalle.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    west, south, east, north = DISTRICT_ENVELOPE_5254
    size, corner = np.array([east - west, north - south]), np.array([west, south])
    unit = np.array([(float(row["u"]), float(row["v"])) for row in rows])
    centres = corner + size * (unit + rng.uniform(-0.008, 0.008, unit.shape))
    outline = shapely.polygons(corner + size * np.array(_OUTLINE))
    return District(
        kimlik_no=np.array([int(row["kimlik_no"]) for row in rows]),
        ad=tuple(row["ad"] for row in rows),
        posta_kodu=tuple(row["posta_kodu"] for row in rows),
        semt=tuple(row["semt"] for row in rows),
        centres=centres,
        pull=np.array([float(row["pull"]) for row in rows]),
        cells=_cells(centres, outline),
        phases=rng.uniform(0, 2 * np.pi, (len(_WAVES), 3)),
    )


def _cells(centres: Points, outline: BaseGeometry) -> tuple[BaseGeometry, ...]:
    """The outline cut into the areas nearest to each centre; neighbours share their vertices."""
    edges = shapely.voronoi_polygons(
        shapely.multipoints(centres), extend_to=outline, only_edges=True
    )
    noded = shapely.node(shapely.union_all([outline.exterior, edges]))
    cells: list[list[BaseGeometry]] = [[] for _ in centres]
    for face in shapely.polygonize(list(noded.geoms)).geoms:
        inside = face.representative_point()
        if outline.contains(inside):
            away = ((centres - [inside.x, inside.y]) ** 2).sum(axis=1)
            cells[int(away.argmin())].append(face)
    return tuple(max(faces, key=lambda face: face.area) for faces in cells)
