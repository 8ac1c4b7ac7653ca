"""Pages that say what went wrong and help on: search, what is named alike, where else to look."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from rapidfuzz import fuzz

from gis_platform.core.language import Language
from gis_platform.core.text import fold
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.messages import catalogue, date, message
from gis_platform.opendata.portal.page import Named
from gis_platform.opendata.portal.paths import PAGES, path_of
from gis_platform.opendata.portal.render import Frame, Page
from gis_platform.opendata.public import PublicLayer

MOST_ALIKE = 5
_ALIKE = 74
_LONGEST = 80
_OURS, _GONE, _UNKNOWN = 500, 410, 404
_LANDING = ("layers", "address", "developers", "withheld", "statistics", "about", "licence",
            "privacy", "accessibility", "terms", "verify")  # fmt: skip


@dataclass(frozen=True)
class Lost:
    """What was asked for, and what there is.

    Attributes:
        path: that was asked for, without its query.
        layers: what is published, as far as it is known without asking the database.
        wait: seconds after which to try again.
        request_id: the number under which the log has it.
    """

    path: str = ""
    layers: Sequence[PublicLayer] = ()
    wait: str = ""
    request_id: str = ""


def error_page(language: Language, status: int, lost: Lost, *, gone: str = "") -> Page:
    """A page that says what went wrong and where to go on.

    Args:
        language: of the page.
        status: of HTTP.
        lost: what was asked for.
        gone: what was withdrawn, when and why; shown with a 410.
    """
    known = f"error.title_{status}" in catalogue(language)
    name = status if known else (_OURS if status >= _OURS else 400)
    facts = []
    if lost.wait:
        facts.append(Named(message(language, "error.wait"), _seconds(language, lost.wait)))
    text = gone if status == _GONE else message(language, f"error.text_{name}")
    return _page(language, status, message(language, f"error.title_{name}"), text, facts, lost)


def withdrawn_page(language: Language, layer: PublicLayer, lost: Lost) -> Page:
    """What stays of a withdrawn layer: that, when and why; and what is like it."""
    facts = []
    if layer.withdrawn_at is not None:
        facts.append(
            Named(message(language, "error.withdrawn_at"), date(language, layer.withdrawn_at))
        )
    if layer.reason:
        facts.append(Named(message(language, "error.withdrawn_why"), layer.reason))
    title = message(language, "error.title_410")
    text = message(language, "error.text_410", title=layer.entry.title.say(language))
    return _page(language, _GONE, title, text, facts, lost)


def alike(language: Language, lost: Lost) -> list[tuple[str, str]]:
    """Path and title of pages and layers whose name is like the last words of the path."""
    words = last_words(lost.path)
    if not words:
        return []
    scored = [
        (max(fuzz.ratio(words, fold(known)) for known in names), path, title)
        for names, path, title in _known(language, lost.layers)
    ]
    near = sorted((each for each in scored if each[0] >= _ALIKE), key=lambda each: -each[0])
    found = [(path, title) for _, path, title in near]
    found += [
        (path_of("layer", language, name=each.name), each.entry.title.say(language))
        for each in Finder(lost.layers).find(words)
    ]
    return list(dict.fromkeys(found))[:MOST_ALIKE]


def last_words(path: str) -> str:
    """The last part of a path as words that can be searched for; empty where it has none."""
    last = unquote(path, errors="replace").rstrip("/").rpartition("/")[2][:_LONGEST]
    stem = last.rpartition(".")[0] or last
    words = fold("".join(c if c.isalnum() else " " for c in stem))
    return words if any(c.isalpha() for c in words) and words != "en" else ""


def _page(  # noqa: PLR0913, PLR0917 - the parts of a page
    language: Language, status: int, title: str, text: str, facts: list[Named], lost: Lost
) -> Page:
    is_missing = status in {_UNKNOWN, _GONE}
    values = {
        "status": status, "text": text, "facts": facts, "request_id": lost.request_id,
        "alike": alike(language, lost) if is_missing else [],
        "said": last_words(lost.path) if is_missing else "",
        "is_gone": status == _GONE,
    }  # fmt: skip
    return Page("error.html", Frame(language, title, is_indexed=False), values)


def _known(
    language: Language, layers: Sequence[PublicLayer]
) -> list[tuple[tuple[str, ...], str, str]]:
    """Names, path and title of everything that can be meant."""
    pages = [
        (
            tuple(_words(path) for path in PAGES[name].values()), path_of(name, language),
            message(language, f"nav.{name}"),
        )
        for name in _LANDING
    ]  # fmt: skip
    return pages + [
        (
            (_words(each.name), each.entry.title.tr, each.entry.title.en),
            path_of("layer", language, name=each.name), each.entry.title.say(language),
        )
        for each in layers
    ]  # fmt: skip


def _words(path: str) -> str:
    return path.rpartition("/")[2].replace("_", " ").replace("-", " ")


def _seconds(language: Language, wait: str) -> str:
    return message(language, "error.wait_seconds", seconds=wait)
