"""The words of `/lead` that are about all leads, or about the rules."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.flows.find import Found, find_leads, my_leads, the_queue
from handlers.flows.house_state import definition_in_force
from handlers.slack.health import draw_health
from handlers.slack.import_file import open_import
from handlers.slack.new_lead import open_new_lead
from handlers.slack.shown import found_here
from handlers.slack.typed import Typed, Word
from handlers.views.definition_text import definition_message
from handlers.views.help import help_message
from handlers.views.lead_lists import found_list, mine_list, queue_list
from handlers.views.message import Message


async def _here(typed: Typed, found: Found) -> Found:
    return await found_here(typed.office, typed.where, typed.channel, typed.rep, found)


async def find(typed: Typed) -> Message:
    """Leads that hold every word."""
    text = typed.asked.rest
    return found_list(await _here(typed, await find_leads(typed.office, typed.where, text)), text)


async def mine(typed: Typed) -> Message:
    """My open leads."""
    return mine_list(await _here(typed, await my_leads(typed.office, typed.where, typed.rep)), typed.rep)


async def queue(typed: Typed) -> Message:
    """Who waits for a rep."""
    return queue_list(await _here(typed, await the_queue(typed.office, typed.where)))


async def new(typed: Typed) -> None:
    """Type in a lead; what stands behind the word is taken for a name."""
    await open_new_lead(typed.reception, typed.client, typed.where, typed.trigger, name=typed.asked.rest)


async def definition(typed: Typed) -> Message:
    """The rules in plain words."""
    rules = await typed.office.rules(typed.where)
    told = await definition_in_force(typed.office, typed.where)
    return definition_message(told, rules.setup.zone, rules.names)


async def health(typed: Typed) -> Message:
    """Is everything well? For admins."""
    return await draw_health(typed.reception, typed.where, typed.rep)


async def bring_in(typed: Typed) -> None:
    """A file of leads or of spend."""
    await open_import(typed)


async def help_(_typed: Typed) -> Message:
    """Every word."""
    return help_message()


WORDS: Mapping[str, Word] = {
    "find": find,
    "mine": mine,
    "queue": queue,
    "new": new,
    "import": bring_in,
    "definition": definition,
    "health": health,
    "help": help_,
}
