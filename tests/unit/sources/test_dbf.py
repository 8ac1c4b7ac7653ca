import struct
from pathlib import Path

import pytest

from gis_platform.sources.dbf import encoding_of


def a_dbf(path: Path, records: bytes, mark: int = 0) -> Path:
    head = struct.pack("<B3xIHH17xB2x", 3, 1, 65, len(records), mark)
    path.write_bytes(head + b"\0" * (65 - len(head)) + records)
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "mark", "expected"),
    [
        ("ÇIĞIR SOKAK", "utf-8", 0, "UTF-8"),
        ("ÇIĞIR SOKAK", "cp1254", 0, "cp1254"),
        ("ÇIĞIR SOKAK", "cp1254", 0x57, "cp1254"),
        ("ÇIĞIR SOKAK", "cp857", 0x6B, "cp857"),
        ("CIGIR SOKAK", "ascii", 0, "UTF-8"),
    ],
)
def test_the_letters_decide(
    tmp_path: Path, text: str, encoding: str, mark: int, expected: str
) -> None:
    a_dbf(tmp_path / "yol.dbf", text.encode(encoding), mark)
    assert encoding_of(str(tmp_path / "yol.shp")) == expected


def test_a_character_cut_in_two_does_not_turn_the_table(tmp_path: Path) -> None:
    whole = "ĞÜŞİÖÇ ".encode() * 5
    a_dbf(tmp_path / "yol.dbf", whole + "Ş".encode()[:1] + b"   ")
    assert encoding_of(str(tmp_path / "yol.shp")) == "UTF-8"


def test_no_attributes_are_no_trouble(tmp_path: Path) -> None:
    assert encoding_of(str(tmp_path / "yol.shp")) == "UTF-8"
