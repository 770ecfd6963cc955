"""Back to queue: somebody else should have it, whoever that is."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.claim import release_lead
from handlers.slack.after import after_click
from handlers.slack.click import Click
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.echoes import released_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Back to queue, in Details and beside the claim."""

    @app.action(ids.BACK)
    async def back_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            saved = await release_lead(reception.office, reception.where(body), click.number, click.rep)
            after_click(reception, client, respond, body, saved, released_words(saved.lead))
        await ack()
