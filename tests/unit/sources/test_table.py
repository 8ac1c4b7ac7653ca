from pathlib import Path

import pandas as pd
import pytest

from gis_platform.core.errors import SourceError
from gis_platform.sources.table import (
    FAULT,
    RAW,
    ROW,
    column_of,
    read_table,
    read_whole_table,
    tables,
    write_table,
)


def test_a_missing_file_is_one_line_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no such file") as error:
        read_table(tmp_path / "yok.csv")
    assert "yok.csv" in error.value.say("tr")


def test_a_folder_is_not_a_table(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="a folder, not a table"):
        read_table(tmp_path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bos.csv"
    path.touch()
    with pytest.raises(SourceError, match="empty"):
        read_table(path)


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "adres.docx"
    path.write_text("x")
    with pytest.raises(SourceError, match=r"\.csv.*\.xlsx"):
        read_table(path)


def test_every_format_is_found_by_its_suffix() -> None:
    assert {"csv", "tsv", "txt", "xlsx"} <= set(tables)


@pytest.mark.parametrize("wanted", ["Dış Kapı", "dis kapi", "DIŞ KAPI", "diskapi"])
def test_a_column_is_found_whatever_its_letters(wanted: str) -> None:
    assert column_of(["Mahalle", "Dış Kapı", ROW], wanted) == "Dış Kapı"


def test_a_column_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(SourceError, match="“Mahalle”, “Adres No”"):
        column_of(["Mahalle", "Adres No", ROW], "csbm")


def test_two_columns_that_read_alike_are_not_chosen_between() -> None:
    with pytest.raises(SourceError):
        column_of(["Kapı No", "KAPI NO"], "kapi no")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_written_reads_back_the_same(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"No": ["007", "=1+1", "İğde; Çam", ""], "Ad": ["a", "b", '"c"', "d,e"]})
    path = tmp_path / f"tablo.{suffix}"
    write_table([frame.iloc[:2], frame.iloc[2:]], path)
    read = read_whole_table(path)
    assert read[["No", "Ad"]].to_dict("list") == frame.to_dict("list")
    assert read[ROW].tolist() == [1, 2, 3, 4]
    assert set(read[FAULT]) == {""}
    assert set(read[RAW]) == {""}


def test_a_failed_write_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "tablo.xlsx"
    with pytest.raises(SourceError, match="32,767"):
        write_table([pd.DataFrame({"a": ["x" * 40_000]})], path)
    assert list(tmp_path.iterdir()) == []
