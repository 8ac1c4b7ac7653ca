import pytest

from gis_platform.core.language import Language, half


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
