"""The shape of an export format, and the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.registry import Registry


@dataclass(frozen=True)
class Exporter:
    """One format of download.

    Attributes:
        media_type: as IANA or the format's standard names it.
        suffix: end of the file name, with its dot.
        write: writes a frame in EPSG:4326 to a path.
    """

    media_type: str
    suffix: str
    write: Callable[[GeoDataFrame, Path], None]


exporters: Registry[Exporter] = Registry(
    "Dosya biçimi / file format", "gis_platform.opendata.exporters", "gis_platform.exporters"
)
