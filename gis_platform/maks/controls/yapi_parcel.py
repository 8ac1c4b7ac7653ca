"""A building's ada and parsel are those of the parcel it lies in."""

from collections.abc import Iterable

import numpy as np
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-SP-10",
    layer="yapi",
    severity=Severity.WARNING,
    source="MAKS YAPI",
    evidence="I",
    rule=Text(
        "Yapının ada ve parseli, içinde bulunduğu parselinkilerdir.",
        "A building's ada and parsel are those of the parcel it lies in.",
    ),
    text=Text(
        "{kimlik_no} numaralı yapı {own} yazıyor ama {there} parselinin içinde.",
        "Building {kimlik_no} states {own} but lies in parcel {there}.",
    ),
    remedy=Text(
        "yapının ada ve parselini güncelleyin", "bring the building's ada and parsel up to date"
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Buildings in the middle of a parcel with another ada/parsel; silent without parcels."""
    yapi, parcel = layers["yapi"], layers["parsel"]
    yapi = yapi[yapi["parsel_no"].notna() & ~yapi.geometry.isna()]
    tree = shapely.STRtree(np.asarray(parcel.geometry.array))
    middle = shapely.point_on_surface(np.asarray(yapi.geometry.array))
    building, at = tree.query(middle, predicate="intersects")
    own = (yapi["ada_no"].fillna("") + "/" + yapi["parsel_no"]).to_numpy()
    there = (parcel["ada_no"].fillna("") + "/" + parcel["parsel_no"].fillna("")).to_numpy()
    for position, found in zip(building, at, strict=True):
        if own[position] != there[found]:
            yield Violation(yapi.index[position], {"own": own[position], "there": there[found]})
