"""Snooze: keep a lead, and be reminded."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.claim import snooze_lead
from handlers.slack.after import after_dialog
from handlers.slack.click import Submission
from handlers.slack.echo import saving
from handlers.slack.reception import Reception
from handlers.views import ids
from handlers.views.echoes import snoozed_words
from handlers.views.snooze_dialog import read_snooze


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the dialog; the card's menu opens it."""
    office = reception.office

    @app.view(ids.SNOOZE_SAVED)
    async def snooze_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.SNOOZE_FOR):
            sent, where = Submission.read(body), reception.where(body)
            rules = await office.rules(where)
            until = read_snooze(sent.values, rules.setup.zone, office.clock())
            saved = await snooze_lead(office, where, sent.number, sent.rep, until, once=sent.view_id)
            words = snoozed_words(rules.see(saved.lead, office.clock()))
            after_dialog(reception, client, sent, where, saved, words)
