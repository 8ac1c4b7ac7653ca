"""The values of the search page, and the rows of the table of errors."""

from dataclasses import dataclass

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.portal.address_page import AddressView
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.page import card_of, frame
from gis_platform.opendata.portal.render import Page

QUERY_LIMIT = 400
"""Longest search text, in characters."""
MOST_FOUND = 24
"""Layers the search page shows; the catalogue shows all of them."""


@dataclass(frozen=True)
class KnownError:
    """A row in the table of error codes."""

    code: str
    status: int
    title: Text


def search_page(language: Language, finder: Finder, said: str, view: AddressView) -> Page:
    """Layers and addresses that answer ``said``."""
    heading = message(language, "search.results_for", q=said)
    values = {
        "cards": [card_of(layer, language) for layer in finder.find(said)[:MOST_FOUND]],
        "view": view,
        "q": said,
        "heading": heading,
        "problem": None,
    }
    return Page("search.html", frame("search", language, heading, query=_query(said)), values)


def unsearchable_page(language: Language, said: str, problem: str) -> Page:
    """The search page that says why it did not search."""
    title = message(language, "search.title")
    values = {"q": said[:QUERY_LIMIT], "problem": problem, "heading": title}
    return Page("search.html", frame("search", language, title), values)


def query_problem(language: Language, said: str) -> str | None:
    """Why a text cannot be searched for; ``None`` where it can."""
    if not said.strip():
        return message(language, "search.nothing_typed")
    if len(said) > QUERY_LIMIT:
        return message(language, "search.too_long", limit=QUERY_LIMIT)
    if "\ufffd" in said:
        return message(language, "search.broken")
    return None


def _query(said: str) -> dict[str, str] | None:
    return {"q": said} if said else None
