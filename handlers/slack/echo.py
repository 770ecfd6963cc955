"""Answers only the person who clicked can see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.details import card_place
from handlers.flows.office import Saved
from handlers.slack.click import Submission
from handlers.slack.opening import in_dialog
from handlers.slack.reception import Reception
from handlers.slack.telling import Say, telling
from handlers.views.echoes import echo_message, spoken
from handlers.views.fields import BadField, note_dialog
from handlers.views.shapes import Misshapen


def to_them(respond: AsyncRespond) -> Say:
    """Say something to the person who clicked, and leave the message they clicked on alone.

    Raises:
        Misshapen: there is no address to answer to, which Slack sends with all but dialogs.
    """
    if not respond.response_url:
        raise Misshapen("Slack did not say where to answer.")

    async def say(words: str) -> object:
        return await respond(text=words, response_type="ephemeral", replace_original=False)

    return say


def to_whoever_clicked(body: Mapping[str, Any], client: AsyncWebClient, respond: AsyncRespond) -> Say:
    """The same wherever they clicked: in a dialog or in Home only another dialog can speak."""
    if body.get("response_url"):
        return to_them(respond)

    async def say(words: str) -> object:
        opener = client.views_push if in_dialog(body) else client.views_open
        return await opener(trigger_id=str(body.get("trigger_id", "")), view=note_dialog("Not done", words))

    return say


async def echo(
    respond: AsyncRespond, saved: Saved, words: str, *, undo: bool = True, back: bool = False
) -> None:
    """Say what was done, with Undo. Nothing was done: nothing is said."""
    if not saved.step:
        return
    shown = echo_message(words, saved.lead, undo=saved.step if undo else None, back=back)
    await respond(text=shown.text, blocks=shown.blocks, response_type="ephemeral", replace_original=False)


async def echo_in_channel(
    reception: Reception,
    client: AsyncWebClient,
    sent: Submission,
    where: str,
    saved: Saved,
    words: str,
    *,
    undo: bool = True,
) -> None:
    """The same after a dialog, which has no address to answer to: where it was opened, or at the card."""
    if not saved.step:
        return
    channel = sent.metadata.get("channel")
    if not channel:
        place = await card_place(reception.office, where, saved.lead.number)
        channel = place[0] if place else (await reception.office.rules(where)).setup.leads_channel
    if not channel:
        return
    shown = echo_message(words, saved.lead, undo=saved.step if undo else None)
    await client.chat_postEphemeral(channel=channel, user=sent.rep, text=shown.text, blocks=shown.blocks)


@dataclass
class Answer:
    """How a saved dialog is answered: by closing it, or by drawing it anew as `view`."""

    view: View | None = None


@asynccontextmanager
async def saving(
    reception: Reception, ack: AsyncAck, body: Mapping[str, Any], field: str
) -> AsyncIterator[Answer]:
    """Save a dialog, then acknowledge; a refusal stands on the field that caused it, else on `field`."""
    answer = Answer()
    block_id = field

    async def on_field(words: str) -> object:
        names = (await reception.office.rules(reception.where(body))).names
        return await ack(response_action="errors", errors={block_id: spoken(words, names)})

    async with telling(on_field) as told:
        try:
            yield answer
        except BadField as bad:
            block_id = bad.block_id
            raise
    if told.refused:
        return
    if answer.view is not None:
        await ack(response_action="update", view=answer.view)
    else:
        await ack()
