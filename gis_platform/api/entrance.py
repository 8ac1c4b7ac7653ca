"""What every request passes first and every answer last: id, security headers, HEAD, access log."""

import logging
import re
import time
from collections.abc import Mapping
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gis_platform.api import metrics
from gis_platform.api.cors import Origins
from gis_platform.api.uses import Uses
from gis_platform.core import logs

access_log = logging.getLogger("gis_platform.access")

FILES = "/files/"
_PUBLIC_DATA = ("/api/", "/ogc", "/tiles/", FILES, "/outline/")
"""Open data: pages of other hosts may read it."""
_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_LOGGED_PATH = 200
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(self)",
    "cross-origin-opener-policy": "same-origin",
}
EMBEDDED = {
    "content-security-policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors *"),
    "cross-origin-resource-policy": "cross-origin",
}
"""Headers of the one page that other sites may show in a frame."""


class Entrance:
    """Gives each request an id and each answer its headers, and writes one line about it.

    The line holds no query: what people search for is personal data.
    """

    def __init__(
        self, app: ASGIApp, *, is_https: bool, origins: str = "*", uses: Uses | None = None
    ) -> None:
        self._app, self._origins, self._uses = app, Origins(origins), uses
        own = _HEADERS | ({"strict-transport-security": "max-age=31536000"} if is_https else {})
        self._headers = [_raw(name, value) for name, value in own.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        logs.request_id.set(request_id)
        scope.setdefault("state", {})["request_id"] = request_id
        is_public_data = scope["path"].startswith(_PUBLIC_DATA)
        status, size = 0, 0

        async def sending(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, request_id, is_open=is_public_data)
                if is_public_data:
                    more = self._origins.headers(_header(scope, b"origin"))
                    self._open(MutableHeaders(scope=message), more)
            size += len(message.get("body", b""))
            await send(message)

        app: ASGIApp = _without_head(self._app)
        if is_public_data and _asks_before(scope):
            app = answer = Response(status_code=204)
            self._open(answer.headers, self._origins.before(_header(scope, b"origin")))
        try:
            await app(scope, receive, sending)
        finally:
            spent = time.perf_counter() - began
            metrics.count(scope["path"], scope["method"], status, size, spent)
            if self._uses is not None:
                self._uses.note(scope, status)
            if access_log.isEnabledFor(logging.INFO):
                _write_line(scope, status, size, spent * 1000, request_id)

    def _dress(self, message: Message, request_id: str, *, is_open: bool) -> None:
        """Give an answer the headers it has not got; as bytes: this is done at every request."""
        there = list(message.get("headers", ()))
        names = {name for name, _ in there}
        own = (*self._headers, _ELSEWHERE if is_open else _HERE)
        there.extend(each for each in own if each[0] not in names)
        there.append(_raw("x-request-id", request_id))
        message["headers"] = there

    def _open(self, headers: MutableHeaders, more: Mapping[str, str]) -> None:
        for name, value in more.items():
            if name == "vary":
                headers.add_vary_header(value)
            else:
                headers.setdefault(name, value)


def _raw(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode("latin-1"), value.encode("latin-1")


_HERE = _raw("cross-origin-resource-policy", "same-origin")
_ELSEWHERE = _raw("cross-origin-resource-policy", "cross-origin")


def _asks_before(scope: Scope) -> bool:
    """Whether a browser asks what a page of another host may ask (a “preflight”)."""
    return scope["method"] == "OPTIONS" and bool(_header(scope, b"access-control-request-method"))


def _header(scope: Scope, name: bytes) -> str | None:
    value = dict(scope["headers"]).get(name)
    return None if value is None else value.decode("latin-1")


def _write_line(scope: Scope, status: int, size: int, spent: float, request_id: str) -> None:
    path = _path(scope)
    facts = {"method": scope["method"], "path": path, "status": status, "bytes": size,
             "milliseconds": round(spent, 1)}  # fmt: skip
    access_log.info(
        "%s %s %d %d B %.0f ms %s", scope["method"], path, status, size, spent, request_id,
        extra=facts,
    )  # fmt: skip


class Compression:
    """gzip for what shrinks; files for download go as they are, so that parts can be asked for.

    The OGC API compresses by itself, at the level measured best for features.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(
            app, minimum_size=700, compresslevel=5,
            exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream"),
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        is_left_alone = scope["type"] == "http" and scope["path"].startswith((FILES, "/ogc"))
        await (self._plain if is_left_alone else self._compressed)(scope, receive, send)


def _without_head(app: ASGIApp) -> ASGIApp:
    """HEAD is GET without a body; only files for download know a quicker way."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "HEAD" or scope["path"].startswith(FILES):
            await app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await app({**scope, "method": "GET"}, receive, bodiless)

    return serve


def _request_id(scope: Scope) -> str:
    """The id the caller gave, where it is harmless; else a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if _GIVEN_ID.fullmatch(given) else uuid4().hex


def _path(scope: Scope) -> str:
    """The path as it was sent, still percent-encoded, without the query."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("ascii", "backslashreplace")[:_LOGGED_PATH]
