"""GeoJSON (RFC 7946): longitude first, seven decimals, outer rings anticlockwise."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.ogr import write_with_gdal


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the frame as one FeatureCollection."""
    write_with_gdal(
        frame, path, facts, "GeoJSON", RFC7946="YES", COORDINATE_PRECISION="7", WRITE_NAME="NO"
    )


exporters.put(
    "geojson", Exporter(Text("GeoJSON", "GeoJSON"), "application/geo+json", ".geojson", write, 10)
)
