"""Asks the application inside this process, as a browser without a key would over HTTP."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

Sink = Callable[[bytes], Any]


@dataclass(frozen=True)
class Head:
    """How an answer begins: status and headers, their names small."""

    status: int
    headers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        """Without its parameters; empty where none is said."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


async def ask(
    app: ASGIApp,
    address: str,
    begin: Callable[[Head], Sink],
    headers: Mapping[str, str] | None = None,
) -> Head:
    """Ask for an address, part by part, so that a large file is never in memory.

    Args:
        app: the application.
        address: path and query, percent-encoded.
        begin: is given the head and gives what takes the parts of the body.
        headers: further ones; nothing is compressed unless they ask for it.
    """
    heads: list[Head] = []
    sinks: list[Sink] = []
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()  # nobody hangs up; the answer ends this
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            heads.append(Head(message["status"], _named(message.get("headers", ()))))
            sinks.append(begin(heads[0]))
        elif message.get("body"):
            sinks[0](message["body"])

    await app(_scope(address, headers or {}), receive, send)
    return heads[0]


def _named(headers: Any) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}


def _scope(address: str, headers: Mapping[str, str]) -> Scope:
    split = urlsplit(address)
    said = {"host": "localhost", "accept": "*/*", **headers}
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "server": ("localhost", 80),
        "client": ("127.0.0.1", 0), "root_path": "", "path": unquote(split.path),
        "raw_path": split.path.encode(), "query_string": split.query.encode(), "state": {},
        "headers": [(name.encode(), value.encode()) for name, value in said.items()],
    }  # fmt: skip
