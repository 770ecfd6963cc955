"""The code that proves who installed the bot: printed by `serve`, asked once in App Home."""

from __future__ import annotations

import hmac
import secrets

from handlers.flows.office import Office

NAME = "admin_code"


async def admin_code(office: Office, where: str) -> str:
    """The workspace's admin code, made at the first asking."""
    async with office.store.read(where) as work:
        known = (await work.house.settings()).get(NAME)
    if known:
        return str(known)
    async with office.store.begin(where) as work:
        # Another replica may make one at this moment: whoever is first, both must print the same.
        return str(await work.house.set_first(NAME, secrets.token_hex(4)))


async def is_admin_code(office: Office, where: str, typed: str) -> bool:
    """Whether somebody typed the right code; takes as long for a wrong one."""
    return hmac.compare_digest((await admin_code(office, where)).encode(), typed.strip().lower().encode())
