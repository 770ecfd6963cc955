"""A packed body that was not read to its end is never unpacked: a few kilobytes may hold gigabytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web


@web.middleware
async def hang_up_on_bombs(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer, then hang up where aiohttp would go on reading, which means unpacking, for some seconds."""
    if "Content-Encoding" not in request.headers:
        return await handler(request)
    try:
        answer = await handler(request)
    except web.HTTPException as refused:
        answer = web.Response(status=refused.status, text=refused.text)
    if not request.content.is_eof():
        answer.force_close()
        await answer.prepare(request)
        await answer.write_eof()
        if request.transport is not None:
            request.transport.close()
    return answer
