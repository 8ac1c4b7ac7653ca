"""A layer's map as a page for the frames of other sites, and the HTML that puts it there."""

from collections.abc import Sequence
from html import escape

from gis_platform.core.language import Language
from gis_platform.opendata.ogc import attribution
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.page import MapBox, frame, map_around
from gis_platform.opendata.portal.paths import outline_path, path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PublicLayer

_WIDTH, _HEIGHT = 640, 420


def embed_page(
    layer: PublicLayer,
    others: Sequence[PublicLayer],
    language: Language,
    start: tuple[float, float] | None,
) -> Page:
    """The map of the layer with its attribution, and nothing around it.

    ``others`` stand behind it; it begins at ``start`` if it cannot show the whole layer.
    """
    title = layer.entry.title.say(language)
    box = MapBox(
        config={**map_around(layer, others, language), "start": start},
        title=title,
        outline=outline_path(layer.name, layer.version) if layer.extent else None,
        alt=message(language, "layer.map_picture", title=title),
    )
    head = frame("embed", language, title, layer.entry.description.say(language), name=layer.name)
    values = {"layer": layer, "title": title, "map": box,
              "attribution": attribution(layer).say(language)}  # fmt: skip
    return Page("embed.html", head, values)


def embed_code(layer: PublicLayer, language: Language, base_url: str) -> str:
    """The HTML another site pastes into its page."""
    address = base_url + path_of("embed", language, name=layer.name)
    title = escape(layer.entry.title.say(language), quote=True)
    return (
        f'<iframe src="{escape(address, quote=True)}" title="{title}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" loading="lazy"></iframe>'
    )
