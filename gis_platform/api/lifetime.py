"""What ends with the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

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
