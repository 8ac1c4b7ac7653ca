"""A workbook people work in: several sheets, header in sight, filter, lists to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from gis_platform.core.disk import writing_to

_LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\")
_HEAD = PatternFill("solid", fgColor="E3ECE8")
_OPEN = PatternFill("solid", fgColor="FFF6D6")
_WIDTH = 14.0


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        frame: its rows; text stays text, numbers numbers.
        widths: of columns, in characters.
        choices: what may be chosen in a column; other words stay possible.
    """

    name: str
    frame: pd.DataFrame
    widths: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_workbook(sheets: Sequence[Sheet], path: Path) -> None:
    """Write sheets to a new ``.xlsx``."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _append(book.create_sheet(sheet.name.translate(_NOT_IN_NAMES)[:_LONGEST_NAME]), sheet)
    with writing_to(path):
        book.save(path)


def _append(page: Any, sheet: Sheet) -> None:
    names = [str(name) for name in sheet.frame.columns]
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(sheet.frame) + 1}"
    for at, name in enumerate(names, 1):
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = sheet.widths.get(name, _WIDTH)
        if name in sheet.choices:
            page.data_validations.append(
                _choice(sheet.choices[name], f"{letter}2:{letter}{len(sheet.frame) + 1}")
            )
    page.append([_head(page, name) for name in names])
    to_fill = [name in sheet.choices for name in names]
    for row in sheet.frame.astype(object).itertuples(index=False):
        page.append([_cell(page, v, is_open=o) for v, o in zip(row, to_fill, strict=True)])


def _choice(words: Sequence[str], cells: str) -> DataValidation:
    said = DataValidation(
        type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=False
    )
    said.add(cells)
    return said


def _head(page: WriteOnlyWorksheet, name: str) -> object:
    cell = WriteOnlyCell(page, name)
    cell.font, cell.fill = Font(bold=True), _HEAD
    cell.alignment = Alignment(vertical="top")
    return cell


def _cell(page: WriteOnlyWorksheet, value: object, *, is_open: bool) -> object:
    """A text as a text cell, never a formula; one to be filled in is tinted."""
    if not isinstance(value, str):
        return None if value is None or pd.isna(value) else value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not is_open and not text.startswith("="):
        return text or None
    cell = WriteOnlyCell(page, text or None)
    if is_open:
        cell.fill = _OPEN
    if text:
        cell.data_type = "s"
    return cell
