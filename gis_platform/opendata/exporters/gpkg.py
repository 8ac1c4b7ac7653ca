"""GeoPackage: one file for QGIS and ArcGIS, with a spatial index."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.ogr import clock_at, write_with_gdal


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the frame as the layer named after the published one."""
    with clock_at(facts.moment):
        write_with_gdal(frame, path, facts, "GPKG", layer=facts.name)


exporters.put(
    "gpkg",
    Exporter(
        Text("GeoPackage", "GeoPackage"), "application/geopackage+sqlite3", ".gpkg", write, 20
    ),
)
