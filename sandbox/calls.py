"""The HTTP side of the Web API: tokens, scopes, faults, and answers in Slack's words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.errors import SlackError
from sandbox.misbehave import CARRIED_OUT, Fault
from sandbox.responses import respond
from sandbox.tickets import Tickets
from sandbox.web_api import METHODS, Call
from sandbox.web_api.methods import APP_LEVEL, NO_TOKEN, SCOPES
from sandbox.workspace import Workspace

Json = dict[str, Any]


class Calls:
    """Answers everything the app asks."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def web_api(self, request: web.Request) -> web.StreamResponse:
        """`/api/METHOD`."""
        method = request.match_info["method"]
        given = await _arguments(request)
        fault = self._workspace.faults.next(method)
        if fault is not None and fault.kind not in CARRIED_OUT:
            return await self._refuse(request, method, given, fault)
        headers = {"x-oauth-scopes": ",".join(sorted(self._workspace.scopes)), "x-slack-req-id": "sandbox"}
        status = 200
        try:
            body = {"ok": True, **self._carry_out(request, method, given)}
            self._workspace.note_call(method, _without_token(given))
        except SlackError as refused:
            self._workspace.note_call(method, _without_token(given), refused.error, refused.messages)
            body = refused.body()
            if refused.error == "ratelimited":
                status, headers["Retry-After"] = 429, str(refused.extra.get("retry_after", 1))
        answer = web.json_response(body, status=status, headers=headers)
        return await _cut_off(request, answer, fault) if fault is not None else answer

    def _carry_out(self, request: web.Request, method: str, given: Json) -> Json:
        function = METHODS.get(method)
        if function is None:
            raise SlackError("unknown_method", req_method=method)
        if method not in NO_TOKEN:
            self._authorize(method, _token(request, given))
        return function(Call(self._workspace, method, given))

    def _authorize(self, method: str, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        wanted = self._workspace.app_token if method in APP_LEVEL else self._workspace.bot_token
        if token != wanted:
            known = token in (self._workspace.app_token, self._workspace.bot_token)
            raise SlackError("not_allowed_token_type" if known else "invalid_auth")
        needed = SCOPES.get(method, ())
        if needed and not self._workspace.scopes.intersection(needed):
            provided = ",".join(sorted(self._workspace.scopes))
            raise SlackError("missing_scope", needed=",".join(needed), provided=provided)

    async def _refuse(self, request: web.Request, method: str, given: Json, fault: Fault) -> web.Response:
        """A fault in which nothing is carried out."""
        error = {"429": "ratelimited", "500": "internal_error", "timeout": "timeout"}[fault.kind]
        self._workspace.note_call(method, _without_token(given), error)
        if fault.kind == "429":
            headers = {"Retry-After": str(fault.retry_after)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if fault.kind == "500":
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return web.Response()

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        """A post to a response_url: `ok`, or 4xx with Slack's word for what is wrong."""
        fault = self._workspace.faults.next("response_url")
        body = await _arguments(request)
        if fault is not None and fault.kind not in CARRIED_OUT:
            return await self._refuse(request, "response_url", body, fault)
        tickets: Tickets = self._workspace.tickets
        try:
            respond(self._workspace, tickets.use(request.match_info["key"]), body)
        except SlackError as refused:
            self._workspace.note_call("response_url", body, refused.error, refused.messages)
            status = 404 if refused.error.endswith("_url") else 400
            return web.json_response(refused.body(), status=status)
        self._workspace.note_call("response_url", body)
        answer = web.Response(text="ok")
        return await _cut_off(request, answer, fault) if fault else answer

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Step two of an upload: the bytes, raw or as a form file."""
        fault = self._workspace.faults.next("upload")
        if fault is not None and fault.kind not in CARRIED_OUT:
            return await self._refuse(request, "upload", {}, fault)
        try:
            file = self._workspace.files.get(request.match_info["file_id"])
        except SlackError:
            return web.Response(status=404, text="not found")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            part = next((value for value in form.values() if isinstance(value, web.FileField)), None)
            file.content = part.file.read() if part else b""
        else:
            file.content = await request.read()
        answer = web.Response(text=f"OK - {len(file.content)}")
        return await _cut_off(request, answer, fault) if fault else answer

    async def download(self, request: web.Request) -> web.Response:
        """`url_private`: with the bot's token; without it Slack shows a sign-in page."""
        if _token(request, {}) != self._workspace.bot_token:
            return web.Response(text="<html><body>Sign in</body></html>", content_type="text/html")
        return self._content(request.match_info["file_id"].rpartition("-")[2])

    async def look_at(self, request: web.Request) -> web.Response:
        """The same bytes for the people of the page."""
        return self._content(request.match_info["file_id"])

    def _content(self, file_id: str) -> web.Response:
        try:
            file = self._workspace.files.get(file_id)
        except SlackError:
            return web.Response(status=404, text="not found")
        kind = self._workspace.files.as_slack(file)["mimetype"]
        return web.Response(body=file.content or b"", content_type=kind)


async def _arguments(request: web.Request) -> Json:
    """Query, form and JSON arguments together."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = {}
        given |= body if isinstance(body, dict) else {}
    elif request.method == "POST":
        given |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return given


def _token(request: web.Request, given: Json) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() or str(given.get("token") or "")


def _without_token(given: Json) -> Json:
    return {key: value for key, value in given.items() if key != "token"}


async def _cut_off(request: web.Request, answer: web.Response, fault: Fault) -> web.StreamResponse:
    """Close the connection: without a word, or in the middle of the answer."""
    transport = request.transport
    if transport is None:
        return answer
    if fault.kind == "drop" or answer.text is None:
        transport.abort()
        return web.Response()
    whole = answer.text.encode()
    half = web.StreamResponse(status=answer.status, headers={"Content-Length": str(len(whole))})
    half.content_type = answer.content_type
    await half.prepare(request)
    await half.write(whole[: len(whole) // 2])
    transport.close()
    return half
