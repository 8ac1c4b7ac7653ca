"""CSV (RFC 4180, UTF-8): longitude and latitude of a point on the feature as two more columns."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.tabular import harmless_texts, points_of

_CHUNK = 50_000


@dataclass(frozen=True)
class Dialect:
    """How a CSV is punctuated, for those who read it."""

    separator: str = ","
    decimal: str = "."
    encoding: str = "utf-8"


STANDARD = Dialect()


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the attributes, then ``lon`` and ``lat`` with seven decimals."""
    write_rows(frame, path, facts, STANDARD)


def write_rows(frame: GeoDataFrame, path: Path, facts: ExportFacts, dialect: Dialect) -> None:
    """Write a CSV of this kind, some rows at a time."""
    with path.open("w", encoding=dialect.encoding, newline="") as file:
        for start in range(0, max(len(frame), 1), _CHUNK):
            part = rows(frame.iloc[start : start + _CHUNK], facts, dialect.decimal)
            part.to_csv(
                file, index=False, header=start == 0, lineterminator="\r\n",
                sep=dialect.separator, decimal=dialect.decimal,
            )  # fmt: skip


def rows(frame: GeoDataFrame, facts: ExportFacts, decimal: str) -> pd.DataFrame:
    """The attributes as they are written, ``lon`` and ``lat`` after them."""
    table = harmless_texts(pd.DataFrame(frame[list(facts.kinds)]), facts.kinds)
    for name, kind in facts.kinds.items():
        if kind == "date-time":
            table[name] = table[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        if kind == "boolean":
            table[name] = table[name].map({True: "true", False: "false"})
    points = points_of(frame)
    for name, values in (("lon", points.x), ("lat", points.y)):
        table[name] = [f"{value:.7f}".replace(".", decimal) for value in values]
    return table


exporters.put(
    "csv", Exporter(Text("CSV", "CSV"), "text/csv; charset=utf-8", ".csv", write, order=30)
)
