"""Buildings are valid areas of one part that do not overlap."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-SP-07",
    layer="yapi",
    severity=Severity.ERROR,
    source="MAKS YAPI",
    evidence="I",
    rule=Text(
        "Yapılar geçerli, kapalı, tek parça ve üst üste binmeyen alanlardır.",
        "Buildings are valid, closed areas of one part that do not overlap.",
    ),
    text=Text(
        "{kimlik_no} numaralı yapı {parts} parça.", "Building {kimlik_no} is of {parts} parts."
    ),
    kinds={
        "invalid": Text(
            "{kimlik_no} numaralı yapının sınırı geçersiz: {reason}.",
            "The outline of building {kimlik_no} is not valid: {reason}.",
        ),
        "tiny": Text(
            "{kimlik_no} numaralı yapı yalnız {area} m².", "Building {kimlik_no} is only {area} m²."
        ),
        "overlap": Text(
            "{kimlik_no} numaralı yapı {other} ile {area} m² üst üste biniyor.",
            "Building {kimlik_no} overlaps {other} by {area} m².",
        ),
    },
    remedy=Text("yapının sınırını düzeltin", "mend the outline of the building"),
)
def check(
    layers: JoinedLayers, *, least_area_m2: float = 4.0, overlap_m2: float = 1.0
) -> Iterable[Violation]:
    """Outlines of several parts, invalid, tiny, or on top of one another."""
    yapi = layers["yapi"]
    area = np.asarray(yapi.geometry.array)
    there = ~shapely.is_missing(area)
    for at in np.flatnonzero(there & (shapely.get_num_geometries(area) > 1)):
        yield Violation(yapi.index[at], {"parts": shapely.get_num_geometries(area[at])})
    valid = shapely.is_valid(area)
    for at in np.flatnonzero(there & ~valid):
        yield Violation(yapi.index[at], {"reason": shapely.is_valid_reason(area[at])}, "invalid")
    for at in np.flatnonzero(there & valid & (shapely.area(area) < least_area_m2)):
        yield Violation(yapi.index[at], {"area": f"{area[at].area:.1f}"}, "tiny")
    yield from _overlaps(yapi, np.where(valid, area, np.array(None)), overlap_m2)


def _overlaps(yapi: pd.DataFrame, area: np.ndarray, least_m2: float) -> Iterable[Violation]:
    one, other = shapely.STRtree(area).query(area, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.intersection(area[one], area[other])
    size = shapely.area(common)
    number = yapi["kimlik_no"].astype("str").to_numpy()
    for at in np.flatnonzero(size > least_m2):
        for mine, its in ((one[at], other[at]), (other[at], one[at])):
            values = {"other": number[its], "area": f"{size[at]:.1f}"}
            yield Violation(yapi.index[mine], values, "overlap", common[at])
