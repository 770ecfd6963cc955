"""Who may come in: a key or a signature, for what is asked, from an address that isn't guessing."""

from __future__ import annotations

import asyncio
import math

from aiohttp import web

from handlers.flows.guessing import SIGNED, Guesses
from handlers.flows.keyring import hash_of
from handlers.http.answers import Declined
from handlers.http.desk import Desk
from handlers.http.keys import bearer_key, signed_by
from handlers.http.request_body import read_raw

PATIENCE = 20.0
"""Seconds for the database: less than the half minute after which most senders hang up without an answer."""
CALLER = web.RequestKey("caller", str)
"""The hash of the key that a request came with, or was signed with."""


class Door:
    """The way into `/intake/*`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def let_in(self, request: web.Request) -> tuple[str, bytes]:
        """The caller's workspace and the raw body. Nobody unknown makes us read a body for nothing."""
        key = bearer_key(request.headers.get("Authorization"))
        if key is not None:
            return await self.holder(request, key), await read_raw(request)
        stamp, presented = request.headers.get("X-Timestamp"), request.headers.get("X-Signature")
        if stamp is None or presented is None:
            raise unknown_key()
        not_too_often(self._desk.guesses, request, SIGNED)
        raw = await read_raw(request)
        async with in_time():
            secrets = [(key, (key, where)) for key, where in await self._desk.secrets(opened_by(request))]
        found = signed_by(secrets, stamp, presented, raw, self._desk.clock())
        if found is None:
            self._desk.guesses.wrong(request.remote or "")
            raise Declined(401, "The signature doesn't match, or X-Timestamp is over five minutes off")
        self._desk.guesses.right(request.remote or "", SIGNED)
        secret, workspace = found
        request[CALLER] = secret.hex() if isinstance(secret, bytes) else hash_of(secret)
        async with in_time():
            await self._desk.signed_with(secret)
        return workspace, raw

    async def holder(self, request: web.Request, key: str) -> str:
        """The workspace whose key this is, and which opens what was asked for.

        Raises:
            Declined: 401 for any other, 429 for too many of those.
        """
        guesses, caller = self._desk.guesses, request.remote or ""
        not_too_often(guesses, request, key)
        async with in_time():
            workspace = await self._desk.keys(key, opened_by(request))
        if workspace is None:
            guesses.wrong(caller)
            raise unknown_key()
        guesses.right(caller, key)
        request[CALLER] = hash_of(key)
        return workspace


def in_time() -> asyncio.Timeout:
    """TimeoutError once the database has kept us for too long: it can be reached and does not answer."""
    return asyncio.timeout(PATIENCE)


def opened_by(request: web.Request) -> str:
    """What a key must open for this address: "leads" of `/intake/leads`."""
    return request.path.split("/")[2]


def not_too_often(guesses: Guesses, request: web.Request, key: str) -> None:
    """Raises Declined, 429, while too many wrong keys came from there."""
    seconds = guesses.wait(request.remote or "", key)
    if seconds is not None:
        words = "Too many unknown keys came from this address. Nothing was saved"
        raise Declined(429, words, headers={"Retry-After": str(max(1, math.ceil(seconds)))})


def unknown_key() -> Declined:
    """401, and how a key is sent."""
    return Declined(
        401,
        "Unknown key, or one for something else. "
        "Send “Authorization: Bearer KEY”, or X-Timestamp and X-Signature",
        headers={"WWW-Authenticate": "Bearer"},
    )
