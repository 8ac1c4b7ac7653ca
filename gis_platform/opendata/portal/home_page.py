"""The values of the front page: search, themes, newest and most used layers, map, figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gis_platform.core.language import Language
from gis_platform.core.text import sort_key
from gis_platform.opendata.coverage import Coverage, MahalleCoverage
from gis_platform.opendata.portal.messages import date, message, number, percent
from gis_platform.opendata.portal.page import MapBox, Named, card_of, frame, map_of
from gis_platform.opendata.portal.paths import outline_path, path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PublicLayer

MOST_NEWEST, MOST_USED, MOST_DRAWN = 4, 4, 8
MOST_MAHALLE = 8
"""Mahalle that are shown at once; the others on request."""


@dataclass(frozen=True)
class Theme:
    """A theme that has layers, and the catalogue of it."""

    title: str
    count: str
    path: str


@dataclass(frozen=True)
class CoverageRow:
    """A mahalle: its doors, and shares of them written and as 0 to 1."""

    name: str
    doors: str
    whole: str
    whole_share: float
    certified: str | None


@dataclass(frozen=True)
class CoverageBox:
    """Figures by mahalle, those with most doors first."""

    first: tuple[CoverageRow, ...]
    others: tuple[CoverageRow, ...]
    has_certified: bool
    path: str
    title: str


@dataclass(frozen=True)
class HomeFacts:
    """What the front page shows beside the layers.

    Attributes:
        example: an address that can be found.
        most_used: the layers that are used most, the most used first.
        coverage: of addresses by mahalle, where the published layers allow it.
    """

    example: str | None = None
    most_used: Sequence[PublicLayer] = ()
    coverage: Coverage | None = None


def home_page(
    language: Language, layers: Sequence[PublicLayer], facts: HomeFacts | None = None
) -> Page:
    """The front page."""
    known = facts or HomeFacts()
    newest = sorted(layers, key=lambda each: each.published_at, reverse=True)[:MOST_NEWEST]
    values = {
        "newest": [card_of(layer, language) for layer in newest],
        "used": [card_of(layer, language) for layer in known.most_used[:MOST_USED]],
        "themes": _themes(layers, language),
        "figures": _figures(layers, language),
        "coverage": _coverage(known.coverage, language),
        "map": _city_map(layers, language),
        "examples": [
            *([layers[0].entry.title.say(language)] if layers else []),
            *([known.example] if known.example else []),
        ],
    }
    title = message(language, "home.title")
    about = message(language, "home.description")
    return Page("home.html", frame("home", language, title, about), values)


def _themes(layers: Sequence[PublicLayer], language: Language) -> list[Theme]:
    counts = Counter(layer.entry.theme for layer in layers)
    themes = [
        Theme(
            message(language, f"theme.{theme}"), number(language, count),
            path_of("layers", language, {"theme": theme}),
        )
        for theme, count in counts.items()
    ]  # fmt: skip
    return sorted(themes, key=lambda each: sort_key(each.title))


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


def _coverage(found: Coverage | None, language: Language) -> CoverageBox | None:
    if found is None or not found.rows:
        return None
    ordered = sorted(found.rows, key=lambda each: -each.doors)
    rows = tuple(_coverage_row(each, language) for each in ordered)
    return CoverageBox(
        rows[:MOST_MAHALLE], rows[MOST_MAHALLE:], ordered[0].certified is not None,
        path_of("layer", language, name=found.layer.name), found.layer.entry.title.say(language),
    )  # fmt: skip


def _coverage_row(each: MahalleCoverage, language: Language) -> CoverageRow:
    def share(part: int) -> str:
        return percent(language, part / each.doors) if each.doors else "–"

    return CoverageRow(
        each.name, number(language, each.doors), share(each.whole),
        each.whole / each.doors if each.doors else 0.0,
        None if each.certified is None else share(each.certified),
    )  # fmt: skip


def _city_map(layers: Sequence[PublicLayer], language: Language) -> MapBox | None:
    drawn = [layer for layer in layers if layer.extent][:MOST_DRAWN]
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
