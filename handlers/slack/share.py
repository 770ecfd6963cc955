"""Share: what only one person was shown, for the whole channel they stand in."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.find import Found, find_leads, my_leads, the_queue
from handlers.flows.house_state import definition_in_force
from handlers.flows.shared_once import share_once
from handlers.slack.click import Click
from handlers.slack.echo import to_them
from handlers.slack.reception import Reception
from handlers.slack.shown import found_here, level_here
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.definition_text import definition_message
from handlers.views.echoes import called
from handlers.views.lead_lists import found_list, mine_list, queue_list
from handlers.views.message import Message
from qualification.errors import Refused
from qualification.masking import Level

KINDS = ("find", "mine", "queue", "definition")


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Share under the answers to `/lead`."""

    async def is_ours(body: dict[str, Any]) -> bool:
        return Click.read(body).choice in KINDS

    @app.action(ids.SHARE, matchers=[is_ours])
    async def share_clicked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            answer = await drawn(reception, where, click)
            if await share_once(reception.office, where, click.rep, f"{click.channel}:{click.ts}"):
                reception.errand(publish(respond, answer))
        await ack()


async def drawn(reception: Reception, where: str, click: Click) -> Message:
    """The answer drawn anew, for everybody: signed, and without what only its asker can press."""
    office, about = reception.office, click.value.partition(":")[2]
    rules = await office.rules(where)
    by = called(click.rep, rules.names)

    async def here(found: Found) -> Found:
        return await found_here(office, where, click.channel or "", click.rep, found)

    match click.choice:
        case "find":
            level = await level_here(office, where, click.channel or "", click.rep)
            found = await here(await find_leads(office, where, about))
            return found_list(found, about, shared_by=by, quoted=level is Level.FULL)
        case "mine":
            return mine_list(await here(await my_leads(office, where, click.rep)), click.rep, shared_by=by)
        case "queue":
            start = int(about) if about.isascii() and about.isdigit() else 0
            return queue_list(await here(await the_queue(office, where, start)), shared_by=by)
        case "definition":
            told = await definition_in_force(office, where)
            return definition_message(told, rules.setup.zone, rules.names, shared_by=by)
    raise Refused("That can't be shared.")


async def publish(respond: AsyncRespond, answer: Message) -> None:
    """Post it where it was asked.

    By the click's own address and not by chat.postMessage: that reaches only the channel the person stands
    in, also one the app was never invited to, and no other.
    """
    await respond(text=answer.text, blocks=answer.blocks, response_type="in_channel", replace_original=False)
