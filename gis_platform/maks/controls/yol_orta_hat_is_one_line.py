"""The geometry of a centre-line is one continuous line of at least two points."""

from collections.abc import Iterable

import numpy as np
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_LINESTRING = 1


@control(
    "R-YOL-03",
    layer="yol_orta_hat",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text(
        "Orta hattın geometrisi en az iki noktalı, tek parça bir çizgidir.",
        "The geometry of a centre-line is one line of at least two points.",
    ),
    text=Text(
        "{kimlik_no} numaralı orta hat tek parça bir çizgi değil: {parts} parça, {metres} m.",
        "Centre-line {kimlik_no} is not one line: {parts} parts, {metres} m.",
    ),
    remedy=Text(
        "parçaları birleştirin ya da ayrı orta hatlar yapın",
        "join the parts, or make them centre-lines of their own",
    ),
    can_be_waived=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Lines of several parts, or without length."""
    hat = layers["yol_orta_hat"]
    line = np.asarray(hat.geometry.array)
    there = ~shapely.is_missing(line)
    whole = (shapely.get_type_id(line) == _LINESTRING) & (shapely.length(line) > 0)
    for at in np.flatnonzero(there & ~whole):
        parts, metres = shapely.get_num_geometries(line[at]), shapely.length(line[at])
        yield Violation(hat.index[at], {"parts": parts, "metres": f"{metres:.1f}"})
