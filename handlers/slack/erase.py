"""Erase: an admin takes a person out of everything, from Details or Lead actions. There is no Undo."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.erase import erase_by_admin
from handlers.slack.click import Click
from handlers.slack.details import update_open
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.erasure import erased_dialog


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Erase; Slack has asked whether they are sure."""

    @app.action(ids.ERASE)
    async def erase_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await erase_by_admin(reception.office, where, click.number, click.rep)
            view = body.get("view") or {}
            for open_ in {str(view.get("id") or ""), str(view.get("previous_view_id") or "")} - {""}:
                reception.errand(update_open(client, open_, erased_dialog(f"L-{click.number}")))
        await ack()
