"""The page on which anybody sees whether a file is one we published, and whether it still holds."""

from dataclasses import dataclass

from gis_platform.core.language import Language
from gis_platform.opendata.approval import STATE_NAMES
from gis_platform.opendata.portal.messages import date, message
from gis_platform.opendata.portal.page import Named, frame
from gis_platform.opendata.portal.paths import path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.verify import Verdict


@dataclass(frozen=True)
class VerdictView:
    """A verdict ready to be shown; ``tone`` is ``good``, ``old`` or ``bad``."""

    tone: str
    heading: str
    facts: tuple[Named, ...]
    path: str | None


def verify_page(
    language: Language, said: str, found: Verdict | None, problem: str | None = None
) -> Page:
    """The form, and what is known of the file whose SHA-256 was given."""
    values = {
        "q": said,
        "problem": problem,
        "found": _view(found, language) if found is not None else None,
    }
    title, lead = message(language, "verify.title"), message(language, "verify.lead")
    query = {"sha256": said} if said else None
    return Page("verify.html", frame("verify", language, title, lead, query=query), values)


def _view(found: Verdict, language: Language) -> VerdictView:
    if found.title is None or found.layer is None or found.state is None:
        text = message(language, "verify.not_ours")
        return VerdictView("bad", text, (_fact(language, "sha256", found.sha256),), None)
    moment = found.published_at
    facts = [
        _fact(language, "layer", found.title.say(language)),
        _fact(language, "version", str(found.version)),
        _fact(language, "file", found.file or "–"),
        *([_fact(language, "published", date(language, moment))] if moment else []),
        _fact(language, "state", STATE_NAMES[found.state].say(language)),
    ]
    if found.withdrawn_at is not None:
        facts.append(_fact(language, "withdrawn", date(language, found.withdrawn_at)))
    if found.reason:
        facts.append(_fact(language, "reason", found.reason))
    if found.public_version is not None and not found.is_valid:
        facts.append(_fact(language, "newer", str(found.public_version)))
    facts.append(_fact(language, "sha256", found.sha256))
    tone = "good" if found.is_valid else "old"
    heading = message(language, "verify.valid" if found.is_valid else "verify.not_valid")
    return VerdictView(tone, heading, tuple(facts), path_of("layer", language, name=found.layer))


def _fact(language: Language, name: str, value: str) -> Named:
    return Named(message(language, f"verify.{name}"), value)
