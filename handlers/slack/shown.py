"""What a person is shown where they stand: a channel's level, and their own when they are a guest."""

from __future__ import annotations

from dataclasses import replace

from handlers.flows.find import Found
from handlers.flows.office import Office
from handlers.slack.typed import Typed
from qualification.masking import Level, as_shown
from qualification.seen import Seen


async def level_here(office: Office, where: str, channel: str, person: str) -> Level:
    """How much this person may see in this channel; "" is a dialog opened from App Home."""
    return (await office.rules(where)).level(channel, person)


async def seen_here(typed: Typed, seen: Seen) -> Seen:
    """A lead, for the answer to a command."""
    return as_shown(seen, await level_here(typed.office, typed.where, typed.channel, typed.rep))


async def found_here(office: Office, where: str, channel: str, person: str, found: Found) -> Found:
    """A list, for whoever asked for it there."""
    level = await level_here(office, where, channel, person)
    return replace(found, leads=tuple(as_shown(seen, level) for seen in found.leads))
