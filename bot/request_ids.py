"""Every request gets an id, which its answer, its log lines, its jobs and what they deliver carry too."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from store.trace import new_trace, trace, traced

HEADER = "X-Request-Id"
PROBES = ("/healthz", "/readyz", "/metrics")
"""Asked every few seconds by machines; a line each would bury the others."""
log = logging.getLogger("greenlight.requests")


@web.middleware
async def name_requests(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Give it its id, say in one line what became of it, and tell the caller the id."""
    name, began = new_trace(request.headers.get(HEADER)), time.perf_counter()
    with traced(name):
        try:
            answer = await handler(request)
        except web.HTTPException as refused:
            refused.headers[HEADER] = name
            _say(request, refused.status, began)
            raise
        _say(request, answer.status, began)
    if not answer.prepared:
        answer.headers[HEADER] = name
    return answer


def _say(request: web.Request, status: int, began: float) -> None:
    resource = request.match_info.route.resource
    # The route, not the address: that of somebody's own page lets in whoever knows it.
    where = resource.canonical if resource else "an unknown address"
    if where not in PROBES:
        took = (time.perf_counter() - began) * 1000
        log.info("%s %s answered %d in %.0f ms", request.method, where, status, took)


def name_socket_messages(app: AsyncApp) -> None:
    """The same for what comes by Socket Mode, where there is no HTTP request."""

    @app.middleware
    async def named(req: AsyncBoltRequest, next_: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        if req.mode == "socket_mode":
            trace.set(new_trace())
        return await next_()
