"""The shape of an export format, and the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.core.registry import Registry


@dataclass(frozen=True)
class ExportFacts:
    """What a file may say about itself.

    Attributes:
        name: name of the layer.
        kinds: kind of values by column, as in ``catalogue.ValueKind``.
        geometry: type of the geometry, e.g. ``multipolygon``.
        moment: when the version was approved; no file carries the time it happened to be written,
            so that the same version gives the same bytes.
    """

    name: str
    kinds: dict[str, str]
    geometry: str
    moment: datetime


@dataclass(frozen=True)
class Exporter:
    """One format of download.

    Attributes:
        title: what a reader knows the format as.
        media_type: as IANA or the format's standard names it.
        suffix: end of the file name, with its dots.
        write: writes a frame in EPSG:4326, sorted by its key, to a path.
        order: place in lists, small first.
    """

    title: Text
    media_type: str
    suffix: str
    write: Callable[[GeoDataFrame, Path, ExportFacts], None]
    order: int = 100


exporters: Registry[Exporter] = Registry(
    "Dosya biçimi / file format", "gis_platform.opendata.exporters", "gis_platform.exporters"
)
