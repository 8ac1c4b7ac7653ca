"""The MAKS layers of a delivery or of the register, as frames that travel between rooms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.maks.model import LAYERS

FILE, ROW = "_file", "_row"
PROVENANCE = (FILE, ROW)
"""Where a feature came from: file (with its table, where it has several) and row, 1 = first."""

_DTYPES = {
    "text": "str",
    "guid": "str",
    "int": "Int64",
    "long": "Int64",
    "real": "float64",
    "timestamp": "datetime64[us, UTC]",
}


@dataclass(frozen=True)
class MaksLayers(Mapping[str, pd.DataFrame]):
    """Frames by layer name; a layer that is not there reads as empty, with its columns.

    Each frame has the columns of ``maks.model`` under our names, ``_file`` and ``_row``, and for a
    spatial layer ``geometry`` in EPSG:5254, east first. The index is unique and means nothing.
    Text is ``str`` with missing values, numbers are nullable, times are UTC.
    """

    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name] if name in self.frames else empty_frame(name)

    def __contains__(self, name: object) -> bool:
        """Whether the layer is there, and not only readable as empty."""
        return name in self.frames

    def __iter__(self) -> Iterator[str]:
        return iter(name for name in LAYERS if name in self.frames)

    def __len__(self) -> int:
        return len(self.frames)

    def with_frames(self, **frames: pd.DataFrame) -> "MaksLayers":
        """The same layers with some of them replaced."""
        return MaksLayers({**self.frames, **frames})

    def counts(self) -> dict[str, int]:
        """Features per layer, in loading order."""
        return {name: len(self.frames[name]) for name in self}


def empty_frame(name: str) -> pd.DataFrame:
    """A frame of layer ``name`` without rows; ``KeyError`` where MAKS has no such layer."""
    layer = LAYERS[name]
    columns = {column.name: pd.Series(dtype=_DTYPES[column.kind]) for column in layer.columns}
    frame = pd.DataFrame({**columns, FILE: pd.Series(dtype="str"), ROW: pd.Series(dtype="Int64")})
    if layer.geometry is None:
        return frame
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs=REGISTER_SRID))
