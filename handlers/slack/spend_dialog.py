"""`/kpi spend`: the dialog that takes what a campaign cost."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.office import Office
from handlers.flows.spend import SpendSaved, WrongDays, cost_now, save_spend, spend_form
from handlers.slack.click import Submission
from handlers.slack.echo import saving, to_them
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.fields import BadField
from handlers.views.spend_dialog import read_spend, spend_dialog, spend_saved

_FIELDS = {"from": ids.SPEND_FROM, "to": ids.SPEND_TO}


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the command's word and for the dialog."""
    office = reception.office

    @app.command("/kpi", matchers=[_is_spend])
    async def spend_asked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_them(respond)):
            where, user = reception.where(body), str(body["user_id"])

            async def view() -> View:
                form = await spend_form(office, where, user)
                return spend_dialog(
                    form.campaigns, start=form.start, end=form.end, currency=form.currency, metadata={}
                )

            await reception.open_dialog(client, str(body.get("trigger_id") or ""), "Spend", view())
        await ack()

    @app.view(ids.SPEND_SAVED)
    async def spend_sent(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.SPEND_AMOUNT) as answer:
            sent, where = Submission.read(body), reception.where(body)
            form = await spend_form(office, where, sent.rep)
            row = read_spend(sent.values, form.campaigns, form.currency)
            try:
                saved = await save_spend(office, where, sent.rep, row)
            except WrongDays as wrong:
                raise BadField(_FIELDS[wrong.field], str(wrong)) from wrong
            reception.errand(_tell_meaning(client, office, where, sent.view_id, saved))
            answer.view = _drawn(saved, "")


def _drawn(saved: SpendSaved, meaning: str) -> View:
    return spend_saved(saved.row, replaced=saved.replaced, overlapping=saved.overlapping, meaning=meaning)


async def _tell_meaning(
    client: AsyncWebClient, office: Office, where: str, view_id: str, saved: SpendSaved
) -> None:
    """What a lead costs now, once it is counted: the save doesn't wait for it."""
    meaning = await cost_now(office, where, saved.row)
    await client.views_update(view_id=view_id, view=_drawn(saved, meaning))


async def _is_spend(body: dict[str, Any]) -> bool:
    return str(body.get("text") or "").lower().split()[:1] == ["spend"]
