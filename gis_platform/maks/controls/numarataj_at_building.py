"""A door stands at its building."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-SP-03",
    layer="numarataj",
    severity=Severity.WARNING,
    source="odakgis.com.tr",
    evidence="C-obs",
    rule=Text(
        "Kapı, yapısının sınırında ya da yakınındadır.",
        "A door stands on the outline of its building or near it.",
    ),
    text=Text(
        "{kimlik_no} numaralı kapı yapısından ({yapi}) {metres} m uzakta.",
        "Door {kimlik_no} is {metres} m from its building ({yapi}).",
    ),
    kinds={
        "parcel": Text(
            "{kimlik_no} numaralı kapı parselinin ({parsel}) {metres} m dışında.",
            "Door {kimlik_no} lies {metres} m outside its parcel ({parsel}).",
        )
    },
    remedy=Text(
        "kapının yerini ya da yapısını düzeltin", "mend the place of the door, or its building"
    ),
)
def check(layers: JoinedLayers, *, metres: float = 10.0) -> Iterable[Violation]:
    """Doors further than ``metres`` from the building they refer to, or outside their parcel."""
    door = layers["numarataj"]
    point = np.asarray(door.geometry.array)
    for column, layer, kind in (("yapi_id", "yapi", ""), ("parsel_id", "parsel", "parcel")):
        outline = np.asarray(layers.lookup(door[column], layer, "geometry"), dtype=object)
        number = layers.lookup(door[column], layer, "kimlik_no")
        distance = shapely.distance(point, np.where(pd.isna(outline), np.array(None), outline))
        for at in np.flatnonzero(distance > metres):
            values = {layer: number.iloc[at], "metres": f"{distance[at]:.0f}"}
            yield Violation(door.index[at], values, kind)
