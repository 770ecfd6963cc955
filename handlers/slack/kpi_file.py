"""**Export CSV** on an answer: the rows come as a file by direct message."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.kpi_file import order_file
from handlers.slack.click import Click
from handlers.slack.echo import to_them
from handlers.slack.kpi_command import in_time
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids

COMES = "The rows come as a file in your direct messages with me."
CAME = "That file was sent a moment ago: look into your direct messages with me."


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the button."""

    @app.action(ids.KPI_CSV)
    async def file_asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        say = to_them(respond)
        async with telling(say):
            click, where = Click.read(body), reception.where(body)

            async def order() -> None:
                message = f"{click.channel}:{click.ts or click.trigger}"
                first = await order_file(reception.office, where, click.value, click.rep, message)
                await say(COMES if first else CAME)

            reception.errand(in_time(order(), say))
        await ack()
