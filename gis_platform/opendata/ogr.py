"""Frames into files through GDAL, the same way for every format it writes."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyogrio
from geopandas import GeoDataFrame

from gis_platform.core.disk import writing_to
from gis_platform.opendata.exporter import ExportFacts

_GEOMETRY_TYPES = {
    "point": "Point", "multipoint": "MultiPoint", "linestring": "LineString",
    "multilinestring": "MultiLineString", "polygon": "Polygon", "multipolygon": "MultiPolygon",
}  # fmt: skip


def write_with_gdal(
    frame: GeoDataFrame, path: Path, facts: ExportFacts, driver: str, **options: str
) -> None:
    """Write ``frame`` with a GDAL driver; ``options`` are those of the driver."""
    with writing_to(path):
        pyogrio.write_dataframe(
            frame, path, driver=driver, geometry_type=_GEOMETRY_TYPES[facts.geometry],
            promote_to_multi=False, **options,
        )  # fmt: skip


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let GDAL write ``moment`` where it would write the time of day."""
    said = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": said})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def zip_folder(folder: Path, path: Path, moment: datetime) -> None:
    """Pack the files of a folder, in the order of their names, all dated ``moment``."""
    date = moment.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in sorted(folder.iterdir()):
            info = zipfile.ZipInfo(file.name, date_time=date)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as packed, file.open("rb") as plain:
                shutil.copyfileobj(plain, packed, 1 << 20)
