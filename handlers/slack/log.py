"""Log call: what a rep did to reach the lead."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.log import log_touch
from handlers.slack.after import after_dialog
from handlers.slack.click import Submission
from handlers.slack.echo import saving, to_whoever_clicked
from handlers.slack.opening import open_about
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.dialogs import log_dialog, read_log
from handlers.views.echoes import logged_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Log call and its dialog."""

    @app.action(ids.LOG)
    async def log_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            await open_about(reception, client, body, "Log", log_dialog)
        await ack()

    @app.view(ids.LOG_SAVED)
    async def log_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.LOG_KIND):
            sent, where = Submission.read(body), reception.where(body)
            log = read_log(sent.values)
            saved = await log_touch(
                reception.office, where, sent.number, sent.rep, log.kind, log.note, once=sent.view_id
            )
            after_dialog(reception, client, sent, where, saved, logged_words(saved.lead))
