"""XLSX: opens in Excel as it is; a point on each feature as the columns ``lon`` and ``lat``."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters
from gis_platform.opendata.tabular import points_of

MOST_ROWS = 1_048_575
"""Rows a worksheet holds below its header."""
LONGEST_TEXT = 32_767
"""Characters a cell holds."""
_LONGEST_TITLE = 31
_CHUNK = 20_000
_DECIMALS = 7
_MOST_DIGITS = 10**15
"""A cell keeps fifteen digits of a number; a longer one is written as text."""
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day too many: such days are written as text."""
_NOT_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
"""Signs no XML file may hold."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"string": 24, "date-time": 20}
_FORMS = {"date": "yyyy-mm-dd", "date-time": "yyyy-mm-dd hh:mm:ss"}
Put = Callable[[Worksheet, int, int, Any], object]


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write what the CSV holds, typed: dates are dates, texts are never formulas.

    Raises:
        SourceError: more rows than a worksheet holds, or a text longer than a cell.
    """
    if len(frame) > MOST_ROWS:
        raise _refused(
            path, Text(f"Bir Excel sayfası en çok {MOST_ROWS:,} satır alır.",
                       f"A worksheet holds at most {MOST_ROWS:,} rows."),
        )  # fmt: skip
    kinds = {**facts.kinds, "lon": "number", "lat": "number"}
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with writing_to(path), Workbook(path, options) as book:
        book.set_properties({"created": facts.moment.astimezone(UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet(facts.name[:_LONGEST_TITLE])
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for at, (name, kind) in enumerate(kinds.items()):
            sheet.set_column(at, at, _WIDTHS.get(kind, 14))
            sheet.write_string(0, at, name, bold)
        puts = [_put(book, kind, path) for kind in kinds.values()]
        for number, values in enumerate(_rows(frame, facts), 1):
            for at, (put, value) in enumerate(zip(puts, values, strict=True)):
                if value is not None:
                    put(sheet, number, at, value)


def _rows(frame: GeoDataFrame, facts: ExportFacts) -> Iterator[tuple[Any, ...]]:
    """Values of each row, ``None`` where there is none."""
    for start in range(0, len(frame), _CHUNK):
        part = frame.iloc[start : start + _CHUNK]
        points = points_of(part)
        table = pd.DataFrame(part[list(facts.kinds)]).assign(
            lon=points.x.round(_DECIMALS), lat=points.y.round(_DECIMALS)
        )
        for name in (name for name, kind in facts.kinds.items() if kind == "string"):
            table[name] = table[name].str.replace(_NOT_XML, "", regex=True)
        columns = [table[name].astype(object).where(table[name].notna(), None) for name in table]
        yield from zip(*columns, strict=True)


def _put(book: Workbook, kind: str, path: Path) -> Put:
    """What writes a value of this kind into a cell."""
    if kind in _FORMS:
        form = book.add_format({"num_format": _FORMS[kind]})
        return lambda sheet, row, at, value: _put_moment(sheet, row, at, value, form)
    if kind == "string":
        # A text that begins like a formula stays a text when somebody edits the cell.
        quoted = book.add_format({"quote_prefix": True})
        return lambda sheet, row, at, value: _put_text(sheet, row, at, (value, quoted, path))
    if kind == "boolean":
        return lambda sheet, row, at, value: sheet.write_boolean(row, at, bool(value))
    return _put_number


def _put_number(sheet: Worksheet, row: int, at: int, value: Any) -> None:
    if isinstance(value, float) and not abs(value) < float("inf"):
        return
    if isinstance(value, int) and abs(value) >= _MOST_DIGITS:
        sheet.write_string(row, at, str(value))
    else:
        sheet.write_number(row, at, value)


def _put_moment(sheet: Worksheet, row: int, at: int, value: Any, form: Any) -> None:
    moment = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    if isinstance(moment, datetime):
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    day = moment.date() if isinstance(moment, datetime) else moment
    if day < _FIRST_DAY:
        is_day = not isinstance(moment, datetime)
        sheet.write_string(row, at, moment.isoformat() + ("" if is_day else "Z"))
    else:
        sheet.write_datetime(row, at, moment, form)


def _put_text(sheet: Worksheet, row: int, at: int, said: tuple[str, Any, Path]) -> None:
    value, quoted, path = said
    if len(value) > LONGEST_TEXT:
        raise _refused(
            path, Text(f"Bir Excel hücresi en çok {LONGEST_TEXT:,} karakter alır.",
                       f"A worksheet cell holds at most {LONGEST_TEXT:,} characters."),
        )  # fmt: skip
    sheet.write_string(row, at, value, quoted if value.startswith(_FORMULA) else None)


def _refused(path: Path, said: Text) -> SourceError:
    remedy = Text("CSV, GeoPackage ya da GeoParquet kullanın", "use CSV, GeoPackage, GeoParquet")
    return SourceError(said, place=Place(file=path.name), remedy=remedy)


exporters.put(
    "xlsx",
    Exporter(
        Text("Excel (XLSX)", "Excel (XLSX)"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", write,
        order=35, is_later=True, most_rows=MOST_ROWS,
    ),
)  # fmt: skip
