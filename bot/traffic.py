"""Whether people and forms are coming in faster than one looks up: then what can wait, waits."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Middleware
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

MANY, WITHIN = 5, 0.5
"""Requests and seconds from which on it counts as dense: more than people do by hand."""
LOOK = 0.05
LET_BY = 1.0
"""Seconds that for which what nobody waits for steps aside at most: so late may a card be in a rush."""
AT_WORK = 1.0
"""Seconds after a click for which people count as being at work."""
GAP = 0.04
"""Seconds that forms leave between two commits meanwhile: about as long as a commit of 32 takes."""


class Traffic:
    """The last few requests."""

    def __init__(self) -> None:
        self._lately: deque[float] = deque(maxlen=MANY)
        self._calm = asyncio.Event()
        self._calm.set()
        self._clicked = -AT_WORK

    def passed(self) -> None:
        """A request came in."""
        self._lately.append(time.monotonic())
        if self._calm.is_set() and self.is_dense:
            self._calm.clear()
            self._look_later()

    async def let_by(self) -> None:
        """In a rush, step aside: a job costs as much as a click that somebody waits for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LET_BY):
                await self._calm.wait()

    def clicked(self) -> None:
        """Somebody pressed a button, and looks at it until they are answered."""
        self._clicked = time.monotonic()

    async def people_first(self, rested: float) -> None:
        """While people are at work: leave a gap, in which the clicks that came are answered.

        Args:
            rested: Seconds since forms were committed last.
        """
        if rested < GAP and time.monotonic() - self._clicked < AT_WORK:
            await asyncio.sleep(GAP - rested)

    @property
    def is_dense(self) -> bool:
        """Many came in just now."""
        return len(self._lately) == MANY and time.monotonic() - self._lately[0] < WITHIN

    def _look_later(self) -> None:
        asyncio.get_running_loop().call_later(LOOK, self._look)

    def _look(self) -> None:
        if self.is_dense:
            self._look_later()
        else:
            self._calm.set()


def count_traffic(traffic: Traffic) -> Middleware:
    """Counts every request before it is answered."""

    @web.middleware
    async def counting(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        traffic.passed()
        return await handler(request)

    return counting


def notice_people(app: AsyncApp, traffic: Traffic) -> None:
    """Whatever Slack sends, by HTTP or by socket, is somebody at work."""

    @app.middleware
    async def noticed(next_: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        traffic.clicked()
        return await next_()
