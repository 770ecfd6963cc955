"""`/kpi`: numbers for the person who asks, with Share and How is this counted?"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.kpi import Told, ask, remember_no_charts
from handlers.flows.kpi_asking import AskBack
from handlers.flows.office import Office
from handlers.flows.shared_once import share_once, was_not_shared
from handlers.slack.click import Click
from handlers.slack.echo import to_them
from handlers.slack.reception import Reception
from handlers.slack.telling import Say, telling
from handlers.slack.trouble import SLACKS_OWN, trouble
from handlers.views import ids
from handlers.views.kpi_answer import without_chart
from handlers.views.kpi_ask_back import ask_back
from handlers.views.kpi_method import help_message, method_dialog
from handlers.views.kpi_told import drawn
from handlers.views.message import Message
from qualification.errors import Refused
from qualification.kpi_schedule import is_wish

PATIENCE = 30.0
"""Seconds an answer may take: it comes by response_url, which nobody's click waits for."""
TOO_SLOW = "That takes longer than it should. Please ask for a shorter period, like `30d`."
BROKEN = "I could not count that just now. Please try again in a moment."
log = logging.getLogger("greenlight.slack")


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the command and the buttons of its answers."""
    office = reception.office

    @app.command("/kpi", matchers=[_is_a_question])
    async def asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            text, user, where = (
                str(body.get("text") or "").strip(),
                str(body["user_id"]),
                reception.where(body),
            )
            reception.errand(in_time(_answered(office, respond, where, text, user), to_them(respond)))
        await ack()

    @app.action(re.compile(re.escape(ids.KPI_READING)))
    async def reading_chosen(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            work = _answered(office, respond, where, click.value, click.rep)
            reception.errand(in_time(work, to_them(respond)))
        await ack()

    @app.action(ids.KPI_SHARE)
    async def share_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            shown = f"{click.channel}:{click.ts or click.trigger}"
            if await share_once(office, where, click.rep, shown):

                async def failed() -> None:
                    await was_not_shared(office, where, click.rep, shown)

                work = _show_to_all(office, respond, where, click)
                reception.errand(in_time(work, to_them(respond), failed))
        await ack()

    @app.action(ids.KPI_METHOD)
    async def method_asked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)

            async def view() -> View:
                return method_dialog((await ask(office, where, click.value, click.rep)).answer)

            await reception.open_dialog(client, click.trigger, "How is this counted?", view())
        await ack()


async def _is_a_question(body: dict[str, Any]) -> bool:
    text = str(body.get("text") or "")
    words = text.lower().split()
    others = (["spend"], ["key"], ["schedules"])
    return words[:1] not in others and words[:2] != ["benchmark", "edit"] and not is_wish(text)


async def _answered(office: Office, respond: AsyncRespond, where: str, text: str, user: str) -> None:
    if text.lower() in ("help", "?"):
        told = help_message()
        await respond(text=told.text, blocks=told.blocks, response_type="ephemeral")
        return
    try:
        told_now = await ask(office, where, text, user)
    except AskBack as unsure:
        await _ask_back(respond, unsure)
        return
    await _send(office, respond, where, told_now, told_now.asked, user, public=told_now.question.share)


async def _show_to_all(office: Office, respond: AsyncRespond, where: str, click: Click) -> None:
    told = await ask(office, where, click.value, click.rep)
    await _send(office, respond, where, told, click.value, click.rep, public=True)


async def _send(
    office: Office, respond: AsyncRespond, where: str, told: Told, asked: str, user: str, *, public: bool
) -> None:
    shown = drawn(told, asked, shared_by=user if public else None)
    if not await _post(respond, shown, public=public) and told.charts:
        # Not every workspace takes charts yet, and a refused block takes the whole message with it.
        if await _post(respond, without_chart(shown), public=public):
            await remember_no_charts(office, where)
        else:
            raise RuntimeError("the answer was refused, also without its chart")


async def _ask_back(respond: AsyncRespond, unsure: AskBack) -> None:
    choices = [(one.says, one.asked) for one in unsure.choices]
    told = ask_back(unsure.why, choices)
    await respond(text=told.text, blocks=told.blocks, response_type="ephemeral", replace_original=False)


async def _post(respond: AsyncRespond, told: Message, *, public: bool) -> bool:
    kind = "in_channel" if public else "ephemeral"
    answer = await respond(text=told.text, blocks=told.blocks, response_type=kind, replace_original=False)
    return bool(answer.status_code == 200)


async def in_time(
    work: Coroutine[Any, Any, None], say: Say, failed: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Do it within PATIENCE; what goes wrong is said to the person."""
    try:
        async with asyncio.timeout(PATIENCE):
            await work
        return
    except Refused as no:
        words = str(no)
    except TimeoutError:
        words = TOO_SLOW
    except SLACKS_OWN as passing:
        log.warning("a number could not be told: %s", trouble(passing))
        words = BROKEN
    except Exception as failure:
        log.error("a number could not be told: %s", trouble(failure))
        words = BROKEN
    if failed is not None:
        await failed()
    await say(words)
