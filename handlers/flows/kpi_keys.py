"""Keys for reading numbers by a program: each belongs to one manager, kept hashed, shown once."""

from __future__ import annotations

import secrets
from datetime import datetime

from handlers.flows.keyring import NUMBERS, hash_of
from handlers.flows.keys import OVERLAP, REMEMBERED
from handlers.flows.kpi import is_managing, managers_only
from handlers.flows.office import Office
from qualification.errors import Refused
from store.keys import Key, add_key, end_key, forget_ended, keys_at, replace_key
from store.work import Work

PREFIX = "kpi_"


async def make_key(office: Office, where: str, user: str) -> str:
    """A new key for this manager; their older one still works for OVERLAP.

    Raises:
        Refused: keys are for managers and admins.
    """
    rules = await office.rules(where)
    managers_only(rules.setup, user, "Keys for numbers")
    secret = PREFIX + secrets.token_urlsafe(32)
    async with office.store.begin(where) as work:
        now = office.clock()
        for old in await _theirs(work, user, now):
            await replace_key(work, old.id, now, now + OVERLAP)
        await forget_ended(work, now - REMEMBERED)
        kept = {"name": user, "opens": NUMBERS, "hashed": hash_of(secret), "ends": secret[-4:]}
        if not await add_key(work, **kept, signs=False, by=user, now=now):
            raise Refused("Another key of yours was made at this moment. Please try again.")
    office.keyring.forget()
    return secret


async def revoke_keys(office: Office, where: str, user: str) -> int:
    """All of somebody's keys end now, whatever they may still do here; how many there were."""
    async with office.store.begin(where) as work:
        now = office.clock()
        ended = [await end_key(work, key.id, now) for key in await _theirs(work, user, now)]
    office.keyring.forget()
    return len(ended)


async def holder(office: Office, where: str, presented: str) -> str | None:
    """Whose key this is, while they are still a manager or admin; None for any other."""
    key = await office.keyring.find(where, presented)
    if key is None or key.opens != NUMBERS:
        return None
    rules = await office.rules(where)
    if not is_managing(rules.setup, key.name):
        return None
    await office.keyring.note_use(where, key)
    return key.name


async def _theirs(work: Work, user: str, now: datetime) -> list[Key]:
    return [key for key in await keys_at(work, now) if key.opens == NUMBERS and key.name == user]
