"""The pages that are prose: Markdown files, one per page and language, some of one's own.

Raw HTML is shown as text, addresses are those Markdown lets pass, pictures are left out: whoever
may write a page may not run a program in it. A page that narrows the licence is refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from gis_platform.core.errors import ConfigError, Place, Text
from gis_platform.core.language import Language
from gis_platform.core.settings import PortalSettings
from gis_platform.opendata.licence_lint import Breach, breaches
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.page import frame
from gis_platform.opendata.portal.paths import LANGUAGES, path_of
from gis_platform.opendata.portal.render import Frame, Page

CONTENT_PAGES = ("about", "licence", "privacy", "accessibility", "terms")
"""The pages every portal has; each has an address of its own."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,47}")
_LARGEST = 200_000
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&])")
_SUMMARY = 200
_PORTAL = "GIS_PORTAL__"


@dataclass(frozen=True)
class ContentPage:
    """A page in one language.

    Attributes:
        name: of the file, without its ending.
        source: the file.
        markdown: as written.
    """

    name: str
    language: Language
    title: str
    markdown: str
    source: str
    is_own: bool


@dataclass(frozen=True)
class Content:
    """Every page of prose, by name and language."""

    pages: Mapping[tuple[str, Language], ContentPage] = field(default_factory=dict)

    def added(self, language: Language) -> list[ContentPage]:
        """The pages a municipality added, by their titles' order of names."""
        return [
            page for (name, said), page in sorted(self.pages.items())
            if said == language and name not in CONTENT_PAGES
        ]  # fmt: skip

    def links(self, language: Language) -> list[tuple[str, str]]:
        """Path and title of each added page."""
        return [(content_path(each.name, language), each.title) for each in self.added(language)]


def content_path(name: str, language: Language) -> str:
    """Where a page of prose lies."""
    if name in CONTENT_PAGES:
        return path_of(name, language)
    return path_of("page", language, name=name)


def read_content(portal: PortalSettings) -> Content:
    """The pages that come along, and those of one's own in their place or beside them.

    Raises:
        ConfigError: the folder is missing, or a page is not UTF-8, has no heading, is there in one
            language only, or narrows the licence; the file and line are named.
    """
    built_in = resources.files("gis_platform.opendata.portal") / "content"
    _check_notices(portal)
    pages = {(each.name, each.language): each for each in _read(built_in, is_own=False)}
    if portal.content_dir is not None:
        own = list(_read(_own_folder(portal.content_dir), is_own=True))
        _check_both_languages(own)
        pages |= {(each.name, each.language): each for each in own}
    return Content(pages)


def content_page(portal: PortalSettings, page: ContentPage) -> Page:
    """A page of prose, ready to be shown."""
    html, summary = rendered(portal, page)
    if page.name in CONTENT_PAGES:
        around = frame(page.name, page.language, page.title, summary)
    else:
        alternates = {each: content_path(page.name, each) for each in LANGUAGES}
        around = Frame(page.language, page.title, summary, alternates, current=page.name)
    return Page("content.html", around, {"body": html})


def rendered(portal: PortalSettings, page: ContentPage) -> tuple[str, str]:
    """The page's body as HTML without its heading, and its beginning as plain text."""
    markdown = _filled(portal, page)
    tokens = _MARKDOWN.parse(markdown)[3:]  # the heading is the page's own
    first = next((each for each in tokens if each.type == "inline"), None)
    words = " ".join("".join(_said(each) for each in (first and first.children) or ()).split())
    summary = words if len(words) <= _SUMMARY else words[:_SUMMARY].rpartition(" ")[0] + "…"
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}), summary


def _said(part: Token) -> str:
    """The text of a part of a line, without its marks."""
    return " " if part.type == "softbreak" else part.content


def _own_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise ConfigError(
            Text(f"{folder} diye bir klasör yok.", f"There is no folder {folder}."),
            place=Place(field=f"{_PORTAL}CONTENT_DIR"),
        )
    return folder


def _read(folder: Traversable, *, is_own: bool) -> Iterator[ContentPage]:
    for language in LANGUAGES:
        inside = folder / language
        files = sorted(inside.iterdir(), key=lambda each: each.name) if inside.is_dir() else []
        for file in files:
            if file.name.endswith(".md"):
                yield _read_page(file, language, is_own=is_own)


