"""Follow the scores as time takes from them: only of open leads, and only of those where it took a point."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.deliveries.desk import Desk
from qualification.scoring import score
from store.outcomes import Done, Job, Outcome

PAGE = 100
PAUSE = 0.05
"""Seconds between two pages: whoever clicks or hands in leads goes first."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Deliveries of what keeps lists quick. They are right without it (`LeadLists._best`)."""

    desk: Desk

    async def lower(self, job: Job) -> Outcome:
        """Write anew how high each score can still be. Killed in between, it goes on where it stopped."""
        office = self.desk.office
        definition, now = (await office.rules(job.workspace)).definition, office.clock()
        while True:
            async with office.store.read(job.workspace) as work:
                fallen = await work.lists.fallen(now, PAGE)
            shown = [(lead, score(lead, definition, now)) for lead in fallen]
            async with office.store.begin(job.workspace, alone=True) as work:
                await work.lists.lower([(lead, of.most, of.falls_at) for lead, of in shown])
            if len(fallen) < PAGE:
                return Done()
            await asyncio.sleep(PAUSE)
