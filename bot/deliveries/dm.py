"""Direct messages to the one person something concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.deliveries.desk import Desk, News
from bot.deliveries.ops import UNREACHABLE
from bot.deliveries.overdue import is_overdue, promised
from handlers.flows.erase import erased_meanwhile
from handlers.views.direct_messages import (
    came_back_dm,
    customer_dm,
    handed_over_dm,
    merged_dm,
    new_inquiry_dm,
    next_step_dm,
    reassigned_dm,
    reminder_dm,
    sent_back_dm,
    split_dm,
    taken_back_dm,
)
from handlers.views.message import Message
from qualification.lead import Stage
from qualification.masking import as_shown, masked_text
from store.outcomes import Dead, Done, Job, Outcome
from store.work import Work


@dataclass(frozen=True, slots=True)
class DirectMessages:
    """Tells one person, with the buttons to act at once."""

    desk: Desk

    async def send(self, job: Job) -> Outcome:
        """Drawn at send time. What no longer holds (sent back again, taken by somebody) is not said."""
        of_a_promise = job.payload["about"] in ("overdue", "next_step")
        news = await (self.desk.standing(job) if of_a_promise else self.desk.news(job))
        if news is None or news.seen.lead.erased or not news.events:
            return Done()
        said = await self._words(job, news)
        if said is None:
            return Done()
        channel, ts = job.payload["to"], ""
        try:
            channel, ts = await self.desk.slack.post_once(job, channel, said.text, said.blocks)
        except Dead as dead:
            if dead.reason in UNREACHABLE:
                return self._somebody_else_hears(job)
            raise

        async def save(work: Work) -> None:
            number = news.seen.lead.number
            await work.cards.posted(number, "dm", channel, ts, "", self.desk.office.clock())
            await erased_meanwhile(work, number, ts)

        return Done(save)

    def _somebody_else_hears(self, job: Job) -> Outcome:
        """Who left can't be told: once per person and lead, those who can reassign it are."""
        number, person = job.payload["lead"], job.payload["to"]

        async def save(work: Work) -> None:
            await work.outbox.put(
                "ops.unreachable", dedup=f"unreachable:{number}:{person}", lead=number, person=person
            )

        return Done(save)

    async def _words(self, job: Job, news: News) -> Message | None:
        event = news.events[0]
        level = news.rules.level("", job.payload["to"])
        seen = as_shown(news.seen, level)
        link = await self._card_link(job, seen.lead.number)
        match job.payload["about"]:
            case "handed_over" if seen.lead.stage is Stage.SQL:
                return handed_over_dm(seen, by=event.actor, permalink=link)
            case "reassigned" if seen.lead.owner == job.payload["to"]:
                return reassigned_dm(seen, by=event.actor, permalink=link)
            case "sent_back" if seen.lead.stage is Stage.MQL:
                reason = await self._told(job, seen.lead.number, event.data)
                if seen is not news.seen:
                    reason = masked_text(reason, seen.lead.profile.country)
                return sent_back_dm(seen, by=event.actor, reason=reason, permalink=link)
            case "taken_back" if seen.lead.stage is not Stage.SQL:
                return taken_back_dm(seen, by=event.actor, permalink=link)
            case "merged" if seen.lead.merged_into:
                survivor = await self.desk.office.look(job.workspace, seen.lead.merged_into)
                survivor = as_shown(survivor, level)
                link = await self._card_link(job, survivor.lead.number)
                return merged_dm(seen.lead.number, survivor, by=event.actor, permalink=link)
            case "split" if seen.lead.owner == job.payload["to"]:
                return split_dm(seen, by=event.actor, permalink=link)
            case "customer":
                return customer_dm(seen, permalink=link)
            case "new_inquiry":
                return new_inquiry_dm(seen, permalink=link)
            case "came_back" if seen.lead.owner is None:
                return came_back_dm(seen, permalink=link)
            case "overdue" if is_overdue(news, self.desk.office.clock()):
                return reminder_dm(seen, due=promised(news), permalink=link)
            case "next_step" if seen.open:
                return next_step_dm(seen, permalink=link)
        return None

    async def _told(self, job: Job, number: int, data: Mapping[str, Any]) -> str:
        async with self.desk.office.store.read(job.workspace) as work:
            facts = await work.leads.facts_of(number)
        return str(facts.get(data.get("note", ""), {}).get("text", ""))

    async def _card_link(self, job: Job, number: int) -> str | None:
        async with self.desk.office.store.read(job.workspace) as work:
            card = await work.cards.current(number, "card")
        return await self.desk.slack.permalink(card.channel, card.ts) or None if card else None
