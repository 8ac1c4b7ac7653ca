"""The centre-lines of one road continue each other."""

from collections.abc import Iterable

import numpy as np
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.components import component_of
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-YOL-12",
    layer="yol",
    severity=Severity.WARNING,
    source="odakgis.com.tr",
    evidence="C-obs",
    rule=Text(
        "Bir yolun orta hatları birbirini sürdürür; birbirinden kopuk aynı adlı yollar ayrıdır.",
        "The centre-lines of a road continue each other; roads of one name that do not are two.",
    ),
    text=Text(
        "{kimlik_no} numaralı yol ({ad}) birbirinden kopuk {count} parça.",
        "Road {kimlik_no} ({ad}) is {count} parts that do not touch.",
    ),
    remedy=Text(
        "kopuk parçayı ait olduğu yola bağlayın ya da aradaki hattı çizin",
        "attach the loose part to its own road, or draw the line between",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers, *, gap_m: float = 50.0) -> Iterable[Violation]:
    """Roads whose lines form more than one group within ``gap_m``."""
    yol, hat = layers["yol"], layers["yol_orta_hat"]
    hat = hat[~hat.geometry.isna() & hat["yol_id"].notna()]
    line, road = np.asarray(hat.geometry.array), hat["yol_id"].to_numpy()
    one, other = shapely.STRtree(line).query(line, predicate="dwithin", distance=gap_m)
    joined = (one < other) & (road[one] == road[other])
    group = component_of(len(line), one[joined], other[joined])
    parts = hat.assign(group=group).groupby("yol_id")["group"].nunique()
    count = yol["id"].map(parts).fillna(0).astype(int)
    for index, number in count[count > 1].items():
        yield Violation(
            index,
            {"ad": yol.at[index, "ad"], "count": number},
            geometry=shapely.union_all(line[road == yol.at[index, "id"]]),
        )
