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
