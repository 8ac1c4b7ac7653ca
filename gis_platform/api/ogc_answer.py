"""Bodies become answers: media type, language, validators, caching, compression, links."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

import gis_platform
from gis_platform.api.ogc_problem import MEDIA_TYPE, Refused
from gis_platform.api.ogc_request import HTML, Asked
from gis_platform.core.language import Language
from gis_platform.opendata.public import PublicLayer

CACHE_SECONDS = 30
"""How long a copy may be used unasked; a withdrawn layer has to be gone everywhere within 60 s."""
_COMMON = {
    "Vary": "Accept, Accept-Language, Accept-Encoding",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Crs, Content-Language, ETag, Link, Link-Template",
    "X-Content-Type-Options": "nosniff",
}
_COMPRESS_FROM = 1_000
_COMPRESS_LEVEL = 1


@dataclass(frozen=True)
class Stamp:
    """What tells one state of an answer from another."""

    etag: str
    modified: datetime | None = None

    def headers(self) -> dict[str, str]:
        """As the headers of an answer."""
        said = {"ETag": self.etag, "Cache-Control": f"public, max-age={CACHE_SECONDS}"}
        if self.modified is not None:
            said["Last-Modified"] = format_datetime(self.modified.astimezone(UTC), usegmt=True)
        return said

    def is_held_by(self, request: Request) -> bool:
        """Whether the client names this very state, and no other."""
        return request.headers.get("if-none-match") == self.etag

    def is_known_to(self, request: Request) -> bool:
        """Whether the client has this state already (RFC 9110, 13.2.2)."""
        known = request.headers.get("if-none-match")
        if known is not None:
            own = self.etag.removeprefix("W/")
            tags = (each.strip().removeprefix("W/") for each in known.split(","))
            return any(each in {own, "*"} for each in tags)
        since = request.headers.get("if-modified-since")
        return since is not None and self.modified is not None and self._is_since(since)

    def _is_since(self, since: str) -> bool:
        try:
            moment = parsedate_to_datetime(since)
        except ValueError:
            return False
        if moment.tzinfo is None or self.modified is None:
            return False
        return self.modified.replace(microsecond=0) <= moment


def stamp(version: str, asked: Asked, modified: datetime | None = None) -> Stamp:
    """The stamp of an answer: of the data's version and of everything that shapes the answer."""
    parts = (
        gis_platform.__version__, version, asked.place, asked.link(), asked.language,
        asked.format.media_type,
    )  # fmt: skip
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
    return Stamp(f'W/"{digest}"', modified)


def version_of(layer: PublicLayer) -> str:
    """What tells one published version of a layer from every other."""
    return f"{layer.name} {layer.version} {layer.data_sha256} {layer.metadata_sha256}"


def unchanged(asked: Asked, known: Stamp) -> Response:
    """304: the client's copy is still right."""
    return Response(
        status_code=304, headers=_COMMON | known.headers() | {"Content-Language": asked.language}
    )


def nothing(asked: Asked, known: Stamp) -> Response:
    """204: there is nothing, and that is so for this version."""
    said = {"Content-Language": asked.language, **_COMMON, **known.headers()}
    return Response(status_code=204, headers=said)


def answer(
    request: Request,
    asked: Asked,
    body: bytes,
    known: Stamp,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """200 with the body, compressed where the client takes it and it is worth while."""
    said = {
        "Content-Type": asked.format.media_type,
        "Content-Language": asked.language,
        **_COMMON,
        **known.headers(),
        **(headers or {}),
    }
    if len(body) >= _COMPRESS_FROM and _is_gzip_taken(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, _COMPRESS_LEVEL, mtime=0)
        said["Content-Encoding"] = "gzip"
    return Response(body, headers=said)


def refuse(refused: Refused, language: Language, html: bytes | None = None) -> Response:
    """The problem document of a refusal, or its page; never kept by a cache."""
    headers = {
        **_COMMON, **refused.headers, "Content-Language": language, "Cache-Control": "no-store",
        "Content-Type": MEDIA_TYPE if html is None else HTML.media_type,
    }  # fmt: skip
    body = refused.body(language) if html is None else html
    return Response(body, status_code=refused.status, headers=headers)


@lru_cache(maxsize=256)
def _is_gzip_taken(accepted: str) -> bool:
    for part in accepted.split(","):
        coding, _, weight = (piece.strip() for piece in part.partition(";"))
        if coding in {"gzip", "*"}:
            return re.fullmatch(r"q=0(\.0*)?", weight) is None
    return False
