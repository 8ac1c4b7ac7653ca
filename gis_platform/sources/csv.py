"""CSV: delimiter and encoding found out, rows with too many or too few fields kept."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

import pandas as pd

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.sources.table import TableFormat, frame_of, header_of, no_header, tables

DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"
"""Stands in where the header is one name: commas then belong to the text."""

_BLOCK = 1 << 20
_SAMPLE_ROWS = 200
_HIGH = bytes(range(0x80, 0x100))
_SIGNATURES = {
    b"PK\x03\x04": "zip/xlsx",
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "xls/doc",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "gzip",
    b"SQLite format 3": "SQLite/GeoPackage",
}
_MARKUP = {"<": "HTML/XML", "{": "JSON", "[": "JSON"}


def read(path: Path, *, sheet: str | None = None, chunk_rows: int) -> Iterator[pd.DataFrame]:
    """Stream a CSV; see ``table.read_table``."""
    if sheet is not None:
        raise SourceError(
            Text("CSV dosyasında sayfa olmaz.", "A CSV file has no sheets."),
            place=Place(file=str(path)),
            remedy=Text("--sheet vermeyin", "leave out --sheet"),
        )
    encoding = find_encoding(path)
    delimiter = find_delimiter(path, encoding)
    return _stream(path, encoding, delimiter, chunk_rows)


def write(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """UTF-8, comma (in a .tsv a tab), values exactly as they are; the header once."""
    delimiter = "\t" if path.suffix == ".tsv" else ","
    with path.open("w", encoding="utf-8", newline="") as file:
        for at, frame in enumerate(frames):
            frame.to_csv(file, sep=delimiter, index=False, header=at == 0, lineterminator="\n")


def find_encoding(path: Path) -> str:
    """``utf-8-sig``, ``utf-16`` (with mark) or ``cp1254``, by looking at every byte.

    Raises:
        SourceError: binary, or neither UTF-8 nor cp1254; the row is named.
    """
    with path.open("rb") as file:
        head = file.read(16)
        for signature, kind in _SIGNATURES.items():
            if head.startswith(signature):
                raise _not_a_table(path, kind)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        good, bad, is_cp1254 = _count_letters(file, path)
    if not bad:
        return "utf-8-sig"
    if bad > good and is_cp1254:
        return "cp1254"
    raise _undecodable(path, "cp1254" if bad > good else "utf-8")


def _count_letters(file: BinaryIO, path: Path) -> tuple[int, int, bool]:
    """Non-ASCII letters that are right in UTF-8, those that are not, and whether cp1254 fits."""
    utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
    good = bad = 0
    is_cp1254 = True
    for block in iter(partial(file.read, _BLOCK), b""):
        if b"\0" in block:
            raise _not_a_table(path, "binary / UTF-16")
        if block.isascii() and not utf8.getstate()[0]:
            continue
        text = utf8.decode(block)
        wrong = text.count("\ufffd")
        bad += wrong
        good += len(text) - wrong - len(block.translate(None, _HIGH))
        is_cp1254 = is_cp1254 and "\ufffd" not in block.decode("cp1254", errors="replace")
    bad += utf8.decode(b"", final=True).count("\ufffd")
    return good, bad, is_cp1254


def find_delimiter(path: Path, encoding: str) -> str:
    """The sign between the fields, or ``NO_DELIMITER``.

    Raises:
        SourceError: nothing is written there, or it is markup.
    """
    with _open(path, encoding) as file:
        head = "".join(islice(file, _SAMPLE_ROWS))
    start = head.lstrip()
    if not start:
        raise no_header(path)
    if start[0] in _MARKUP:
        raise _not_a_table(path, _MARKUP[start[0]])
    return max((NO_DELIMITER, *DELIMITERS), key=lambda d: _fit(start, d))


def _fit(sample: str, delimiter: str) -> tuple[bool, float, int]:
    """How well a delimiter fits: does it split the header, do the rows agree, how many fields."""
    rows = [row for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter) if row]
    width = len(rows[0])
    agree = sum(len(row) == width for row in rows) / len(rows)
    return width > 1, agree, width


def _stream(path: Path, encoding: str, delimiter: str, chunk_rows: int) -> Iterator[pd.DataFrame]:
    with _open(path, encoding) as file:
        lines = _Lines(file)
        records = _records(csv.reader(lines, delimiter=delimiter), path)
        names = header_of(next((row for row in records if row), []), path)
        lines.taken()
        number = 0
        is_first = True
        while True:
            rows: list[list[str]] = []
            numbers: list[int] = []
            raws: dict[int, str] = {}
            for row in records:
                number += 1
                raw = lines.taken()
                if not row:
                    continue
                rows.append(row)
                numbers.append(number)
                if len(row) != len(names):
                    raws[number] = raw
                if len(rows) == chunk_rows:
                    break
            if not rows and not is_first:
                return
            yield frame_of(rows, names, numbers, raws)
            is_first = False


def _records(reader: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    number = -1
    try:
        for row in reader:
            number += 1
            yield row
    except UnicodeDecodeError:
        raise _broken_encoding(path, number + 1) from None
    except csv.Error as error:
        raise SourceError(
            Text(f"Satır okunamadı ({error}).", f"The row cannot be read ({error})."),
            place=Place(file=str(path), row=number + 1),
            remedy=Text(
                "kapanmamış bir tırnak var mı, bakın", "look for a quotation mark left open"
            ),
        ) from None


class _Lines:
    """The lines of a file, remembering those taken for the record at hand."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self._taken.append(line)
            yield line

    def taken(self) -> str:
        """The lines since the last call, as received."""
        text = "".join(self._taken).rstrip("\r\n")
        self._taken.clear()
        return text


def _open(path: Path, encoding: str, errors: str = "strict") -> TextIO:
    return path.open(encoding=encoding, errors=errors, newline="")


def _not_a_table(path: Path, kind: str) -> SourceError:
    return SourceError(
        Text(
            f"Bu bir metin tablosu değil ({kind}).",
            f"This is not a table of text ({kind}).",
        ),
        place=Place(file=str(path)),
        remedy=Text(
            "tabloyu UTF-8 CSV ya da XLSX olarak kaydedin", "save the table as UTF-8 CSV or XLSX"
        ),
    )


def _undecodable(path: Path, encoding: str) -> SourceError:
    """Name the first row that is not in ``encoding``."""
    with _open(path, encoding, errors="replace") as file:
        rows = enumerate(csv.reader(file, delimiter=NO_DELIMITER))
        row = next((at for at, cells in rows if any("\ufffd" in cell for cell in cells)), 0)
    return _broken_encoding(path, row)


def _broken_encoding(path: Path, row: int) -> SourceError:
    return SourceError(
        Text(
            "Karakter kodlaması bozuk: ne baştan sona UTF-8 ne de cp1254.",
            "The encoding is broken: neither UTF-8 throughout nor cp1254.",
        ),
        place=Place(file=str(path), row=row),
        remedy=Text("dosyayı UTF-8 olarak yeniden kaydedin", "save the file again as UTF-8"),
    )


csv_format = TableFormat(read, write)
for _suffix in ("csv", "tsv", "txt"):
    tables.put(_suffix, csv_format)
