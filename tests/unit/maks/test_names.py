import pytest

from gis_platform.maks.names import loose_key, name_fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ŞEHİT Ö. CAN", "sehit o can"),
        ("HÂLİT-ZİYA", "Halit Ziya"),
        ("İĞDE", "igde"),
    ],
)
def test_spellings_of_one_name_fold_together(one: str, other: str) -> None:
    assert name_fold(one) == name_fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BİRİNCİ", "1."),
        ("ON BEŞİNCİ", "15"),
        ("GÜL DALI", "GÜLDALI"),
        ("YİRMİ BEŞ MART", "25 MART"),
    ],
)
def test_numbers_in_words_and_digits_meet(one: str, other: str) -> None:
    assert loose_key(one) == loose_key(other)


@pytest.mark.parametrize(("one", "other"), [("ALTIN", "6"), ("ON GÜL BEŞ", "15 GÜL"), ("BİN", "1")])
def test_words_that_only_look_like_numbers_stay(one: str, other: str) -> None:
    assert loose_key(one) != loose_key(other)
