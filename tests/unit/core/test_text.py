import csv
from pathlib import Path

import pytest

from gis_platform.core import text

CASES = Path(__file__).parent / "cases" / "text.csv"


def cases() -> list[object]:
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        pytest.param(row["function"], row["input"], row["expected"], id=f"{row['function']}-{n}")
        for n, row in enumerate(rows, 2)
    ]


@pytest.mark.parametrize(("function", "given", "expected"), cases())
def test_turkish_letters_change_as_turks_write(function: str, given: str, expected: str) -> None:
    assert getattr(text, function)(given) == expected


def test_python_case_alone_would_be_wrong() -> None:
    """The reason this module exists; where it stops failing, the module may go."""
    assert "İ".lower() != text.lower("İ")
    assert "i".upper() != text.upper("i")


def test_names_sort_as_the_turkish_alphabet() -> None:
    names = ["Zeytin", "Çırçır", "Cami", "Işıklar", "İhsaniye", "Hisar", "Şen", "Sarı", "Öz", "Oba"]
    assert sorted(names, key=text.sort_key) == [
        "Cami", "Çırçır", "Hisar", "Işıklar", "İhsaniye", "Oba", "Öz", "Sarı", "Şen", "Zeytin"
    ]  # fmt: skip
