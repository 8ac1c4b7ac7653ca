"""A centre-line does not cross itself."""

from collections.abc import Iterable

import numpy as np
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-YOL-05",
    layer="yol_orta_hat",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text("Orta hat kendisiyle kesişmez.", "A centre-line does not cross itself."),
    text=Text(
        "{kimlik_no} numaralı orta hat kendisiyle kesişiyor.",
        "Centre-line {kimlik_no} crosses itself.",
    ),
    remedy=Text("hattı kesişme noktasında bölün", "split the line where it crosses"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Lines that are not simple."""
    hat = layers["yol_orta_hat"]
    line = np.asarray(hat.geometry.array)
    for index in hat.index[~shapely.is_missing(line) & ~shapely.is_simple(line)]:
        yield Violation(index)
