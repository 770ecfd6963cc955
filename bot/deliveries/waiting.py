"""A form's submissions taken in after somebody said that it asks, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deliveries.desk import Desk
from handlers.flows.waiting import Decision, decide_page, decision, forget_decision
from handlers.views.waiting import decided_message, decided_view
from store.outcomes import Dead, Done, Job, Outcome
from store.work import Work


@dataclass(frozen=True, slots=True)
class WaitingDeliveries:
    """Decides page by page, and tells whoever decided."""

    desk: Desk

    async def decide(self, job: Job) -> Outcome:
        """One page; the one after it is planned with it."""

        async def save(work: Work) -> None:
            await decide_page(work, self.desk.office, str(job.payload["form"]), str(job.payload["run"]))

        return Done(save)

    async def progress(self, job: Job) -> Outcome:
        """How far it is, in the dialog; its end as a message, where the dialog was closed meanwhile."""
        key = str(job.payload["form"])
        async with self.desk.office.store.read(job.workspace) as work:
            now = await decision(work, key)
        if now is None:
            return Done()
        open_still = await self._drawn(now)
        if not now.ended:
            return Done()
        if not open_still:
            said = decided_message(now)
            await self.desk.slack.post_once(job, now.by, said.text, said.blocks)
        run = now.run

        async def save(work: Work) -> None:
            await forget_decision(work, key, run)

        return Done(save)

    async def _drawn(self, now: Decision) -> bool:
        """Whether the dialog was still there to be drawn."""
        if not now.view:
            return False
        client = self.desk.slack.client
        try:
            await self.desk.slack.call(client.views_update(view_id=now.view, view=decided_view(now)))
        except Dead:
            return False
        return True
