"""Type in a lead: the dialog of `/lead new`, of the shortcut "New lead", and of "Make this a lead"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.new_lead import TakenIn, hand_in
from handlers.flows.office import Rules
from handlers.http.lead_body import Reader, read_lead
from handlers.http.told import BadBody
from handlers.slack.click import Submission
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.fields import BadField, note_dialog
from handlers.views.new_lead_dialog import (
    field_of,
    new_lead_dialog,
    read_new_lead,
    saved_dialog,
    takes_it,
)
from handlers.views.shapes import reading
from qualification.arrival import NewLead
from qualification.guess import Guess


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the shortcut and the saved dialog."""
    office = reception.office

    @app.shortcut(ids.NEW_LEAD)
    async def new_lead_chosen(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            where = reception.where(body)
            await open_new_lead(reception, client, where, str(body.get("trigger_id") or ""))
        await ack()

    @app.view(ids.NEW_LEAD_SAVED)
    async def new_lead_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async def say(words: str) -> object:
            return await ack(response_action="errors", errors={ids.NEW_NAME: words})

        async with telling(say) as told:
            sent = Submission.read(body)
            where = reception.where(body)
            try:
                new = submission(sent, await office.rules(where), office.clock())
            except BadBody as bad:
                errors = {field_of(mistake.path): mistake.message for mistake in bad.mistakes}
                await ack(response_action="errors", errors=errors)
                return
            except BadField as bad_field:
                await ack(response_action="errors", errors={bad_field.block_id: str(bad_field)})
                return
            mine = takes_it(sent.values)
            taken = await hand_in(office, where, new, sent.rep if mine else None)
            if taken.verdict.status == "created" and sent.metadata.get("ts"):
                reception.errand(reply(client, sent.metadata, taken, sent.rep))
            await ack(response_action="update", view=answer(taken, sent.rep, mine))
        if told.refused:
            return


async def open_new_lead(
    reception: Reception, client: AsyncWebClient, where: str, trigger: str, name: str = ""
) -> None:
    """Open the empty dialog; the moment of opening is the lead's, so that saving twice saves once."""

    async def view() -> View:
        rules = await reception.office.rules(where)
        metadata = {"at": reception.office.clock().isoformat()}
        return new_lead_dialog(rules.definition, metadata=metadata, guess=Guess(name=name or None))

    await reception.open_dialog(client, trigger, "New lead", view())


def submission(sent: Submission, rules: Rules, now: datetime) -> NewLead:
    """What was typed, read as strictly as a form's.

    Raises:
        BadField, BadBody: what has to be set right first.
    """
    body = read_new_lead(sent.values)
    body["occurred_at"] = _moment(sent.metadata, now)
    if link := sent.metadata.get("link"):
        body["slack_message"] = link
    reader = Reader(rules.definition, rules.setup.country, rules.setup.zone, now, f"slack:{sent.rep}")
    return read_lead(body, reader)


def _moment(metadata: Mapping[str, Any], now: datetime) -> str:
    """When it happened: when the message was written, else when the dialog was opened."""
    if ts := metadata.get("ts"):
        return datetime.fromtimestamp(float(ts), UTC).isoformat()
    return str(metadata.get("at") or now.isoformat())


def answer(taken: TakenIn, rep: str, mine: bool) -> View:
    """What became of it, in the dialog's place."""
    if taken.seen is None:
        return note_dialog("Not a lead yet", " ".join(f"{reason}." for reason in taken.verdict.reasons))
    return saved_dialog(taken.seen, taken.verdict.status, rep, mine)


async def reply(client: AsyncWebClient, metadata: Mapping[str, Any], taken: TakenIn, rep: str) -> None:
    """Say under the message which lead it became. A number only: who reads there may not know them."""
    if taken.seen is not None:
        words = f"{taken.seen.lead.name}: <@{rep}> made this a lead."
        with reading():
            thread, channel = metadata.get("thread") or metadata["ts"], metadata["channel"]
        await client.chat_postMessage(channel=channel, thread_ts=thread, text=words)
