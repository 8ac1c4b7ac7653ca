"""What a request asks for, read strictly: what is unknown, doubled or wrong is refused with 400."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from starlette.requests import Request

from gis_platform.api.ogc_problem import Refused, bad
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings

LANGUAGES: tuple[Language, ...] = ("tr", "en")
EVERYWHERE = ("f", "lang")
"""Query parameters every resource knows."""
_HOST = re.compile(r"[A-Za-z0-9._\-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?")
_MAX_QUERY = 8_000
_READABLE = ",:/.-_~"


@dataclass(frozen=True)
class Format:
    """A representation a resource has: the value of ``f``, its media type and what else is meant.

    Attributes:
        accepts: media types of an ``Accept`` header that are answered with it, its own included.
    """

    name: str
    media_type: str
    accepts: tuple[str, ...]


JSON = Format("json", "application/json", ("application/json",))
HTML = Format("html", "text/html; charset=utf-8", ("text/html", "application/xhtml+xml"))
GEOJSON = Format(
    "json",
    "application/geo+json",
    ("application/geo+json", "application/json", "application/vnd.geo+json"),
)
JSON_FG = Format("jsonfg", "application/vnd.ogc.fg+json", ("application/vnd.ogc.fg+json",))
CSV = Format("csv", "text/csv; charset=utf-8", ("text/csv",))
FLATGEOBUF = Format("fgb", "application/vnd.flatgeobuf", ("application/vnd.flatgeobuf",))
TILEJSON = Format("tilejson", "application/json", ("application/vnd.mapbox.tilejson+json",))
MVT = Format(
    "mvt",
    "application/vnd.mapbox-vector-tile",
    ("application/vnd.mapbox-vector-tile", "application/x-protobuf"),
)
STYLE = Format(
    "json", "application/vnd.mapbox.style+json",
    ("application/vnd.mapbox.style+json", "application/json"),
)  # fmt: skip
SCHEMA = Format("json", "application/schema+json", ("application/schema+json", "application/json"))
OPENAPI = Format(
    "json",
    "application/vnd.oai.openapi+json;version=3.0",
    ("application/vnd.oai.openapi+json", "application/openapi+json", "application/json"),
)


@dataclass(frozen=True)
class Asked:
    """A request as far as every resource reads it.

    Attributes:
        place: scheme and host the links of the answer begin with.
        path: path of the resource, as asked for.
        parameters: every query parameter that was given, once.
        language_said: whether ``lang`` was given, so that links keep it.
    """

    place: str
    path: str
    parameters: Mapping[str, str]
    format: Format
    language: Language
    language_said: bool

    def link(self, **changes: str | None) -> str:
        """The address of this resource with some parameters changed; ``None`` leaves one out."""
        return address(self.place + self.path, {**self.parameters, **changes})


def read_request(
    request: Request, settings: Settings, formats: tuple[Format, ...], known: Collection[str] = ()
) -> Asked:
    """Read what every resource reads; ``known`` are its own query parameters.

    Raises:
        Refused: 400 for a parameter that is not known or given twice, 406 for a format.
    """
    parameters = read_parameters(request, known)
    accept = request.headers.get("accept", "*/*")
    said = parameters.get("lang")
    return Asked(
        place_of(request, settings),
        request.scope["path"].rstrip("/"),
        parameters,
        choose_format(parameters.get("f"), accept, formats),
        language_of(said, request.headers.get("accept-language", "")),
        said is not None,
    )


def read_parameters(request: Request, known: Collection[str]) -> dict[str, str]:
    """Every query parameter by name.

    Raises:
        Refused: a parameter is not known, given twice, or not UTF-8.
    """
    raw: bytes = request.scope["query_string"]
    if not raw:
        return {}
    if len(raw) > _MAX_QUERY:
        raise Refused(400, Text("Adres çok uzun.", "The address is too long."))
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Refused(400, Text("Adres UTF-8 değil.", "The address is not UTF-8.")) from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in known and name not in EVERYWHERE:
            there = ", ".join(sorted({*known, *EVERYWHERE}))
            raise bad(
                name, f"böyle bir parametre yok; olanlar: {there}", f"not known; there are: {there}"
            )
        if name in found:
            raise bad(name, "iki kez verilmiş", "given twice")
        if "\0" in value:
            raise bad(name, "geçersiz karakter", "holds a character that is not valid")
        found[name] = value
    return found


def place_of(request: Request, settings: Settings) -> str:
    """Scheme and host of the links in the answer, as the settings or the request say."""
    if settings.server.public_url is not None:
        return settings.server.public_url.rstrip("/")
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        host = f"{settings.server.host}:{settings.server.port}"
    return f"{request.scope['scheme']}://{host}"


def spoken(request: Request) -> Language:
    """The language to speak to a request that may be wrong in anything."""
    accepted = request.headers.get("accept-language", "")
    try:
        return language_of(request.query_params.get("lang"), accepted)
    except Refused:
        return language_of(None, accepted)


def is_for_people(request: Request) -> bool:
    """Whether an error is better told as a page."""
    try:
        accept = request.headers.get("accept", "*/*")
        return choose_format(request.query_params.get("f"), accept, (JSON, HTML)) is HTML
    except Refused:
        return False


@lru_cache(maxsize=1024)
def language_of(said: str | None, accepted: str) -> Language:
    """The language of the answer: as said, else as the browser likes, else Turkish.

    Raises:
        Refused: a language was said that is neither Turkish nor English.
    """
    if said is not None:
        for language in LANGUAGES:
            if said.partition("-")[0].partition("_")[0].lower() == language:  # ASCII: language tag
                return language
        raise bad("lang", "tr ya da en olmalı", "has to be tr or en")
    for tag, _ in sorted(_weighted(accepted), key=lambda each: -each[1]):
        for language in LANGUAGES:
            if tag.partition("-")[0] == language:
                return language
    return LANGUAGES[0]


@lru_cache(maxsize=1024)
def choose_format(said: str | None, accept: str, formats: tuple[Format, ...]) -> Format:
    """The representation that is wanted: ``f`` first, else what ``Accept`` weighs most.

    Raises:
        Refused: 400 for an ``f`` there is not, 406 where nothing is acceptable.
    """
    names = ", ".join(each.name for each in formats)
    if said is not None:
        for each in formats:
            if each.name == said:
                return each
        raise bad("f", f"olanlar: {names}", f"there are: {names}")
    wanted = dict(_weighted(accept))
    weights = [(_weight(each, wanted), -rank) for rank, each in enumerate(formats)]
    best, rank = max(weights)
    if best <= 0:
        raise Refused(406, Text(f"Olan biçimler: {names}.", f"Formats there are: {names}."))
    return formats[-rank]


def _weighted(header: str) -> list[tuple[str, float]]:
    """``a;q=0.5, b`` as pairs of value and weight."""
    found = []
    for part in header.split(","):
        value, *options = (piece.strip() for piece in part.split(";"))
        weight = next((each[2:] for each in options if each.startswith("q=")), "1")
        if value:
            known = re.fullmatch(r"[01](\.\d{0,3})?", weight)
            found.append((value.lower(), float(weight) if known else 0.0))  # ASCII: media types
    return found


def _weight(offer: Format, wanted: Mapping[str, float]) -> float:
    """How much a format is wanted; the most exact range that fits decides."""
    if not wanted:
        return 1.0
    for media_type in offer.accepts:
        if media_type in wanted:
            return wanted[media_type]
    whole = f"{offer.accepts[0].partition('/')[0]}/*"
    return wanted.get(whole, wanted.get("*/*", 0.0))


def address(resource: str, parameters: Mapping[str, str | None]) -> str:
    """A resource with its query, in the order given; characters URLs may hold stay readable."""
    query = "&".join(
        f"{_quoted(name, '')}={_quoted(value, _READABLE)}"
        for name, value in parameters.items()
        if value is not None
    )
    return f"{resource}?{query}" if query else resource


@lru_cache(maxsize=4096)
def _quoted(said: str, safe: str) -> str:
    return quote(said, safe=safe)
