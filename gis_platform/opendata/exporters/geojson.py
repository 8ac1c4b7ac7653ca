"""GeoJSON (RFC 7946): longitude first, seven decimals, outer rings anticlockwise."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.opendata.exporter import Exporter, exporters


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write the frame as one FeatureCollection."""
    frame.to_file(
        path, driver="GeoJSON", engine="pyogrio", RFC7946="YES", COORDINATE_PRECISION=7, WRITE_NAME="NO"
    )


exporters.put("geojson", Exporter("application/geo+json", ".geojson", write))
