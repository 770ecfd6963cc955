"""Whether people and forms are coming in faster than one looks up: then what can wait, waits."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

MANY, WITHIN = 5, 0.5
"""Requests and seconds from which on it counts as dense: more than people do by hand."""
LET_BY = 0.5
"""Seconds. What gathers meanwhile is done together, so a rush costs the cards half a second."""


class Traffic:
    """The last few requests."""

    def __init__(self) -> None:
        self._lately: deque[float] = deque(maxlen=MANY)

    def passed(self) -> None:
        """A request came in."""
        self._lately.append(time.monotonic())

    @property
    def is_dense(self) -> bool:
        """Many came in just now."""
        return len(self._lately) == MANY and time.monotonic() - self._lately[0] < WITHIN

    async def let_by(self) -> None:
        """In a rush, step aside for a moment: a job costs as much as a click that somebody waits for."""
        if self.is_dense:
            await asyncio.sleep(LET_BY)


def count_traffic(traffic: Traffic) -> Middleware:
    """Counts every request before it is answered."""

    @web.middleware
    async def counting(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        traffic.passed()
        return await handler(request)

    return counting
