"""Undo: take back what was just done."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.undo import undo_step
from handlers.slack.after import after_click
from handlers.slack.click import Click, lead_number
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.echoes import undone_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Undo, in echoes and in Details."""

    @app.action(ids.UNDO)
    async def undo_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            number, _, step = click.value.partition(":")
            undone = await undo_step(
                reception.office, reception.where(body), lead_number(number), step, click.rep
            )
            words = undone_words(undone.saved.lead, undone.was)
            after_click(reception, client, respond, body, undone.saved, words)
        await ack()
