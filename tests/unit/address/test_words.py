"""The word lists: source named, no word twice in one kind, every kind known."""

from collections import Counter
from importlib import resources

import pytest

from gis_platform.address.words import COMPONENTS, dictionary_hash, letters, read_table, words

LISTS = ("words.csv", "il.csv", "aliases.csv")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_source_and_date(name: str) -> None:
    file = resources.files("gis_platform.address") / "data" / name
    first = file.read_text(encoding="utf-8").splitlines()[0].casefold()
    assert first.startswith("# ")
    assert "source:" in first
    assert "date:" in first


def test_every_word_is_of_a_known_kind() -> None:
    assert {word.component for word in words()} <= set(COMPONENTS)


def test_no_variant_is_listed_twice_in_one_kind() -> None:
    counts = Counter((word.component, word.variant) for word in words())
    assert [key for key, count in counts.items() if count > 1] == []


def test_all_eighty_one_il_are_there() -> None:
    rows = list(read_table("il.csv"))
    assert [int(row["il_kod"]) for row in rows] == list(range(1, 82))


def test_letters_are_ascii_capitals() -> None:
    assert letters("Şeyh Ğ. ı İ-9") == "SEYHGII9"


def test_the_hash_names_the_lists() -> None:
    assert len(dictionary_hash()) == 16
