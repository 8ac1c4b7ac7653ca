"""Links of the static copy: which a document holds, where each lies as a file, how it is rewritten.

A page becomes ``path/index.html``: its address stays right on a server that adds a slash, and its
links work from a folder without any server. Everything here is text in, text out.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from gis_platform.opendata.tiles import tiles_of

MAX_TILE_ZOOM = 16
"""Deepest zoom the map asks tiles of; ``map.mjs`` says the same."""
MOST_TILES = 20_000
"""Tiles of one layer in a copy; a layer that is wider gets fewer zooms, never an empty map."""
PAGE_FILE = "index.html"
_SUFFIXES = {
    "image/svg+xml": ".svg", "application/json": ".json", "application/xml": ".xml",
    "text/csv": ".csv", "text/plain": ".txt", "text/turtle": ".ttl", "image/png": ".png",
    "application/geo+json": ".geojson", "application/ld+json": ".jsonld",
}  # fmt: skip
"""What a plain server would not know the kind of gets an ending, where its address has none."""
_ATTRIBUTE = re.compile(r"""(\s)([a-zA-Z][\w:-]*)=(?:"([^"]*)"|'([^']*)')""")
_ABSOLUTE_TAGS = frozenset({"link", "meta"})
_PART = re.compile(r"^[\w.~ ()+@=,-]+$")


@dataclass(frozen=True)
class PageLinks:
    """What a page of the copy may lead to.

    Attributes:
        base: scheme and host of the copy; whole addresses in ``link`` and ``meta`` stay.
        here: path of the page itself.
        target: the link to an address; ``None`` where that is not in the copy.
        absent: the link to follow then.
        search: the link to the page that searches.
    """

    base: str
    here: str
    target: Callable[[str], str | None]
    absent: Callable[[str], str]
    search: str


@dataclass(frozen=True)
class Tiles:
    """The tiles of a layer on a map: template of their path, box in degrees, zooms."""

    template: str
    bounds: tuple[float, float, float, float]
    zooms: range

    def paths(self) -> Iterator[str]:
        """The path of every tile."""
        for zoom in self.zooms:
            first, last, top, bottom = tiles_of(self.bounds, zoom)
            for x in range(first, last + 1):
                for y in range(top, bottom + 1):
                    yield _tile(self.template, zoom, x, y)


def static_path(address: str, media_type: str) -> str:
    """The file an address becomes, from the folder of the copy on.

    Raises:
        ValueError: it would lie outside that folder, or its name is none for a file.
    """
    split = urlsplit(address)
    parts = [unquote(part) for part in split.path.split("/") if part]
    if any(part in {".", ".."} or _PART.match(part) is None for part in parts):
        raise ValueError(address)
    page = dict(parse_qsl(split.query)).get("page")
    if media_type == "text/html":
        return "/".join([*parts, *([f"page-{page}"] if page else []), PAGE_FILE])
    stem, suffix = posixpath.splitext(parts[-1])
    middle = f".page-{page}" if page else ""
    return "/".join([*parts[:-1], f"{stem}{middle}{suffix or _SUFFIXES.get(media_type, '')}"])


def relative(target: str, page: str, fragment: str = "") -> str:
    """The link to a file from a page, both named from the folder of the copy on."""
    link = quote(posixpath.relpath(target, posixpath.dirname(page) or "."))
    return f"{link}#{fragment}" if fragment else link


def leads(html: str, base: str) -> Iterator[str]:
    """Every address of the portal in the tags of a page, from its path on, without a fragment."""
    for tag in _tags(html):
        for _, _, value in tag.attributes:
            yield from _leads_in(value, base)


def maps(html: str) -> Iterator[Tiles]:
    """The tiles the maps of a page ask for."""
    for tag in _tags(html):
        for _, _, value in tag.attributes:
            for said in _objects(_read_json(value)):
                if _has_tiles(said):
                    yield Tiles(said["tiles"], tuple(said["bounds"]), _zooms(said))


def text_leads(text: str, base: str) -> Iterator[str]:
    """Every address of the portal in a document that is no page."""
    for found in _addresses(base).finditer(text):
        yield unescape(found[1] or "/").partition("#")[0]


def rewrite_text(text: str, base: str, moved: Callable[[str], str | None]) -> str:
    """A document that is no page: addresses that lie elsewhere in the copy are said anew.

    Args:
        text: the document.
        base: scheme and host of the copy.
        moved: the new path of an address; ``None`` where it stays.
    """

    def anew(found: re.Match[str]) -> str:
        path, _, fragment = unescape(found[1] or "/").partition("#")
        other = moved(path)
        if other is None:
            return found[0]
        return f"{base}/{quote(other)}" + (f"#{fragment}" if fragment else "")

    return _addresses(base).sub(anew, text)


def rewrite_page(html: str, links: PageLinks) -> str:
    """A page with its links relative; what needs the server is unlinked or left out.

    A form nobody answers goes. A link to another view of this very page (sorted, turned over) that
    is not in the copy becomes plain text; any other leads where ``links.absent`` says.
    """
    made, at = [], 0
    for tag in _tags(html):
        if tag.start < at:
            continue
        made.append(html[at : tag.start])
        at = tag.end
        if tag.name == "form" and tag.said.get("role") != "search":
            at = html.index("</form>", tag.end) + len("</form>")
        elif tag.name == "a" and _is_other_view(tag, links):
            end = html.index("</a>", tag.end)
            made.append(html[tag.end : end])
            at = end + len("</a>")
        else:
            made.append(_rewritten(tag, links))
    return "".join([*made, html[at:]])


