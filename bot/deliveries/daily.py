"""What happens once a day: cards redrawn where time changed them, the morning's digest, the sweep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.deliveries.desk import Desk
from handlers.flows.forget import forget_the_old
from handlers.views.lead_card import digest_card
from qualification.masking import as_shown
from store.cron import WORKDAYS, Rule, ensure_cron
from store.house import Card
from store.outbox import NewJob
from store.outcomes import Done, Job, Outcome
from store.same_person import SAME, older_of
from store.work import Work

NIGHT_LANE = "redraw:night"
"""Its own lane: a thousand redraws go at a pace Slack allows, and no click waits for them."""
PAGE = 200
MORNING = time(9)


async def plan_days(work: Work, zone: str) -> None:
    """See that tomorrow's occurrences are planned; called at every start."""
    await ensure_cron(work, "scores.lower", Rule(time(2), zone))
    # Once, at the first start that knows of this: rows from before say nothing close.
    await work.outbox.put("scores.first", dedup="scores.first")
    await ensure_cron(work, "cards.nightly", Rule(time(3), zone))
    await ensure_cron(work, "house.sweep", Rule(time(4), zone))
    await ensure_cron(work, "retention.nightly", Rule(time(4, 30), zone))
    await ensure_cron(work, "leads.morning", Rule(MORNING, zone, WORKDAYS))
    await ensure_cron(work, "kpi.digests", Rule(MORNING, zone))


@dataclass(frozen=True, slots=True)
class Daily:
    """Deliveries of the daily occurrences."""

    desk: Desk

    async def redraw_cards(self, job: Job) -> Outcome:
        """Ask for a redraw of every card of an open lead; one that shows the same sends nothing."""
        after, wanted = 0, []
        async with self.desk.office.store.read(job.workspace) as work:
            while cards := await work.cards.showing("card", after, PAGE):
                after = cards[-1].id
                for lead in await work.lists.open_of([card.lead for card in cards]):
                    # Not the redraw itself: a click's would join it and wait behind the whole night.
                    key = f"card.refresh:{lead}"
                    wanted.append(NewJob("card.refresh", {"lead": lead}, once=key, lane=NIGHT_LANE))

        async def save(work: Work) -> None:
            await work.outbox.put_many(wanted)

        return Done(save)

    async def redraw_for_privacy(self, job: Job) -> Outcome:
        """A channel shows more or less from now on: everything of ours in it is drawn anew."""
        wanted: list[NewJob] = []
        async with self.desk.office.store.read(job.workspace) as work:
            for kind in ("card", "alert", SAME):
                after = 0
                while cards := await work.cards.showing(kind, after, PAGE):
                    after = cards[-1].id
                    wanted += [_redraw(card) for card in cards]

        async def save(work: Work) -> None:
            await work.outbox.put_many(wanted)

        return Done(save)

    async def redraw_card(self, job: Job) -> Outcome:
        """It is this card's turn: the same redraw as after a click, so that the two never cross."""
        lead = job.payload["lead"]

        async def save(work: Work) -> None:
            await work.outbox.put_once("card.redraw", f"card:{lead}", lead=lead)

        return Done(save)

    async def morning(self, job: Job) -> Outcome:
        """New leads that are no MQL get no card of their own: one message a morning names them."""
        office = self.desk.office
        rules = await office.rules(job.workspace)
        since = _morning_before(date.fromisoformat(job.payload["date"]), rules.setup.zone)
        async with office.store.read(job.workspace) as work:
            fresh = await work.lists.new_without_card(since, office.clock(), rules.definition, limit=5)
            count = await work.lists.count_without_card(since)
        if not count:
            return Done()
        channel = await self.desk.slack.channel(rules.setup.leads_channel)
        level = rules.level(channel)
        best = [as_shown(rules.see(lead, office.clock()), level) for lead in fresh]
        shown = digest_card(count, best=best)
        await self.desk.slack.post_once(job, channel, shown.text, shown.blocks)
        return Done()

    async def sweep(self, job: Job) -> Outcome:
        """Forget what is of no use any more; Slack need not answer for that."""
        await forget_the_old(self.desk.office, job.workspace)

        async def save(work: Work) -> None:
            await work.outbox.put_once("erase.forget", "erase.forget")

        return Done(save)


def _redraw(card: Card) -> NewJob:
    if not card.kind.startswith(SAME):
        return NewJob(f"{card.kind}.redraw", {"lead": card.lead}, once=f"{card.kind}:{card.lead}")
    older, newer = older_of(card.kind), card.lead
    return NewJob("person.redraw", {"older": older, "newer": newer}, once=f"person:{older}:{newer}")


def _morning_before(day: date, zone: ZoneInfo) -> datetime:
    """When the last morning's message was due: on a Monday, Friday's."""
    before = day - timedelta(days=1)
    while before.weekday() not in WORKDAYS:
        before -= timedelta(days=1)
    return datetime.combine(before, MORNING, zone)
