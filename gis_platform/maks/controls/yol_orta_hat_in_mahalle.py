"""A centre-line lies inside the mahalle of its sides."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-YOL-06",
    layer="yol_orta_hat",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text(
        "Orta hat, yönlerinin mahalle sınırı içinde kalır.",
        "A centre-line lies inside the boundary of the mahalle of its sides.",
    ),
    text=Text(
        "{kimlik_no} numaralı orta hattın {metres} m'si {mahalle} sınırının dışında.",
        "{metres} m of centre-line {kimlik_no} lie outside {mahalle}.",
    ),
    remedy=Text(
        "yönün mahallesini, hattı ya da sınırı düzeltin",
        "mend the mahalle of the side, the line or the boundary",
    ),
)
def check(layers: JoinedLayers, *, tolerance_m: float = 15.0) -> Iterable[Violation]:
    """Lines that leave the (widened) mahalle of their sides; a boundary road has two."""
    hat, area = layers["yol_orta_hat"], layers.by_id("mahalle")
    sides = layers.sides[layers.sides["mahalle_id"].isin(area.index)]
    wanted = sides.groupby("hat_id")["mahalle_id"].agg(lambda ids: tuple(sorted(set(ids))))
    of_line = hat["id"].map(wanted)
    for ids, group in hat[~hat.geometry.isna()].groupby(of_line):
        allowed = shapely.union_all(shapely.buffer(area.loc[list(ids)].geometry.array, tolerance_m))
        shapely.prepare(allowed)
        line = np.asarray(group.geometry.array)
        inside = shapely.covered_by(line, allowed)
        outside = shapely.difference(line[~inside], allowed)
        names = " / ".join(pd.Series(area.loc[list(ids), "ad"]).dropna())
        for index, part in zip(group.index[~inside], outside, strict=True):
            yield Violation(
                index, {"metres": f"{part.length:.1f}", "mahalle": names}, geometry=part
            )
