"""Text tables (CSV, TSV) in blocks of whole records, each block split to columns by compiled code.

The grammar is that of Python's ``csv`` with its usual dialect, and ragged rows are treated as
``sources.csv`` treats them; the tests hold the two against each other.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.matching.cells import string_column, strings
from gis_platform.sources.csv import find_delimiter, find_encoding
from gis_platform.sources.table import header_of, no_header, read_table, require_file

BLOCK_ROWS = 8_192
"""Records of a block at most: the unit of work, of memory and of going on after a stop."""
WINDOW = 8 << 20
"""Bytes from which a block is not made longer."""

_QUOTE, _LINE, _RETURN = 34, 10, 13
_LONGEST_FIELD = 4 * csv.field_size_limit()
_READ = 2 << 20
_FRESH, _INSIDE, _QUOTED, _CLOSED = range(4)
_PLAIN, _QUOTES_INSIDE = range(2)


class LineTable:
    """A text table read in blocks.

    Raises:
        SourceError: it is not a table of text; see ``sources.csv``.
    """

    def __init__(self, path: Path) -> None:
        require_file(path)
        self.path = path
        self.encoding = find_encoding(path)
        self.delimiter = find_delimiter(path, self.encoding)
        first = next(self._blocks(1), None)
        if first is None:
            raise no_header(path)
        text = io.StringIO(first[1].decode(), newline="")
        self.headers = tuple(header_of(next(csv.reader(text, delimiter=self.delimiter)), path))

    def row_count(self) -> int:
        """About how many rows there are: those below the header, by their lines."""
        with self.path.open("rb") as file:
            ends = sum(block.count(b"\n") for block in iter(lambda: file.read(_READ), b""))
        return max(ends - 1, 0)

    def empty(self) -> pa.Table:
        """Its columns without a row."""
        return pa.Table.from_arrays([strings([])] * len(self.headers), list(self.headers))

    def blocks(self, after: int = 0) -> Iterator[bytes]:
        """Whole records below the header, in UTF-8; the same blocks whoever reads them.

        Args:
            after: rows to pass over; where a block ends.

        Raises:
            SourceError: a quotation mark is left open.
        """
        for records, block in islice(self._blocks(BLOCK_ROWS), 1, None):
            if after <= 0:
                yield block
            after -= records

    def _blocks(self, rows: int) -> Iterator[tuple[int, bytes]]:
        """The header alone, then blocks of so many records."""
        sign, wanted, rest = ord(self.delimiter), 1, b""
        for window, is_last in self._windows():
            rest, at = rest + window, 0
            while True:
                data = np.frombuffer(rest, np.uint8)[at:]
                end, records, longest = _cut(data, sign, wanted, is_last)
                if longest > _LONGEST_FIELD:
                    self._complain()
                short = records < wanted and not is_last and len(data) < WINDOW
                if end == 0 or short:
                    break
                if records:
                    yield records, rest[at : at + end]
                    wanted = rows
                at += end
            rest = rest[at:]

    def _windows(self) -> Iterator[tuple[bytes, bool]]:
        """The file in UTF-8, piece by piece, and whether it ends there."""
        with self.path.open("rb") as file:
            if self.encoding == "utf-8-sig":
                yield file.read(_READ).removeprefix(codecs.BOM_UTF8), False
                while block := file.read(_READ):
                    yield block, False
            else:
                decoder = codecs.getincrementaldecoder(self.encoding)()
                while block := file.read(_READ):
                    yield decoder.decode(block).encode(), False
                yield decoder.decode(b"", final=True).encode(), True
        yield b"", True

    def _complain(self) -> None:
        """Let the careful reader say which row cannot be read."""
        for _ in read_table(self.path):
            pass

    def table(self, block: bytes) -> pa.Table:
        """The columns of a block, all text; see ``sources.table.frame_of`` for ragged rows."""
        data = np.frombuffer(block, np.uint8)
        fields, first = _split(data, ord(self.delimiter))
        arrays = [
            string_column(*_column(data, fields, first, at)) for at in range(len(self.headers))
        ]
        return pa.Table.from_arrays(arrays, list(self.headers))


@compiled
def _cut(data: NDArray[Any], sign: int, limit: int, is_last: bool) -> tuple[int, int, int]:
    """Where the last whole record of at most ``limit`` ends, how many there are, longest field."""
    end, records, longest = 0, 0, 0
    state, begin, size = _FRESH, 0, len(data)
    at, start = 0, 0
    while at < size:
        letter = data[at]
        at += 1
        if state == _QUOTED:
            if letter == _QUOTE:
                state = _CLOSED
        elif letter == _QUOTE:
            if state != _INSIDE:
                state = _QUOTED
        elif letter == sign:
            longest = max(longest, at - begin)
            state, begin = _FRESH, at
        elif letter in (_LINE, _RETURN):
            is_empty = at - 1 == start
            if letter == _RETURN:
                if at == size and not is_last:
                    break
                if at < size and data[at] == _LINE:
                    at += 1
            longest = max(longest, at - begin)
            records += 0 if is_empty else 1
            state, begin, start, end = _FRESH, at, at, at
            if records == limit:
                return end, records, longest
        else:
            state = _INSIDE
    longest = max(longest, size - begin)
    if is_last and start < size:
        end, records = size, records + 1
    return end, records, longest


@compiled
def _split(data: NDArray[Any], sign: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Fields (start, end, how they are written) and the first field of each record."""
    signs, lines = 0, 1
    for letter in data:
        signs += letter == sign
        lines += letter in (_LINE, _RETURN)
    fields = np.empty((signs + lines, 3), np.int32)
    first = np.zeros(lines + 1, np.int32)
    count, records, state, at, size = 0, 0, _FRESH, 0, len(data)
    begin, closed, start, is_quoted, has_quotes = 0, 0, 0, False, False
    while at <= size:
        letter = data[at] if at < size else _LINE
        is_end = at == size
        at += 1
        if state == _QUOTED and not is_end:
            if letter == _QUOTE:
                state, closed = _CLOSED, at - 1
            continue
        if letter == _QUOTE:
            if state == _FRESH:
                state, is_quoted = _QUOTED, True
            elif state == _CLOSED:
                state, has_quotes = _QUOTED, True
            continue
        is_line = letter in (_LINE, _RETURN)
        if letter != sign and not is_line:
            has_quotes = has_quotes or state == _CLOSED
            state = _INSIDE
            continue
        if is_line and at - 1 == start:
            start = begin = at
            continue
        fields[count, 0], fields[count, 1], fields[count, 2] = begin, at - 1, _PLAIN
        if is_quoted and state == _CLOSED and not has_quotes:
            fields[count, 0], fields[count, 1] = begin + 1, closed
        elif is_quoted:
            fields[count, 2] = _QUOTES_INSIDE
        count += 1
        state, is_quoted, has_quotes = _FRESH, False, False
        if is_line:
            if letter == _RETURN and at < size and data[at] == _LINE:
                at += 1
            records += 1
            first[records] = count
            start = at
        begin = at
    return fields[:count], first[: records + 1]