# ---------------------------------------------------------------- tags and their attributes


@dataclass(frozen=True)
class _Tag:
    """A start tag: where it lies in the page, its text, its attributes with their places in it."""

    name: str
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def attributes(self) -> Iterator[tuple[re.Match[str], str, str]]:
        for found in _ATTRIBUTE.finditer(self.text):
            value = found[3] if found[3] is not None else found[4]
            yield found, found[2], unescape(value)

    @property
    def said(self) -> dict[str, str]:
        return {name: value for _, name, value in self.attributes}


class _Reader(HTMLParser):
    """Notes every start tag and its place."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        lines = html.split("\n")
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.found: list[_Tag] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Note it."""
        line, column = self.getpos()
        self.found.append(
            _Tag(tag, self._starts[line - 1] + column, self.get_starttag_text() or "")
        )


def _tags(html: str) -> list[_Tag]:
    return _Reader(html).found


def _rewritten(tag: _Tag, links: PageLinks) -> str:
    made, at = [], 0
    for found, name, value in tag.attributes:
        new = _value(tag.name, name, value, links)
        if new is not None and new != value:
            made += [tag.text[at : found.start()], f'{found[1]}{found[2]}="{escape(new)}"']
            at = found.end()
    return "".join([*made, tag.text[at:]])


def _value(tag: str, name: str, value: str, links: PageLinks) -> str | None:
    """The new value of an attribute; ``None`` where it stays."""
    if name == "action":
        return links.search
    data = _read_json(value)
    if data is not None:
        return json.dumps(_rewritten_json(data, links), ensure_ascii=False)
    if name == "srcset":
        parts = (each.split() for each in value.split(",") if each.split())
        return ", ".join(" ".join([links.target(path) or path, *size]) for path, *size in parts)
    if value.startswith(links.base) and tag in _ABSOLUTE_TAGS:
        return None
    path = _own(value, links.base)
    if path is None:
        return None
    return links.target(path) or (links.absent(path) if tag == "a" else None)


def _rewritten_json(data: Any, links: PageLinks) -> Any:
    if isinstance(data, list):
        return [_rewritten_json(each, links) for each in data]
    if isinstance(data, str):
        path = _own(data, links.base)
        return data if path is None else (links.target(path) or data)
    if not isinstance(data, dict):
        return data
    made = {name: _rewritten_json(each, links) for name, each in data.items()}
    if _has_tiles(data):
        made["tiles"] = _tile_link(data["tiles"], links)
        made["maxTileZoom"] = _zooms(data)[-1]
    return made


def _tile_link(template: str, links: PageLinks) -> str:
    """The template from the page on: that of one tile, with its numbers taken out again."""
    known = links.target(_tile(template, 0, 0, 0))
    if known is None:
        return template
    ending = template[template.index("{z}") :]
    return known[: -len(_tile(ending, 0, 0, 0))] + ending


def _is_other_view(tag: _Tag, links: PageLinks) -> bool:
    path = _own(tag.said.get("href", ""), links.base)
    if path is None or "?" not in path or path.partition("?")[0] != links.here.partition("?")[0]:
        return False
    return links.target(path) is None


def _own(value: str, base: str) -> str | None:
    """An address of the portal from its path on; ``None`` for any other text."""
    if value == base:
        return "/"
    if value.startswith(f"{base}/"):
        return value.removeprefix(base)
    return value if value.startswith("/") and not value.startswith("//") else None


def _leads_in(value: str, base: str) -> Iterator[str]:
    data = _read_json(value)
    if data is not None:
        yield from (path for said in _strings(data) for path in _leads_in(said, base))
        return
    is_list = value.startswith("/") and " " in value
    for each in value.split(",") if is_list else (value,):
        path = _own(each.split()[0] if is_list and each.split() else each, base)
        if path is not None and "{" not in path:
            yield path.partition("#")[0]


# ---------------------------------------------------------------- values and addresses


def _has_tiles(said: dict[str, Any]) -> bool:
    return "{z}" in str(said.get("tiles", "")) and bool(said.get("bounds"))


def _zooms(said: dict[str, Any]) -> range:
    """The zooms a map asks for, without the deepest where they hold too many tiles."""
    first = min(int(said.get("minZoom") or 0), MAX_TILE_ZOOM)
    last, count = first, 0
    for zoom in range(first, MAX_TILE_ZOOM + 1):
        left, right, top, bottom = tiles_of(tuple(said["bounds"]), zoom)
        count += (right - left + 1) * (bottom - top + 1)
        if count > MOST_TILES and zoom > first:
            break
        last = zoom
    return range(first, last + 1)


def _tile(template: str, zoom: int, x: int, y: int) -> str:
    return template.replace("{z}", f"{zoom}").replace("{x}", f"{x}").replace("{y}", f"{y}")


def _addresses(base: str) -> re.Pattern[str]:
    return re.compile(re.escape(base) + r"(/[^\s\"'<>\\{}|^`]*)?(?![\w.:-])")


def _read_json(value: str) -> Any:
    if not value.startswith(("{", "[")):
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _strings(each)


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
    if isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _objects(each)
