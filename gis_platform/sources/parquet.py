"""Parquet: typed columns as the text people would write; read and written a row group at a time."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.sources.table import FAULT, RAW, ROW, TableFormat, header_of, tables, text_of

PARQUET, GEOPARQUET = ".parquet", ".geoparquet"
GROUP_ROWS = 65_536
"""Rows of a group that is written: what one is read into memory with."""


def open_parquet(path: Path) -> pq.ParquetFile:
    """A Parquet file, its footer read.

    Raises:
        SourceError: it is not there, not Parquet, or its names cannot serve as headers.
    """
    if not path.is_file():
        raise SourceError(
            Text("Böyle bir dosya yok.", "There is no such file."),
            place=Place(file=str(path)),
            remedy=Text("yolu denetleyin", "check the path"),
        )
    try:
        file = pq.ParquetFile(path, memory_map=True)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(
            Text(f"Parquet olarak okunamadı: {error}", f"Not readable as Parquet: {error}"),
            place=Place(file=str(path)),
            remedy=Text("dosyanın tam olduğuna bakın", "see whether the file is complete"),
        ) from None
    header_of(file.schema_arrow.names, path)
    return file


def read(path: Path, *, sheet: str | None = None, chunk_rows: int) -> Iterator[pd.DataFrame]:
    """Stream a Parquet file as text; see ``table.read_table``.

    Whole floats are written as the integers people mean, missing values as ``""``.
    """
    if sheet is not None:
        raise SourceError(
            Text("Parquet dosyasında sayfa olmaz.", "A Parquet file has no sheets."),
            place=Place(file=str(path)),
            remedy=Text("--sheet vermeyin", "leave out --sheet"),
        )
    return _stream(open_parquet(path), chunk_rows)


def _stream(file: pq.ParquetFile, chunk_rows: int) -> Iterator[pd.DataFrame]:
    row = 0
    for batch in file.iter_batches(chunk_rows, use_threads=False):
        yield _frame(batch, row)
        row += batch.num_rows
    if row == 0:
        yield _frame(pa.RecordBatch.from_pylist([], schema=file.schema_arrow), 0)


def _frame(batch: pa.RecordBatch, row: int) -> pd.DataFrame:
    data = {
        name: pd.Series(_texts(column), dtype="str")
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }
    numbers = range(row + 1, row + batch.num_rows + 1)
    frame = pd.DataFrame(data | {ROW: list(numbers)})
    frame[FAULT] = pd.Series([""] * batch.num_rows, dtype="str")
    frame[RAW] = pd.Series([""] * batch.num_rows, dtype="str")
    return frame


def _texts(column: pa.Array) -> list[str]:
    return [value if type(value) is str else text_of(value) for value in column.to_pylist()]


def write(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """Columns with the types of the frames; the first frame says which."""
    writer: pq.ParquetWriter | None = None
    try:
        for frame in frames:
            table = pa.Table.from_pandas(
                frame, schema=writer.schema if writer else None, preserve_index=False
            ).replace_schema_metadata(None)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


_format = TableFormat(read, write)
for _suffix in (PARQUET, GEOPARQUET):
    tables.put(_suffix.lstrip("."), _format)
