"""`/kpi benchmark edit` and **Edit ranges**: the dialog with the ranges that others publish."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.kpi_ranges import ranges_to_edit, save_ranges
from handlers.slack.click import Click, Submission
from handlers.slack.echo import saving, to_them, to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.fields import note_dialog, typed_text
from handlers.views.ranges_dialog import ranges_dialog


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the command's words, the button and the dialog."""
    office = reception.office

    @app.command("/kpi", matchers=[_is_edit])
    async def edit_asked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_them(respond)):
            await _open(client, body, str(body["user_id"]), str(body.get("trigger_id") or ""))
        await ack()

    @app.action(ids.KPI_RANGES)
    async def edit_pressed(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            await _open(client, body, click.rep, click.trigger)
        await ack()

    async def _open(client: AsyncWebClient, body: dict[str, Any], user: str, trigger: str) -> None:
        where = reception.where(body)

        async def view() -> View:
            return ranges_dialog(await ranges_to_edit(office, where, user))

        await reception.open_dialog(client, trigger, "Published ranges", view())

    @app.view(ids.KPI_RANGES_SAVED)
    async def ranges_sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        async with saving(reception, ack, body, ids.KPI_RANGES_TEXT) as answer:
            sent, where = Submission.read(body), reception.where(body)
            text = typed_text(sent.values, ids.KPI_RANGES_TEXT) or ""
            kept = await save_ranges(office, where, sent.rep, text)
            words = f"{kept} ranges stand beside ours from now on: `/kpi benchmark` shows them."
            answer.view = note_dialog(
                "Ranges saved", words if kept != 1 else words.replace("1 ranges stand", "1 range stands")
            )


async def _is_edit(body: dict[str, Any]) -> bool:
    return str(body.get("text") or "").lower().split()[:2] == ["benchmark", "edit"]
