"""Waiting for permission: the list behind Home's button, and deciding on one form anew."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.waiting import form_asks, may_decide, see_waiting
from handlers.slack.click import Click, Submission
from handlers.slack.echo import saving
from handlers.slack.home import to_home
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.waiting import decided_view, form_asks_dialog, read_form_words, waiting_dialog


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the button in Home, for "This form asks…", and for its dialog."""
    office = reception.office

    @app.action(ids.OPEN_WAITING)
    async def waiting_opened(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)):
            where = reception.where(body)
            may_decide(await office.rules(where), click.rep)

            async def view() -> View:
                zone = (await office.rules(where)).setup.zone
                return waiting_dialog(await see_waiting(office, where, click.rep), zone)

            await reception.open_dialog(client, click.trigger, "Waiting", view())
        await ack()

    @app.action(ids.FORM_ASKS)
    async def form_chosen(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)):
            may_decide(await office.rules(reception.where(body)), click.rep)
            await client.views_push(trigger_id=click.trigger, view=form_asks_dialog(click.value, {}))
        await ack()

    @app.view(ids.FORM_ASKS_SAVED)
    async def form_decided(ack: AsyncAck, body: dict[str, Any]) -> None:
        async with saving(reception, ack, body, ids.FORM_WORDS) as answer:
            sent, where = Submission.read(body), reception.where(body)
            words = read_form_words(sent.values)
            form = str(sent.metadata.get("form"))
            answer.view = decided_view(await form_asks(office, where, sent.rep, form, words, sent.view_id))
