"""**Schedule** on an answer, `/kpi … schedule weekly #channel`, and `/kpi schedules`."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.kpi_schedule import every_of, schedule, schedules, stop
from handlers.slack.click import Click, Submission
from handlers.slack.echo import saving, to_them, to_whoever_clicked
from handlers.slack.opening import in_dialog
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.fields import chosen, note_dialog
from handlers.views.kpi_schedule import (
    schedule_dialog,
    scheduled_words,
    schedules_dialog,
    schedules_message,
)
from handlers.views.shapes import reading
from qualification.kpi_schedule import Wish, is_wish, parse_wish


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the words, the buttons and the dialog."""
    _typed(app, reception)
    _asked(app, reception)
    _listed(app, reception)


def _typed(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.command("/kpi", matchers=[_is_wish])
    async def wished(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        say = to_them(respond)
        async with telling(say):
            wish = parse_wish(str(body.get("text") or "").strip())
            here = str(body.get("channel_id") or "")
            made = await schedule(office, reception.where(body), wish, str(body["user_id"]), here)
            reception.errand(_said(respond, scheduled_words(made.schedule, new=made.new)))
        await ack()

    @app.command("/kpi", matchers=[_is_list])
    async def listed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            found = await schedules(office, reception.where(body), str(body["user_id"]))
            told = schedules_message(found)
            reception.errand(_shown(respond, told.text, told.blocks, replace=False))
        await ack()


def _asked(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.KPI_SCHEDULE)
    async def pressed(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            # Whoever may not schedule hears it before they fill in anything.
            await schedules(office, where, click.rep)
            channel = click.channel if click.channel and click.channel[:1] in "CG" else None

            async def view() -> View:
                return schedule_dialog(click.value, channel)

            await reception.open_dialog(client, click.trigger, "Schedule", view())
        await ack()

    @app.view(ids.KPI_SCHEDULE_SAVED)
    async def saved(ack: AsyncAck, body: dict[str, Any]) -> None:
        async with saving(reception, ack, body, ids.SCHEDULE_EVERY) as answer:
            sent = Submission.read(body)
            with reading():
                picked = sent.values.get(ids.SCHEDULE_CHANNEL, {}).get(ids.SCHEDULE_CHANNEL, {})
                channel = str(picked.get("selected_conversation") or "")
            every = every_of(chosen(sent.values, ids.SCHEDULE_EVERY) or "weekly")
            wish = Wish(str(sent.metadata.get("asked") or ""), every, channel)
            made = await schedule(office, reception.where(body), wish, sent.rep, "")
            answer.view = note_dialog("Schedule", scheduled_words(made.schedule, new=made.new))


def _listed(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.KPI_SCHEDULES)
    async def opened(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)

            async def view() -> View:
                return schedules_dialog(await schedules(office, where, click.rep))

            await reception.open_dialog(client, click.trigger, "Scheduled numbers", view())
        await ack()

    @app.action(ids.KPI_STOP)
    async def stopped(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await stop(office, where, click.number, click.rep)
            left = await schedules(office, where, click.rep)
            if in_dialog(body):
                view = Submission.read(body).view_id
                reception.errand(client.views_update(view_id=view, view=schedules_dialog(left)))
            else:
                told = schedules_message(left)
                reception.errand(_shown(respond, told.text, told.blocks, replace=True))
        await ack()


async def _said(respond: AsyncRespond, words: str) -> None:
    await respond(text=words, response_type="ephemeral", replace_original=False)


async def _shown(respond: AsyncRespond, text: str, blocks: list[dict[str, Any]], *, replace: bool) -> None:
    await respond(text=text, blocks=blocks, response_type="ephemeral", replace_original=replace)


async def _is_wish(body: dict[str, Any]) -> bool:
    return is_wish(str(body.get("text") or "").strip())


async def _is_list(body: dict[str, Any]) -> bool:
    return str(body.get("text") or "").lower().split()[:1] == ["schedules"]
