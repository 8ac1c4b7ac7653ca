"""What ends with the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from gis_platform.api.uses import Uses
from gis_platform.db.pool import ReadPool


def close_with(app: FastAPI, pool: ReadPool) -> None:
    """Close the connections when the application ends."""
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(of: Any) -> AsyncIterator[Any]:
        async with outer(of) as state:
            try:
                yield state
            finally:
                await pool.close()

    app.router.lifespan_context = lifespan


def count_with(app: FastAPI, uses: Uses) -> None:
    """Count use while the application answers, and write what is left when it ends."""
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(of: Any) -> AsyncIterator[Any]:
        async with outer(of) as state:
            uses.begin()
            try:
                yield state
            finally:
                await run_in_threadpool(uses.end)

    app.router.lifespan_context = lifespan
