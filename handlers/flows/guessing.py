"""A limit on guessing keys, private links and codes, by who guesses; whoever is known there goes on."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from handlers.flows.keyring import hash_of

MOST_WRONG = 20
WITHIN = 60.0
"""So many wrong keys an address may try in so many seconds."""
REMEMBERED = 5_000
SIGNED = "signature"
"""What stands for the key of a signed request, which is never sent."""
_NETWORK = 64
"""Bits of an IPv6 address by which callers are told apart: the rest they choose themselves."""


class Guesses:
    """Who guessed, and who is known.

    Past the limit a key that this address has not used before is not even looked at, so that a right guess
    learns nothing. Behind a proxy all callers are one address: whose key was right there before goes on.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._wrong: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def wait(self, address: str, key: str) -> float | None:
        """Seconds until this key may be tried from there; None at once.

        Args:
            address: A network address, or anything else that tells callers apart.
        """
        caller = _caller(address)
        if (caller, hash_of(key)) in self._known:
            return None
        since, count = self._wrong.get(caller, (0.0, 0))
        left = since + WITHIN - self._now()
        return left if count >= MOST_WRONG and left > 0 else None

    def wrong(self, address: str) -> None:
        """A key from there was none."""
        caller = _caller(address)
        since, count = self._wrong.pop(caller, (self._now(), 0))
        if self._now() - since >= WITHIN:
            since, count = self._now(), 0
        self._wrong[caller] = (since, count + 1)
        if len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)

    def right(self, address: str, key: str) -> None:
        """A key from there was one."""
        name = (_caller(address), hash_of(key))
        self._known[name] = None
        self._known.move_to_end(name)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _caller(address: str) -> str:
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address  # a Unix socket has none
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, _NETWORK), strict=False))
