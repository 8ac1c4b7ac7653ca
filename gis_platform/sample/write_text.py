"""The AKS text as files: CSV in UTF-8, CSV as old programs write it, and a workbook."""

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

_COMBINING_DOT = "\u0307"
_DOOR = 5
_STAMP = (2026, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="AKS" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


class CsvFile:
    """A CSV written row by row."""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self._is_cp1254 = encoding == "cp1254"
        self._file = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file, delimiter=delimiter, lineterminator="\r\n")

    def write(self, rows: Iterable[list[str]]) -> None:
        """Append rows; cp1254 has no combining dot, so it is left out there."""
        if self._is_cp1254:
            rows = [[cell.replace(_COMBINING_DOT, "") for cell in row] for row in rows]
        self._writer.writerows(rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


class XlsxFile:
    """A workbook of one sheet written row by row, as Excel leaves it: plain doors are numbers.

    openpyxl would take most of the time of the whole sample; a sheet is only text with tags.
    """

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        for name, body in _PARTS.items():
            with self._zip.open(_info(name), "w") as part:
                part.write((_XML + body).encode())
        self._sheet = self._zip.open(_info("xl/worksheets/sheet1.xml"), "w")
        self._sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())

    def write(self, rows: Iterable[list[str]]) -> None:
        """Append rows."""
        text = io.StringIO()
        for row in rows:
            text.write("<row>")
            text.writelines(_cell(at, value) for at, value in enumerate(row))
            text.write("</row>")
        self._sheet.write(text.getvalue().encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _cell(at: int, value: str) -> str:
    if not value:
        return "<c/>"
    if at == _DOOR and value.isdigit():
        if len(value) > 2 and value.endswith("7"):
            return f'<c t="inlineStr"><is><t>{value}.0</t></is></c>'
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
