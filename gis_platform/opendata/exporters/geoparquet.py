"""GeoParquet 1.1: columns that analysts read in parts, near features together, with their boxes.

Source: GeoParquet specification 1.1.0, “Bounding box covering”; the order is that of a Hilbert
curve, so that a reader who wants a part of the map passes over most row groups.
"""

from pathlib import Path

import numpy as np
from geopandas import GeoDataFrame

from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters

_ROW_GROUP = 50_000


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the frame along a Hilbert curve; features at one place stay in the order of the key."""
    if len(frame):
        frame = frame.iloc[np.argsort(frame.hilbert_distance().to_numpy(), kind="stable")]
    columns = [*facts.kinds, frame.geometry.name]
    with writing_to(path):
        frame[columns].to_parquet(
            path, index=False, compression="zstd", schema_version="1.1.0",
            write_covering_bbox=True, row_group_size=_ROW_GROUP,
        )  # fmt: skip


exporters.put(
    "geoparquet",
    Exporter(
        Text("GeoParquet", "GeoParquet"), "application/vnd.apache.parquet", ".parquet", write,
        order=45,
    ),
)  # fmt: skip
