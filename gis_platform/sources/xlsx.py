"""XLSX: the first sheet or a named one, streamed; whole floats as the integers people typed."""

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.sources.table import TableFormat, frame_of, header_of, no_header, tables

LARGEST_BYTES = 4 << 30
"""Largest workbook once unpacked."""
LARGEST_STRINGS = 1 << 30
"""Largest table of shared strings: it is held in memory."""
LARGEST_RATIO = 150
"""Largest ratio of unpacked to packed bytes (a sheet of text has 5 to 30)."""
_RATIO_FROM = 64 << 20
_LAST_ROW = 1_048_576
_LONGEST_CELL = 32_767
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"


def read(path: Path, *, sheet: str | None = None, chunk_rows: int) -> Iterator[pd.DataFrame]:
    """Stream a worksheet; see ``table.read_table``."""
    _refuse_bomb(path)
    return _stream(path, sheet, chunk_rows)


def write(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """One sheet; text as text cells (never formulas), numbers as numbers, missing as blank."""
    book = Workbook(write_only=True)
    page = book.create_sheet("Tablo")
    try:
        _append(page, frames, path)
    except SourceError:
        page.close()  # a sheet left open complains when it is collected
        raise
    book.save(path)


def _append(page: WriteOnlyWorksheet, frames: Iterable[pd.DataFrame], path: Path) -> None:
    rows = 0
    for frame in frames:
        if rows == 0:
            page.append([_text_cell(page, str(name)) for name in frame.columns])
            rows = 1
        rows += len(frame)
        if rows > _LAST_ROW:
            raise SourceError(
                Text(
                    f"Bir Excel sayfası en çok {_LAST_ROW:,} satır alır.",
                    f"A worksheet holds at most {_LAST_ROW:,} rows.",
                ),
                place=Place(file=str(path)),
                remedy=Text("sonucu .csv olarak yazdırın", "write the result as .csv"),
            )
        for row in frame.astype(object).itertuples(index=False):
            page.append([_cell(page, value) for value in row])


def _stream(path: Path, sheet: str | None, chunk_rows: int) -> Iterator[pd.DataFrame]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError):
        raise _unreadable(path) from None
    try:
        page = book[_sheet_name(path, book.sheetnames, sheet)]
        page.reset_dimensions()
        yield from _frames(page.iter_rows(values_only=True), path, chunk_rows)
    finally:
        book.close()


def _frames(
    source: Iterator[tuple[object, ...]], path: Path, chunk_rows: int
) -> Iterator[pd.DataFrame]:
    cells = ([_text(value) for value in row] for row in source)
    names = header_of(next((row for row in cells if any(row)), []), path)
    number, is_first = 0, True
    while True:
        rows: list[list[str]] = []
        numbers: list[int] = []
        raws: dict[int, str] = {}
        for row in cells:
            number += 1
            if not any(row):
                continue
            if any(row[len(names) :]):
                raws[number] = "\t".join(row)
            else:
                row = (row + [""] * len(names))[: len(names)]  # noqa: PLW2901
            rows.append(row)
            numbers.append(number)
            if len(rows) == chunk_rows:
                break
        if not rows and not is_first:
            return
        yield frame_of(rows, names, numbers, raws)
        is_first = False


def _sheet_name(path: Path, names: list[str], wanted: str | None) -> str:
    if not names:
        raise no_header(path)
    if wanted is None:
        return names[0]
    if wanted in names:
        return wanted
    there = ", ".join(f"“{name}”" for name in names)
    raise SourceError(
        Text(
            f"“{wanted}” adında bir sayfa yok. Olanlar: {there}.",
            f"There is no sheet “{wanted}”. Those that are: {there}.",
        ),
        place=Place(file=str(path)),
        remedy=Text("bu adlardan birini verin", "give one of these names"),
    )


def _text(value: object) -> str:
    """A cell as the text a person sees, without Excel's ``12.0`` for ``12``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat() if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _cell(page: WriteOnlyWorksheet, value: object) -> object:
    if isinstance(value, str):
        return _text_cell(page, value)
    return None if value is None or pd.isna(value) else value


def _text_cell(page: WriteOnlyWorksheet, value: str) -> object:
    if len(value) > _LONGEST_CELL:
        raise SourceError(
            Text(
                f"Bir Excel hücresi en çok {_LONGEST_CELL:,} karakter alır.",
                f"A worksheet cell holds at most {_LONGEST_CELL:,} characters.",
            ),
            remedy=Text("sonucu .csv olarak yazdırın", "write the result as .csv"),
        )
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not value.startswith("="):
        return value
    cell = WriteOnlyCell(page, value)
    cell.data_type = "s"
    return cell


def _refuse_bomb(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) == _OLD_OR_LOCKED:
            raise SourceError(
                Text(
                    "Bu, parolalı ya da eski (.xls) bir Excel dosyası.",
                    "This is a workbook with a password, or an old one (.xls).",
                ),
                place=Place(file=str(path)),
                remedy=Text("parolasız .xlsx olarak kaydedin", "save it as .xlsx, no password"),
            )
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise _unreadable(path) from None
    unpacked = sum(part.file_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    ratio = unpacked / max(1, sum(part.compress_size for part in parts))
    is_bomb = unpacked > _RATIO_FROM and ratio > LARGEST_RATIO
    if is_bomb or unpacked > LARGEST_BYTES or strings > LARGEST_STRINGS:
        raise SourceError(
            Text(
                f"Çalışma kitabı açılınca {unpacked >> 20:,} MB oluyor ({ratio:,.0f} kat); "
                "güvenli sınırın üstünde.",
                f"Unpacked, the workbook is {unpacked >> 20:,} MB ({ratio:,.0f} times); "
                "that is above the safe limit.",
            ),
            place=Place(file=str(path)),
            remedy=Text("tabloyu CSV olarak kaydedin", "save the table as CSV"),
        )


def _unreadable(path: Path) -> SourceError:
    return SourceError(
        Text("Bu bir XLSX dosyası değil ya da bozuk.", "This is not an XLSX file, or is broken."),
        place=Place(file=str(path)),
        remedy=Text("Excel'de açıp yeniden kaydedin", "open it in Excel and save it again"),
    )


tables.put("xlsx", TableFormat(read, write))
