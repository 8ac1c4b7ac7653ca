"""A door is numbered from the road it stands at."""

from collections.abc import Iterable

import numpy as np
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-14",
    layer="numarataj",
    severity=Severity.WARNING,
    source="odakgis.com.tr",
    evidence="C-obs",
    rule=Text(
        "Kapı, önünde durduğu yoldan numara alır.",
        "A door takes its number from the road it stands at.",
    ),
    text=Text(
        "{kapi_no} numaralı kapı ({kimlik_no}) kendi yoluna {own} m, başka bir yola ({other}) "
        "{nearest} m.",
        "Door {kapi_no} ({kimlik_no}) is {own} m from its own road, {nearest} m from another "
        "({other}).",
    ),
    remedy=Text(
        "kapıyı öteki yolun yönüne bağlayın ya da yerini düzeltin",
        "attach the door to the side of the other road, or mend its place",
    ),
    is_certain=False,
)
def check(
    layers: JoinedLayers, *, ratio: float = 3.0, beyond_m: float = 30.0
) -> Iterable[Violation]:
    """Doors far from their own road and ``ratio`` times nearer to another."""
    hat = layers["yol_orta_hat"]
    hat = hat[~hat.geometry.isna()]
    own = layers.places["distance"]
    far = layers.doors[own > beyond_m]
    point = np.asarray(layers["numarataj"].geometry.loc[far.index].array)
    tree = shapely.STRtree(np.asarray(hat.geometry.array))
    (door, line), distance = tree.query_nearest(point, return_distance=True, all_matches=False)
    road = hat["yol_id"].to_numpy()[line]
    ad = layers["yol"].drop_duplicates("id").set_index("id")["ad"]
    for at, yol_id, metres in zip(door, road, distance, strict=True):
        index = far.index[at]
        if yol_id != far.at[index, "yol_id"] and own[index] > ratio * metres:
            values = {"kapi_no": far.at[index, "kapi_no"], "own": f"{own[index]:.0f}"}
            yield Violation(
                index, {**values, "nearest": f"{metres:.0f}", "other": ad.get(yol_id, "?")}
            )
