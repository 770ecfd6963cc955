"""The Qualify button and its dialog: open, show the effect of each choice, save."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.qualify import Dialog, Stale, is_new, marks, open_dialog, preview_call, save_qualify
from handlers.slack.after import after_dialog
from handlers.slack.click import Click, Submission
from handlers.slack.details import update_open
from handlers.slack.echo import saving, to_whoever_clicked
from handlers.slack.opening import carried, in_dialog
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.echoes import qualified_words
from handlers.views.fields import BadField
from handlers.views.qualify_changes import change_lines
from handlers.views.qualify_dialog import qualify_dialog, read_qualify
from handlers.views.shapes import reading
from qualification.masking import Level
from qualification.qualify import Call

TWO_YEARS = timedelta(days=730)


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Qualify and what happens in its dialog."""
    office = reception.office

    @app.action(ids.QUALIFY)
    async def qualify_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            where = reception.where(body)

            async def view() -> View:
                rules = await office.rules(where)
                dialog = await open_dialog(office, where, click.number, click.rep)
                place = carried(body)
                level = rules.level(str(place.get("channel") or ""), click.rep)
                return drawn(dialog, level, opened={**opened_on(dialog), **place})

            await reception.open_dialog(client, click.trigger, "Qualify", view(), push=in_dialog(body))
        await ack()

    @app.action(re.compile(re.escape(ids.QUALIFY_PREFIX)))
    async def choice_made(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with telling(unheard):
            chosen = Submission.read(body)
            rules = await office.rules(reception.where(body))
            call = read_qualify(chosen.values, rules.setup.zone)
            dialog = await preview_call(office, reception.where(body), chosen.number, chosen.rep, call)
            level = rules.level(str(chosen.metadata.get("channel") or ""), chosen.rep)
            view = drawn(dialog, level, typed=call, opened=dict(chosen.metadata))
            # Without the hash: a rep is faster than a round trip, the second of two quick choices would come
            # with a stale one, and what was typed survives an update anyway.
            reception.errand(update_open(client, chosen.view_id, view))
        await ack()

    @app.view(ids.QUALIFY_SAVED)
    async def qualify_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.QUALIFY_NOTES) as answer:
            sent, where = Submission.read(body), reception.where(body)
            rules = await office.rules(where)
            call = read_qualify(sent.values, rules.setup.zone)
            before = {str(k): str(v) for k, v in dict(sent.metadata.get("marks") or {}).items()}
            if call.next_step_at and is_new(call, before, "next_step_at"):
                in_reach(call.next_step_at, office.clock(), rules.setup.zone)
            with reading():
                revision = int(sent.metadata["revision"])
            try:
                saved = await save_qualify(office, where, sent.number, sent.rep, call, revision, before)
            except Stale as stale:
                revision = stale.now.seen.lead.revision
                opened = {**sent.metadata, "revision": revision, "marks": dict(stale.opened_on)}
                changed = change_lines(stale.changed, stale.now.seen, rules.names)
                level = rules.level(str(sent.metadata.get("channel") or ""), sent.rep)
                answer.view = drawn(stale.now, level, typed=stale.call, changed=changed, opened=opened)
            else:
                words = qualified_words(rules.see(saved.lead, office.clock()), sent.rep, rules.names)
                after_dialog(reception, client, sent, where, saved, words)


def opened_on(dialog: Dialog) -> dict[str, Any]:
    """The revision and contents a dialog was opened on, so that a stale save is noticed."""
    lead = dialog.seen.lead
    return {"revision": lead.revision, "marks": marks(lead)}


def drawn(
    dialog: Dialog,
    level: Level,
    typed: Call | None = None,
    changed: tuple[str, ...] = (),
    opened: dict[str, Any] | None = None,
) -> View:
    """The dialog; `opened` keeps what it was first opened on, and where."""
    opened = opened or opened_on(dialog)
    return qualify_dialog(
        dialog.preview,
        dialog.seen,
        revision=int(opened["revision"]),
        metadata=opened,
        changed=changed,
        typed=typed,
        level=level,
    )


async def unheard(words: str) -> None:
    """A preview that fails has nobody to tell: the dialog stands, and saving says what is wrong."""


def in_reach(day: datetime, now: datetime, zone: ZoneInfo) -> None:
    """A next step lies between today and two years ahead.

    Raises:
        BadField: it does not.
    """
    if not now.astimezone(zone).date() <= day.astimezone(zone).date() <= (now + TWO_YEARS).date():
        raise BadField(ids.QUALIFY_NEXT_STEP_DATE, "Choose a day from today on, at most two years ahead.")
