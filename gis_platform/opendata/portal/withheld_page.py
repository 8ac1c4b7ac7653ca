"""The values of the page that says what is not published, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from gis_platform.core.language import Language
from gis_platform.opendata.portal.messages import date, message
from gis_platform.opendata.portal.page import Named, frame
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.withheld import Cause, Withheld

_CLOCK = ZoneInfo("Europe/Istanbul")
_ORDER: tuple[Cause, ...] = (
    "withdrawn", "personal", "security", "third_party", "permit", "quality", "preparation",
)  # fmt: skip


@dataclass(frozen=True)
class WithheldLine:
    """An entry as the page shows it; ``id`` is also its anchor."""

    id: str
    title: str
    reason: str
    facts: tuple[Named, ...]


@dataclass(frozen=True)
class WithheldGroup:
    """Entries of one cause."""

    title: str
    lines: tuple[WithheldLine, ...]


def withheld_page(language: Language, entries: Sequence[Withheld], organisation: str) -> Page:
    """What is not published, by cause."""
    groups = [
        WithheldGroup(
            message(language, f"withheld.cause_{cause}"),
            tuple(_line(each, language) for each in entries if each.cause == cause),
        )
        for cause in _ORDER
    ]
    title = message(language, "withheld.title")
    lead = message(language, "withheld.lead", organisation=organisation)
    values = {"groups": [each for each in groups if each.lines], "lead": lead}
    return Page("withheld.html", frame("withheld", language, title, lead), values)


def _line(each: Withheld, language: Language) -> WithheldLine:
    facts = [Named(message(language, "withheld.basis"), each.basis.say(language))]
    if each.owner_unit is not None:
        facts.append(Named(message(language, "withheld.unit"), each.owner_unit.say(language)))
    for name, day in (("since", each.since), ("review_on", each.review_on)):
        if day is not None:
            moment = day if isinstance(day, datetime) else datetime.combine(day, time(), _CLOCK)
            facts.append(Named(message(language, f"withheld.{name}"), date(language, moment)))
    return WithheldLine(
        each.name, each.title.say(language), each.reason.say(language), tuple(facts)
    )
