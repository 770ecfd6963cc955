"""What every Slack listener is given: the office, whose workspace it is, and errands to run after the ack."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.office import Office
from handlers.slack.trouble import SLACKS_OWN, trouble
from handlers.views.fields import loading_dialog, note_dialog
from handlers.views.shapes import Misshapen
from qualification.errors import Refused, fault
from store.signs import DatabaseAway

PATIENCE = 0.3
"""Seconds to wait for a dialog's data before a loading dialog opens in its place (a trigger lives three)."""
ERRANDS_AT_ONCE = 8
"""In a rush the clicks that people wait for come before what is said about those that are saved."""
log = logging.getLogger("greenlight.slack")


class Reception:
    """Shared by all listeners.

    Args:
        where: The workspace this installation serves.
        team: Gives Slack's id of that workspace, or None before Slack told us.
        session: Open connections for answers, so that each need not open its own.
        let_by: Waits while people are waiting for others' clicks.
        retry: Takes a submission in again that was kept aside, by workspace and number, and says in
            mrkdwn what came of it.
    """

    def __init__(
        self,
        office: Office,
        where: str,
        team: Callable[[], str | None],
        session: ClientSession,
        let_by: Callable[[], Awaitable[None]],
        retry: Callable[[str, int], Awaitable[str]],
    ) -> None:
        self.office = office
        self.session = session
        self.retry = retry
        self._let_by = let_by
        self._where = where
        self._team = team
        self._errands: set[asyncio.Task[Any]] = set()
        self._turns = asyncio.Semaphore(ERRANDS_AT_ONCE)

    def where(self, body: Mapping[str, Any]) -> str:
        """The workspace a payload speaks for.

        Raises:
            Refused: it comes from another team than the one the app is installed in.
        """
        team = (body.get("team") or {}).get("id") or body.get("team_id")
        known = self._team()
        if known and team and team != known:
            raise Refused("Greenlight is installed in another workspace, so nothing was changed here.")
        return self._where

    def errand(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something after the ack that nobody waits for and that may fail: it is logged, never raised."""
        task = asyncio.get_running_loop().create_task(self._run(work))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await self._let_by()
            async with self._turns:
                await work
        except (*SLACKS_OWN, DatabaseAway, Misshapen) as passing:
            log.warning("an errand after a click failed: %s", trouble(passing))
        except Exception as failure:
            log.error("an errand after a click broke: %s", fault(failure))

    async def finish_errands(self, grace: float = 5.0) -> None:
        """Wait for what is under way, for a graceful stop."""
        if self._errands:
            await asyncio.wait(self._errands, timeout=grace)

    async def open_dialog(
        self, client: AsyncWebClient, trigger: str, title: str, view: Awaitable[Any], *, push: bool = False
    ) -> None:
        """Open a dialog complete when its data is there in time, else as a loading one that fills itself.

        Raises:
            Refused: what `view` refuses, when it does so in time.
        """
        task = asyncio.ensure_future(view)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        opener = client.views_push if push else client.views_open
        if done:
            await opener(trigger_id=trigger, view=task.result())
            return
        opened = await opener(trigger_id=trigger, view=loading_dialog(title))
        self.errand(_fill(client, opened["view"]["id"], task))


async def _fill(client: AsyncWebClient, view_id: str, view: Awaitable[Any]) -> None:
    try:
        filled = await view
    except Refused as no:
        filled = note_dialog("Not possible", str(no))
    await client.views_update(view_id=view_id, view=filled)
