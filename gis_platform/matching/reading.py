"""Where rows of addresses come from: text tables, Parquet, layers, workbooks; always in blocks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.matching.cells import strings
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
        return LayerTable(path, sheet)
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


class LayerTable:
    """A layer of a GeoPackage, without its geometry."""

    def __init__(self, path: Path, name: str | None) -> None:
        self._path = path
        self._layer, self.headers, self._rows = layer_of(path, name)

    def row_count(self) -> int:
        """Features of the layer."""
        return self._rows

    def empty(self) -> pa.Table:
        """Its columns without a row."""
        return self._read(0, 1)[:0]

    def blocks(self, after: int = 0) -> Iterator[pa.Table]:
        """Features in the order of the layer."""
        for at in range(after, self._rows, BLOCK_ROWS):
            yield self._read(at, BLOCK_ROWS)

    def table(self, block: pa.Table) -> pa.Table:
        """The block itself."""
        return block

    def _read(self, first: int, rows: int) -> pa.Table:
        _, table = pyogrio.read_arrow(
            self._path, layer=self._layer, skip_features=first, max_features=rows,
            read_geometry=False,
        )  # fmt: skip
        return table.replace_schema_metadata(None)


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


def layer_of(path: Path, name: str | None) -> tuple[str, tuple[str, ...], int]:
    """Name, columns and number of features of the layer asked for, or of the only one.

    Raises:
        SourceError: there is no such layer, or several and none was named.
    """
    if not path.is_file():
        raise _error(path, Text("Böyle bir dosya yok.", "There is no such file."))
    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
        if name is None and len(layers) != 1:
            there = ", ".join(layers) or "–"
            raise _error(
                path,
                Text(f"Birden çok katman var: {there}.", f"There are several layers: {there}."),
                Text("--sheet ile birini seçin", "choose one with --sheet"),
            )
        info = pyogrio.read_info(path, layer=name or layers[0], force_feature_count=True)
    except (DataSourceError, DataLayerError) as error:
        raise _error(
            path, Text(f"GeoPackage okunamadı: {error}", f"Not readable as a GeoPackage: {error}")
        ) from None
    return str(info["layer_name"]), tuple(map(str, info["fields"])), int(info["features"])


def _error(path: Path, text: Text, remedy: Text | None = None) -> SourceError:
    return SourceError(text, place=Place(file=str(path)), remedy=remedy)
