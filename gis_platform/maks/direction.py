"""Which way a road is numbered, from its numbers and from what its ends join, and how sure.

The direction in which a line was digitised says nothing: both sources speak of the ends of the
road, and a road on which neither is sure has no direction.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_platform.core.errors import Text
from gis_platform.maks.joined import JoinedLayers

LEAST_DOORS = 4
_BIGGER = (2, 3)
"""Csbm types bulvar and cadde."""
_ENDS = 2
_ONE_END_JOINS, _NEARER_CENTRE = 0.8, 0.7
"""How sure the rule of the start is: it is known from secondary sources (maks.md R-NUM-02)."""
_MOST_SURE = 0.999
_HALF = 0.5


def directions(
    layers: JoinedLayers,
    *,
    snap_m: float = 12.0,
    least_doors: int = LEAST_DOORS,
    centre: Sequence[float] = (),
) -> pd.DataFrame:
    """The direction of each road whose centre-lines make one line, by GUID.

    Args:
        layers: roads, lines and doors.
        snap_m: an end within so many metres of another road joins it.
        least_doors: with fewer numbered doors the numbers say nothing.
        centre: the town's ``yön merkezi``, east and north in EPSG:5254, where it is known.

    Returns:
        ``line`` (one geometry); ``by_numbers`` and ``by_topology``: 1 from its first point on, -1
        from its last, 0 unknown, each with how sure (``numbers_sure, topology_sure``, 0.5 to 1);
        ``way`` and ``sure`` of both together; ``doors`` that spoke.
    """
    lines = whole_lines(layers)
    numbers = _by_numbers(layers, lines, least_doors)
    topology = _by_topology(layers, lines, snap_m, centre)
    odds = _odds(numbers["by_numbers"], numbers["numbers_sure"])
    odds += _odds(topology["by_topology"], topology["topology_sure"])
    sure = 1 / (1 + np.exp(-np.abs(odds)))
    return lines.join(numbers).join(topology).assign(way=np.sign(odds).astype(int), sure=sure)


def said_sure(sure: float) -> Text:
    """How sure, in words: never quite."""
    percent = int(100 * min(sure, _MOST_SURE))
    return Text(f"%{percent}", f"{percent}%")


def whole_lines(layers: JoinedLayers) -> pd.DataFrame:
    """``line`` of the roads whose centre-lines make one line, by GUID of the road."""
    hat = layers["yol_orta_hat"]
    hat = hat[~hat.geometry.isna() & hat["yol_id"].notna()]
    shapes, keys = np.asarray(hat.geometry.array), hat["yol_id"].to_numpy()
    codes, roads = pd.factorize(keys)
    order: NDArray[np.intp] = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(roads) + 1))
    first = shapes[order[starts[:-1]]] if len(roads) else shapes[:0]
    merged = first.copy()
    for at in np.flatnonzero(np.diff(starts) > 1).tolist():
        parts = shapes[order[starts[at] : starts[at + 1]]]
        merged[at] = shapely.line_merge(shapely.union_all(parts))
    lines = pd.DataFrame({"line": pd.Series(merged, index=pd.Index(roads), dtype=object)})
    return lines[shapely.get_type_id(merged) == 1]


def _by_numbers(layers: JoinedLayers, lines: pd.DataFrame, least_doors: int) -> pd.DataFrame:
    """From which end the numbers ascend: rank correlation of place and number."""
    doors = layers.doors.dropna(subset=["number"])
    doors = doors[doors["yol_id"].isin(lines.index)]
    line = lines["line"].loc[doors["yol_id"]].to_numpy()
    point = np.asarray(layers["numarataj"].geometry.loc[doors.index].array)
    ranks = pd.DataFrame(
        {
            "yol_id": doors["yol_id"],
            "along": shapely.line_locate_point(line, point),
            "number": doors["number"].astype("float64"),
        }
    ).dropna()
    by_road = ranks.groupby("yol_id")
    ranks[["along", "number"]] = by_road[["along", "number"]].rank()
    centred = ranks[["along", "number"]] - by_road[["along", "number"]].transform("mean")
    keys = ranks["yol_id"]
    both = (centred["along"] * centred["number"]).groupby(keys).sum()
    spread = np.sqrt((centred**2).groupby(keys).sum().prod(axis=1).astype(float))
    count = keys.groupby(keys).size()
    trend = (both / spread.where(spread > 0)).where(count >= least_doors).fillna(0.0)
    found = pd.DataFrame({"trend": trend, "doors": count}).reindex(lines.index).fillna(0)
    sure = _normal(np.abs(found["trend"]) * np.sqrt(np.maximum(found["doors"] - 1, 0)))
    return pd.DataFrame(
        {
            "by_numbers": np.sign(found["trend"]).astype(int),
            "numbers_sure": sure,
            "trend": found["trend"],
            "doors": found["doors"].astype(int),
        },
        index=lines.index,
    )


def _by_topology(
    layers: JoinedLayers, lines: pd.DataFrame, snap_m: float, centre: Sequence[float]
) -> pd.DataFrame:
    """The end that alone joins a bulvar or cadde is the start; else the nearer to the centre."""
    first, last = _joins(layers, lines, snap_m)
    way = np.where(first & ~last, 1, np.where(last & ~first, -1, 0))
    sure = np.where(way != 0, _ONE_END_JOINS, _HALF)
    if len(centre) == _ENDS:
        at = shapely.Point(*centre)
        ends = [shapely.get_point(lines["line"].to_numpy(), end) for end in (0, -1)]
        nearer = np.sign(shapely.distance(ends[1], at) - shapely.distance(ends[0], at)).astype(int)
        sure = np.where((way == 0) & (nearer != 0), _NEARER_CENTRE, sure)
        way = np.where(way == 0, nearer, way)
    return pd.DataFrame({"by_topology": way, "topology_sure": sure}, index=lines.index)


def _joins(
    layers: JoinedLayers, lines: pd.DataFrame, snap_m: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
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


def _odds(way: pd.Series, sure: pd.Series) -> pd.Series:
    """Logarithm of the odds that the road runs from its first point on."""
    kept = sure.clip(_HALF, _MOST_SURE)
    return way * np.log(kept / (1 - kept))


def _normal(z: pd.Series) -> pd.Series:
    """Distribution function of the normal law (Abramowitz and Stegun 26.2.17), for z ≥ 0."""
    t = 1 / (1 + 0.2316419 * z)
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978
                + t * 1.330274429))))  # fmt: skip
    below: pd.Series = 1 - np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * poly
    return below
