"""Share does it once: which answers were shown to a channel already, also after a restart."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from handlers.flows.office import Office

KEPT = timedelta(hours=24)
"""An answer's own address for replies ends after half an hour, so nobody can share it later than that."""


async def share_once(office: Office, where: str, person: str, answer: str) -> bool:
    """Whether this is the first time that they share this answer (the message it stands in).

    Of two presses at once, also on different replicas, one is the first.
    """
    now = office.clock()
    async with office.store.begin(where) as work:
        return await work.intake.keep_answer((_key(person, answer), "", {}), now, now - KEPT)


async def was_not_shared(office: Office, where: str, person: str, answer: str) -> None:
    """It did not work after all: the next press may try again."""
    async with office.store.begin(where) as work:
        await work.intake.forget_answer(_key(person, answer))


def _key(person: str, answer: str) -> str:
    return hashlib.sha256(f"share:{person}:{answer}".encode()).hexdigest()
