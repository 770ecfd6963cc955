"""Same person? Merge, Keep apart, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.merge import Merged, merge_leads, split_leads, what_to_ask
from handlers.flows.office import Saved
from handlers.flows.same_person import keep_apart, undo_merge
from handlers.slack.after import after_click, after_dialog
from handlers.slack.click import Click, Submission, lead_number
from handlers.slack.echo import saving, to_whoever_clicked
from handlers.slack.opening import carried, in_dialog
from handlers.slack.reception import Reception
from handlers.slack.shown import level_here
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.same_person import merge_dialog, merged_words, read_choice, split_echo, split_words


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the answers, in the thread and in Details, and for the ways back."""
    _answers(app, reception)

    @app.action(ids.SPLIT)
    async def undo_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            number, step = _merge_of(click)
            split = await undo_merge(reception.office, reception.where(body), number, step, click.rep)
            _said(reception, client, respond, body, split, split_words(split.saved.lead.number, split.other))
        await ack()

    @app.action(ids.SPLIT_AGAIN)
    async def split_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            number, step = _merge_of(click)
            split = await split_leads(reception.office, where, number, step, click.rep, for_good=True)
            _said(reception, client, respond, body, split, split_words(split.saved.lead.number, split.other))
        await ack()


def _answers(app: AsyncApp, reception: Reception) -> None:
    @app.action(ids.MERGE)
    async def merge_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click = Click.read(body)
            (older, newer), where = _pair_of(click), reception.where(body)
            asked = await what_to_ask(reception.office, where, older, newer)
            if asked:
                place = carried(body)
                level = await level_here(reception.office, where, place.get("channel"), click.rep)
                view = merge_dialog(older, newer, asked, place, level)
                opener = client.views_push if in_dialog(body) else client.views_open
                await opener(trigger_id=click.trigger, view=view)
            else:
                merged = await merge_leads(reception.office, where, older, newer, click.rep)
                words = merged_words(merged.saved.lead, [merged.other])
                _said(reception, client, respond, body, merged, words)
        await ack()

    @app.view(ids.MERGE_SAVED)
    async def merge_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        sent = Submission.read(body)
        async with saving(reception, ack, body, next(iter(sent.values), ids.MERGE_FIELD)):
            where, newer = reception.where(body), lead_number(str(sent.metadata.get("newer", "")))
            choice = read_choice(sent.values)
            merged = await merge_leads(reception.office, where, sent.number, newer, sent.rep, choice)
            lead = merged.saved.lead
            undo = f" To take it back within ten minutes: `/lead {lead.name} undo`."
            words = merged_words(lead, [merged.other]) + undo
            after_dialog(reception, client, sent, where, merged.saved, words, undo=False)

    @app.action(ids.KEEP_APART)
    async def apart_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            older, newer = _pair_of(click)
            await keep_apart(reception.office, where, older, newer, click.rep)
            if in_dialog(body):  # in the thread the question itself says so
                seen = await reception.office.look(where, newer)
                after_click(reception, client, respond, body, Saved(seen.lead, ""), "")
        await ack()


def _said(
    reception: Reception,
    client: AsyncWebClient,
    respond: AsyncRespond,
    body: Mapping[str, Any],
    merged: Merged,
    words: str,
) -> None:
    """Say what was done, with Undo after a merge; in Details it shows."""
    saved = merged.saved
    if in_dialog(body) or (body.get("container") or {}).get("is_ephemeral"):
        after_click(reception, client, respond, body, saved, words)
    elif saved.step and saved.lead.merged and merged.other in saved.lead.merged:
        shown = split_echo(words, saved.lead.number, saved.step)
        reception.errand(
            respond(text=shown.text, blocks=shown.blocks, response_type="ephemeral", replace_original=False)
        )


def _pair_of(click: Click) -> tuple[int, int]:
    older, _, newer = click.value.partition(":")
    return lead_number(older), lead_number(newer)


def _merge_of(click: Click) -> tuple[int, str]:
    number, _, step = click.value.partition(":")
    return lead_number(number), step
