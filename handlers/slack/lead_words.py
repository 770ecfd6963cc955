"""The words of `/lead L-1042 …`: each does what its button does, through the same flow."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.views import View

from handlers.flows.claim import claim_lead, release_lead
from handlers.flows.qualify import open_dialog
from handlers.slack.qualify import drawn
from handlers.slack.typed import Typed, Word
from handlers.views.done import done
from handlers.views.lead_card import lead_card
from handlers.views.message import Message
from handlers.views.why import why_message


async def card(typed: Typed) -> Message:
    """The lead in short, with its buttons."""
    return lead_card(await typed.office.look(typed.where, typed.number))


async def why(typed: Typed) -> Message:
    """The score explained."""
    return why_message(await typed.office.look(typed.where, typed.number))


async def claim(typed: Typed) -> Message:
    """Take it."""
    saved = await claim_lead(typed.office, typed.where, typed.number, typed.rep)
    already = "" if saved.step else " already"
    return done(f"{saved.lead.name} is yours{already}.", saved.lead, saved.step)


async def back(typed: Typed) -> Message:
    """Back to the queue."""
    rules = await typed.office.rules(typed.where)
    by_manager = typed.rep in rules.setup.managers
    saved = await release_lead(typed.office, typed.where, typed.number, typed.rep, by_manager)
    says = "is back in the queue" if saved.step else "is with nobody already"
    return done(f"{saved.lead.name} {says}.", saved.lead, saved.step)


async def qualify(typed: Typed) -> None:
    """The Qualify dialog."""

    async def view() -> View:
        return drawn(await open_dialog(typed.office, typed.where, typed.number, typed.rep))

    await typed.reception.open_dialog(typed.client, typed.trigger, "Qualify", view())


WORDS: Mapping[str, Word] = {
    "card": card,
    "why": why,
    "claim": claim,
    "back": back,
    "qualify": qualify,
}
