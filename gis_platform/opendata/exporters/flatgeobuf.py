"""FlatGeobuf: read in parts over HTTP, with a spatial index; quick in QGIS and in the browser."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.ogr import write_with_gdal


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the frame; the index puts the features into an order of its own."""
    write_with_gdal(frame, path, facts, "FlatGeobuf", layer=facts.name)


exporters.put(
    "flatgeobuf",
    Exporter(
        Text("FlatGeobuf", "FlatGeobuf"), "application/vnd.flatgeobuf", ".fgb", write, order=50
    ),
)
