"""**Why did it change?** on an answer."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.kpi_why import why_it_changed
from handlers.slack.click import Click
from handlers.slack.echo import to_them
from handlers.slack.kpi_command import in_time
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.kpi_why import why_message


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the button."""

    @app.action(ids.KPI_WHY)
    async def why_asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            reception.errand(in_time(_explain(respond, where, click), to_them(respond)))
        await ack()

    async def _explain(respond: AsyncRespond, where: str, click: Click) -> None:
        told = why_message(await why_it_changed(reception.office, where, click.value, click.rep))
        await respond(text=told.text, blocks=told.blocks, response_type="ephemeral", replace_original=False)
