"""GML 3.2.1 (ISO 19136) with its application schema, zipped; latitude first, as EPSG:4326 says.

Simple Features profile, level 0 (OGC 10-100r3).
"""

import tempfile
from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.ogr import write_with_gdal, zip_folder


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write document and schema into one archive; an empty value is ``xsi:nil``."""
    with tempfile.TemporaryDirectory(dir=path.parent) as given:
        folder = Path(given)
        write_with_gdal(
            frame, folder / f"{facts.name}.gml", facts, "GML", layer=facts.name, FORMAT="GML3.2",
            WRITE_FEATURE_BOUNDED_BY="NO",
        )  # fmt: skip
        zip_folder(folder, path, facts.moment)


exporters.put(
    "gml",
    Exporter(
        Text("GML 3.2 (zip)", "GML 3.2 (zip)"), "application/zip", ".gml.zip", write, order=72,
        is_later=True,
    ),
)  # fmt: skip
