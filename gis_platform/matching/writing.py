"""Where answered rows go: how a block is kept until all are done, and how the file is made of them.

Text tables are made as they grow. All others are kept as Arrow streams, one per block, and
written in one go at the end: a Parquet file, workbook or layer that is cut short cannot be mended.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.matching.cells import Column, texts_of
from gis_platform.matching.gdal import gdal
from gis_platform.matching.reading import GEOPACKAGE
from gis_platform.matching.written import lines_of
from gis_platform.sources.parquet import GEOPARQUET, GROUP_ROWS, PARQUET
from gis_platform.sources.table import tables, write_table

_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}
"""Without a system of its own a GeoParquet is in OGC:CRS84: longitude, latitude."""
_TYPES = {
    pa.int8(): pd.Int8Dtype(), pa.int16(): pd.Int16Dtype(), pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(),
}  # fmt: skip


class Form(Protocol):
    """How an output is made."""

    def block(self, table: pa.Table, answers: dict[str, Column], *, is_first: bool) -> memoryview:
        """Rows and their answers as they are kept."""

    def finish(self, rows: Path, draft: Path) -> Path:
        """Make the file of all blocks; returns which of the two it is."""


def form_of(output: Path) -> Form:
    """How the output of this name is made.

    Raises:
        UsageError: nothing is written under this suffix.
    """
    if output.suffix in (".csv", ".txt", ".tsv"):
        return Lines("\t" if output.suffix == ".tsv" else ",")
    if output.suffix == PARQUET:
        return Streams(_write_parquet)
    if output.suffix == GEOPARQUET:
        return Streams(_write_geoparquet)
    if output.suffix == GEOPACKAGE:
        return Streams(_layer_writer(output.stem))
    if output.suffix.lstrip(".") in tables:
        return Streams(_write_frames)
    known = ", ".join([*(f".{name}" for name in tables), GEOPACKAGE])
    raise UsageError(
        Text(
            f"“{output.suffix}” olarak yazılamaz. Yazılanlar: {known}.",
            f"Cannot write “{output.suffix}”. What can be written: {known}.",
        ),
        place=Place(file=str(output)),
    )


class Lines:
    """A text table: blocks one after another are the file."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter

    def block(self, table: pa.Table, answers: dict[str, Column], *, is_first: bool) -> memoryview:
        """Lines; the names before the first."""
        columns = [texts_of(column) for column in table.columns]
        lines = lines_of([*columns, *(one.written() for one in answers.values())], self._delimiter)
        if not is_first:
            return memoryview(lines)
        names = pa.table(
            {str(at): [name] for at, name in enumerate([*table.column_names, *answers])}
        )
        header = lines_of([texts_of(column) for column in names.columns], self._delimiter)
        return memoryview(np.concatenate([header, lines]))

    def finish(self, rows: Path, draft: Path) -> Path:
        """The blocks are the file."""
        return rows


class Streams:
    """A file written from all blocks at the end."""

    def __init__(self, write: Callable[[Iterator[pa.Table], Path], None]) -> None:
        self._write = write

    def block(self, table: pa.Table, answers: dict[str, Column], *, is_first: bool) -> memoryview:
        """A stream of its own: names and types, then the rows."""
        for name, column in answers.items():
            table = table.append_column(name, column.arrow())
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
            stream.write_table(table)
        return memoryview(sink.getvalue())

    def finish(self, rows: Path, draft: Path) -> Path:
        """Write the file."""
        with writing_to(draft):
            self._write(_streams(rows), draft)
        return draft


def _streams(rows: Path) -> Iterator[pa.Table]:
    """The blocks of a file of streams."""
    size = rows.stat().st_size
    with pa.memory_map(str(rows)) as file:
        while file.tell() < size:
            with pa.ipc.open_stream(file) as stream:
                yield stream.read_all()


def _groups(blocks: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Blocks joined to row groups; the first one, though empty, says the types."""
    kept: list[pa.Table] = []
    for block in blocks:
        kept.append(block)
        if sum(one.num_rows for one in kept) >= GROUP_ROWS:
            yield pa.concat_tables(kept)
            kept = []
    if kept:
        yield pa.concat_tables(kept)


def _write_parquet(blocks: Iterator[pa.Table], path: Path) -> None:
    writer: pq.ParquetWriter | None = None
    for table in _groups(blocks):
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=2 * GROUP_ROWS)
    if writer is not None:
        writer.close()


def _write_geoparquet(blocks: Iterator[pa.Table], path: Path) -> None:
    about = {"geo": json.dumps(_GEO)}
    _write_parquet((_with_points(one).replace_schema_metadata(about) for one in blocks), path)


def _with_points(table: pa.Table) -> pa.Table:
    """A table with its points (EPSG:4326) as WKB; missing where there are no coordinates."""
    lon, lat = (
        table[name].combine_chunks().fill_null(np.nan).to_numpy(zero_copy_only=False)
        for name in ("lon", "lat")
    )
    record = np.zeros(len(lon), np.dtype([("order", "u1"), ("kind", "<u4"), ("xy", "<f8", 2)]))
    record["order"], record["kind"] = 1, 1
    record["xy"][:, 0], record["xy"][:, 1] = lon, lat
    there = np.packbits(np.isfinite(lon), bitorder="little")
    bounds = np.arange(0, 21 * (len(lon) + 1), 21, dtype=np.int32)
    points = pa.Array.from_buffers(
        pa.binary(), len(lon), [pa.py_buffer(x) for x in (there, bounds, record.view(np.uint8))]
    )
    return table.append_column("geometry", points)


def _layer_writer(name: str) -> Callable[[Iterator[pa.Table], Path], None]:
    def write(blocks: Iterator[pa.Table], path: Path) -> None:
        gdal().write_points(map(_with_points, _groups(blocks)), path, name)

    return write


def _write_frames(blocks: Iterator[pa.Table], path: Path) -> None:
    write_table((block.to_pandas(types_mapper=_TYPES.get) for block in blocks), path)
