"""CSV for Excel in Turkish: semicolons, decimal commas, a byte order mark; opens in columns."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.exporters.csv import Dialect, write_rows

EXCEL = Dialect(separator=";", decimal=",", encoding="utf-8-sig")


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write what the plain CSV holds, as Excel in Turkish reads it."""
    write_rows(frame, path, facts, EXCEL)


exporters.put(
    "csv_excel",
    Exporter(
        Text("CSV (Türkçe Excel)", "CSV (Excel in Turkish)"), "text/csv; charset=utf-8",
        ".excel.csv", write, order=40,
    ),
)  # fmt: skip
