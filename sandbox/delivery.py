"""Bringing what people do to the app: over Socket Mode when it is connected, else as signed HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.workspace import Workspace

Json = dict[str, Any]
SOCKETS_LIMIT = 10  # concurrent Socket Mode connections of one app


@dataclass(frozen=True)
class Answer:
    """What the app answered.

    `status` is its HTTP status (200 for a socket acknowledgement), None when no answer came; `body` is the
    parsed acknowledgement: an object, a text, or None when it was empty; `ms` is elapsed milliseconds.
    """

    status: int | None
    ms: float
    body: Any = None
    error: str | None = None
    call: Json | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200


class Delivery:
    """The line to the app. Commands and interactions go once; events are repeated as Slack does."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._session: aiohttp.ClientSession | None = None
        self._sockets: list[web.WebSocketResponse] = []
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._repeats: set[asyncio.Task[None]] = set()

    @property
    def socket_connected(self) -> bool:
        return bool(self._sockets)

    async def stop(self) -> None:
        """Forget pending repetitions and hang up."""
        for task in self._repeats:
            task.cancel()
        for socket in list(self._sockets):
            await socket.close()
        if self._session is not None:
            await self._session.close()

    async def command(self, payload: Json) -> Answer:
        """A slash command: a form over HTTP."""
        return await self._send(
            "slash_commands", payload, urlencode(payload), "application/x-www-form-urlencoded"
        )

    async def interaction(self, payload: Json) -> Answer:
        """A button, dialog or shortcut: JSON in the form field `payload`."""
        form = urlencode({"payload": json.dumps(payload)})
        return await self._send("interactive", payload, form, "application/x-www-form-urlencoded")

    async def event(self, payload: Json) -> Answer:
        """An event; one that is not acknowledged is repeated up to three times in the background."""
        answer = await self._event_once(payload, 0, None)
        if not answer.ok and answer.error != "no_retry":
            reason = "http_timeout" if answer.error == "operation_timeout" else "http_error"
            task = asyncio.create_task(self._repeat(payload, reason))
            self._repeats.add(task)
            task.add_done_callback(self._repeats.discard)
        return answer

    async def _repeat(self, payload: Json, reason: str) -> None:
        for number, pause in enumerate(self._workspace.retry_pauses, start=1):
            await asyncio.sleep(pause)
            if (await self._event_once(payload, number, reason)).ok:
                return

    async def _event_once(self, payload: Json, number: int, reason: str | None) -> Answer:
        retry = {"retry_attempt": number, "retry_reason": reason or ""}
        return await self._send("events_api", payload, json.dumps(payload), "application/json", retry)

    async def _send(
        self, kind: str, payload: Json, body: str, content_type: str, retry: Json | None = None
    ) -> Answer:
        started = time.perf_counter()
        if self._sockets:
            status, answer, error = await self._by_socket(kind, payload, retry)
        elif self._workspace.request_url:
            status, answer, error = await self._by_http(body, content_type, retry)
        else:
            status, answer, error = None, None, "no_request_url"
        ms = round((time.perf_counter() - started) * 1000, 1)
        call = self._workspace.note_call("ack", answer, error)
        return Answer(status, ms, answer, error, call)

    async def _by_http(
        self, body: str, content_type: str, retry: Json | None
    ) -> tuple[int | None, Any, str | None]:
        headers = {"Content-Type": content_type, **self.sign(body)}
        if retry and retry["retry_attempt"]:
            headers["X-Slack-Retry-Num"] = str(retry["retry_attempt"])
            headers["X-Slack-Retry-Reason"] = retry["retry_reason"]
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self._workspace.patience)
        url = str(self._workspace.request_url)
        try:
            async with self._session.post(
                url, data=body.encode(), headers=headers, timeout=timeout
            ) as response:
                text = await response.text()
                error = None if response.status == 200 else f"http_{response.status}"
                if error and response.headers.get("X-Slack-No-Retry") == "1":
                    error = "no_retry"
                return response.status, _parsed(text), error
        except TimeoutError:
            return None, None, "operation_timeout"
        except aiohttp.ClientError as failed:
            return None, None, f"connection_failed: {failed}"

    def sign(self, body: str) -> dict[str, str]:
        """Slack's v0 signature headers for a body sent now."""
        # The wire's own time, also in a story that is set in another week: the app checks it against its own.
        timestamp = str(int(time.time()))
        key = self._workspace.signing_secret.encode()
        digest = hmac.new(key, f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}

    async def _by_socket(
        self, kind: str, payload: Json, retry: Json | None
    ) -> tuple[int | None, Any, str | None]:
        envelope_id = secrets.token_hex(16)
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, **(retry or {})}
        envelope["accepts_response_payload"] = kind != "events_api"
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            await self._sockets[next(self._turn) % len(self._sockets)].send_json(envelope)
            return 200, await asyncio.wait_for(answer, self._workspace.patience), None
        except TimeoutError:
            return None, None, "operation_timeout"
        except ConnectionError as failed:
            return None, None, f"connection_failed: {failed}"
        finally:
            self._waiting.pop(envelope_id, None)

    async def serve_socket(self, socket: web.WebSocketResponse) -> None:
        """Greet a Socket Mode client and take its acknowledgements until it leaves."""
        if len(self._sockets) >= SOCKETS_LIMIT:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            return
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._sockets) + 1,
                "connection_info": {"app_id": "ASANDBOX"},
                "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
            }
        )
        self._sockets.append(socket)
        self._workspace.changed("state")
        try:
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._sockets.remove(socket)
            self._workspace.changed("state")

    def _acknowledge(self, text: str) -> None:
        given = _parsed(text)
        if not isinstance(given, dict):
            return
        waiting = self._waiting.get(str(given.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(given.get("payload") or None)

    async def refresh_sockets(self) -> None:
        """Ask every client to reconnect, as Slack does several times a day."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})


def _parsed(text: str) -> Any:
    """JSON, else the text itself, None when empty."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
