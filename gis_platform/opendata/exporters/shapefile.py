"""Shapefile, zipped: UTF-8 with its ``.cpg``; names of columns are cut to ten characters."""

import tempfile
from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.ogr import write_with_gdal, zip_folder

LONGEST_NAME = 10


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the parts of the shapefile into one archive, with the full names beside them."""
    names = short_names(list(facts.kinds))
    table = frame.rename(columns=names)
    for name, kind in facts.kinds.items():
        if kind == "date-time":  # a dBASE date has no time of day
            table[names[name]] = frame[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        if kind == "boolean":
            table[names[name]] = frame[name].astype("Int64")
    with tempfile.TemporaryDirectory(dir=path.parent) as given:
        folder = Path(given)
        write_with_gdal(
            table, folder / f"{facts.name}.shp", facts, "ESRI Shapefile",
            ENCODING="UTF-8", DBF_DATE_LAST_UPDATE=f"{facts.moment:%Y-%m-%d}",
        )  # fmt: skip
        said = "".join(f"{short}\t{name}\r\n" for name, short in names.items())
        (folder / f"{facts.name}.columns.txt").write_text(said, encoding="utf-8", newline="")
        zip_folder(folder, path, facts.moment)


def short_names(names: list[str]) -> dict[str, str]:
    """Each name cut to ten characters, a number at the end where two would be the same."""
    taken: dict[str, str] = {}
    for name in names:
        short, number = name[:LONGEST_NAME], 1
        while short in taken.values():
            short = f"{name[: LONGEST_NAME - 1 - len(str(number))]}_{number}"
            number += 1
        taken[name] = short
    return taken


exporters.put(
    "shapefile",
    Exporter(
        Text("Shapefile (zip)", "Shapefile (zip)"), "application/zip", ".shp.zip", write, order=60
    ),
)
