"""CSV (RFC 4180, UTF-8): longitude and latitude of a point on the feature as two more columns."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.opendata.exporter import Exporter, exporters

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write the attributes, then ``lon`` and ``lat`` with seven decimals."""
    table = frame.drop(columns=frame.geometry.name)
    for name in table.select_dtypes(include=["string", "object"]).columns:
        table[name] = table[name].map(_harmless, na_action="ignore")
    points = frame.geometry.representative_point()
    table["lon"] = points.x.map("{:.7f}".format)
    table["lat"] = points.y.map("{:.7f}".format)
    table.to_csv(path, index=False, lineterminator="\r\n", encoding="utf-8")


def _harmless(value: object) -> object:
    """A text a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


exporters.put("csv", Exporter("text/csv; charset=utf-8", ".csv", write))
