"""A client that hangs up stops its question: nobody waits for the answer any more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

SOON = 0.05
"""Seconds in which nearly every question is answered: only what takes longer is watched."""
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
    watch = _Watch(request)
    later = asyncio.get_running_loop().call_later(SOON, watch.begin)
    try:
        return await answer(request)
    except asyncio.CancelledError:
        if not watch.saw_it_leave:
            raise
        watch.asking.uncancel()
        return Response(status_code=_HUNG_UP)
    finally:
        later.cancel()
        watch.end()


class _Watch:
    """Waits for a client to leave, and then cancels the task that is answering it."""

    def __init__(self, request: Request) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a request is answered in a task)
        self.asking: asyncio.Task[Any] = task
        self.saw_it_leave = False
        self._request = request
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.ensure_future(self._wait())

    def end(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _wait(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.saw_it_leave = True
        self.asking.cancel()
