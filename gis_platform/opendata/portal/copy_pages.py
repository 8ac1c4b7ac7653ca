"""The values of the pages that only a static copy has: a search without a server, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis_platform.core.language import Language
from gis_platform.core.text import fold
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.portal.page import frame
from gis_platform.opendata.portal.paths import path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PublicLayer


@dataclass(frozen=True)
class Listed:
    """A data set in the list.

    Attributes:
        words: what it is found by, folded; the browser folds what is typed in the same way.
    """

    path: str
    title: str
    description: str
    owner: str
    words: str


def copy_search_page(language: Language, layers: Sequence[PublicLayer]) -> Page:
    """Every data set, to be narrowed by words in the browser; without JavaScript the whole list."""
    listed = [_listed(layer, language) for layer in layers]
    title = message(language, "copy.search_title")
    values = {
        "listed": listed,
        "all_said": message(language, "copy.search_all", count=number(language, len(listed))),
        "some_said": message(language, "copy.search_some", count="{count}", total="{total}"),
    }
    return Page("copy_search.html", frame("search", language, title), values)


def live_page(language: Language) -> Page:
    """Says that a link needs the server."""
    return Page("copy_live.html", frame("live", language, message(language, "copy.live_title")))


def _listed(layer: PublicLayer, language: Language) -> Listed:
    entry = layer.entry
    said = [layer.name, message(language, f"theme.{entry.theme}")]
    for each in (entry.title, entry.description, entry.owner_unit):
        said += [each.tr, each.en]
    said += [*entry.keywords.tr, *entry.keywords.en]
    return Listed(
        path=path_of("layer", language, name=layer.name),
        title=entry.title.say(language),
        description=entry.description.say(language),
        owner=entry.owner_unit.say(language),
        words=fold(" ".join(said)),
    )
