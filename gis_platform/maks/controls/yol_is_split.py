"""A long road is not cut into several that run on in one line."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_TWO = 2


@control(
    "R-YOL-13",
    layer="yol",
    severity=Severity.INFO,
    source="Numaralama Yönetmeliği (1003/1927) m.4",
    evidence="S",
    rule=Text(
        "Uzun bir yol yapay olarak birkaç yola bölünmez.",
        "A long road is not split artificially into several.",
    ),
    text=Text(
        "{kimlik_no} numaralı yol ({ad}) {other} ile tek bir çizgi gibi sürüyor.",
        "Road {kimlik_no} ({ad}) runs on in one line as {other}.",
    ),
    remedy=Text("tek yol mu, bakın", "see whether they are one road"),
    is_certain=False,
)
def check(
    layers: JoinedLayers, *, degrees: float = 10.0, snap_m: float = 0.5
) -> Iterable[Violation]:
    """Ends where exactly two roads meet, straight on, with different names."""
    ends = _ends(layers, snap_m)
    meeting = ends[ends.groupby(["x", "y"])["yol_id"].transform("size") == _TWO]
    pairs = meeting.merge(meeting, on=["x", "y"], suffixes=("", "_other"))
    pairs = pairs[pairs["yol_id"] != pairs["yol_id_other"]]
    bend = np.abs(np.mod(pairs["azimuth"] - pairs["azimuth_other"], 360.0) - 180.0)
    pairs = pairs[bend <= degrees].drop_duplicates("yol_id")
    yol = layers.by_id("yol")
    for row in pairs[pairs["yol_id"].isin(yol.index)].itertuples():
        other = yol["ad"].get(row.yol_id_other, "?")
        yield Violation(
            yol.at[row.yol_id, "_index"],
            {"ad": yol.at[row.yol_id, "ad"], "other": other},
            geometry=row.end,
        )


def _ends(layers: JoinedLayers, snap_m: float) -> pd.DataFrame:
    """Both ends of each line: rounded place, road, and the azimuth into the line."""
    hat = layers["yol_orta_hat"]
    line = np.asarray(hat.geometry.array)
    fit = (shapely.get_type_id(line) == 1) & (shapely.get_num_points(line) >= _TWO)
    line, road = line[fit], hat["yol_id"].to_numpy()[fit]
    parts = []
    for end, inner in ((0, 1), (-1, -2)):
        at, towards = shapely.get_point(line, end), shapely.get_point(line, inner)
        x, y = shapely.get_x(at), shapely.get_y(at)
        azimuth = np.degrees(np.arctan2(shapely.get_x(towards) - x, shapely.get_y(towards) - y))
        place = {"x": np.round(x / snap_m), "y": np.round(y / snap_m)}
        parts.append(pd.DataFrame({**place, "yol_id": road, "azimuth": azimuth, "end": at}))
    return pd.concat(parts, ignore_index=True)
