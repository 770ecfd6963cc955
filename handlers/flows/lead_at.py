"""Which lead a message in Slack is about."""

from __future__ import annotations

import re

from handlers.flows.office import Office
from qualification.errors import Refused

_NAMED = re.compile(r"\bL-(\d{1,9})\b")


async def lead_at(office: Office, where: str, channel: str, ts: str, thread: str | None, text: str) -> int:
    """The number of the lead that a message, its thread or its words are about.

    Args:
        text: What the message says: one that names a single lead is about it, whoever wrote it.
    Raises:
        Refused: it is about none, or names several.
    """
    async with office.store.read(where) as work:
        number = await work.cards.lead_at(channel, ts)
        if number is None and thread:
            number = await work.cards.lead_at(channel, thread)
    if number is not None:
        return number
    named = set(_NAMED.findall(text))
    if len(named) == 1:
        return int(named.pop())
    if named:
        raise Refused("This message names several leads. Type `/lead` and the number of the one you mean.")
    raise Refused(
        "This message is about no lead. Use “Lead actions” on a card, an alert or a line in its thread, "
        "or “Make this a lead” to make it one."
    )
