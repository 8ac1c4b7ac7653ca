"""A building's ada and parsel are those of the parcel it lies in."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
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
    can_be_fixed=True,
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
            values = {"own": own[position], "there": there[found]}
            yield Violation(yapi.index[position], values, **_mended(parcel.iloc[found]))


def _mended(parcel: pd.Series) -> dict[str, Any]:
    """The remedy, where the parcel says its own number."""
    if pd.isna(parcel["parsel_no"]):
        return {}
    ada = "" if pd.isna(parcel["ada_no"]) else parcel["ada_no"]
    said = f"{ada}/{parcel['parsel_no']}"
    return {
        "remedy": Text(f"ada ve parseli {said} yapın", f"make ada and parsel {said}"),
        "fix": {"ada_no": ada or None, "parsel_no": parcel["parsel_no"]},
    }
