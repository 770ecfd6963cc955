"""What a person is shown where they stand: a channel's level, and their own when they are a guest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.models.views import View

from handlers.flows.find import Found
from handlers.flows.office import Office
from handlers.slack.typed import Typed
from handlers.views.actions_dialog import actions_dialog
from qualification.masking import Level, as_shown
from qualification.seen import Seen


async def level_here(office: Office, where: str, channel: object, person: str) -> Level:
    """How much this person may see in this channel; a dialog opened from App Home has none."""
    return (await office.rules(where)).level(str(channel or ""), person)


async def look_here(
    office: Office, where: str, number: int, metadata: Mapping[str, Any], person: str
) -> Seen:
    """A lead, for a dialog that remembers in `metadata` the channel it was opened from."""
    level = await level_here(office, where, metadata.get("channel"), person)
    return as_shown(await office.look(where, number), level)


async def actions_here(
    office: Office, where: str, number: int, metadata: Mapping[str, Any], person: str
) -> View:
    """The dialog with everything one can do with a lead, as this person sees it now."""
    seen = await look_here(office, where, number, metadata, person)
    admins = (await office.rules(where)).setup.admins
    return actions_dialog(seen, person, metadata=metadata, admin=person in admins)


async def seen_here(typed: Typed, seen: Seen) -> Seen:
    """A lead, for the answer to a command."""
    return as_shown(seen, await level_here(typed.office, typed.where, typed.channel, typed.rep))


async def found_here(office: Office, where: str, channel: str, person: str, found: Found) -> Found:
    """A list, for whoever asked for it there."""
    level = await level_here(office, where, channel, person)
    return replace(found, leads=tuple(as_shown(seen, level) for seen in found.leads))
