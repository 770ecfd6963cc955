"""**Another number** in App Home: any number of the list, in a dialog."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.kpi import ask
from handlers.slack.click import Click
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.kpi_board import number_dialog


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the choice."""

    @app.action(ids.KPI_BOARD)
    async def number_chosen(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)

            async def view() -> View:
                told = await ask(reception.office, where, click.value, click.rep)
                return number_dialog(told.answer, told.names, told.at, told.beside.comparison)

            await reception.open_dialog(client, click.trigger, f"/kpi {click.value}", view())
        await ack()
