"""What search engines and feed readers ask for: robots.txt, the sitemap, news of the catalogue.

Sources: RFC 9309 (robots.txt), sitemaps.org protocol 0.9 with ``xhtml:link`` for languages,
RFC 4287 (Atom).
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from gis_platform.core.language import Language
from gis_platform.core.text import clean
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.paths import FEEDS, LANGUAGES, SERVER_PAGES, file_path, path_of
from gis_platform.opendata.public import PublicLayer

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_INDEXED = (
    "home", "layers", "address", "developers", "about", "licence", "privacy", "accessibility",
    "terms", "withheld", "statistics", "verify",
)  # fmt: skip
_NEVER = ("/api/", "/tiles/", "/ara", "/en/search", "/bildir", "/en/report")
_DAWN = datetime(2000, 1, 1, tzinfo=UTC)


def robots(base_url: str) -> str:
    """``robots.txt``: everything but what is made for programs or answers a question."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NEVER)]
    return "\n".join([*lines, "", f"Sitemap: {base_url}/sitemap.xml", ""])


def sitemap(
    layers: Sequence[PublicLayer],
    base_url: str,
    added: Iterable[str] = (),
    *,
    is_copy: bool = False,
) -> bytes:
    """Every page in each language, with the other one beside it; ``added``: names of own pages.

    Of a static copy, those that it has.
    """
    root = ET.Element(_in(_SITEMAP, "urlset"))
    for page in (page for page in _INDEXED if not (is_copy and page in SERVER_PAGES)):
        _pages(root, base_url, page, None)
    for name in added:
        _pages(root, base_url, "page", None, name)
    for layer in layers:
        _pages(root, base_url, "layer", layer)
    return _document(root, {"": _SITEMAP, "xhtml": _XHTML})


def feed(
    layers: Sequence[PublicLayer], language: Language, base_url: str, organisation: str
) -> bytes:
    """What was published, the newest first, with its files."""
    about = message(language, "site.name")
    paths = FEEDS[language], path_of("layers", language)
    return _feed(layers, language, base_url, (about, organisation, *paths))


def layer_feed(
    versions: Sequence[PublicLayer], language: Language, base_url: str, organisation: str
) -> bytes:
    """The versions of one layer, the newest first, with their files."""
    name, about = versions[0].name, versions[0].entry.title.say(language)
    paths = (path_of(page, language, name=name) for page in ("feed", "layer"))
    return _feed(versions, language, base_url, (about, organisation, *paths))


def _feed(
    layers: Sequence[PublicLayer], language: Language, base_url: str, head: tuple[str, ...]
) -> bytes:
    """``head``: what it is about, by whom, its path and that of its page."""
    about, organisation, path, page = head
    newest = sorted(layers, key=lambda each: each.published_at, reverse=True)
    root = ET.Element(_in(_ATOM, "feed"))
    address = base_url + path
    _add(root, "title", f"{about}, {organisation}")
    _add(root, "id", address)
    _add(root, "updated", _moment(newest[0].published_at if newest else _DAWN))
    _add(ET.SubElement(root, _in(_ATOM, "author")), "name", organisation)
    _link(root, "self", address, "application/atom+xml")
    _link(root, "alternate", base_url + page, "text/html")
    for layer in newest:
        _entry(root, layer, language, base_url)
    return _document(root, {"": _ATOM})


def _entry(root: ET.Element, layer: PublicLayer, language: Language, base_url: str) -> None:
    entry = ET.SubElement(root, _in(_ATOM, "entry"))
    page = base_url + path_of("layer", language, name=layer.name)
    version = message(language, "layer.version", version=layer.version)
    _add(entry, "title", f"{layer.entry.title.say(language)}, {version}")
    _add(entry, "id", f"{page}#v{layer.version}")
    _add(entry, "updated", _moment(layer.published_at))
    _add(entry, "summary", layer.entry.description.say(language))
    _add(entry, "rights", layer.entry.licence.name)
    _link(entry, "alternate", page, "text/html")
    for file in layer.files:
        path = file_path(layer.name, layer.version, file.name)
        _link(entry, "enclosure", base_url + path, file.media_type, str(file.size))


def _pages(
    root: ET.Element, base_url: str, page: str, layer: PublicLayer | None, name: str = ""
) -> None:
    name = layer.name if layer else name
    paths = {each: base_url + path_of(page, each, name=name) for each in LANGUAGES}
    for address in paths.values():
        url = ET.SubElement(root, _in(_SITEMAP, "url"))
        ET.SubElement(url, _in(_SITEMAP, "loc")).text = address
        if layer is not None:
            ET.SubElement(url, _in(_SITEMAP, "lastmod")).text = _moment(layer.published_at)
        for language, other in paths.items():
            given = {"rel": "alternate", "hreflang": language, "href": other}
            ET.SubElement(url, _in(_XHTML, "link"), given)


def _add(parent: ET.Element, name: str, said: str) -> None:
    ET.SubElement(parent, _in(_ATOM, name)).text = clean(said)


def _link(parent: ET.Element, rel: str, href: str, kind: str, length: str = "") -> None:
    given = {"rel": rel, "href": href, "type": kind} | ({"length": length} if length else {})
    ET.SubElement(parent, _in(_ATOM, "link"), given)


def _in(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _document(root: ET.Element, spaces: dict[str, str]) -> bytes:
    for prefix, space in spaces.items():
        ET.register_namespace(prefix, space)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
