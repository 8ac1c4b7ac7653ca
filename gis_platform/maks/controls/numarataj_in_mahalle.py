"""A door lies in the mahalle of its side."""

from collections.abc import Iterable

import numpy as np
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-SP-01",
    layer="numarataj",
    severity=Severity.ERROR,
    source="MAKS NUMARATAJ",
    evidence="I",
    rule=Text(
        "Kapı, bağlı olduğu yönün mahallesinin içindedir.",
        "A door lies in the mahalle of the side it refers to.",
    ),
    text=Text(
        "{kimlik_no} numaralı kapı {mahalle} mahallesine bağlı ama {metres} m dışında.",
        "Door {kimlik_no} refers to {mahalle} but lies {metres} m outside it.",
    ),
    remedy=Text(
        "kapının yerini ya da bağlı olduğu yönü düzeltin",
        "mend the place of the door, or the side it refers to",
    ),
)
def check(layers: JoinedLayers, *, tolerance_m: float = 1.0) -> Iterable[Violation]:
    """Doors outside the polygon of their mahalle by more than the tolerance."""
    area = layers.by_id("mahalle")
    points = layers["numarataj"].geometry
    for mahalle_id, group in points[~points.isna()].groupby(layers.doors["mahalle_id"]):
        if mahalle_id not in area.index or area.at[mahalle_id, "geometry"] is None:
            continue
        polygon = area.at[mahalle_id, "geometry"]
        shapely.prepare(polygon)
        point = np.asarray(group.array)
        outside = np.flatnonzero(~shapely.covers(polygon, point))
        distance = shapely.distance(polygon, point[outside])
        for at, metres in zip(outside, distance, strict=True):
            if metres > tolerance_m:
                values = {"mahalle": area.at[mahalle_id, "ad"], "metres": f"{metres:.1f}"}
                yield Violation(group.index[at], values)
