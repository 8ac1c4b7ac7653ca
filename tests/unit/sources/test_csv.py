import tracemalloc
from pathlib import Path

import pytest

from gis_platform.core.errors import SourceError
from gis_platform.sources.csv import find_encoding
from gis_platform.sources.table import FAULT, RAW, ROW, read_table, read_whole_table

LETTERS = "Adres No;Açık Adres\n1583845852;ŞİŞLİ ÇEŞME SOKAĞI NO:5/A\n1459304307;ığdır yokuşu\n"


def write(tmp_path: Path, data: bytes | str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "aks.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
def test_turkish_letters_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    frame = read_whole_table(write(tmp_path, LETTERS, encoding))
    assert frame["Açık Adres"].tolist() == ["ŞİŞLİ ÇEŞME SOKAĞI NO:5/A", "ığdır yokuşu"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    lines = [["Adres No", "Mahalle"], ["1", "MERKEZ"], ["2", "RAMİ CUMA"]]
    path = write(tmp_path, "\n".join(delimiter.join(line) for line in lines))
    assert list(read_whole_table(path).columns[:2]) == ["Adres No", "Mahalle"]


def test_one_column_keeps_its_commas(tmp_path: Path) -> None:
    path = write(tmp_path, "adres\nMERKEZ MAH. HALİÇ CAD. NO:1, EYÜPSULTAN\nRAMİ, NO 2\n")
    assert read_whole_table(path)["adres"].tolist()[1] == "RAMİ, NO 2"


def test_numbers_stay_as_they_were_written(tmp_path: Path) -> None:
    frame = read_whole_table(write(tmp_path, "no,kat\n007,12.0\n1e5,-1\n"))
    assert frame["no"].tolist() == ["007", "1e5"]
    assert frame["kat"].tolist() == ["12.0", "-1"]


def test_ragged_rows_are_kept_with_their_fault(tmp_path: Path) -> None:
    frame = read_whole_table(write(tmp_path, "a,b\n1,2\n1,2,3\n1\n"))
    assert frame[FAULT].tolist() == ["", "row.too-many-fields", "row.too-few-fields"]
    assert frame[RAW].tolist() == ["", "1,2,3", "1"]
    assert frame[ROW].tolist() == [1, 2, 3]


def test_empty_fields_at_the_end_are_no_fault(tmp_path: Path) -> None:
    assert read_whole_table(write(tmp_path, "a,b\n1,2,,\n"))[FAULT].tolist() == [""]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7 x", "PDF"),
        (b"PK\x03\x04rest", "zip/xlsx"),
        (b"a,b\n\x00\x01,2\n", "binary"),
        (b"<html><body>", "HTML/XML"),
        (b'{"type": "FeatureCollection"}', "JSON"),
    ],
)
def test_what_is_not_a_table_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_whole_table(write(tmp_path, data))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("a,b,a", "“a” is there twice"),
        ("a,,b", "Column 2 has no name"),
        ("_row,b", "a name of this program's"),
        ("1583845852,MERKEZ", "no header row"),
    ],
)
def test_a_faulty_header_is_refused(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_whole_table(write(tmp_path, f"{header}\n1,2,3\n"))


def test_a_blank_file_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no header row"):
        read_whole_table(write(tmp_path, "\n  \n"))


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    frame = read_whole_table(write(tmp_path, "Adres No,Mahalle\n"))
    assert len(frame) == 0
    assert list(frame.columns[:2]) == ["Adres No", "Mahalle"]


def test_a_broken_encoding_names_its_row(tmp_path: Path) -> None:
    good = "Ğğş".encode() * 4
    path = write(tmp_path, b"a,b\n" + good + b",1\nx,\x81\xff\n")
    with pytest.raises(SourceError) as error:
        find_encoding(path)
    assert error.value.place.row == 2


def test_a_sheet_makes_no_sense_for_csv(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no sheets"):
        read_table(write(tmp_path, "a\n1\n"), sheet="Sayfa1")


def peak_of(path: Path, rows: int) -> int:
    line = "1583845852,MERKEZ MAHALLESİ HALİÇ CADDESİ NO:12/A İÇ KAPI:5 EYÜPSULTAN/İSTANBUL,34050\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("adres_no,adres,pk\n")
        file.writelines(line for _ in range(rows))
    tracemalloc.start()
    assert sum(len(frame) for frame in read_table(path, chunk_rows=2_000)) == rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    small = peak_of(tmp_path / "kucuk.csv", 60_000)
    assert peak_of(tmp_path / "buyuk.csv", 180_000) < 1.2 * small
