"""KMZ: the KML, zipped; a tenth of its size, for phones and Google Earth."""

import tempfile
from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.exporters import kml
from gis_platform.opendata.ogr import zip_folder


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the KML as ``doc.kml`` of an archive; one that lies beside ``path`` is taken as it is.

    Source: OGC 07-147r2, annex C: the first ``.kml`` of the archive is the document.
    """
    beside = path.with_suffix(".kml")
    with tempfile.TemporaryDirectory(dir=path.parent) as given:
        document = Path(given) / "doc.kml"
        if beside.is_file():
            document.hardlink_to(beside)
        else:
            kml.write(frame, document, facts)
        zip_folder(Path(given), path, facts.moment)


exporters.put(
    "kmz",
    Exporter(
        Text("KMZ", "KMZ"), "application/vnd.google-earth.kmz", ".kmz", write, order=71,
        is_later=True,
    ),
)  # fmt: skip
