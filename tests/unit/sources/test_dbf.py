import struct
from pathlib import Path

import numpy as np
import pytest

from gis_platform.sources.dbf import AS_BYTES, decoded, encoding_of

NAME = "ÇIĞIR SOKAĞI"


def a_dbf(path: Path, mark: int = 0) -> Path:
    path.write_bytes(struct.pack("<B3xIHH17xB2x", 3, 1, 65, 1, mark).ljust(65, b"\0") + b" ")
    return path


def read(*values: bytes | None, other: str = "cp1254") -> tuple[list[str | None], set[str]]:
    raw = np.array([None if one is None else one.decode(AS_BYTES) for one in values], dtype=object)
    texts, seen = decoded(raw, other)
    return list(texts), seen


@pytest.mark.parametrize(
    ("cpg", "mark", "expected"),
    [
        (None, 0, "cp1254"),
        (None, 0x57, "cp1254"),
        (None, 0x6B, "cp857"),
        ("857", 0, "cp857"),
        ("cp857", 0xCA, "cp857"),
        ("UTF-8", 0x6B, "cp857"),
        ("böyle bir şey yok", 0, "cp1254"),
    ],
)
def test_what_is_not_utf8_is_as_the_table_says(
    tmp_path: Path, cpg: str | None, mark: int, expected: str
) -> None:
    a_dbf(tmp_path / "yol.dbf", mark)
    if cpg is not None:
        (tmp_path / "yol.cpg").write_text(cpg, encoding="utf-8")
    assert encoding_of(str(tmp_path / "yol.shp")) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "cp1254", "cp857"])
def test_the_letters_decide(encoding: str) -> None:
    other = "cp1254" if encoding == "utf-8" else encoding
    assert read(NAME.encode(encoding), b"CIGIR", None, other=other) == (
        [NAME, "CIGIR", None],
        {encoding},
    )


def test_each_value_is_read_in_its_own_encoding() -> None:
    texts, seen = read(NAME.encode(), NAME.encode("cp1254"))
    assert texts == [NAME, NAME]
    assert seen == {"utf-8", "cp1254"}


def test_a_letter_cut_in_two_loses_no_other() -> None:
    assert read(NAME.encode() + "Ş".encode()[:1]) == ([NAME], {"utf-8"})


def test_one_letter_of_windows_at_the_end_is_not_taken_for_half_of_another() -> None:
    assert read("KAYIŞ".encode("cp1254"), "IŞ".encode("cp1254")) == (["KAYIŞ", "IŞ"], {"cp1254"})


def test_no_attributes_are_no_trouble(tmp_path: Path) -> None:
    assert encoding_of(str(tmp_path / "yol.shp")) == "cp1254"
