"""Same person? Asked in the newer lead's thread, and redrawn once somebody has answered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deliveries.alert import remembered
from bot.deliveries.desk import Desk
from bot.slack_out import digest_of
from handlers.flows.same_person import Pair, look_at_pair
from handlers.views.same_person import same_person_message
from qualification.lead import Stage
from store.outcomes import Done, Job, Outcome
from store.same_person import OPEN, same_kind
from store.work import Work


@dataclass(frozen=True, slots=True)
class SamePersonDeliveries:
    """One message for each pair, wherever one of them has a card."""

    desk: Desk

    async def ask(self, job: Job) -> Outcome:
        """Ask, unless it was answered or asked meanwhile; without a card it is asked when there is one."""
        pair = await self._pair(job)
        if (
            pair is None
            or pair.said.state != OPEN
            or pair.older.lead.merged_into
            or pair.newer.lead.merged_into
        ):
            return Done()
        older, newer = pair.said.older, pair.said.newer
        async with self.desk.office.store.read(job.workspace) as work:
            asked = await work.cards.current(newer, same_kind(older))
            card = await work.cards.current(newer, "card")
            if card is None and pair.newer.lead.stage is Stage.LEAD:
                card = await work.cards.current(older, "card")  # the newer one gets none yet
        if asked or card is None:
            return Done()
        shown = same_person_message(await self._as_shown(job, pair, card.channel))
        channel, ts = await self.desk.slack.post_once(
            job, card.channel, shown.text, shown.blocks, thread_ts=card.ts
        )

        async def save(work: Work) -> None:
            drawn, now = digest_of(shown.text, shown.blocks), self.desk.office.clock()
            await work.cards.posted(newer, same_kind(older), channel, ts, drawn, now)
            # Somebody may have answered in Details while it was on its way.
            await work.outbox.put_once("person.redraw", f"person:{older}:{newer}", older=older, newer=newer)

        return Done(save)

    async def redraw(self, job: Job) -> Outcome:
        """What somebody answered, in place of the question."""
        pair = await self._pair(job)
        if pair is None:
            return Done()
        async with self.desk.office.store.read(job.workspace) as work:
            card = await work.cards.current(pair.said.newer, same_kind(pair.said.older))
        if card is None:
            return Done()
        shown = same_person_message(await self._as_shown(job, pair, card.channel))
        drawn = digest_of(shown.text, shown.blocks)
        if card.drawn == drawn:
            return Done()
        stands = await self.desk.slack.update(card.channel, card.ts, shown.text, shown.blocks)
        return Done(remembered(card, drawn, stands))

    async def _as_shown(self, job: Job, pair: Pair, channel: str) -> Pair:
        level = (await self.desk.office.rules(job.workspace)).level(channel)
        return pair.as_shown(level)

    async def _pair(self, job: Job) -> Pair | None:
        return await look_at_pair(self.desk.office, job.workspace, job.payload["older"], job.payload["newer"])
