"""The conformity file as a workbook: totals, mahalle, controls, and a sheet per control."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any, cast

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.report.conformity import Conformity, ControlLine
from gis_platform.report.telling import Telling

MOST_ROWS = 20_000
"""Findings of one control on its sheet, the heaviest first: more, nobody reads in Excel."""
_STAMP = (2000, 1, 1, 0, 0, 0)
_BOLD = Font(bold=True)
_HEAD = PatternFill("solid", fgColor="E4E6E3")
_WRAP = Alignment(wrap_text=True, vertical="top")


def write_xlsx(report: Conformity, path: Path, language: Language) -> None:
    """Write the workbook; the same report gives the same bytes."""
    tell = Telling(report, language)
    book = Workbook(write_only=True)
    moment = datetime.combine(report.reported_on, time())
    book.properties.creator = report.organisation.say(language)
    book.properties.title = tell.word("conformity")
    book.properties.created = moment
    _summary(book, report, tell)
    _mahalle(book, report, tell)
    _matrix(book, report, tell)
    if report.waivers:
        _waivers(book, report, tell)
    _origins(book, report, tell)
    by_code = dict(iter(report.findings.groupby("kod", sort=False)))
    for line in report.controls:
        if line.action != "off":
            _control(book, line, by_code.get(line.code), tell)
    draft = io.BytesIO()
    book.save(draft)
    _write_still(draft, path, moment)


def _summary(book: Workbook, report: Conformity, tell: Telling) -> None:
    page = _sheet(book, tell.word("summary"), (26, 16, 16, 18, 18))
    say = tell.language
    page.append([_bold(page, f"{tell.word('conformity')} – {report.organisation.say(say)}")])
    for key, value in (
        ("date", tell.day(report.reported_on)),
        ("subject", report.subject.say(say)),
        ("profile", report.profile.say(say)),
        ("result", tell.verdict()),
    ):
        page.append([tell.word(key), value])
    page.append([tell.word("clean_share"), _share(page, report.clean_share)])
    page.append([])
    heads = ("layer", "records", "with_error", "with_warning", "clean_share")
    page.append(_heads(page, tell, heads))
    for line in report.layers:
        share = 1 - line.with_error / line.features
        page.append([line.title.say(say), line.features, line.with_error, line.with_warning,
                     _share(page, share)])  # fmt: skip
    page.append([])
    page.append([_bold(page, tell.word("trend"))])
    page.append(_heads(page, tell, ("date", "records", "errors", "warnings", "clean_share")))
    for day in report.trend:
        page.append([tell.day(day.reported_on), day.features, day.errors, day.warnings,
                     _share(page, day.clean_share)])  # fmt: skip


def _mahalle(book: Workbook, report: Conformity, tell: Telling) -> None:
    page = _sheet(book, tell.word("by_mahalle"), (24, 12, 12, 12, 14, 16, 16))
    heads = ("mahalle", "identity", "records", "doors", "with_error", "with_warning",
             "clean_share")  # fmt: skip
    page.append(_heads(page, tell, heads))
    for line in report.mahalle:
        share = _share(page, line.clean_share) if line.features else None
        page.append([_text(page, line.ad), line.kimlik_no, line.features, line.doors,
                     line.with_error, line.with_warning, share])  # fmt: skip


def _matrix(book: Workbook, report: Conformity, tell: Telling) -> None:
    """Controls down, what they say and the mahalle across."""
    say = tell.language
    page = _sheet(book, tell.word("matrix"), (11, 20, 60, 28, 20, 10, 9, 9, 9, 9, 14))
    heads = ("control", "layer", "rule", "source", "evidence", "weight", "errors", "warnings",
             "info", "waived", "result")  # fmt: skip
    names = [_bold(page, line.ad) for line in report.mahalle]
    page.append([*_heads(page, tell, heads), *names])
    for line in report.controls:
        counts = [line.by_mahalle.get(one.kimlik_no) for one in report.mahalle]
        page.append([line.code, line.layer.say(say), _wrapped(page, line.rule.say(say)),
                     _wrapped(page, line.source), line.evidence.say(say), tell.word(line.action),
                     line.errors, line.warnings, line.notes, line.waived, tell.outcome(line),
                     *counts])  # fmt: skip


def _waivers(book: Workbook, report: Conformity, tell: Telling) -> None:
    page = _sheet(book, tell.word("waivers"), (8, 16, 30, 60, 24, 14, 14, 10, 44))
    page.append([_wrapped(page, tell.word("waivers_hint"))])
    heads = ("control", "waiver_scope", "reason", "waiver_person", "date", "waiver_until",
             "findings", "state")  # fmt: skip
    page.append([_bold(page, "#"), *_heads(page, tell, heads)])
    for line in report.waivers:
        page.append([line.number, line.code, line.scope.say(tell.language),
                     _text(page, line.reason), _text(page, line.person), tell.day(line.given_on),
                     tell.day(line.until), line.findings,
                     tell.word("waiver_past" if line.is_past else "waiver_holds")])  # fmt: skip


def _origins(book: Workbook, report: Conformity, tell: Telling) -> None:
    page = _sheet(book, tell.word("provenance"), (28, 66, 14, 22, 24, 12, 80))
    heads = ("file", "checksum", "size", "received", "signature", "records", "crs")
    page.append([_bold(page, "byte" if key == "size" else tell.word(key)) for key in heads])
    for line in report.origins:
        page.append([_text(page, line.file), line.sha256, line.size, line.received,
                     _text(page, line.person), line.features, tell.crs(line)])  # fmt: skip
    page.append([])
    for name, version in report.versions.items():
        page.append([name, version])


def _control(
    book: Workbook, line: ControlLine, findings: pd.DataFrame | None, tell: Telling
) -> None:
    say = tell.language
    page = _sheet(book, line.code, (10, 18, 16, 20, 80, 60, 30, 8, 12, 12))
    page.append([_bold(page, line.code), line.rule.say(say)])
    page.append([tell.word("source"), f"{line.source} ({line.evidence.say(say)})"])
    if findings is None:
        page.append([tell.word("no_findings")])
        return
    heads = ("weight", "layer", "identity", "mahalle", "finding", "remedy", "file", "row", "lon",
             "lat")  # fmt: skip
    page.append(_heads(page, tell, heads))
    for row in findings.head(MOST_ROWS).itertuples(index=False):
        page.append([_cell(page, value, say) for value in row[1:]])
    if len(findings) > MOST_ROWS:
        page.append([tell.word("cut", rows=tell.number(len(findings) - MOST_ROWS))])


def _sheet(book: Workbook, title: str, widths: Sequence[int]) -> WriteOnlyWorksheet:
    page: Any = book.create_sheet(title)
    for at, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(at)].width = width
    return cast("WriteOnlyWorksheet", page)


def _heads(page: WriteOnlyWorksheet, tell: Telling, keys: Iterable[str]) -> list[Any]:
    cells = [_bold(page, tell.word(key)) for key in keys]
    for cell in cells:
        cell.fill = _HEAD
    return cells


def _bold(page: WriteOnlyWorksheet, text: str) -> Any:
    cell = _text(page, text)
    cell.font = _BOLD
    return cell


def _wrapped(page: WriteOnlyWorksheet, text: str) -> Any:
    cell = _text(page, text)
    cell.alignment = _WRAP
    return cell


def _share(page: WriteOnlyWorksheet, share: float) -> Any:
    cell = WriteOnlyCell(page, share)
    cell.number_format = "0.00%"
    return cell


def _cell(page: WriteOnlyWorksheet, value: object, language: Language) -> Any:
    if isinstance(value, Text):
        value = value.say(language)
    if isinstance(value, str):
        # A cell of its own is dear: only what Excel would calculate needs one.
        return _text(page, value) if value.startswith("=") else _legal(value)
    return None if value is None or pd.isna(value) else value


def _legal(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _text(page: WriteOnlyWorksheet, text: str) -> Any:
    """Text as text, also where it begins like a formula."""
    cell = WriteOnlyCell(page, _legal(text))
    cell.data_type = "s"
    return cell


def _write_still(draft: io.BytesIO, path: Path, moment: datetime) -> None:
    """The workbook without the moment at which it was written."""
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(path, "w") as out:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "docProps/core.xml":
                data = _dated(data, moment)
            info = zipfile.ZipInfo(part.filename, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            out.writestr(info, data)


def _dated(core: bytes, moment: datetime) -> bytes:
    """Openpyxl writes when it saved; that is not when the report is of."""
    head, tag, rest = core.partition(b"<dcterms:modified")
    if not tag:
        return core
    attributes, sign, said = rest.partition(b">")
    _, end, tail = said.partition(b"</dcterms:modified>")
    when = f"{moment:%Y-%m-%dT%H:%M:%S}Z".encode()
    return head + tag + attributes + sign + when + end + tail
