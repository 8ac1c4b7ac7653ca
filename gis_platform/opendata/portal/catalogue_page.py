"""The values of the catalogue: search, facets, order, pages; every state has an address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from gis_platform.core.language import Language
from gis_platform.opendata.portal.facets import (
    FACETS,
    ORDERS,
    Choice,
    Facet,
    facets,
    in_order,
    narrow,
)
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.portal.page import card_of, frame
from gis_platform.opendata.portal.paths import path_of
from gis_platform.opendata.portal.render import Page

CARDS_PER_PAGE = 24
_PAGE_DIGITS = 6
_LONGEST = 400
PathOf = Callable[..., str]
"""The address of the catalogue with something of the choice changed."""


@dataclass(frozen=True)
class OptionLink:
    """A value of a facet as a link that chooses it, or takes the choice back."""

    title: str
    count: str
    path: str
    is_chosen: bool


@dataclass(frozen=True)
class FacetBox:
    """A facet as the page shows it."""

    title: str
    options: tuple[OptionLink, ...]
    is_open: bool


def choice_of(said: Mapping[str, str]) -> Choice:
    """What an address asks for; what cannot be understood is as if it were not there."""
    known = {name: said.get(name, "").strip()[:_LONGEST] for name in ("q", *FACETS)}
    sort = said.get("sort", "")
    page = said.get("page", "")
    is_number = page.isascii() and page.isdigit() and len(page) <= _PAGE_DIGITS
    return Choice(
        **known, sort=sort if sort in ORDERS else "", page=max(1, int(page)) if is_number else 1
    )


def layers_page(language: Language, finder: Finder, choice: Choice) -> Page:
    """The catalogue, or the part of it that answers ``choice``."""
    answering = finder.find(choice.q)
    found = in_order(narrow(answering, choice), choice.sort, language)
    pages = max(1, ceil(len(found) / CARDS_PER_PAGE))
    page = min(choice.page, pages)
    shown = found[(page - 1) * CARDS_PER_PAGE : page * CARDS_PER_PAGE]
    boxes = facets(answering, choice, language)

    def path(**changes: str | int) -> str:
        return path_of("layers", language, choice.query(**changes) or None)

    values = {
        "cards": [card_of(layer, language) for layer in shown],
        "count": _count(language, len(found)),
        "total": len(finder.layers),
        "q": choice.q,
        "kept": {name: value for name, value in choice.query().items() if name != "q"},
        "facets": [_box(box, language, path) for box in boxes],
        "chosen": [
            OptionLink(each.chosen.title, "", path(**{each.name: ""}), is_chosen=True)
            for each in boxes
            if each.chosen
        ],
        "orders": _orders(choice, language, path),
        "page": page,
        "pages": pages,
        "previous": path(page=page - 1) if page > 1 else None,
        "next": path(page=page + 1) if page < pages else None,
        "nothing": _nothing(choice, language),
    }
    title, lead = message(language, "layers.title"), message(language, "layers.lead")
    query = choice.query(page=page) or None
    return Page("layers.html", frame("layers", language, title, lead, query=query), values)


def _nothing(choice: Choice, language: Language) -> str:
    if choice.q:
        return message(language, "layers.none_found", q=choice.q)
    return message(language, "layers.none_chosen")


def _count(language: Language, count: int) -> str:
    name = "layers.count_one" if count == 1 else "layers.count_many"
    return message(language, name, count=number(language, count))


def _box(facet: Facet, language: Language, path: PathOf) -> FacetBox:
    options = tuple(
        OptionLink(
            each.title, number(language, each.count),
            path(**{facet.name: "" if each.is_chosen else each.value}), each.is_chosen,
        )
        for each in facet.options
    )  # fmt: skip
    return FacetBox(facet.title, options, facet.chosen is not None)


def _orders(choice: Choice, language: Language, path: PathOf) -> Sequence[OptionLink]:
    now = choice.sort or ORDERS[0]
    return [
        OptionLink(
            _order_name(name, choice, language), "",
            path(sort="" if name == ORDERS[0] else name), name == now,
        )
        for name in ORDERS
    ]  # fmt: skip


def _order_name(name: str, choice: Choice, language: Language) -> str:
    """Without a search the first order is the portal's own."""
    known = "portal" if name == ORDERS[0] and not choice.q else name
    return message(language, f"layers.sort_{known}")
