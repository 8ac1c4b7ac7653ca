"""Tables of text (CSV, Excel) as streams of frames: every value as it was written, every row kept.

A frame has the file's own headers as columns, all text, missing as ``""``, and three of ours:
``_row`` (1 = first row below the header), ``_fault`` (``""`` or a code such as
``row.too-many-fields``) and ``_raw`` (the row as received, where it has a fault).
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.registry import Registry
from gis_platform.core.text import clean, fold

ROW, FAULT, RAW = "_row", "_fault", "_raw"
OURS = (ROW, FAULT, RAW)
"""Columns added to those of the file."""
TOO_MANY, TOO_FEW = "row.too-many-fields", "row.too-few-fields"
CHUNK_ROWS = 20_000

_LONG_NUMBER = 5
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


class _Read(Protocol):
    def __call__(
        self, path: Path, *, sheet: str | None, chunk_rows: int
    ) -> Iterator[pd.DataFrame]: ...


class _Write(Protocol):
    def __call__(self, frames: Iterable[pd.DataFrame], path: Path) -> None: ...


@dataclass(frozen=True)
class TableFormat:
    """How tables of one format are read and written.

    Attributes:
        read: path to frames, in pieces of ``chunk_rows``.
        write: frames to a new file.
    """

    read: _Read
    write: _Write


tables: Registry[TableFormat] = Registry(
    "tablo biçimi (table format)", "gis_platform.sources", "gis_platform.sources"
)
"""Table formats by suffix without its dot; a module of this package adds its own."""


def read_table(
    path: Path, *, sheet: str | None = None, chunk_rows: int = CHUNK_ROWS
) -> Iterator[pd.DataFrame]:
    """Stream a table as frames of text columns; the file is never loaded whole.

    Args:
        path: a file whose suffix names its format.
        sheet: worksheet of a workbook; the first one if not named.
        chunk_rows: rows per frame.

    Raises:
        SourceError: the file is not there, not a table, or unreadable; said before the first frame
            where it can be known then, with the row where it cannot.
    """
    path = Path(path)
    require_file(path)
    return _format_of(path).read(path, sheet=sheet, chunk_rows=chunk_rows)


def read_whole_table(path: Path, *, sheet: str | None = None) -> pd.DataFrame:
    """A small table in one frame; for reference tables, not for deliveries of any size."""
    return pd.concat(read_table(path, sheet=sheet), ignore_index=True)


def write_table(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """Write frames one after another as one table; the file appears whole or not at all.

    Text stays text: in a workbook ``=1+1`` or ``007`` is a string cell, never a formula or number.
    """
    path = Path(path)
    chosen = _format_of(path)
    draft = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        chosen.write(frames, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def column_of(headers: Iterable[str], wanted: str, *, path: Path | None = None) -> str:
    """The header that is ``wanted``, exactly or with other case, blanks or Turkish letters.

    Raises:
        SourceError: there is none, or several; the message names the headers that are there.
    """
    names = [name for name in headers if name not in OURS]
    if wanted in names:
        return wanted
    alike = [name for name in names if _key(name) == _key(wanted)]
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(f"“{name}”" for name in names) or "–"
    raise SourceError(
        Text(
            f"“{wanted}” adında bir sütun yok. Olanlar: {there}.",
            f"There is no column “{wanted}”. Those that are: {there}.",
        ),
        place=Place(file=str(path) if path else None, field=wanted),
        remedy=Text("bu adlardan birini verin", "give one of these names"),
    )


def header_of(cells: Sequence[str], path: Path) -> list[str]:
    """The header row as column names.

    Raises:
        SourceError: a name is missing or doubled, or the row holds data instead of names.
    """
    names = [clean(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise no_header(path)
    if _looks_like_data(names):
        raise SourceError(
            Text(
                f"Başlık satırı yok: ilk satır veri gibi görünüyor ({', '.join(names)[:80]}).",
                f"There is no header row: the first row looks like data ({', '.join(names)[:80]}).",
            ),
            place=Place(file=str(path)),
            remedy=Text("ilk satıra sütun adlarını yazın", "put column names in the first row"),
        )
    _refuse_faulty_names(names, path)
    return names


def no_header(path: Path) -> SourceError:
    """The error for a table in which nothing is written."""
    return SourceError(
        Text("Dosya boş: başlık satırı yok.", "The file is empty: it has no header row."),
        place=Place(file=str(path)),
        remedy=Text("dolu bir tablo verin", "give a table that holds something"),
    )


def frame_of(
    rows: list[list[str]], names: list[str], numbers: list[int], raws: dict[int, str]
) -> pd.DataFrame:
    """Rows as a frame; those with too many or too few fields are kept with their fault.

    Args:
        rows: values, ragged where the file is.
        names: the header.
        numbers: the number of each row.
        raws: row number to the row as received, for the faulty ones.
    """
    width = len(names)
    faults = [""] * len(rows)
    if any(len(row) != width for row in rows):
        for at, row in enumerate(rows):
            while len(row) > width and not row[-1]:
                row.pop()
            if len(row) != width:
                faults[at] = TOO_MANY if len(row) > width else TOO_FEW
                row[:] = (row + [""] * width)[:width]
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    frame[ROW] = numbers
    frame[FAULT] = pd.Series(faults, dtype="str")
    frame[RAW] = pd.Series(
        [raws.get(n, "") if f else "" for n, f in zip(numbers, faults, strict=True)], dtype="str"
    )
    return frame


def text_of(value: object) -> str:
    """A value as people write it: whole floats without ``.0``, missing as nothing."""
    if value is None or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


def _format_of(path: Path) -> TableFormat:
    suffix = path.suffix.lower().lstrip(".")  # ASCII: a suffix, no Turkish text
    if suffix in tables:
        return tables[suffix]
    known = ", ".join(f".{name}" for name in tables)
    raise SourceError(
        Text(
            f"“{path.suffix}” uzantılı bir tablo okunamaz. Okunanlar: {known}.",
            f"A table with the suffix “{path.suffix}” cannot be read. Those that can: {known}.",
        ),
        place=Place(file=str(path)),
        remedy=Text("tabloyu CSV ya da XLSX olarak kaydedin", "save the table as CSV or XLSX"),
    )


def require_file(path: Path) -> None:
    """Raise ``SourceError`` where there is no file that can be read, or nothing in it."""
    if path.is_dir():
        raise SourceError(
            Text("Bu bir klasör, tablo değil.", "This is a folder, not a table."),
            place=Place(file=str(path)),
            remedy=Text("içindeki dosyayı verin", "give a file in it"),
        )
    problem = None
    with contextlib.suppress(FileNotFoundError):
        try:
            size = path.stat().st_size
            with path.open("rb"):
                problem = no_header(path) if size == 0 else None
        except PermissionError:
            problem = SourceError(
                Text("Dosyayı okuma izni yok.", "No permission to read the file."),
                place=Place(file=str(path)),
                remedy=Text("dosya iznini düzeltin", "mend the permissions of the file"),
            )
        if problem is None:
            return
        raise problem
    raise SourceError(
        Text("Böyle bir dosya yok.", "There is no such file."),
        place=Place(file=str(path)),
        remedy=Text("yolu denetleyin", "check the path"),
    )


def _refuse_faulty_names(names: list[str], path: Path) -> None:
    if "" in names:
        number = names.index("") + 1
        raise SourceError(
            Text(f"{number}. sütunun adı yok.", f"Column {number} has no name."),
            place=Place(file=str(path), field=f"#{number}"),
            remedy=Text("sütuna bir ad verin", "give the column a name"),
        )
    doubled = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if doubled is not None:
        raise SourceError(
            Text(f"“{doubled}” adlı sütun iki kez var.", f"Column “{doubled}” is there twice."),
            place=Place(file=str(path), field=doubled),
            remedy=Text("sütunlardan birinin adını değiştirin", "rename one of the columns"),
        )
    ours = next((name for name in names if name in OURS), None)
    if ours is not None:
        raise SourceError(
            Text(
                f"“{ours}” adı bu programa ayrılmıştır.", f"“{ours}” is a name of this program's."
            ),
            place=Place(file=str(path), field=ours),
            remedy=Text("sütunun adını değiştirin", "rename the column"),
        )


def _looks_like_data(names: list[str]) -> bool:
    numbers = [name for name in names if _NUMBER.fullmatch(name)]
    return any(len(n) >= _LONG_NUMBER for n in numbers) or 2 * len(numbers) > len(names)


def _key(name: str) -> str:
    return re.sub("[^a-z0-9]", "", fold(name))
