"""The workspace as a web server on the loopback interface."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.calls import Calls
from sandbox.control import Control
from sandbox.delivery import Delivery
from sandbox.driver import Slack
from sandbox.errors import ScreenError, SlackError
from sandbox.website import Website
from sandbox.workspace import Workspace

PAGE = Path(__file__).with_name("page")
LOOPBACK = "127.0.0.1"
BODY_LIMIT = 32 * 1024 * 1024


def make_app(workspace: Workspace, website: Website | None = None) -> web.Application:
    """All under one port: Web API, Socket Mode, response addresses, files, control API, page, website."""
    delivery = Delivery(workspace)
    calls = Calls(workspace)
    app = web.Application(client_max_size=BODY_LIMIT)

    async def hang_up(_app: web.Application) -> None:
        for queue in list(workspace.watchers):
            queue.put_nowait({"kind": "bye"})
        await delivery.stop()

    async def socket(request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse(heartbeat=30, timeout=1.0)
        if not workspace.tickets.enter(request.query.get("ticket", "")):
            raise web.HTTPForbidden(text="this address was good for one connection only")
        await connection.prepare(request)
        await delivery.serve_socket(connection)
        return connection

    async def stream(request: web.Request) -> web.StreamResponse:
        return await _stream(request, workspace)

    app.on_shutdown.append(hang_up)
    if website is not None:
        website.add_to(app)
    control = _control_api(Control(workspace, delivery))
    app.add_routes(
        [
            web.route("*", "/api/{method}", calls.web_api),
            web.post("/{kind:actions|commands|app}/{team}/{key}", calls.response_url),
            web.post("/upload/v1/{file_id}", calls.upload),
            web.get("/files-pri/{file_id}/{tail:.*}", calls.download),
            web.get("/socket", socket),
            web.get("/_sandbox/stream", stream),
            web.get("/_sandbox/files/{file_id}", calls.look_at),
            web.get("/_sandbox/{name}", control),
            web.post("/_sandbox/{name}", control),
            web.get("/", _index),
            web.get("/page/{path:.+}", _page_file),
        ]
    )
    return app


def _control_api(control: Control) -> Callable[[web.Request], Awaitable[web.Response]]:
    """GET reads, POST acts; what cannot be done answers 400 and says what can."""

    async def handle(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            if request.method == "GET":
                return web.json_response(control.read(name, dict(request.query)))
            act = control.acts.get(name)
            if act is None:
                raise ScreenError("not_found", wanted=name, there=sorted(control.acts))
            return web.json_response(await act(await _body(request)))
        except ScreenError as no:
            return web.json_response({"ok": False, "error": no.error, **no.detail}, status=400)
        except SlackError as no:
            return web.json_response(no.body(), status=400)

    return handle


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError as broken:
        raise ScreenError("invalid_json", detail=str(broken)) from None
    if not isinstance(body, dict):
        raise ScreenError("invalid_json", detail="an object is expected")
    return body


async def _stream(request: web.Request, workspace: Workspace) -> web.StreamResponse:
    """Server-sent events: one line of JSON for each thing that changed."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    workspace.watchers.add(queue)
    try:
        await response.write(b": hello\n\n")
        while True:
            try:
                news = await asyncio.wait_for(queue.get(), 15)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if news["kind"] == "bye":
                break
            await response.write(f"data: {json.dumps(news)}\n\n".encode())
    except ConnectionError:
        pass
    finally:
        workspace.watchers.discard(queue)
    return response


async def _index(_request: web.Request) -> web.StreamResponse:
    return _file(PAGE / "index.html")


async def _page_file(request: web.Request) -> web.StreamResponse:
    path = (PAGE / request.match_info["path"]).resolve()
    if not path.is_relative_to(PAGE):
        return web.Response(status=404, text="not found")
    return _file(path)


def _file(path: Path) -> web.StreamResponse:
    if not path.is_file():
        return web.Response(status=404, text="page not built")
    return web.FileResponse(path, headers={"Cache-Control": "no-store"})


@dataclass(frozen=True)
class Running:
    """A sandbox that is up: its addresses, a driver to act in it, and its state."""

    url: str
    slack: Slack
    workspace: Workspace

    @property
    def api_url(self) -> str:
        """What `AsyncWebClient(base_url=…)` wants."""
        return f"{self.url}/api/"


@contextlib.asynccontextmanager
async def running(
    port: int = 0,
    request_url: str | None = None,
    workspace: Workspace | None = None,
    website: Website | None = None,
) -> AsyncIterator[Running]:
    """A sandbox for the length of a block; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    workspace = workspace or Workspace(request_url)
    runner = web.AppRunner(make_app(workspace, website), shutdown_timeout=0.5, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        workspace.base_url = url
        async with Slack(url) as slack:
            yield Running(url, slack, workspace)
    finally:
        await runner.cleanup()


async def serve(
    workspace: Workspace, port: int, ready: asyncio.Event | None = None, website: Website | None = None
) -> None:
    """Serve until cancelled; `ready` is set once the port is open."""
    async with running(port, workspace=workspace, website=website):
        if ready is not None:
            ready.set()
        await asyncio.Event().wait()
