"""`/u/TOKEN`: a person sees what is held of them, opts out by one click (RFC 8058), asks for deletion."""

from __future__ import annotations

import json
import re
from asyncio import timeout

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from handlers.flows.guessing import Guesses
from handlers.flows.office import LeadErased, Office
from handlers.flows.own_page import (
    NoSuchPage,
    ask_erasure,
    opt_out_by_link,
    see_own_page,
    withdraw_by_link,
)
from handlers.http.request_body import PATIENCE
from handlers.views.own_page import done_page, not_found_page, own_data, own_page, trouble_page
from qualification.errors import Refused
from store.signs import DatabaseAway

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}
_UNREADABLE = (
    ValueError,
    LookupError,
    RuntimeError,
    ClientPayloadError,
    HttpProcessingError,
    web.RequestPayloadError,
)
"""What aiohttp raises for a form that isn't what its headers say: no such charset, no boundary."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


def add_own_page(app: web.Application, office: Office, where: str) -> None:
    """Serve the page. It needs no key: its address is one."""
    page = _Page(office, where)
    app.router.add_get("/u/{token}", page.answer)
    app.router.add_post("/u/{token}", page.answer)


class _Page:
    def __init__(self, office: Office, where: str) -> None:
        self._office, self._where = office, where
        self._guesses = Guesses()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        try:
            if not _TOKEN.fullmatch(token):
                raise NoSuchPage("")
            return await (
                self._look(request, token) if request.method != "POST" else self._do(request, token)
            )
        except (NoSuchPage, LeadErased):
            # Only now: behind a proxy everybody is one caller, and no right link may fail for others' tries.
            caller = request.remote or ""
            if self._guesses.wait(caller, token) is not None:
                return _html(
                    429, trouble_page("Too many tries. Please wait a minute."), {"Retry-After": "60"}
                )
            self._guesses.wrong(caller)
            return _html(404, not_found_page())
        except DatabaseAway:
            return _html(503, trouble_page("Not possible just now. Please try again."), {"Retry-After": "30"})

    async def _look(self, request: web.Request, token: str, notice: str = "") -> web.StreamResponse:
        page = await see_own_page(self._office, self._where, token)
        if "download" in request.query:
            headers = {**HEADERS, "Content-Disposition": 'attachment; filename="your-data.json"'}
            text = json.dumps(own_data(page), indent=2, ensure_ascii=False, default=str)
            return web.Response(text=text, content_type="application/json", headers=headers)
        zone = (await self._office.rules(self._where)).setup.zone
        return _html(200, own_page(page, zone, notice))

    async def _do(self, request: web.Request, token: str) -> web.StreamResponse:
        try:
            async with timeout(PATIENCE):
                told = await request.post()
        except TimeoutError:
            return _html(408, trouble_page("That took too long to arrive, so nothing was done."))
        except _UNREADABLE:
            return _html(400, trouble_page("That could not be read, so nothing was done."))
        if told.get("List-Unsubscribe") == "One-Click":
            # A mail program asks, for a person who pressed its button: no page, no question.
            await opt_out_by_link(self._office, self._where, token)
            return _html(200, done_page("You are unsubscribed."))
        match told.get("do"):
            case "optout":
                await opt_out_by_link(self._office, self._where, token)
                notice = "Noted: we don't contact you any more."
            case "withdraw":
                try:
                    await withdraw_by_link(self._office, self._where, token, str(told.get("purpose")))
                except NoSuchPage:
                    raise
                except Refused:
                    return _html(400, trouble_page("There is no such purpose."))
                notice = "Withdrawn, from now on."
            case "erase":
                await ask_erasure(self._office, self._where, token)
                notice = "We have your request. You can close this page."
            case _:
                return _html(400, trouble_page("Nothing was asked for."))
        return await self._look(request, token, notice)


def _html(status: int, text: str, more: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, text=text, content_type="text/html", headers={**HEADERS, **(more or {})}
    )
