"""KML 2.2 (OGC 07-147r2): Google Earth and phones; longitude first, WGS 84, the label as name."""

from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.ogr import write_with_gdal

_NO_COLUMN = "_"
_NAME = "_name"
"""A column of that name becomes the name of the placemark and nothing else."""


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the frame; every column is in ``ExtendedData``, the label is the name as well.

    By GDAL's own driver: the one of libkml keeps the whole document in memory.
    """
    kinds, label = facts.kinds, facts.label
    table = frame.drop(columns=[name for name in frame if name not in {*kinds, "geometry"}])
    for name, kind in kinds.items():
        if kind == "date-time":
            table[name] = frame[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        if kind == "boolean":
            table[name] = frame[name].map({True: "true", False: "false"}).astype("str")
    if label is not None:
        table[_NAME] = frame[label].astype("str")
    options = {"NameField": _NAME, "DescriptionField": _NO_COLUMN}
    write_with_gdal(table, path, facts, "KML", layer=facts.name, dataset_options=options)


exporters.put(
    "kml",
    Exporter(
        Text("KML", "KML"), "application/vnd.google-earth.kml+xml", ".kml", write, order=70,
        is_later=True,
    ),
)  # fmt: skip
