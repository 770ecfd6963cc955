"""**Which leads?** on an answer: who is behind the number, for the one who asks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.kpi_leads import leads_of
from handlers.slack.click import Click
from handlers.slack.echo import to_them
from handlers.slack.kpi_command import in_time
from handlers.slack.reception import Reception
from handlers.slack.shown import found_here
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.kpi_leads import leads_message


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the button, and for those that change which count is looked at."""
    office = reception.office

    @app.action(re.compile(re.escape(ids.KPI_LEADS)))
    async def leads_asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            reception.errand(in_time(_show(respond, where, click), to_them(respond)))
        await ack()

    async def _show(respond: AsyncRespond, where: str, click: Click) -> None:
        part, _, asked = click.value.partition("|")
        behind = await leads_of(office, where, asked, click.rep, part)
        # As much of each as this channel, and this person, may see.
        found = await found_here(office, where, click.channel or "", click.rep, behind.found)
        told = leads_message(replace(behind, found=found))
        await respond(text=told.text, blocks=told.blocks, response_type="ephemeral", replace_original=False)
