"""Slack's requests over HTTP: who sent it is asked before anything in it is read."""

from __future__ import annotations

import logging
import re
from asyncio import timeout

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from handlers.views.shapes import SHAPES, Misshapen
from qualification.errors import fault

PATIENCE = 30.0
"""Seconds for a whole body: who sends a byte at a time must not hold a connection for ever."""
log = logging.getLogger("greenlight.slack")
_STAMP = re.compile(r"[0-9]{1,12}")


class NotSlack(Exception):
    """It can't be taken; the status, and why in words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


async def from_slack(request: web.Request, verifier: SignatureVerifier) -> AsyncBoltRequest:
    """A request of Slack's, as Bolt wants it.

    Raises:
        NotSlack: 401 for a signature that doesn't hold or is over five minutes old, 400 for a body that isn't
            Slack's, 408 for one that never ended.
    """
    try:
        async with timeout(PATIENCE):
            raw = await request.read()
    except TimeoutError:
        raise NotSlack(408, "The body did not come to its end in time.") from None
    except (ClientPayloadError, HttpProcessingError, web.RequestPayloadError):
        raise NotSlack(400, "The body broke off, or isn't packed as its headers say.") from None
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    # Slack's own signatures are plain ASCII; comparing another one would be an error.
    if not (_STAMP.fullmatch(stamp) and signature.isascii() and _holds(verifier, raw, stamp, signature)):
        raise NotSlack(401, "The signature doesn't hold.")
    try:
        return await to_bolt_request(request)
    except (*SHAPES, RecursionError):
        raise NotSlack(400, "This is no request of Slack's.") from None


async def answered(app: AsyncApp, read: AsyncBoltRequest) -> BoltResponse:
    """What the listeners answer; 400 to a payload whose shape is none that Slack sends."""
    try:
        return await app.async_dispatch(read)
    except SHAPES as misshapen:  # Bolt looks for a listener before any of ours is asked
        return unreadable(misshapen)


def unreadable(misshapen: Exception) -> BoltResponse:
    """Says so, in the log without its words: they may quote what a person wrote."""
    log.warning("a payload of Slack's could not be read: %s", fault(misshapen))
    return BoltResponse(status=400, body="This is no request of Slack's.")


def answer_what_broke(app: AsyncApp) -> None:
    """What breaks a listener outside of its own care is answered here, without Bolt's trace in the log."""

    @app.error
    async def broke(error: Exception) -> BoltResponse:
        if isinstance(error, (*SHAPES, Misshapen)):
            return unreadable(error)
        log.error("a listener broke: %s", fault(error))
        return BoltResponse(status=500, body="")


def _holds(verifier: SignatureVerifier, raw: bytes, stamp: str, signature: str) -> bool:
    try:
        return verifier.is_valid(raw, stamp, signature)
    except UnicodeDecodeError:  # Slack writes UTF-8
        return False
