"""Disqualify: close a lead with a reason."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.disqualify import disqualify_lead
from handlers.slack.after import after_dialog
from handlers.slack.click import Submission
from handlers.slack.echo import saving
from handlers.slack.reception import Reception
from handlers.views import ids
from handlers.views.dialogs import read_disqualify
from handlers.views.echoes import closed_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the dialog; the card's menu opens it."""
    office = reception.office

    @app.view(ids.DISQUALIFY_SAVED)
    async def disqualify_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.DISQUALIFY_REASON):
            sent, where = Submission.read(body), reception.where(body)
            rules = await office.rules(where)
            why = read_disqualify(sent.values)
            saved = await disqualify_lead(office, where, sent.number, sent.rep, why.reason, why.note)
            words = closed_words(rules.see(saved.lead, office.clock()))
            # A wish not to be contacted stands, whoever recorded it: it is no step to take back lightly.
            undo = not saved.lead.permission.opted_out
            after_dialog(reception, client, sent, where, saved, words, undo=undo)
