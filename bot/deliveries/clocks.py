"""Clocks and dates: what happens when nobody does anything. Each looks at the lead again before it acts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bot.deliveries.desk import Desk, News
from bot.deliveries.overdue import is_asleep, is_overdue, promised
from handlers.flows.news import LEADS_LANE
from handlers.flows.office import LeadErased
from handlers.views.message import sections
from handlers.views.news import overdue_line
from qualification.events import CLOCK
from qualification.stages import come_back
from store.outbox import NewJob
from store.outcomes import Done, Job, Outcome
from store.work import Work

TOLERANCE = timedelta(minutes=1)
"""Our clock and the database's differ a little: a timer that rang is not sent back for that."""
Save = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Clocks:
    """Reminders in time, and leads that come back."""

    desk: Desk

    async def claim(self, job: Job) -> Outcome:
        """Nobody claimed it in time: one line in the thread, and one message to each manager.

        A merge starts this clock anew under the number that stays, so it isn't followed there.
        """
        news = await self.desk.news(job)
        return self._ring(job, news, list(news.rules.setup.managers) if news else [])

    async def touch(self, job: Job) -> Outcome:
        """The owner has not been in touch in time: one line in the thread, and one message to them."""
        news = await self.desk.standing(job)
        owner = news.seen.lead.owner if news else None
        return self._ring(job, news, [owner] if owner else [])

    def _ring(self, job: Job, news: News | None, people: list[str]) -> Outcome:
        """Remind, or ring again later: a snooze pauses the clock."""
        if news is None or not news.events:
            return Done()
        now, due, number = self.desk.office.clock(), promised(news), job.payload["lead"]
        if not is_asleep(news, now) and due <= now + TOLERANCE:
            return Done(self._remind(job, people)) if is_overdue(news, now) else Done()
        due = max(due, news.seen.lead.snoozed_until or due)

        async def again(work: Work) -> None:
            key = f"{job.topic}:{number}:{job.payload['event']}:{int(due.timestamp())}"
            await work.outbox.put_many([NewJob(job.topic, job.payload, dedup=key, due=due)])

        return Done(again)

    async def next_step(self, job: Job) -> Outcome:
        """The day of the next step has come: its owner is told."""
        news = await self.desk.standing(job)
        if news is None or not news.seen.open or not news.events:
            return Done()
        lead = news.seen.lead
        agreed = news.events[0].data.get("next_step_at")
        if lead.owner is None or lead.next_step_at is None or lead.next_step_at.isoformat() != agreed:
            return Done()
        return Done(self._queue_dms(job, [lead.owner], "next_step"))

    async def wake(self, job: Job) -> Outcome:
        """A snooze is over: the card is drawn anew, and its owner is told."""
        news = await self.desk.standing(job)
        if news is None or not news.seen.open:
            return Done()
        lead = news.seen.lead
        if lead.snoozed_until is None or lead.snoozed_until > self.desk.office.clock():
            return Done()

        async def save(work: Work) -> None:
            await work.outbox.put_once("card.redraw", f"card:{lead.number}", lead=lead.number)
            if lead.owner:
                await self._queue_dms(job, [lead.owner], "next_step")(work)

        return Done(save)

    async def back(self, job: Job) -> Outcome:
        """A nurtured or closed lead comes back to the queue on its date."""
        try:
            async with self.desk.office.at_lead(job.workspace, job.payload["lead"]) as at:
                at.step = f"back-{uuid4().hex}"
                await at.record(come_back(at.lead, CLOCK, at.now))
        except LeadErased:
            return Done()  # nobody is left to come back
        return Done()

    def _remind(self, job: Job, people: list[str]) -> Save:
        async def save(work: Work) -> None:
            number, place = job.payload["lead"], job.payload["event"]
            await work.outbox.put(
                "thread.overdue", dedup=f"overdue:{number}:{place}", lane=LEADS_LANE, lead=number, event=place
            )
            await self._queue_dms(job, people, "overdue")(work)

        return save

    def _queue_dms(self, job: Job, people: list[str], about: str) -> Save:
        number, place = job.payload["lead"], job.payload["event"]

        async def save(work: Work) -> None:
            for person in people:
                payload = {"lead": number, "to": person, "about": about, "event": place}
                key = f"dm:{about}:{number}:{place}:{person}"
                await work.outbox.put_many([NewJob("dm.send", payload, dedup=key, lane=f"post:{person}")])

        return save

    async def overdue(self, job: Job) -> Outcome:
        """The line in the thread about a promise that was not kept in time, unless it was meanwhile."""
        news = await self.desk.standing(job)
        if news is None or not is_overdue(news, self.desk.office.clock()):
            return Done()
        async with self.desk.office.store.read(job.workspace) as work:
            card = await work.cards.current(news.seen.lead.number, "card")
        if card is None:
            return Done()
        line = overdue_line(news.seen, mention_group=news.rules.setup.reps_group or None)
        blocks = [block.to_dict() for block in sections([line])]
        await self.desk.slack.post_once(job, card.channel, line, blocks, thread_ts=card.ts)
        return Done()
