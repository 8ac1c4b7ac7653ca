"""Where each page lies in each language: the one list that routes and links are made from."""

from urllib.parse import quote, urlencode

from gis_platform.core.language import Language

LANGUAGES: tuple[Language, ...] = ("tr", "en")
PAGES: dict[str, dict[Language, str]] = {
    "home": {"tr": "/", "en": "/en/"},
    "layers": {"tr": "/katmanlar", "en": "/en/layers"},
    "layer": {"tr": "/katman/{name}", "en": "/en/layer/{name}"},
    "changes": {"tr": "/katman/{name}/degisenler", "en": "/en/layer/{name}/changes"},
    "embed": {"tr": "/katman/{name}/embed", "en": "/en/layer/{name}/embed"},
    "feed": {"tr": "/katman/{name}/akis.atom", "en": "/en/layer/{name}/feed.atom"},
    "address": {"tr": "/adres", "en": "/en/address"},
    "search": {"tr": "/ara", "en": "/en/search"},
    "developers": {"tr": "/gelistirici", "en": "/en/developers"},
    "verify": {"tr": "/dogrula", "en": "/en/verify"},
    "report": {"tr": "/bildir", "en": "/en/report"},
    "followed": {"tr": "/bildirim", "en": "/en/report-status"},
    "about": {"tr": "/hakkinda", "en": "/en/about"},
}
FEEDS: dict[Language, str] = {"tr": "/akis.atom", "en": "/en/feed.atom"}
"""Where the feed of each language lies."""


def path_of(
    page: str, language: Language, query: dict[str, str] | None = None, **parts: str
) -> str:
    """The path of a page, with its parts filled in and its query appended."""
    path = PAGES[page][language].format(**{key: quote(part) for key, part in parts.items()})
    return f"{path}?{urlencode(query)}" if query else path


def language_of(path: str) -> Language:
    """The language of the page at this path: what lies under ``/en`` is English."""
    return "en" if path == "/en" or path.startswith("/en/") else "tr"


def facts_path(layer: str, what: str) -> str:
    """The path of something of a layer in JSON or CSV, e.g. its ``quality``."""
    return f"/api/v1/layers/{quote(layer)}/{quote(what)}"


def tile_path(layer: str, version: int) -> str:
    """The path of the tiles of a version, with placeholders as MapLibre writes them."""
    return f"/tiles/{quote(layer)}/{version}/{{z}}/{{x}}/{{y}}.mvt"


def file_path(layer: str, version: int, name: str) -> str:
    """The path of a file for download; it never changes its content."""
    return f"/files/{quote(layer)}/v{version}/{quote(name)}"


def labels_path(layer: str, version: int) -> str:
    """The path of the points at which the names of areas are written."""
    return f"/outline/{quote(layer)}/{version}.labels.geojson"


def outline_path(layer: str, version: int) -> str:
    """The path of the small picture of a version."""
    return f"/outline/{quote(layer)}/{version}.svg"
