"""One line in the card's thread for everything that matters."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deliveries.desk import Desk
from handlers.views.message import sections
from handlers.views.news import thread_line
from qualification.masking import as_shown
from store.outcomes import Done, Job, Outcome


@dataclass(frozen=True, slots=True)
class ThreadDelivery:
    """The thread under a card is the lead's story, in lines."""

    desk: Desk

    async def say(self, job: Job) -> Outcome:
        """Tell one step. A lead without a card has no thread, and needs none."""
        news = await self.desk.news(job)
        if news is None:
            return Done()
        rules = news.rules
        async with self.desk.office.store.read(job.workspace) as work:
            card = await work.cards.current(news.seen.lead.number, "card")
        if card is None:
            return Done()
        lead = as_shown(news.seen, rules.level(card.channel)).lead  # a note may hold a number
        line = thread_line(news.events, lead, news.seen.definition, rules.setup.zone, names=rules.names)
        if line is None:
            return Done()
        blocks = [block.to_dict() for block in sections([line])]
        await self.desk.slack.post_once(job, card.channel, line, blocks, thread_ts=card.ts)
        return Done()
