"""A worksheet written column by column, some rows at a time: a million rows in little memory.

Source: ECMA-376-1, 18 (SpreadsheetML). Texts are inline strings, which no program calculates; one
that begins like a formula is marked as text besides (``quotePrefix``), so that it stays one when
somebody edits the cell.
"""

import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import get_column_letter

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.opendata.ogr import packed_entry

MOST_ROWS = 1_048_575
"""Rows a worksheet holds below its header."""
LONGEST_TEXT = 32_767
"""Characters a cell holds."""
_DIGITS = 15
"""A cell keeps this many digits of a number; a longer one is written as text."""
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day too many."""
_DAY_0 = date(1899, 12, 30)
_FORMULA = r"^[=+\-@\t\r]"
_ILLEGAL = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_STYLES = {"date": 2, "date-time": 3}
_TEXT, _HEAD, _QUOTED = 0, 1, 4
_SIZES = {"string": 200}
"""Bytes of a cell, about, by kind."""
_WIDTHS = {"string": 24, "date-time": 20}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}


def write_sheet(  # noqa: PLR0913 - what is written, and how it is told
    path: Path,
    title: str,
    kinds: Mapping[str, str],
    frames: Iterable[pd.DataFrame],
    at: datetime,
    *,
    most: int = MOST_ROWS,
) -> None:
    """Write a workbook of one sheet, its header in sight; the same values give the same bytes.

    Args:
        path: of the workbook.
        title: of the sheet, at most 31 characters of it.
        kinds: kind of values by column, as in ``catalogue.ValueKind``; moments are given in UTC.
        frames: the rows, some at a time.
        at: when the workbook says it was made.
        most: how many rows there are at most; Excel warns of an archive with the extensions for
            large files, so that it has them only where it may need them.

    Raises:
        SourceError: more rows than a sheet holds, or a text longer than a cell.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        parts = {**_PARTS, "xl/workbook.xml": _workbook(title), "docProps/core.xml": _core(at)}
        for name, said in parts.items():
            archive.writestr(packed_entry(name, at), _DECLARATION + said)
        entry = packed_entry("xl/worksheets/sheet1.xml", at)
        is_large = most * sum(_SIZES.get(kind, 60) for kind in kinds.values()) > zipfile.ZIP64_LIMIT
        with archive.open(entry, "w", force_zip64=is_large) as sheet:
            sheet.write((_DECLARATION + _head(kinds)).encode())
            first = 2
            for frame in frames:
                if first - 2 + len(frame) > MOST_ROWS:
                    raise _too_many(path)
                sheet.write(_rows(frame, kinds, first))
                first += len(frame)
            sheet.write(b"</sheetData></worksheet>")


def _workbook(title: str) -> str:
    name = escape(title[:31], {'"': "&quot;"})
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _core(at: datetime) -> str:
    said = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{said}</dcterms:created>'
        "</cp:coreProperties>"
    )


