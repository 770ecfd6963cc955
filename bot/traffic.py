"""Whether people and forms are coming in faster than one looks up: then what can wait, waits."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

MANY, WITHIN = 5, 0.5
"""Requests and seconds from which on it counts as dense: more than people do by hand."""


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


def count_traffic(traffic: Traffic) -> Middleware:
    """Counts every request before it is answered."""

    @web.middleware
    async def counting(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        traffic.passed()
        return await handler(request)

    return counting
