"""Reassign: give a lead to somebody else, who is told."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.claim import reassign_lead
from handlers.slack.after import after_dialog
from handlers.slack.click import Submission
from handlers.slack.echo import saving
from handlers.slack.reception import Reception
from handlers.views import ids
from handlers.views.dialogs import read_reassign
from handlers.views.echoes import reassigned_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the dialog; the card's menu opens it."""
    office = reception.office

    @app.view(ids.REASSIGN_SAVED)
    async def reassign_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.REASSIGN_TO):
            sent, where = Submission.read(body), reception.where(body)
            names = (await office.rules(where)).names
            saved = await reassign_lead(office, where, sent.number, sent.rep, read_reassign(sent.values))
            words = reassigned_words(saved.lead, sent.rep, names)
            # They were told already: to take it back is to reassign it again.
            after_dialog(reception, client, sent, where, saved, words, undo=False)
