"""A real HTTP server for tests: uvicorn in a thread, on a free port."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from gis_platform.core.settings import AccessSettings

OPEN_TO_ALL = {"public_levels": "all", "public_per_second": 0, "key_per_second": 0}
OPEN = AccessSettings.model_validate(OPEN_TO_ALL)
"""Tests ask for what is not published, and faster than people; those of rights set their own."""


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve ``app`` for the time of the block; gives its address, no slash at the end."""
    # The protocol is named, else asyncio leaves Nagle's algorithm on: 40 ms at every answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as opened:
        opened.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([opened],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started
        try:
            yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def visiting(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of ``app``; follows redirects."""
    with running(app) as address, httpx.Client(base_url=address, follow_redirects=True) as client:
        yield client
