"""Retention: an admin sees whom it would concern, and turns it on."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.erase import must_be_admin
from handlers.flows.retention import decide_retention, see_retention
from handlers.slack.click import Click, Submission
from handlers.slack.echo import saving
from handlers.slack.home import to_home
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.fields import note_dialog
from handlers.views.retention import dry_run_lines, read_retention, retention_dialog, was_shown


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the button in Home and its dialog."""
    office = reception.office

    @app.action(ids.OPEN_RETENTION)
    async def retention_opened(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)):
            where = reception.where(body)
            await must_be_admin(office, where, click.rep)

            async def view() -> View:
                return retention_dialog(await see_retention(office, where))

            await reception.open_dialog(client, click.trigger, "Retention", view())
        await ack()

    @app.view(ids.RETENTION_SAVED)
    async def retention_saved(ack: AsyncAck, body: dict[str, Any]) -> None:
        async with saving(reception, ack, body, ids.RETENTION_ON) as answer:
            sent, where = Submission.read(body), reception.where(body)
            wanted = read_retention(sent.values)
            # Erasing can't be undone: it is turned on only for months whose dry run was before their eyes.
            on = wanted.on and was_shown(wanted, sent.metadata)
            state = await decide_retention(office, where, sent.rep, wanted.months, on=on)
            if on:
                answer.view = note_dialog("Retention is on", "\n".join(dry_run_lines(state)))
            else:
                answer.view = retention_dialog(state, unseen=wanted.on)
