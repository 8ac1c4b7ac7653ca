"""Numbers begin where the road leaves the bigger road."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_BIGGER = (2, 3)
"""Csbm types bulvar and cadde."""


@control(
    "R-NUM-02",
    layer="yol",
    severity=Severity.INFO,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Numaralama, yolun bulvar ya da caddeye bağlandığı uçtan başlar.",
        "Numbering begins at the end that joins a bulvar or cadde.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolun ({ad}) numaraları bulvar ya da caddeye bağlanmayan uçtan "
        "başlıyor.",
        "The numbers of road {kimlik_no} ({ad}) begin at the end that joins no bulvar or cadde.",
    ),
    remedy=Text(
        "yön merkezi belliyse başlangıcı ona göre denetleyin",
        "where the town's centre of directions is known, check the start against it",
    ),
    is_certain=False,
)
def check(
    layers: JoinedLayers, *, snap_m: float = 12.0, least_doors: int = 4, sure: float = 0.8
) -> Iterable[Violation]:
    """Roads of one line of which one end alone joins a bigger road, numbered from the other."""
    lines = _whole_lines(layers)
    joins = _joins(layers, lines, snap_m)
    lines = lines[joins[0] != joins[1]].assign(from_first=joins[0][joins[0] != joins[1]])
    doors = layers.doors.dropna(subset=["number"])
    doors = doors[doors["yol_id"].isin(lines.index)]
    road = lines.loc[doors["yol_id"]]
    point = np.asarray(layers["numarataj"].geometry.loc[doors.index].array)
    along = pd.Series(shapely.line_locate_point(road["line"].to_numpy(), point), index=doors.index)
    ranks = pd.DataFrame({"yol_id": doors["yol_id"], "along": along, "number": doors["number"]})
    ranks[["along", "number"]] = ranks.groupby("yol_id")[["along", "number"]].rank()
    trend = _correlation(ranks, least_doors)
    yol = layers.by_id("yol")
    ascends = trend[trend.abs() >= sure] > 0
    for yol_id, ascending in ascends.items():
        if ascending != lines.at[yol_id, "from_first"] and yol_id in yol.index:
            yield Violation(
                yol.at[yol_id, "_index"],
                {"ad": yol.at[yol_id, "ad"]},
                geometry=lines.at[yol_id, "line"],
            )


def _whole_lines(layers: JoinedLayers) -> pd.DataFrame:
    """The roads whose centre-lines make one line, by GUID."""
    hat = layers["yol_orta_hat"]
    hat = hat[~hat.geometry.isna() & hat["yol_id"].notna()]
    merged = hat.groupby("yol_id")["geometry"].agg(
        lambda parts: shapely.line_merge(shapely.union_all(np.asarray(parts)))
    )
    is_line = shapely.get_type_id(merged.to_numpy()) == 1
    return pd.DataFrame({"line": merged[is_line]})


def _joins(
    layers: JoinedLayers, lines: pd.DataFrame, snap_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the first and the last end of each line lies on another road of a bigger kind."""
    hat = layers["yol_orta_hat"]
    bigger = hat[layers.lookup(hat["yol_id"], "yol", "tip").isin(_BIGGER) & ~hat.geometry.isna()]
    tree = shapely.STRtree(np.asarray(bigger.geometry.array))
    found = []
    for end in (0, -1):
        at = shapely.get_point(lines["line"].to_numpy(), end)
        line, other = tree.query(at, predicate="dwithin", distance=snap_m)
        foreign = bigger["yol_id"].to_numpy()[other] != lines.index.to_numpy()[line]
        found.append(np.isin(np.arange(len(lines)), line[foreign]))
    return found[0], found[1]


def _correlation(ranks: pd.DataFrame, least_doors: int) -> pd.Series:
    """Spearman's correlation of place and number of each road with enough doors."""
    centred = ranks[["along", "number"]] - ranks.groupby("yol_id")[["along", "number"]].transform(
        "mean"
    )
    keys = ranks["yol_id"]
    both = (centred["along"] * centred["number"]).groupby(keys).sum()
    size = np.sqrt((centred**2).groupby(keys).sum().prod(axis=1).astype(float))
    enough = keys.groupby(keys).size() >= least_doors
    return (both[enough] / size[enough]).astype(float).dropna()
