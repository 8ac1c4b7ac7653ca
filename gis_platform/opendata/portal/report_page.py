"""The values of the page on which an error is reported and followed."""

from dataclasses import dataclass, replace
from typing import Any

from gis_platform.core.language import Language
from gis_platform.opendata.error_report import LONGEST, SHORTEST
from gis_platform.opendata.portal.messages import date, message
from gis_platform.opendata.portal.page import Named, frame
from gis_platform.opendata.portal.paths import path_of
from gis_platform.opendata.portal.render import Frame, Page
from gis_platform.opendata.public import PublicLayer


@dataclass(frozen=True)
class Draft:
    """What was typed so far, and why it could not be taken."""

    feature: str = ""
    said: str = ""
    problem: str | None = None


def report_form(language: Language, layer: PublicLayer, draft: Draft, opened: int) -> Page:
    """The form for a layer; ``opened`` = when it was shown, in seconds since 1970."""
    title = message(language, "report.title")
    values = {
        "layer": layer, "layer_title": layer.entry.title.say(language), "draft": draft,
        "opened": opened, "shortest": SHORTEST, "longest": LONGEST,
        "owner": layer.entry.owner_unit.say(language),
    }  # fmt: skip
    head = frame("report", language, title, query={"layer": layer.name})
    return Page("report.html", _unlisted(head), values)


def report_followed(
    language: Language, number: str, found: dict[str, Any] | None, *, is_new: bool = False
) -> Page:
    """Where a report stands; ``found`` = ``None``: there is none, or none was asked for."""
    title = message(language, "report.follow_title")
    values = {
        "number": number, "facts": _facts(found, language) if found else [],
        "is_known": found is not None, "is_new": is_new,
    }  # fmt: skip
    query = {"number": number} if number else None
    return Page("followed.html", _unlisted(frame("followed", language, title, query=query)), values)


def _unlisted(head: Frame) -> Frame:
    return replace(head, is_indexed=False)


def _facts(found: dict[str, Any], language: Language) -> list[Named]:
    answered = found["answered_at"]
    said = [
        ("layer", found["layer"]), ("feature", found["feature"]),
        ("at", date(language, found["at"])),
        ("state", message(language, f"report.state_{found['state']}")),
        ("answer", found["answer"]),
        ("answered_at", date(language, answered) if answered else None),
    ]  # fmt: skip
    return [Named(message(language, f"report.fact_{name}"), value) for name, value in said if value]


def followed_path(language: Language, number: str) -> str:
    """The address at which a report is followed."""
    return path_of("followed", language, {"number": number})
