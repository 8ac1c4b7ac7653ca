"""The public side as static files: every address is asked for as a visitor would, and written.

Because the answers are those the public gets, without a key, nothing else can be in a copy. The
crawler begins at the front pages and follows links, so that new pages and formats come by
themselves. What an answer says it will not have kept (``no-store``) is a question to the server
and is left out.
"""

import asyncio
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI

from gis_platform.api.app import create_app
from gis_platform.api.asking import Head, ask
from gis_platform.api.entrance import FILES, POLICY
from gis_platform.core.errors import Conflict, Place, Text
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.paths import FEEDS, LANGUAGES, PAGES, SERVER_PAGES, language_of
from gis_platform.opendata.portal.static_folder import StaticFolder, Written
from gis_platform.opendata.portal.static_links import (
    PageLinks,
    leads,
    maps,
    relative,
    rewrite_page,
    rewrite_text,
    static_path,
    text_leads,
)
from gis_platform.opendata.public import edition

_STARTS = (
    *PAGES["home"].values(), *PAGES["search"].values(), *PAGES["live"].values(), "/sitemap.xml",
    "/robots.txt", *FEEDS.values(), "/katalog.ttl", "/katalog.rdf", "/katalog.jsonld",
)  # fmt: skip
_NEEDS_SERVER = tuple(
    re.compile(pattern) for pattern in (
        r"/(api|ogc|tiles|metrics|health|desk)(/|$|\?)",
        *(f"{re.escape(path)}(/|$|\\?)" for page in SERVER_PAGES for path in PAGES[page].values()),
    )
)  # fmt: skip
_PAGED = re.compile(r"page=[1-9]\d{0,5}")
_ONE_VIEW = tuple(path.partition("{")[0] for path in PAGES["layer"].values())
"""Of a layer's table the first page is in the copy; the rest is in its files."""
_TEXTS = frozenset({
    "text/html", "text/turtle", "application/rdf+xml", "application/ld+json", "application/xml",
    "application/atom+xml", "application/json", "text/xml",
})  # fmt: skip
_TRIES = 3
_GIVEN = frozenset({200, 204})
_NOT_MODIFIED = 304
_MOVED = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})


@dataclass
class _Found:
    """What an address answers.

    Attributes:
        name: the file it becomes; ``None`` where it is not in the copy.
        media_type: of the answer.
        body: a document, compressed, to be rewritten when everything is known.
        moved_to: where it sends its readers.
    """

    name: str | None = None
    media_type: str = ""
    body: bytes | None = None
    moved_to: str | None = None


def export_site(
    settings: Settings,
    database: Database,
    folder: Path,
    base: str,
    advance: Callable[[int], None] = lambda _: None,
) -> Written:
    """Write the public side into a folder; what lies there of an earlier run is brought up to date.

    Args:
        settings: of the portal; ``server.public_url`` is the live one, to which links lead that
            only a server can answer.
        database: it reads from, with the rights of the public.
        folder: to write into.
        base: scheme, host and path under which the copy will lie, no slash at the end.
        advance: told the number of addresses done.

    Raises:
        UsageError: ``folder`` is no folder.
        Conflict: it holds something else; an address answered with a fault; or the catalogue
            changed again and again while it was copied.
    """
    live = settings.server.public_url if settings.server.public_url != base else None
    target = StaticFolder(folder)
    for _ in range(_TRIES):
        before = _edition(database)
        app = create_app(_of_copy(settings, base, live), database, is_copy=True)
        copier = _Copier(app, target, base, live, advance)
        asyncio.run(copier.run())
        if _edition(database) == before:
            return target.finish()
        target.forget()
    raise Conflict(
        Text("Katalog kopyalanırken değişip durdu.", "The catalogue kept changing meanwhile."),
        remedy=Text("yayın bitince yeniden çalıştırın", "run it again when publishing is done"),
    )


def _of_copy(settings: Settings, base: str, live: str | None) -> Settings:
    """Settings under which the portal speaks of itself as the copy, without limits to asking."""
    notices = {}
    for language in LANGUAGES:
        own = getattr(settings.portal, f"notice_{language}")
        said = message(language, "copy.notice_live" if live else "copy.notice", live=live or "")
        notices[f"notice_{language}"] = f"{own} {said}" if own else said
    return settings.model_copy(update={
        "storage": settings.storage.model_copy(update={"public_url": None}),
        "server": settings.server.model_copy(update={"public_url": base}),
        "access": settings.access.model_copy(update={"public_per_second": 0.0}),
        "portal": settings.portal.model_copy(update=notices),
    })  # fmt: skip


def _edition(database: Database) -> int:
    with database.engine("gis_portal").connect() as connection:
        return edition(connection)


