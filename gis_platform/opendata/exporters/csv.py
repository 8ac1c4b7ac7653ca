"""CSV (RFC 4180, UTF-8): longitude and latitude of a point on the feature as two more columns."""

from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.tabular import harmless_texts, points_of

_CHUNK = 50_000


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the attributes, then ``lon`` and ``lat`` with seven decimals."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for start in range(0, max(len(frame), 1), _CHUNK):
            part = rows(frame.iloc[start : start + _CHUNK], facts)
            part.to_csv(file, index=False, header=start == 0, lineterminator="\r\n")


def rows(frame: GeoDataFrame, facts: ExportFacts) -> pd.DataFrame:
    """The attributes as they are written, ``lon`` and ``lat`` after them."""
    table = harmless_texts(pd.DataFrame(frame[list(facts.kinds)]), facts.kinds)
    for name, kind in facts.kinds.items():
        if kind == "date-time":
            table[name] = table[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        if kind == "boolean":
            table[name] = table[name].map({True: "true", False: "false"})
    points = points_of(frame)
    return table.assign(lon=points.x.map("{:.7f}".format), lat=points.y.map("{:.7f}".format))


exporters.put(
    "csv", Exporter(Text("CSV", "CSV"), "text/csv; charset=utf-8", ".csv", write, order=30)
)
