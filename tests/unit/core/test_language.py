import pytest

from gis_platform.core.language import Language, half, number, percent


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("Dil / Language", "tr", "Dil"),
        ("Dil / Language", "en", "Language"),
        ("GeoJSON", "tr", "GeoJSON"),
        ("GeoJSON", "en", "GeoJSON"),
        ("tr/en", "en", "tr/en"),
        ("bir / one / two", "en", "one / two"),
    ],
)
def test_half_of_a_bilingual_text(said: str, language: Language, expected: str) -> None:
    assert half(said, language) == expected


def test_turkish_numbers_have_points_between_thousands() -> None:
    assert number(1234567, "tr") == "1.234.567"
    assert number(1234.5, "tr", 1) == "1.234,5"


def test_english_numbers_have_commas_between_thousands() -> None:
    assert number(1234567, "en") == "1,234,567"


def test_turkish_per_cent_sign_stands_before() -> None:
    assert percent(0.987, "tr") == "%98,7"
    assert percent(0.987, "en") == "98.7%"
