import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from gis_platform.core.errors import SourceError
from gis_platform.sources import xlsx
from gis_platform.sources.table import FAULT, ROW, read_table, read_whole_table


def a_book(path: Path, *rows: list[object], title: str = "Adresler") -> Path:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_whole_floats_are_the_integers_people_typed(tmp_path: Path) -> None:
    rows = [["Adres No", "Kapı"], [1583845852.0, 12.0], [1459304307, "12A"], [3, 1.5]]
    frame = read_whole_table(a_book(tmp_path / "aks.xlsx", *rows))
    assert frame["Adres No"].tolist() == ["1583845852", "1459304307", "3"]
    assert frame["Kapı"].tolist() == ["12", "12A", "1.5"]


def test_dates_and_booleans_are_text(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", ["t", "b"], [dt.datetime(2024, 3, 1), True])  # noqa: DTZ001
    assert read_whole_table(path)[["t", "b"]].to_numpy().tolist() == [["2024-03-01", "TRUE"]]


def test_blank_rows_are_skipped_but_counted(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", ["a", "b"], [1, 2], [None, None], [3, 4])
    assert read_whole_table(path)[ROW].tolist() == [1, 3]


def test_values_beyond_the_header_are_a_fault(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", ["a", "b"], [1, 2, 3], [4, None])
    assert read_whole_table(path)[FAULT].tolist() == ["row.too-many-fields", ""]


def test_a_sheet_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", ["a"], [1], title="Mart")
    with pytest.raises(SourceError, match="“Mart”"):
        read_whole_table(path, sheet="Nisan")
    assert read_whole_table(path, sheet="Mart")["a"].tolist() == ["1"]


def test_an_empty_sheet_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no header row"):
        read_whole_table(a_book(tmp_path / "a.xlsx"))


def test_a_doubled_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="twice"):
        read_whole_table(a_book(tmp_path / "a.xlsx", ["a", "a"], [1, 2]))


@pytest.mark.parametrize("data", [b"adres\n1\n", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(SourceError, match="not an XLSX file"):
        read_whole_table(path)


def test_an_old_or_locked_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 64)
    with pytest.raises(SourceError, match="password"):
        read_table(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomba.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (xlsx._RATIO_FROM + 1))
    with pytest.raises(SourceError, match="above the safe limit"):
        read_table(path)
