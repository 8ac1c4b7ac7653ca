"""XLSX: opens in Excel as it is; a point on each feature as the columns ``lon`` and ``lat``."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.sheet import MOST_ROWS, write_sheet
from gis_platform.opendata.tabular import points_of

_CHUNK = 20_000
_DECIMALS = 7


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write what the CSV holds, typed: dates are dates, texts are never formulas.

    Raises:
        SourceError: more rows than a worksheet holds, or a text longer than a cell.
    """
    kinds = {**facts.kinds, "lon": "number", "lat": "number"}
    rows = _parts(frame, facts)
    write_sheet(path, facts.name, kinds, rows, facts.moment, most=len(frame))


def _parts(frame: GeoDataFrame, facts: ExportFacts) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), _CHUNK):
        part = frame.iloc[start : start + _CHUNK]
        points = points_of(part)
        table = pd.DataFrame(part[list(facts.kinds)])
        yield table.assign(lon=points.x.round(_DECIMALS), lat=points.y.round(_DECIMALS))


exporters.put(
    "xlsx",
    Exporter(
        Text("Excel (XLSX)", "Excel (XLSX)"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", write,
        order=35, is_later=True, most_rows=MOST_ROWS,
    ),
)  # fmt: skip
