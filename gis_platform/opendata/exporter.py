"""The shape of an export format, and the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geopandas import GeoDataFrame

from gis_platform.core.errors import Text
from gis_platform.core.registry import Registry


@dataclass(frozen=True)
class TileMaker:
    """The vector tiles of a version.

    Attributes:
        make: the tile of zoom, column and row as MVT, empty where nothing is drawn; the second
            argument says whether it carries every column.
        min_zoom: smallest zoom at which the layer is drawn.
        attribution: who is to be named, in words.
    """

    make: Callable[[tuple[int, int, int], bool], bytes]
    min_zoom: int = 0
    attribution: str = ""


@dataclass(frozen=True)
class ExportFacts:
    """What a file may say about itself.

    Attributes:
        name: name of the layer.
        kinds: kind of values by column, as in ``catalogue.ValueKind``.
        geometry: type of the geometry, e.g. ``multipolygon``.
        moment: when the version was approved; no file carries the time it happened to be written,
            so that the same version gives the same bytes.
        key: column of the key, where a format names one.
        label: column of the text a feature is called by, where a format has room for one.
        tiles: makes the tiles of the version; ``None`` where no database is behind the frame.
    """

    name: str
    kinds: dict[str, str]
    geometry: str
    moment: datetime
    key: str | None = None
    label: str | None = None
    tiles: TileMaker | None = None


@dataclass(frozen=True)
class Exporter:
    """One format of download.

    Attributes:
        title: what a reader knows the format as.
        media_type: as IANA or the format's standard names it.
        suffix: end of the file name, with its dots.
        write: writes a frame in EPSG:4326, sorted by its key, to a path.
        order: place in lists, small first.
        is_later: made after the version is public, beside the answering of the server: what takes
            long, and what is made of tiles.
        most_rows: a layer with more rows has no such file; ``None``: any number.
    """

    title: Text
    media_type: str
    suffix: str
    write: Callable[[GeoDataFrame, Path, ExportFacts], None]
    order: int = 100
    is_later: bool = False
    most_rows: int | None = None

    def holds(self, row_count: int) -> bool:
        """Whether a layer of so many rows fits in."""
        return self.most_rows is None or row_count <= self.most_rows


exporters: Registry[Exporter] = Registry(
    "Dosya biçimi / file format", "gis_platform.opendata.exporters", "gis_platform.exporters"
)
