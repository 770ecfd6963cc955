"""Send back: sales returns an SQL to the rep who approved it, with a reason."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.outcome import send_back_lead
from handlers.slack.after import after_dialog
from handlers.slack.click import Submission
from handlers.slack.echo import saving, to_whoever_clicked
from handlers.slack.opening import open_about
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.dialogs import read_send_back, send_back_dialog
from handlers.views.echoes import sent_back_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Send back and its dialog."""

    @app.action(ids.SEND_BACK)
    async def send_back_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            await open_about(reception, client, body, "Send back", send_back_dialog)
        await ack()

    @app.view(ids.SEND_BACK_SAVED)
    async def sent_back(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.SEND_BACK_REASON):
            sent, where = Submission.read(body), reception.where(body)
            names = (await reception.office.rules(where)).names
            reason = read_send_back(sent.values)
            saved = await send_back_lead(reception.office, where, sent.number, sent.rep, reason)
            words = sent_back_words(saved.lead, sent.rep, names)
            # Its rep was told: to take it back is to qualify it again.
            after_dialog(reception, client, sent, where, saved, words, undo=False)
