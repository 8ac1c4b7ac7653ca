"""Mahalle cover the district without gaps or overlaps."""

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_SLIVER_M = 0.5
"""Gaps narrower than twice this are the rounding of neighbours, not places."""


@control(
    "R-SP-08",
    layer="mahalle",
    severity=Severity.ERROR,
    source="MAKS MAHALLE",
    evidence="I",
    rule=Text(
        "Mahalleler ilçeyi boşluksuz ve üst üste binmeden kaplar; ihtilaflı sınırlar ayrıdır.",
        "Mahalle cover the district without gaps or overlaps; disputed boundaries apart.",
    ),
    text=Text(
        "{kimlik_no} numaralı mahalle ({ad}) {other} ile {area} m² üst üste biniyor.",
        "Mahalle {kimlik_no} ({ad}) overlaps {other} by {area} m².",
    ),
    kinds={
        "gap": Text(
            "{ad} ilçesinin {area} m²'lik bir yeri hiçbir mahallede değil.",
            "{area} m² of the district {ad} are in no mahalle.",
        )
    },
    remedy=Text(
        "sınırları düzeltin ya da ihtilaf durumunu girin",
        "mend the boundaries, or enter the dispute",
    ),
)
def check(layers: JoinedLayers, *, least_m2: float = 100.0) -> Iterable[Violation]:
    """Pairs that overlap without a dispute, and parts of the district no mahalle covers."""
    mahalle = layers["mahalle"]
    area = np.asarray(mahalle.geometry.array)
    area = np.where(shapely.is_valid(area), area, shapely.make_valid(area))
    one, other = shapely.STRtree(area).query(area, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.intersection(area[one], area[other])
    is_disputed = mahalle["ihtilaf_durumu"].fillna(0).ne(0).to_numpy(bool)
    ad = mahalle["ad"].to_numpy()
    for at in np.flatnonzero(shapely.area(common) > least_m2):
        if not is_disputed[[one[at], other[at]]].any():
            for mine, its in ((one[at], other[at]), (other[at], one[at])):
                values = {"ad": ad[mine], "other": ad[its], "area": f"{common[at].area:,.0f}"}
                yield Violation(mahalle.index[mine], values, geometry=common[at])
    yield from _gaps(layers, shapely.union_all(area), least_m2)


def _gaps(layers: JoinedLayers, covered: BaseGeometry, least_m2: float) -> Iterable[Violation]:
    ilce = layers["ilce"].dropna(subset=["geometry"])
    owned = layers["mahalle"]["ilce_id"]
    for index, district in ilce.loc[ilce["id"].isin(owned), "geometry"].items():
        bare = shapely.get_parts(shapely.difference(shapely.make_valid(district), covered))
        for part in bare[shapely.area(shapely.buffer(bare, -_SLIVER_M)) > least_m2]:
            values = {"ad": ilce.at[index, "ad"], "area": f"{part.area:,.0f}"}
            yield Violation(index, values, "gap", part, layer="ilce")
