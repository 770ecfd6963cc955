"""Idempotency-Key: a request sent again gets the answer it got, and is done once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from handlers.http.answers import Declined
from handlers.http.desk import Answer, Conflict, Desk, StoreDown

LONGEST_KEY = 255


@dataclass(slots=True)
class Turns:
    """One at a time per key, so that a repeat sent while the first is under way waits for its answer."""

    _locks: dict[tuple[str, str], tuple[asyncio.Lock, int]] = field(default_factory=dict)

    @asynccontextmanager
    async def wait(self, workspace: str, key: str) -> AsyncIterator[None]:
        name = (workspace, key)
        lock, waiting = self._locks.get(name, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[name] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(name)
            if waiting > 1:
                self._locks[name] = (lock, waiting - 1)


async def once(
    request: web.Request,
    raw: bytes,
    workspace: str,
    desk: Desk,
    turns: Turns,
    act: Callable[[str | None], Awaitable[Answer]],
) -> Answer:
    """Do `act` once for an Idempotency-Key, and give its answer every time. Without a key, just do it.

    Only what was saved (2xx) is remembered: after a 422, 429 or 503 the same key may bring a better body.

    Args:
        act: Gets a name that is the same for every repeat of this request, or None without a key. If we
            die between saving and remembering, it lets the repeat be recognised as a duplicate.
    Raises:
        Declined: 409, the key came with another body before; 400, the key is no key.
    """
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return await act(None)
    if not 0 < len(given) <= LONGEST_KEY:
        raise Declined(400, f"An Idempotency-Key has 1 to {LONGEST_KEY} characters")
    # The path belongs to the key: one key for a lead and for spend are two things.
    key = _hash(f"{request.path}\n{given}".encode("utf-8", "surrogateescape"))
    body = _hash(raw)
    async with turns.wait(workspace, key):
        before = await desk.recall(workspace, key, body)
        if isinstance(before, Conflict):
            raise Declined(409, "This Idempotency-Key came with another body before; use a new key")
        if before is not None:
            return before
        answer = await act(_hash(f"{key}{body}".encode())[:32])
        if answer.status < 300:
            await _remember(desk, workspace, key, body, answer)
        return answer


async def _remember(desk: Desk, workspace: str, key: str, body: str, answer: Answer) -> None:
    try:
        await desk.keep(workspace, key, body, answer)
    except StoreDown:
        return  # The leads are saved, so the answer stands; a repeat is recognised by its request_id.


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
