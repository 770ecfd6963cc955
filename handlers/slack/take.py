"""Take it: somebody in sales goes on with an SQL."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.outcome import take_lead
from handlers.slack.after import after_click
from handlers.slack.click import Click
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.echoes import claimed_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Take it, on the alert and in the message to whom it was handed."""

    @app.action(ids.TAKE)
    async def take_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            saved = await take_lead(reception.office, reception.where(body), click.number, click.rep)
            after_click(reception, client, respond, body, saved, claimed_words(saved.lead))
        await ack()
