"""The Claim button."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.claim import claim_lead
from handlers.slack.click import Click
from handlers.slack.echo import echo, to_them
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Claim."""

    @app.action(ids.CLAIM)
    async def claim_clicked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click = Click.read(body)
            saved = await claim_lead(reception.office, reception.where(body), click.number, click.rep)
            reception.errand(echo(respond, saved, f"{saved.lead.name} is yours."))
        await ack()
