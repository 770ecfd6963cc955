"""**Replay** and **Retry** under `/lead health`: what came of it stands in the same message."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.house_state import must_run_it
from handlers.flows.repair import Went, how_it_went, replay_job, see_repairs
from handlers.slack.click import Click
from handlers.slack.echo import to_them
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.health import health_message
from handlers.views.message import Message
from qualification.errors import Refused

LOOKS = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
"""Seconds between looks at what became of a job: mostly it is done at the first."""


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for both buttons."""
    _replays(app, reception)
    _retries(app, reception)


async def draw_health(reception: Reception, where: str, person: str, notice: str = "") -> Message:
    """The answer to `/lead health`; refused to all but admins."""
    zone = (await reception.office.rules(where)).setup.zone
    return health_message(await see_repairs(reception.office, where, person), zone, notice)


def _replays(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.REPLAY_JOB)
    async def replayed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            notice, tried = "*It is being tried again…*", True
            try:
                await replay_job(office, where, click.rep, click.number)
            except Refused as no:
                await must_run_it(office, where, click.rep)
                notice, tried = str(no), False
            await _show(respond, await draw_health(reception, where, click.rep, notice))
            if tried:
                reception.errand(_follow(reception, respond, where, click.rep, click.number))
        await ack()


async def _follow(reception: Reception, respond: AsyncRespond, where: str, person: str, job: int) -> None:
    """Say in the same message how it ended, if it does soon."""
    went = Went.WAITS
    for pause in LOOKS:
        went = await how_it_went(reception.office, where, job)
        if went is not Went.WAITS:
            break
        await asyncio.sleep(pause)
    said = {
        Went.DONE: "*Done.* It went through this time.",
        Went.DEAD: "*It failed again*, for the reason below.",
        Went.WAITS: "*Still being tried.* `/lead health` says how it goes on.",
    }
    await _show(respond, await draw_health(reception, where, person, said[went]))


def _retries(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.RETRY_KEPT)
    async def retried(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click, where = Click.read(body), reception.where(body)
            await must_run_it(office, where, click.rep)
            notice = await reception.retry(where, click.number)
            await _show(respond, await draw_health(reception, where, click.rep, notice))
        await ack()


async def _show(respond: AsyncRespond, shown: Message) -> None:
    await respond(text=shown.text, blocks=shown.blocks, response_type="ephemeral", replace_original=True)
