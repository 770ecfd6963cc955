"""Nurture: hand a lead back until a date."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.nurture import nurture_lead
from handlers.slack.after import after_dialog
from handlers.slack.click import Submission
from handlers.slack.echo import saving
from handlers.slack.reception import Reception
from handlers.views import ids
from handlers.views.dialogs import read_nurture
from handlers.views.echoes import nurture_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the dialog; the card's menu opens it."""
    office = reception.office

    @app.view(ids.NURTURE_SAVED)
    async def nurture_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.NURTURE_UNTIL):
            sent, where = Submission.read(body), reception.where(body)
            rules = await office.rules(where)
            back = read_nurture(sent.values, rules.setup.zone)
            saved = await nurture_lead(office, where, sent.number, sent.rep, back.until, back.note)
            words = nurture_words(rules.see(saved.lead, office.clock()))
            after_dialog(reception, client, sent, where, saved, words)
