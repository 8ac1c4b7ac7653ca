"""Values as people read them and type them, in Turkish and in English."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from gis_platform.core.language import Language
from gis_platform.opendata.catalogue import EntryColumn
from gis_platform.opendata.portal.messages import catalogue, message, number

_CLOCK = ZoneInfo("Europe/Istanbul")
_MOST_DECIMALS = 6


def cell_text(value: object, language: Language) -> str:
    """A value as people read it; whole numbers are mostly codes and keep their digits together."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return message(language, "type.true" if value else "type.false")
    if isinstance(value, float):
        return _measure(value, language)
    if isinstance(value, datetime):
        here = value.astimezone(_CLOCK)
        clock = f"{here:%H.%M}" if language == "tr" else f"{here:%H:%M}"
        return f"{_day(here.date(), language)} {clock}"
    return _day(value, language) if isinstance(value, date) else str(value)


def coded_text(value: object, column: EntryColumn | None, language: Language) -> str:
    """A value as people read it, with what it means where it is a code of the column's list."""
    said = cell_text(value, language)
    label = None if value is None or column is None else column.label_of(value, language)
    return said if label in {None, said} else f"{said} ({label})"


def _measure(value: float, language: Language) -> str:
    """As many decimals as the number has, six at most."""
    said = f"{value:.{_MOST_DECIMALS}f}".rstrip("0")
    decimals = len(said.partition(".")[2])
    return number(language, value, decimals)


def _day(day: date, language: Language) -> str:
    """``24.11.2026`` or ``24 Nov 2026``."""
    if language == "tr":
        return f"{day:%d.%m.%Y}"
    month = catalogue(language)["date.months"].split()[day.month - 1][:3]
    return f"{day.day} {month} {day.year}"