def _head(kinds: Mapping[str, str]) -> str:
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{_WIDTHS.get(kind, 14)}" customWidth="1"/>'
        for at, kind in enumerate(kinds.values(), 1)
    )
    names = "".join(
        f'<c r="{get_column_letter(at)}1" s="{_HEAD}" t="inlineStr">'
        f"<is><t>{escape(name)}</t></is></c>"
        for at, name in enumerate(kinds, 1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols>{columns}</cols><sheetData><row r="1">{names}</row>'
    )


def _rows(frame: pd.DataFrame, kinds: Mapping[str, str], first: int) -> bytes:
    """The rows as XML, numbered from ``first``."""
    if frame.empty:
        return b""
    numbers = pa.array(range(first, first + len(frame)), pa.int32()).cast(pa.string())
    cells = [
        _cells(frame[name], kind, get_column_letter(at), numbers)
        for at, (name, kind) in enumerate(kinds.items(), 1)
    ]
    rows = _joined('<row r="', numbers, '">', *cells, "</row>")
    return _bytes_of(rows)


def _cells(values: "pd.Series[Any]", kind: str, letter: str, numbers: Any) -> Any:
    """The cells of a column; nothing where there is no value."""
    at = _joined(f'<c r="{letter}', numbers, '"')
    if kind == "string":
        return _text_cells(pa.array(values, pa.string()), at)
    if kind == "integer":
        return _integer_cells(pa.array(values, pa.int64()), at)
    if kind == "date":
        return _date_cells(pa.array(values, pa.date32()), at)
    if kind == "date-time":
        return _moment_cells(pa.array(values, pa.timestamp("us", "UTC")), at)
    if kind == "boolean":
        flags = pa.array(values, pa.bool_()).cast(pa.int8()).cast(pa.string())
        return _cell(at, ' t="b"><v>', flags, "</v></c>")
    return _cell(at, "><v>", _numbers(values), "</v></c>")


def _numbers(values: "pd.Series[Any]") -> Any:
    found = pa.array(values, pa.float64(), from_pandas=True)
    finite = pc.if_else(pc.is_finite(found), found, pa.scalar(None, pa.float64()))
    return finite.cast(pa.string())


def _integer_cells(values: Any, at: Any) -> Any:
    said = values.cast(pa.string())
    is_long = pc.greater_equal(pc.abs_checked(values), 10**_DIGITS)
    plain = _cell(at, "><v>", said, "</v></c>")
    if not pc.any(is_long).as_py():
        return plain
    return pc.if_else(pc.fill_null(is_long, fill_value=False), _inline(at, said), plain)


def _date_cells(values: Any, at: Any) -> Any:
    return _day_cells(values, at, "date", values.cast(pa.int32()), "%Y-%m-%d")


def _moment_cells(values: Any, at: Any) -> Any:
    days = pc.divide(values.cast(pa.int64()).cast(pa.float64()), 86_400e6)
    return _day_cells(values, at, "date-time", days, "%Y-%m-%dT%H:%M:%SZ")


def _day_cells(values: Any, at: Any, kind: str, days: Any, form: str) -> Any:
    """Days since 1970 as Excel counts them; as text where it counts them wrong."""
    said = pc.add(days, -_DAY_0.toordinal() + date(1970, 1, 1).toordinal())
    counted = _cell(at, f' s="{_STYLES[kind]}"><v>', said.cast(pa.string()), "</v></c>")
    is_old = pc.less(values.cast(pa.date32()), pa.scalar(_FIRST_DAY))
    if not pc.any(is_old).as_py():
        return counted
    texts = _inline(at, pc.strftime(values.cast(pa.timestamp("s")), form))
    return pc.if_else(pc.fill_null(is_old, fill_value=False), texts, counted)


def _text_cells(values: Any, at: Any) -> Any:
    longest = pc.max(pc.utf8_length(values)).as_py() or 0
    if longest > LONGEST_TEXT:
        raise _too_long()
    is_formula = pc.fill_null(pc.match_substring_regex(values, _FORMULA), fill_value=False)
    plain = _inline(at, _escaped(values))
    if not pc.any(is_formula).as_py():
        return plain
    return pc.if_else(is_formula, _inline(at, _escaped(values), f' s="{_QUOTED}"'), plain)


def _escaped(values: Any) -> Any:
    """As XML; what Excel would take for an escape of its own is escaped, as 22.9.2.19 says."""
    values = pc.replace_substring_regex(values, "_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1")
    values = pc.replace_substring_regex(values, _ILLEGAL, "")
    for sign, said in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "_x000D_")):
        values = pc.replace_substring(values, sign, said)
    return values


def _inline(at: Any, values: Any, style: str = "") -> Any:
    return _cell(at, f'{style} t="inlineStr"><is><t xml:space="preserve">', values, "</t></is></c>")


def _cell(at: Any, before: str, values: Any, after: str) -> Any:
    cells = pc.binary_join_element_wise(at, before, values, after, "")
    return pc.fill_null(cells, "")


def _joined(*parts: Any) -> Any:
    return pc.binary_join_element_wise(*parts, "")


def _bytes_of(texts: Any) -> bytes:
    """All texts of an array, one after another."""
    offsets = memoryview(texts.buffers()[1]).cast("i")
    data = texts.buffers()[2]
    return memoryview(data)[offsets[texts.offset] : offsets[texts.offset + len(texts)]].tobytes()


def _too_many(path: Path) -> SourceError:
    return SourceError(
        Text(f"Bir Excel sayfası en çok {MOST_ROWS:,} satır alır.",
             f"A worksheet holds at most {MOST_ROWS:,} rows."),
        place=Place(file=path.name),
        remedy=Text("CSV, GeoPackage ya da GeoParquet kullanın", "use CSV, GeoPackage, GeoParquet"),
    )  # fmt: skip


def _too_long() -> SourceError:
    return SourceError(
        Text(f"Bir Excel hücresi en çok {LONGEST_TEXT:,} karakter alır.",
             f"A worksheet cell holds at most {LONGEST_TEXT:,} characters."),
        remedy=Text("CSV, GeoPackage ya da GeoParquet kullanın", "use CSV, GeoPackage, GeoParquet"),
    )  # fmt: skip
