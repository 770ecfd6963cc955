"""The Claim button."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.claim import claim_lead
from handlers.slack.click import Click
from handlers.slack.echo import echo, to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.echoes import claimed_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Claim."""

    @app.action(ids.CLAIM)
    async def claim_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            saved = await claim_lead(reception.office, reception.where(body), click.number, click.rep)
            if body.get("response_url"):  # Home shows it by itself
                reception.errand(echo(respond, saved, claimed_words(saved.lead), back=True))
        await ack()