@compiled
def _column(
    data: NDArray[Any], fields: NDArray[Any], first: NDArray[Any], column: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """One field of every record, one after another, and where each begins; none is empty."""
    rows, size = len(first) - 1, 0
    for row in range(rows):
        field = first[row] + column
        if field < first[row + 1]:
            size += fields[field, 1] - fields[field, 0]
    out, bounds, filled = np.empty(size, np.uint8), np.zeros(rows + 1, np.int32), 0
    for row in range(rows):
        field = first[row] + column
        if field < first[row + 1]:
            begin, end = fields[field, 0], fields[field, 1]
            if fields[field, 2] == _PLAIN:
                for place in range(begin, end):
                    out[filled] = data[place]
                    filled += 1
            else:
                filled = _unquote(data, begin, end, out, filled)
        bounds[row + 1] = filled
    return out[:filled], bounds


@compiled
def _unquote(data: NDArray[Any], begin: int, end: int, out: NDArray[Any], filled: int) -> int:
    """Copy a field that has quotation marks inside, as the grammar reads it."""
    state = _QUOTED
    for place in range(begin + 1, end):
        letter = data[place]
        if letter == _QUOTE and state == _QUOTED:
            state = _CLOSED
            continue
        if state == _CLOSED:
            state = _QUOTED if letter == _QUOTE else _INSIDE
        out[filled] = letter
        filled += 1
    return filled
