"""A client that hangs up stops its question: nobody waits for the answer any more."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

SOON = 0.05
"""Seconds in which nearly every question is answered: watching those costs more than it saves."""
_HUNG_UP = 499
"""As nginx logs it; nobody reads this answer."""


async def while_waited_for(
    answer: Callable[[Request], Awaitable[Response]], request: Request
) -> Response:
    """What ``answer`` gives; cancelled, its query in the database too, when the client leaves.

    Args:
        answer: reads no body.
        request: to be answered.
    """
    work = asyncio.ensure_future(answer(request))
    try:
        done, _ = await asyncio.wait({work}, timeout=SOON)
        if not done:
            await _first_of(work, request)
        if not work.done():
            return Response(status_code=_HUNG_UP)
        return work.result()
    finally:
        if not work.done():
            work.cancel()


async def _first_of(work: "asyncio.Future[Response]", request: Request) -> None:
    """Return when the work is done or the client is gone."""
    gone = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
