"""The keys programs may use, remembered for a few seconds: every form that comes in asks for them."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from store.keys import Key, keys_at, note_use
from store.signs import DatabaseAway
from store.store import Store

ALL = "all"
NUMBERS = "numbers"
FRESH = 5.0
"""Seconds: a key made, replaced or revoked on another replica counts here at most this much later."""

NOTED_EVERY = timedelta(hours=1)


class Keyring:
    """The keys of the workspaces this process serves."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[str, tuple[float, list[Key]]] = {}
        self._forgotten = 0
        self._noted: dict[int, datetime] = {}

    async def keys(self, where: str) -> list[Key]:
        """Those that open something now.

        Raises:
            DatabaseAway: they are not known and can't be read.
        """
        now, kept = self._clock(), self._kept.get(where)
        if kept is None or time.monotonic() - kept[0] >= FRESH:
            forgotten = self._forgotten
            async with self._store.read(where) as work:
                kept = (time.monotonic(), await keys_at(work, now))
            if forgotten == self._forgotten:  # else they changed while we were reading
                self._kept[where] = kept
        return [key for key in kept[1] if key.until is None or key.until > now]

    async def find(self, where: str, presented: str) -> Key | None:
        """The key that was presented. All are compared: the time it takes tells nothing of any."""
        hashed, found = hash_of(presented), None
        for key in await self.keys(where):
            if hmac.compare_digest(key.hash, hashed):
                found = key
        return found

    async def note_use(self, where: str, key: Key) -> None:
        """It opened something. Written at most once an hour, for nobody shall wait for that."""
        now = self._clock()
        noted = self._noted.get(key.id) or key.used
        if noted is not None and now - noted < NOTED_EVERY:
            return
        self._noted[key.id] = now
        # What it opens may be there all the same: numbers are, on a disk that is full.
        with suppress(DatabaseAway):
            async with self._store.begin(where) as work:
                await note_use(work, key.id, now, now - NOTED_EVERY)

    def forget(self) -> None:
        """Somebody changed them here: read them anew at once."""
        self._forgotten += 1
        self._kept.clear()


def hash_of(key: str) -> str:
    """What is kept of a key, or of what a program calls its request: random enough for no salt."""
    # Headers may hold bytes that are no UTF-8.
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
