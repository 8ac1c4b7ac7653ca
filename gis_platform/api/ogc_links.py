"""Links of documents that are ours and not pygeoapi's."""

from typing import Any

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.ogc import PLACE

OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


def link_to(
    rel: str, path: str, title: Text, language: Language, media_type: str = "application/json"
) -> dict[str, Any]:
    """A link to a resource below ``/ogc``."""
    return link_at(rel, f"{PLACE}/ogc{path}", title, language, media_type)


def link_at(
    rel: str, href: str, title: Text, language: Language, media_type: str
) -> dict[str, Any]:
    """A link to an address."""
    return {
        "rel": rel, "href": href, "type": media_type, "title": title.say(language),
        "hreflang": language,
    }  # fmt: skip
