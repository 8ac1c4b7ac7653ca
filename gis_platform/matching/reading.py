"""Where rows of addresses come from: text tables, Parquet, layers, workbooks; always in blocks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from gis_platform.matching.cells import strings
from gis_platform.matching.gdal import gdal
from gis_platform.matching.lines import BLOCK_ROWS, LineTable
from gis_platform.sources.parquet import GEOPARQUET, PARQUET, open_parquet
from gis_platform.sources.table import OURS, read_table

GEOPACKAGE = ".gpkg"
_LINES = frozenset({".csv", ".tsv", ".txt"})


class Source(Protocol):
    """A table read in blocks: ``blocks`` one after another, ``table`` by any thread."""

    headers: tuple[str, ...]

    def row_count(self) -> int | None:
        """About how many rows there are; ``None`` where it takes long to say."""

    def empty(self) -> pa.Table:
        """Its columns without a row."""

    def blocks(self, after: int = 0) -> Iterator[Any]:
        """The blocks that follow the first ``after`` rows; always cut at the same rows."""

    def table(self, block: Any) -> pa.Table:
        """The columns of a block."""


def open_source(path: Path, sheet: str | None = None) -> Source:
    """The reader of a file, by its suffix.

    Raises:
        SourceError: it cannot be read.
    """
    if path.suffix == GEOPACKAGE:
        return gdal().LayerTable(path, sheet)  # type: ignore[no-any-return]
    if path.suffix in (PARQUET, GEOPARQUET):
        return ParquetTable(path)
    if path.suffix in _LINES and sheet is None:
        return LineTable(path)
    return FrameTable(path, sheet)


class ParquetTable:
    """A Parquet file; geometry columns of a GeoParquet are left out."""

    def __init__(self, path: Path) -> None:
        self._file = open_parquet(path)
        schema = self._file.schema_arrow
        shapes = json.loads((schema.metadata or {}).get(b"geo", b"{}")).get("columns", {})
        self.headers = tuple(name for name in schema.names if name not in shapes)
        self._schema = pa.schema([schema.field(name) for name in self.headers])

    def row_count(self) -> int:
        """As the footer says."""
        return int(self._file.metadata.num_rows)

    def empty(self) -> pa.Table:
        """Its columns without a row."""
        return self._schema.empty_table()

    def blocks(self, after: int = 0) -> Iterator[pa.RecordBatch]:
        """Batches of a row group each; groups that are passed over are not read."""
        for group in range(self._file.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            if after >= rows:
                after -= rows
                continue
            for batch in self._file.iter_batches(
                BLOCK_ROWS, row_groups=[group], columns=list(self.headers), use_threads=False
            ):
                if after <= 0:
                    yield batch
                after -= batch.num_rows

    def table(self, block: pa.RecordBatch) -> pa.Table:
        """The columns of a batch."""
        return pa.Table.from_batches([block]).replace_schema_metadata(None)


class FrameTable:
    """A table of any other format that ``sources`` reads; every value is text."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        self._path, self._sheet = path, sheet
        first = next(read_table(path, sheet=sheet, chunk_rows=1))
        self.headers = tuple(name for name in first.columns if name not in OURS)

    def row_count(self) -> None:
        """Nobody knows before it is read."""

    def empty(self) -> pa.Table:
        """Its columns without a row."""
        return pa.Table.from_arrays([strings([])] * len(self.headers), list(self.headers))

    def blocks(self, after: int = 0) -> Iterator[pa.Table]:
        """Frames of ``sources`` as tables of text."""
        for frame in read_table(self._path, sheet=self._sheet, chunk_rows=BLOCK_ROWS):
            if after <= 0 and len(frame):
                columns = [strings(frame[name].tolist()) for name in self.headers]
                yield pa.Table.from_arrays(columns, list(self.headers))
            after -= len(frame)

    def table(self, block: pa.Table) -> pa.Table:
        """The block itself."""
        return block
