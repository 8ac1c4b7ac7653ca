"""Frames into files through GDAL, the same way for every format it writes."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyogrio
from geopandas import GeoDataFrame

from gis_platform.core.disk import writing_to
from gis_platform.opendata.exporter import ExportFacts

_GEOMETRY_TYPES = {
    "point": "Point", "multipoint": "MultiPoint", "linestring": "LineString",
    "multilinestring": "MultiLineString", "polygon": "Polygon", "multipolygon": "MultiPolygon",
}  # fmt: skip


def write_with_gdal(
    frame: GeoDataFrame, path: Path, facts: ExportFacts, driver: str, **options: Any
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


def packed_entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    """An entry of an archive, dated ``moment``."""
    info = zipfile.ZipInfo(name, date_time=moment.astimezone(UTC).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def zip_folder(folder: Path, path: Path, moment: datetime) -> None:
    """Pack the files of a folder, in the order of their names, all dated ``moment``.

    Without the extensions for large files where none is: GDAL reads no KMZ that has them.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in sorted(folder.iterdir()):
            info = packed_entry(file.name, moment)
            info.file_size = file.stat().st_size
            with archive.open(info, "w") as packed, file.open("rb") as plain:
                shutil.copyfileobj(plain, packed, 1 << 20)
