"""Keys for reading numbers by a program: each belongs to one manager, kept hashed, shown once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from handlers.flows.kpi import roles_of
from handlers.flows.office import Office
from qualification.errors import Refused

SETTING = "kpi_key:"
"""One setting for each manager: two who make theirs at once must not overwrite each other's."""
PREFIX = "kpi_"


async def make_key(office: Office, where: str, user: str) -> str:
    """A new key for this manager; their older one stops working.

    Raises:
        Refused: keys are for managers and admins.
    """
    rules = await office.rules(where)
    if not roles_of(rules.setup, user) & {"manager", "admin"}:
        people = ", ".join(f"<@{one}>" for one in dict.fromkeys((*rules.setup.managers, *rules.setup.admins)))
        raise Refused(f"Keys for numbers are for managers and admins{f': {people}' if people else ''}.")
    key = PREFIX + secrets.token_urlsafe(32)
    row = {"hash": _hashed(key), "at": office.clock().isoformat()}
    async with office.store.begin(where) as work:
        await work.house.set({f"{SETTING}{user}": row})
    return key


async def holder(office: Office, where: str, key: str) -> str | None:
    """Whose key this is, while they are still a manager or admin; None for any other."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        kept = _kept(await work.house.settings())
    presented, found = _hashed(key), None
    for user, row in kept.items():
        # All of them are compared: how long it takes must not tell which one was near.
        if hmac.compare_digest(str(row["hash"]), presented):
            found = user
    if found is None or not roles_of(rules.setup, found) & {"manager", "admin"}:
        return None
    return found


def _hashed(key: str) -> str:
    # Random enough to need no salt and no slow hash.
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _kept(settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The keys by whose they are."""
    return {name.removeprefix(SETTING): row for name, row in settings.items() if name.startswith(SETTING)}