class _Copier:
    """One run over all addresses."""

    def __init__(
        self, app: FastAPI, folder: StaticFolder, base: str, live: str | None,
        advance: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._app, self._folder, self._base, self._live = app, folder, base, live
        self._advance = advance
        self._found: dict[str, _Found] = {}
        self._waiting: deque[tuple[str, str]] = deque()
        self._noted: set[str] = set()

    async def run(self) -> None:
        """Ask for everything, then write the documents, whose links are known by then."""
        assets = self._app.state.service.assets
        self._note("", [*_STARTS, *(assets.path(name) for name in assets.files)])
        async with self._app.router.lifespan_context(self._app):
            while self._waiting:
                address, source = self._waiting.popleft()
                self._found[address] = await self._ask(address, source)
                self._advance(1)
        for address, found in self._found.items():
            if found.body is not None and found.name is not None:
                text = zlib.decompress(found.body).decode()
                self._folder.put(found.name, self._rewritten(address, found, text).encode())

    def _note(self, source: str, addresses: Iterable[str]) -> None:
        for address in addresses:
            if address not in self._noted:
                self._noted.add(address)
                self._waiting.append((address, source))

    async def _ask(self, address: str, source: str) -> _Found:
        with ExitStack() as files:
            answer = _Answer(self._folder, address, files)
            head = await ask(self._app, address, answer.begin, answer.known())
        if head.status in _MOVED:
            to = head.headers["location"].removeprefix(self._base)
            self._note(source, filter(_is_static, [to]))
            return _Found(moved_to=to)
        if head.status in _GONE or "no-store" in head.headers.get("cache-control", ""):
            return _Found()
        if head.status not in _GIVEN | {_NOT_MODIFIED}:
            raise Conflict(
                Text(f"Adres {head.status} yanıtı verdi.", f"It answered {head.status}."),
                place=Place(file=address, field=source or None),
                remedy=Text("sunucunun günlüğüne bakın", "look into the log of the server"),
            )
        found = _Found(answer.name, head.media_type)
        if answer.text is not None:
            found.body = zlib.compress(bytes(answer.text), 1)
            text = answer.text.decode()
            self._note(address, filter(_is_static, self._leads(head.media_type, text)))
            for tiles in maps(text) if head.media_type == "text/html" else ():
                self._note(address, tiles.paths())
        return found

    def _leads(self, media_type: str, text: str) -> Iterator[str]:
        is_page = media_type == "text/html"
        return leads(text, self._base) if is_page else text_leads(text, self._base)

    def _rewritten(self, address: str, found: _Found, text: str) -> str:
        if found.media_type != "text/html":
            return rewrite_text(text, self._base, self._said_anew)
        here, language = found.name or "", language_of(address)

        def target(path: str) -> str | None:
            return self._link(path, here)

        def absent(path: str) -> str:
            return f"{self._live}{path}" if self._live else target(PAGES["live"][language]) or path

        search = target(PAGES["search"][language]) or ""
        made = rewrite_page(text, PageLinks(self._base, address, target, absent, search))
        policy = POLICY.replace("; frame-ancestors 'none'", "")
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        return made.replace("<head>", f"<head>\n{meta}", 1)

    def _link(self, address: str, here: str) -> str | None:
        """The link to an address from a file; the search page answers every question."""
        path, _, fragment = address.partition("#")
        plain, _, query = path.partition("?")
        if plain in PAGES["search"].values() and query:
            return f"{self._link(plain, here)}?{query}"
        if path.startswith("/tiles/"):
            return relative(path.strip("/"), here)
        found = self._end_of(path)
        return None if found is None or found.name is None else relative(found.name, here, fragment)

    def _end_of(self, path: str) -> _Found | None:
        """What an address answers in the end."""
        found = self._found.get(path)
        while found is not None and found.moved_to is not None:
            found = self._found.get(found.moved_to)
        return found

    def _said_anew(self, path: str) -> str | None:
        """The file of an address, where a plain server would look elsewhere for it."""
        found = self._end_of(path)
        if found is None or found.name is None:
            return None
        is_page = found.media_type == "text/html"
        if found.name == path.strip("/") or (is_page and "?" not in path):
            return None
        return found.name.removesuffix("index.html") if is_page else found.name


class _Answer:
    """Takes one answer: a document into memory, anything else into its file."""

    def __init__(self, folder: StaticFolder, address: str, files: ExitStack) -> None:
        self._folder, self._address, self._files = folder, address, files
        self._path = urlsplit(address).path.strip("/")
        self._lies_there: str | None = None
        self.name: str | None = None
        self.text: bytearray | None = None

    def known(self) -> dict[str, str]:
        """What a download need not be sent for again: its tag is its checksum."""
        if self._address.startswith(FILES):
            self._lies_there = self._folder.sha256(self._path)
        return {"if-none-match": f'"{self._lies_there}"'} if self._lies_there else {}

    def begin(self, head: Head) -> Callable[[bytes], object]:
        """Where the parts of the body go."""
        if head.status == _NOT_MODIFIED and self._lies_there is not None:
            self.name = self._path
            self._folder.keep(self.name, self._lies_there)
        if head.status not in _GIVEN or "no-store" in head.headers.get("cache-control", ""):
            return len
        self.name = _name_of(self._address, head.media_type)
        if head.media_type in _TEXTS and "content-disposition" not in head.headers:
            self.text = bytearray()
            return self.text.extend
        return self._files.enter_context(self._folder.writing(self.name)).write


def _name_of(address: str, media_type: str) -> str:
    try:
        return static_path(address, media_type)
    except ValueError:
        raise Conflict(
            Text("Bu adres dosya adı olamaz.", "This address cannot be the name of a file."),
            place=Place(file=address),
        ) from None


def _is_static(address: str) -> bool:
    path, _, query = address.partition("?")
    if any(each.match(path) for each in _NEEDS_SERVER):
        return False
    return not query or (_PAGED.fullmatch(query) is not None and not path.startswith(_ONE_VIEW))
