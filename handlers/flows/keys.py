"""Keys for programs that hand something in: an admin makes, replaces and revokes them; each is shown once."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.flows.house_state import NotAllowed
from handlers.flows.keyring import ALL, NUMBERS, hash_of
from handlers.flows.office import Office
from qualification.errors import Refused
from store.keys import Key, add_key, end_key, forget_ended, keys_at, replace_key
from store.work import Work

PREFIX = "gl_"
LETTERS = 48
"""Random bytes in a key. With its prefix it has 67 characters, and must have more than 64: a longer key than
one block of SHA-256 is by HMAC's own definition the same as its hash, so the hash alone checks signatures."""
OVERLAP = timedelta(hours=24)
"""So long a replaced key still opens what it opened: time to put the new one in its place."""
REMEMBERED = timedelta(days=30)
MOST = 30
"""Keys of sources that may stand at once: as many as the dialog can show."""
LONGEST_NAME = 60
OPENS = {
    "leads": "Leads (/intake/leads)",
    "events": "What visitors do (/intake/events)",
    "spend": "What campaigns cost (/intake/spend)",
    ALL: "Everything that comes in",
}
"""What a key may open, and how it is offered."""
log = logging.getLogger("greenlight.keys")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made just now; `secret` is never to be had again.

    Attributes:
        old_until: when the one it replaces ends.
    """

    secret: str
    name: str
    opens: str
    signs: bool
    old_until: datetime | None = None


async def see_keys(office: Office, where: str, person: str) -> list[Key]:
    """Those that open something now, those that stand first, the newest before the others.

    Raises:
        NotAllowed: they are no admin.
    """
    await _admins_only(office, where, person)
    async with office.store.read(where) as work:
        return await keys_at(work, office.clock())


async def make_key(office: Office, where: str, person: str, name: str, opens: str, *, signs: bool) -> NewKey:
    """A key for one source.

    Args:
        signs: The source signs its requests.
    Raises:
        NotAllowed: they are no admin.
        Refused: the name is empty or taken, or there are too many.
    """
    await _admins_only(office, where, person)
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Refused("Name who will use it, like “Website”.")
    if opens not in OPENS:
        raise Refused("Choose what it is for.")
    async with office.store.begin(where) as work:
        now = office.clock()
        standing = [key for key in await keys_at(work, now) if key.opens != NUMBERS and key.until is None]
        if len(standing) >= MOST:
            raise Refused(f"There are {MOST} keys. Revoke one that nobody uses first.")
        await forget_ended(work, now - REMEMBERED)
        made = await _keep(work, name, opens, signs=signs, by=person, now=now)
    office.keyring.forget()
    log.info("%s made a key that opens %s", person, opens)
    return made


async def rotate_key(office: Office, where: str, person: str, number: int) -> NewKey:
    """A new key in place of one that stands; the old one works for OVERLAP more.

    Raises:
        NotAllowed: they are no admin.
        Refused: it was replaced or revoked already, or belongs to a manager.
    """
    await _admins_only(office, where, person)
    async with office.store.begin(where) as work:
        now = office.clock()
        old = await replace_key(work, number, now, now + OVERLAP)
        if old is None:
            raise Refused("That key was replaced or revoked already. Look at the list again.")
        if old.opens == NUMBERS:
            raise Refused("It is theirs to replace, with `/kpi key`: the new one is shown only to them.")
        made = await _keep(work, old.name, old.opens, signs=old.signs, by=person, now=now, until=old.until)
    office.keyring.forget()
    log.info("%s replaced key %s", person, number)
    return made


async def revoke_key(office: Office, where: str, person: str, number: int) -> None:
    """It opens nothing any more, here at once and on other replicas within seconds.

    Raises:
        NotAllowed: they are no admin.
        Refused: it ended already.
    """
    await _admins_only(office, where, person)
    async with office.store.begin(where) as work:
        ended = await end_key(work, number, office.clock())
    office.keyring.forget()
    if ended is None:
        raise Refused("That key was revoked already.")
    log.info("%s revoked key %s", person, number)


async def _keep(
    work: Work, name: str, opens: str, *, signs: bool, by: str, now: datetime, until: datetime | None = None
) -> NewKey:
    secret = PREFIX + secrets.token_urlsafe(LETTERS)
    kept = {"name": name, "opens": opens, "hashed": hash_of(secret), "ends": secret[-4:]}
    if not await add_key(work, **kept, signs=signs, by=by, now=now):
        raise Refused(
            f"There is a key “{name}” for this already. Replace that one, or name this differently."
        )
    return NewKey(secret, name, opens, signs, until)


async def _admins_only(office: Office, where: str, person: str) -> None:
    admins = (await office.rules(where)).setup.admins
    if person not in admins:
        known = ", ".join(f"<@{user}>" for user in admins)
        raise NotAllowed(f"Keys are for admins. Ask {known}." if known else "There is no admin yet.")
