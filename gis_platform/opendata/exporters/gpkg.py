"""GeoPackage: one file for QGIS and ArcGIS, with a spatial index."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.opendata.exporter import Exporter, exporters


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write the frame as the layer named after the file."""
    frame.to_file(path, driver="GPKG", engine="pyogrio", layer=path.stem)


exporters.put("gpkg", Exporter("application/geopackage+sqlite3", ".gpkg", write))
