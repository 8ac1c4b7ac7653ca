"""A door's number is odd or even as its side of the road is; left odd, right even."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.direction import directions, said_sure
from gis_platform.maks.joined import CLUSTER, SQUARE, JoinedLayers, place_along

_ODD, _EVEN = Text("tek", "odd"), Text("çift", "even")
_ALL_BUT_ALL, _ENOUGH = 0.8, 8


@control(
    "R-NUM-01",
    layer="numarataj",
    severity=Severity.WARNING,
    source="Adres ve Numaralama Yönetmeliği m.26/2",
    evidence="S",
    rule=Text(
        "Yolun başından bakınca solda tek, sağda çift numaralar vardır.",
        "Seen from the start of the road the left side is odd, the right side even.",
    ),
    text=Text(
        "{kapi_no} numaralı kapı ({kimlik_no}) yolun {parity} numaralı yanında.",
        "Door {kapi_no} ({kimlik_no}) stands on the {parity} side of its road.",
    ),
    kinds={
        "mirrored": Text(
            "{kimlik_no} numaralı yolda ({ad}) numaraların arttığı yöne göre ({sure} emin) tekler "
            "sağda.",
            "On road {kimlik_no} ({ad}) the odd numbers are on the right of the direction in "
            "which numbers ascend ({sure} sure).",
        )
    },
    remedy=Text(
        "kapının numarasını ya da bağlı olduğu yönü düzeltin",
        "mend the number of the door, or the side it refers to",
    ),
)
def check(
    layers: JoinedLayers,
    *,
    least_doors: int = 3,
    majority: float = 0.8,
    numbers_sure: float = 0.95,
) -> Iterable[Violation]:
    """Doors against the parity of their own side, and roads whose left side is even.

    The parity of a side is that of most of its doors, so a line digitised backwards accuses
    nobody; a side whose doors do not agree accuses nobody either. Which end is the start is read
    from the numbers: they ascend from it.
    """
    doors = layers.doors[layers.doors["number"].notna() & layers.doors["yon_id"].notna()]
    doors = doors[~doors["yol_tip"].isin([SQUARE, CLUSTER])]
    is_odd = (doors["number"] % 2 == 1).astype(float)
    share = is_odd.groupby(doors["yon_id"]).transform("mean")
    count = is_odd.groupby(doors["yon_id"]).transform("size")
    sure = (count >= least_doors) & (np.maximum(share, 1 - share) >= majority)
    wrong = sure & (is_odd != (share > 0.5))  # noqa: PLR2004 - more than half
    for index in doors.index[wrong]:
        parity = _ODD if share[index] > 0.5 else _EVEN  # noqa: PLR2004 - more than half
        yield Violation(index, {"kapi_no": doors.at[index, "kapi_no"], "parity": parity})
    yield from _mirrored(layers, doors[sure & ~wrong], is_odd, numbers_sure)


def _mirrored(
    layers: JoinedLayers, doors: pd.DataFrame, is_odd: pd.Series, least_sure: float
) -> Iterable[Violation]:
    """Roads on which odd numbers stand right of the direction in which numbers surely ascend."""
    roads = directions(layers)
    roads = roads[roads["numbers_sure"] >= least_sure]
    doors = doors[doors["yol_id"].isin(roads.index)]
    road = roads.loc[doors["yol_id"]]
    point = np.asarray(layers["numarataj"].geometry.loc[doors.index].array)
    _, offset = place_along(point, road["line"].to_numpy())
    is_left = pd.Series(np.sign(offset) * road["by_numbers"].to_numpy(), index=doors.index)
    is_left = is_left[is_left.notna() & (is_left != 0)]
    agrees = is_left.where(is_odd[is_left.index] == 1, -is_left)
    agreement = agrees.groupby(doors.loc[agrees.index, "yol_id"]).agg(["mean", "size"])
    turned = agreement[(agreement["mean"] <= -_ALL_BUT_ALL) & (agreement["size"] >= _ENOUGH)]
    yol = layers.by_id("yol")
    for yol_id in turned.index.intersection(yol.index):
        sure = said_sure(roads.at[yol_id, "numbers_sure"])
        values = {"ad": yol.at[yol_id, "ad"], "sure": sure}
        yield Violation(
            yol.at[yol_id, "_index"], values, "mirrored", roads.at[yol_id, "line"], layer="yol"
        )
