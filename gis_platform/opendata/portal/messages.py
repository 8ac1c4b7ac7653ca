"""What the pages say: one catalogue per language, and how each writes numbers and dates."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from gis_platform.core import language as core_language
from gis_platform.core.language import Language

_CLOCK = ZoneInfo("Europe/Istanbul")
_SIZES = ("B", "KB", "MB", "GB", "TB")
_STEP = 1000
_WITH_DECIMAL = 100
_ONE_PERCENT = 0.01


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Every message of a language under its dotted name, e.g. ``nav.home``."""
    file = resources.files("gis_platform.opendata.portal") / "locale" / f"{language}.toml"
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def message(language: Language, name: str, **values: object) -> str:
    """The message called ``name`` with its ``{placeholders}`` filled.

    Raises:
        KeyError: the catalogue has no such message.
    """
    return catalogue(language)[name].format(**values)


def number(language: Language, value: float, decimals: int = 0) -> str:
    """``1.234,5`` in Turkish, ``1,234.5`` in English."""
    return core_language.number(value, language, decimals)


def percent(language: Language, share: float) -> str:
    """``%97`` in Turkish, ``97%`` in English; never rounded up to certainty."""
    if 0 < share < _ONE_PERCENT:
        return message(language, "number.under_one_percent")
    whole = min(round(share * 100), 99) if share < 1 else 100
    return core_language.percent(whole / 100, language, 0)


def file_size(language: Language, size: int) -> str:
    """A size in bytes, with three figures at most: ``1,2 MB``."""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_SIZES) - 1:
        value, unit = value / _STEP, unit + 1
    decimals = 1 if unit > 0 and value < _WITH_DECIMAL else 0
    return f"{number(language, value, decimals)} {_SIZES[unit]}"


def date(language: Language, moment: datetime) -> str:
    """``24 Kasım 2026`` or ``24 November 2026``, by the clock of Istanbul."""
    here = moment.astimezone(_CLOCK)
    month = catalogue(language)["date.months"].split()[here.month - 1]
    return f"{here.day} {month} {here.year}"


def _flat(tree: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    pairs = []
    for key, value in tree.items():
        name = f"{before}{key}"
        pairs += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return pairs
