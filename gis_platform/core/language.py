"""The two languages in which people read the platform."""

from typing import Literal

Language = Literal["tr", "en"]
"""Turkish first, English second."""

SEPARATOR = " / "
"""Between the Turkish and the English half of a help text or a description."""


def half(text: str, language: Language) -> str:
    """The half of ``Türkçe / English`` in ``language``; the whole text where there is no second."""
    turkish, _, english = text.partition(SEPARATOR)
    return turkish if language == "tr" or not english else english


_TURKISH = str.maketrans(",.", ".,")


def number(value: float, language: Language, decimals: int = 0) -> str:
    """A number as people write it: ``24.779`` and ``0,5`` in Turkish, ``24,779`` in English."""
    text = f"{value:,.{decimals}f}"
    return text.translate(_TURKISH) if language == "tr" else text


def percent(share: float, language: Language, decimals: int = 1) -> str:
    """A share as people write it: ``%98,7`` in Turkish, ``98.7%`` in English."""
    text = number(share * 100, language, decimals)
    return f"%{text}" if language == "tr" else f"{text}%"