def _read_page(file: Traversable, language: Language, *, is_own: bool) -> ContentPage:
    name, where = file.name.removesuffix(".md"), str(file)
    if not _NAME.fullmatch(name):
        raise _refused(
            where, None, Text("Sayfanın adı olamaz.", "Not a name for a page."),
            Text("küçük harf, rakam ve -: etkinlikler.md", "small letters, digits, -: events.md"),
        )  # fmt: skip
    raw = file.read_bytes()
    if len(raw) > _LARGEST:
        raise _refused(where, None, Text("Sayfa 200 kB’den büyük.", "Larger than 200 kB."))
    try:
        markdown = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise _refused(
            where, row, Text("Dosya UTF-8 değil.", "The file is not UTF-8."),
            Text("UTF-8 olarak kaydedin", "save it as UTF-8"),
        ) from None  # fmt: skip
    title = _title(where, markdown)
    for each in breaches(markdown):
        raise _refused(
            where, each.line, _narrows(each),
            Text("cümleyi çıkarın; yanlış anlaşıldıysa üstüne şunu yazın: "
                 '[lisans-uygun]: # "gerekçesi"',
                 "take the sentence out; if it is misread, write above it: "
                 '[licence-ok]: # "the reason"'),
        )  # fmt: skip
    return ContentPage(name, language, title, markdown, where, is_own)


def _title(where: str, markdown: str) -> str:
    tokens = _MARKDOWN.parse(markdown)
    if not tokens or tokens[0].tag != "h1":
        raise _refused(
            where, 1, Text("Sayfa bir başlıkla başlamıyor.", "It does not begin with a heading."),
            Text("ilk satıra “# Başlık” yazın", "write “# Title” on the first line"),
        )  # fmt: skip
    second = next((each for each in tokens[1:] if each.type == "heading_open" and each.tag == "h1"),
                  None)  # fmt: skip
    if second is not None:
        row = second.map[0] + 1 if second.map else None
        raise _refused(
            where, row, Text("İkinci bir “# ” başlığı var.", "There is a second “# ” heading."),
            Text("“## ” yazın", "write “## ”"),
        )  # fmt: skip
    if len(tokens) == 3:  # noqa: PLR2004 - the three parts of the heading
        raise _refused(where, 1, Text("Başlığın altı boş.", "Nothing below the heading."))
    return tokens[1].content


def _check_notices(portal: PortalSettings) -> None:
    for name in ("notice_tr", "notice_en"):
        for each in breaches(getattr(portal, name) or ""):
            raise ConfigError(
                _narrows(each),
                place=Place(field=f"{_PORTAL}{name.upper()}"),  # ASCII: a setting
            )


def _narrows(breach: Breach) -> Text:
    return Text(
        f"Lisansı daraltıyor ({breach.why.tr}): “{breach.said}”",
        f"It narrows the licence ({breach.why.en}): “{breach.said}”",
    )


def _check_both_languages(own: list[ContentPage]) -> None:
    known = {(each.name, each.language) for each in own}
    for page in own:
        for language in LANGUAGES:
            if (page.name, language) not in known:
                raise _refused(
                    page.source, None,
                    Text("Sayfanın öteki dildeki dosyası yok.", "The other language is missing."),
                    Text(f"{language}/{page.name}.md ekleyin", f"add {language}/{page.name}.md"),
                )  # fmt: skip


def _filled(portal: PortalSettings, page: ContentPage) -> str:
    """The placeholders filled with settings, none of which becomes Markdown."""
    is_turkish = page.language == "tr"
    organisation = portal.organisation_tr if is_turkish else portal.organisation_en
    contact = message(page.language, "content.contact_none")
    if portal.contact:
        address = quote(portal.contact, safe="@.+-_")
        contact = f"[{_literal(portal.contact)}](mailto:{address})"
    said = page.markdown.replace("{organisation}", _literal(organisation))
    return said.replace("{contact}", contact)


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _refused(where: str, row: int | None, text: Text, remedy: Text | None = None) -> ConfigError:
    return ConfigError(text, place=Place(file=where, row=row), remedy=remedy)


def _open_table(*_: Any) -> str:
    return '<div class="scroll" tabindex="0"><table>\n'


def _close_table(*_: Any) -> str:
    return "</table></div>\n"


def _column(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    """Without the style attribute, which the content policy would refuse."""
    scope = ' scope="col"' if tokens[at].tag == "th" else ""
    return f"<{tokens[at].tag}{scope}>"


def _markdown() -> MarkdownIt:
    """CommonMark and tables, no raw HTML, no pictures."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("table_open", _open_table)
    made.add_render_rule("table_close", _close_table)
    for cell in ("th_open", "td_open"):
        made.add_render_rule(cell, _column)
    return made


_MARKDOWN = _markdown()
