"""Open queue, and the next ten of it."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.find import the_queue
from handlers.slack.click import Click
from handlers.slack.echo import to_them
from handlers.slack.reception import Reception
from handlers.slack.shown import found_here
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.lead_lists import queue_list


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Open queue and "10 more"."""

    @app.action(ids.OPEN_QUEUE)
    async def queue_opened(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            value = Click.read(body).value
            start = min(int(value), 1_000) if value.isascii() and value.isdigit() else 0
            click, where = Click.read(body), reception.where(body)
            found = await the_queue(reception.office, where, start)
            shown = await found_here(reception.office, where, click.channel or "", click.rep, found)
            answer = queue_list(shown)
            reception.errand(
                respond(
                    text=answer.text,
                    blocks=answer.blocks,
                    response_type="ephemeral",
                    replace_original=False,
                )
            )
        await ack()
