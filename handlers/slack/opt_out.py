"""Opt-out: they don't want to be contacted."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.disqualify import opt_out_lead
from handlers.slack.after import after_click
from handlers.slack.click import Click
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.echoes import opted_out_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Opt-out in Details; Slack has asked whether they are sure."""

    @app.action(ids.OPT_OUT)
    async def opt_out_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            saved = await opt_out_lead(reception.office, reception.where(body), click.number, click.rep)
            after_click(reception, client, respond, body, saved, opted_out_words(saved.lead))
        await ack()
