"""Idempotency-Key: a request sent again gets the answer it got, and is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web

from handlers.flows.keyring import hash_of
from handlers.flows.repeats import Answer, Conflict, Name, Once
from handlers.http.answers import Declined
from handlers.http.desk import Aside, Desk, Overloaded, StoreDown
from handlers.http.door import CALLER

LONGEST_KEY = 255
Verdict = TypeVar("Verdict")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A request that may come again, or come twice at once.

    Attributes:
        aside: what of it broke something on our side; kept raw together with the answer that says so.
    """

    name: Name
    aside: list[Aside] = field(default_factory=list)


async def once(
    request: web.Request,
    raw: bytes,
    workspace: str,
    desk: Desk,
    act: Callable[[Repeat | None], Awaitable[Answer]],
) -> Answer:
    """Do `act` once for an Idempotency-Key, and give its answer every time. Without a key, just do it.

    Only what was saved (2xx) is remembered: after a 422, 429 or 503 the same key may bring a better body.

    Args:
        act: Gets the request's name, or None without a key. It keeps the answer with what it saves
            (`Answer.kept`), or leaves that to us where it saved nothing or had to save it piece by piece.
    Raises:
        Declined: 409, the key came with another body before; 400, the key is no key.
    """
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return await act(None)
    if not 0 < len(given) <= LONGEST_KEY:
        raise Declined(400, f"An Idempotency-Key has 1 to {LONGEST_KEY} characters")
    # Path and caller belong to the key: "order-1" of a lead and of spend are two things, of two shops too.
    named = f"{request.path}\n{request.get(CALLER, '')}\n{given}"
    name = Name(hash_of(named), hashlib.sha256(raw).hexdigest())
    before = await desk.recall(workspace, name)
    if before is not None:
        return unless_conflict(before)
    repeat = Repeat(name)
    answer = await act(repeat)
    if answer.kept or answer.status >= 300:
        return answer
    try:
        return unless_conflict(await desk.keep(workspace, name, answer, repeat.aside))
    except StoreDown:
        if repeat.aside:
            raise  # not everything is saved
        return answer  # It is, so the answer stands; a repeat of these leads is known by its name.


async def as_one(
    repeat: Repeat | None,
    answer: Callable[[Sequence[Verdict]], Answer],
    do: Callable[[Once[Verdict]], Awaitable[Answer | Conflict]],
) -> Answer | None:
    """Have a request done and its answer kept in one transaction.

    Returns:
        None if it can't be: it has no key, or a part of it breaks something on our side. Then `do` saved
        nothing, and the parts are to be done one by one to find which.
    Raises:
        Declined: 409, the key came with another body meanwhile.
    """
    if repeat is None:
        return None
    try:
        said = await do(Once(repeat.name, answer))
    except (Overloaded, StoreDown):
        raise
    except Exception:  # told by whoever meets it again, with the part that it is about
        return None
    return unless_conflict(said)


def unless_conflict(said: Answer | Conflict) -> Answer:
    """The answer; raises Declined, 409, when the key is another body's."""
    if isinstance(said, Conflict):
        raise Declined(409, "This Idempotency-Key came with another body before; use a new key")
    return said
