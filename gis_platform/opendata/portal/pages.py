"""The values of the pages: home, layers, search, developers, about, errors."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.portal.address_page import AddressView
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.messages import date, message, number
from gis_platform.opendata.portal.page import (
    MapBox,
    Named,
    card_of,
    frame,
    map_of,
)
from gis_platform.opendata.portal.paths import outline_path
from gis_platform.opendata.portal.render import Frame, Page
from gis_platform.opendata.public import PublicLayer

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


def home_page(
    language: Language, layers: Sequence[PublicLayer], example: str | None = None
) -> Page:
    """The front page: search, what is published, a map of the city; ``example`` = an address."""
    values = {
        "cards": [card_of(layer, language) for layer in layers],
        "figures": _figures(layers, language),
        "map": _city_map(layers, language),
        "examples": [
            *([layers[0].entry.title.say(language)] if layers else []),
            *([example] if example else []),
        ],
    }
    title = message(language, "home.title")
    return Page("home.html", frame("home", language, title, _about(language)), values)


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


def about_page(language: Language) -> Page:
    """Who publishes, under which terms, what is kept of the reader."""
    return Page("about.html", frame("about", language, message(language, "about.title")))


def error_page(language: Language, status: int, request_id: str, *, gone: str = "") -> Page:
    """A page that says what went wrong and where to go on.

    Args:
        language: of the page.
        status: of HTTP.
        request_id: the number under which the log has it.
        gone: what was withdrawn, when and why; shown with a 410.
    """
    name = status if f"error.title_{status}" in _KNOWN_ERRORS else (500 if status >= _OURS else 400)
    title = message(language, f"error.title_{name}")
    values = {
        "status": status, "facts": [], "request_id": request_id,
        "text": gone if status == _GONE else message(language, f"error.text_{name}"),
    }  # fmt: skip
    return Page("error.html", Frame(language, title, is_indexed=False), values)


def withdrawn_page(language: Language, layer: PublicLayer, request_id: str) -> Page:
    """What stays of a withdrawn layer: that, when and why."""
    facts = []
    if layer.withdrawn_at is not None:
        facts.append(
            Named(message(language, "error.withdrawn_at"), date(language, layer.withdrawn_at))
        )
    if layer.reason:
        facts.append(Named(message(language, "error.withdrawn_why"), layer.reason))
    title = message(language, "error.title_410")
    text = message(language, "error.text_410", title=layer.entry.title.say(language))
    values = {"status": 410, "text": text, "facts": facts, "request_id": request_id}
    return Page("error.html", Frame(language, title, is_indexed=False), values)


_OURS, _GONE = 500, 410
_KNOWN_ERRORS = frozenset(f"error.title_{status}" for status in (400, 404, 405, 410, 429, 500, 503))


def _about(language: Language) -> str:
    return message(language, "home.description")


def _query(said: str) -> dict[str, str] | None:
    return {"q": said} if said else None


def _figures(layers: Sequence[PublicLayer], language: Language) -> list[Named]:
    if not layers:
        return []
    rows = sum(layer.row_count for layer in layers)
    last = max(layer.published_at for layer in layers)
    return [
        Named(message(language, "home.figure_layers"), number(language, len(layers))),
        Named(message(language, "home.figure_rows"), number(language, rows)),
        Named(message(language, "home.figure_updated"), date(language, last)),
    ]


def _city_map(layers: Sequence[PublicLayer], language: Language) -> MapBox | None:
    drawn = [layer for layer in layers if layer.extent]
    if not drawn:
        return None
    first = drawn[0]
    title = first.entry.title.say(language)
    return MapBox(
        config=map_of(drawn, language),
        title=title,
        outline=outline_path(first.name, first.version),
        alt=message(language, "layer.map_picture", title=title),
    )
