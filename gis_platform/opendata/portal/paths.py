"""Where each page lies in each language: the one list that routes and links are made from."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from gis_platform.core.language import Language

Query = Mapping[str, str] | Sequence[tuple[str, str]]
"""Parameters of an address: by name, or in order where a name may come again."""
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
    "licence": {"tr": "/lisans", "en": "/en/licence"},
    "privacy": {"tr": "/gizlilik", "en": "/en/privacy"},
    "accessibility": {"tr": "/erisilebilirlik", "en": "/en/accessibility"},
    "terms": {"tr": "/kosullar", "en": "/en/terms"},
    "page": {"tr": "/sayfa/{name}", "en": "/en/page/{name}"},
    "withheld": {"tr": "/yayimlanmayanlar", "en": "/en/not-published"},
    "statistics": {"tr": "/istatistik", "en": "/en/statistics"},
    "live": {"tr": "/sunucu", "en": "/en/server"},
}
SERVER_PAGES = ("address", "verify", "report", "followed", "developers")
"""Pages that are of no use without the server, or speak of it alone: a static copy has none."""
FEEDS: dict[Language, str] = {"tr": "/akis.atom", "en": "/en/feed.atom"}
"""Where the feed of each language lies."""
USE_FILES: dict[Language, str] = {"tr": "/istatistik.csv", "en": "/en/statistics.csv"}
"""Where the figures of use lie as CSV."""
ISO_FILES = {
    "iso19139": "/katman/{name}.iso19139.xml", "iso19115-3": "/katman/{name}.iso19115-3.xml",
}  # fmt: skip
"""Where the metadata of a data set lies in each encoding of ISO."""


def path_of(page: str, language: Language, query: Query | None = None, **parts: str) -> str:
    """The path of a page, with its parts filled in and its query appended."""
    path = PAGES[page][language].format(**{key: quote(part) for key, part in parts.items()})
    return f"{path}?{urlencode(query)}" if query else path


def language_of(path: str) -> Language:
    """The language of the page at this path: what lies under ``/en`` is English."""
    return "en" if path == "/en" or path.startswith("/en/") else "tr"


def rows_path(layer: str, query: Sequence[tuple[str, str]] = ()) -> str:
    """The path of the rows of a data set for programs."""
    path = f"/api/v1/datasets/{quote(layer)}/rows"
    return f"{path}?{urlencode(query)}" if query else path


def machine_paths(layer: str) -> dict[str, str]:
    """Where a data set is described for programs, by what the description is called."""
    here, name = f"/katman/{quote(layer)}", quote(layer)
    return {
        "DCAT-AP (Turtle)": f"{here}.ttl", "DCAT-AP (RDF/XML)": f"{here}.rdf",
        "DCAT-AP (JSON-LD)": f"{here}.jsonld",
        "ISO 19139": ISO_FILES["iso19139"].format(name=name),
        "ISO 19115-3": ISO_FILES["iso19115-3"].format(name=name),
        "Frictionless": f"{here}/datapackage.json",
    }  # fmt: skip


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
