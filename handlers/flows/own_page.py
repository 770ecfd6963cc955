"""The page on which a person sees what is held about them, opts out, and asks for deletion."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from handlers.flows.office import Office

LASTS = timedelta(days=180)
"""A link in an old mail must still work; one that leaked must not work for ever."""


def hashed(token: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


async def make_link(office: Office, where: str, number: int, by: str, public_url: str) -> str:
    """The address of a lead's page. Each is new, for only its hash is kept; older ones stay good."""
    token = secrets.token_urlsafe(24)
    now = office.clock()
    async with office.store.begin(where) as work:
        await work.privacy.link(hashed(token), number, by, now, now + LASTS)
    return f"{public_url.rstrip('/')}/u/{token}"
