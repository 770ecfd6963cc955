"""Lead actions: everything one can do with a lead, from a message about it or from App Home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.claim import claim_lead
from handlers.flows.lead_at import lead_at
from handlers.slack.after import Open, redraw
from handlers.slack.click import Click, Submission
from handlers.slack.details import open_details
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.make_lead import text_of
from handlers.slack.more import CHOICES
from handlers.slack.opening import open_about
from handlers.slack.reception import Reception
from handlers.slack.shown import actions_here
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.shapes import reading


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the shortcut, for Open in App Home, and for the dialog's own buttons."""
    office = reception.office

    @app.shortcut(ids.LEAD_ACTIONS)
    async def lead_actions_chosen(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            where, message = reception.where(body), body.get("message") or {}
            channel = str((body.get("channel") or {}).get("id") or "")

            async def view() -> View:
                ts, thread = str(message.get("ts") or ""), message.get("thread_ts")
                number = await lead_at(office, where, channel, ts, thread, text_of(message))
                return await actions_here(office, where, number, {"channel": channel}, _person(body))

            trigger = str(body.get("trigger_id") or "")
            await reception.open_dialog(client, trigger, "Lead actions", view())
        await ack()

    @app.action(ids.ACTIONS)
    async def opened_at_home(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            view = actions_here(office, where, click.number, {}, click.rep)
            await reception.open_dialog(client, click.trigger, "Lead actions", view)
        await ack()

    @app.action(ids.ACTIONS_CLAIM)
    async def claimed_here(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where, stands = Click.read(body), reception.where(body), Submission.read(body)
            await claim_lead(office, where, click.number, click.rep)
            shown = Open(stands.view_id, ids.ACTIONS_DIALOG, dict(stands.metadata))
            reception.errand(redraw(reception, client, shown, where, click.number, click.rep))
        await ack()

    @app.action(re.compile(re.escape(ids.ACTIONS_MORE)))
    async def more_chosen(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            choice = Click.read(body).choice
            if choice == ids.DETAILS_OPTION:
                await open_details(reception, client, body)
            else:
                with reading():
                    title, draw = CHOICES[choice]
                await open_about(reception, client, body, title, draw)
        await ack()


def _person(body: Mapping[str, Any]) -> str:
    return Click.read(body).rep
