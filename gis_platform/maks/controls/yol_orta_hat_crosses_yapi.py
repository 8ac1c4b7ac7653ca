"""A centre-line does not run through a building."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-YOL-04",
    layer="yol_orta_hat",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text("Orta hat yapılarla kesişmez.", "A centre-line does not intersect a building."),
    text=Text(
        "{kimlik_no} numaralı orta hat {count} yapıyla kesişiyor: {yapi}.",
        "Centre-line {kimlik_no} intersects {count} buildings: {yapi}.",
    ),
    remedy=Text(
        "hattı ya da yapının sınırını düzeltin; yapı yıkıldıysa kapatın",
        "mend the line or the outline; close the building if it is gone",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Lines that share a point with a building, and which buildings."""
    hat, yapi = layers["yol_orta_hat"], layers["yapi"]
    line, outline = np.asarray(hat.geometry.array), np.asarray(yapi.geometry.array)
    at, building = shapely.STRtree(outline).query(line, predicate="intersects")
    crossed = pd.Series(yapi["kimlik_no"].to_numpy()[building], index=at)
    for position, numbers in crossed.groupby(level=0):
        where = outline[building[at == position]]
        yield Violation(
            hat.index[position],
            {"count": len(numbers), "yapi": ", ".join(numbers.astype("str").head(5))},
            geometry=shapely.intersection(line[position], shapely.union_all(where)),
        )
