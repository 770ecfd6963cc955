"""The card in the leads channel: post it, redraw it, fold a burst of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.deliveries.alert import remembered
from bot.deliveries.desk import Desk
from bot.slack_out import digest_of
from handlers.flows.news import LEADS_LANE
from handlers.flows.same_person import ask_about, calls_nobody, colleagues_of, is_customers
from handlers.views.crm import crm_url
from handlers.views.lead_card import digest_card, lead_card, pointer_card
from handlers.views.message import Message
from handlers.views.same_person import colleague_lines, redirect_card
from qualification.events import Kind, is_person
from qualification.lead import IN_PLAY, Stage
from qualification.masking import as_shown
from qualification.seen import Seen
from store.outbox import NewJob
from store.outcomes import Done, Job, Outcome
from store.work import Work

_COMES_IN = frozenset({Kind.CREATED, Kind.ACTIVITY, Kind.PERMISSION, Kind.REVEALED})
"""Whoever sent these (a label of the sender's own) did not work on the lead."""


@dataclass(frozen=True, slots=True)
class CardDeliveries:
    """Cards are projections: drawn at send time, and an unchanged one sends nothing."""

    desk: Desk

    async def post(self, job: Job) -> Outcome:
        """A fresh card; an older one of the same lead becomes a pointer to it."""
        seen = await self.desk.lead(job)
        if seen is None or seen.lead.erased:
            return Done()
        if seen.lead.merged_into:
            return Done(_redrawn(seen.lead.merged_into))  # its survivor's card shows what it brought
        office, slack = self.desk.office, self.desk.slack
        rules = await office.rules(job.workspace)
        async with office.store.read(job.workspace) as work:
            older = await work.cards.current(seen.lead.number, "card")
        channel = await slack.channel(rules.setup.leads_channel)
        shown = await self._drawn(job, seen, channel)
        channel, ts = await slack.post_once(job, channel, shown.text, shown.blocks)
        if older and (older.channel, older.ts) != (channel, ts):
            there = as_shown(seen, rules.level(older.channel))
            pointer = pointer_card(there, await slack.permalink(channel, ts))
            await slack.update(older.channel, older.ts, pointer.text, pointer.blocks)

        async def save(work: Work) -> None:
            now = office.clock()
            await work.cards.posted(
                seen.lead.number, "card", channel, ts, digest_of(shown.text, shown.blocks), now
            )
            # What happened while we were posting is not on it yet.
            await work.outbox.put_once("card.redraw", f"card:{seen.lead.number}", lead=seen.lead.number)
            await ask_about(work, seen.lead.number)
            if is_customers(seen.lead, rules):
                await self._tell_their_rep(work, seen)

        return Done(save)

    async def _tell_their_rep(self, work: Work, seen: Seen) -> None:
        """A customer writes: whoever has that company hears of it, once for each time they ask."""
        beside, number = await colleagues_of(work, seen.lead), seen.lead.number
        best = next((one for one in beside.colleagues if one.stage is Stage.CUSTOMER and one.owner), None)
        if best and best.owner and best.owner != seen.lead.owner:
            key = f"dm:customer:{number}:{len(seen.lead.activities)}:{best.owner}"
            about = {"lead": number, "to": best.owner, "about": "customer", "event": seen.lead.revision}
            job = NewJob("dm.send", about, dedup=key, lane=f"post:{best.owner}")
            await work.outbox.put_many([job])

    async def redraw(self, job: Job) -> Outcome:
        """Draw the card anew. A lead without one gets it on the first thing a person does with it."""
        seen = await self.desk.lead(job)
        if seen is None:
            return Done()
        async with self.desk.office.store.read(job.workspace) as work:
            card = await work.cards.current(seen.lead.number, "card")
        if card is None:
            return await self._first_card(job, seen)
        into = seen.lead.merged_into
        shown = await (
            self._redirect(job, into, card.channel) if into else self._drawn(job, seen, card.channel)
        )
        drawn = digest_of(shown.text, shown.blocks)
        if drawn == card.drawn:
            return Done()
        stands = await self.desk.slack.update(card.channel, card.ts, shown.text, shown.blocks)
        keep = remembered(card, drawn, stands)
        if stands:
            return Done(lambda work: _with_questions(work, keep, seen.lead.number))
        again = await self._first_card(job, seen)  # deleted by hand: whoever works on it misses it

        async def save(work: Work) -> None:
            await keep(work)
            if again.save:
                await again.save(work)

        return Done(save)

    async def _redirect(self, job: Job, into: int, channel: str) -> Message:
        """The card of a number that was merged: it says which one it is now."""
        level = (await self.desk.office.rules(job.workspace)).level(channel)
        survivor = as_shown(await self.desk.office.look(job.workspace, into), level)
        async with self.desk.office.store.read(job.workspace) as work:
            card = await work.cards.current(into, "card")
        there = await self.desk.slack.permalink(card.channel, card.ts) if card else None
        return redirect_card(job.payload["lead"], survivor, there)

    async def _first_card(self, job: Job, seen: Seen) -> Done:
        if seen.lead.stage not in IN_PLAY or seen.lead.merged_into:
            return Done()
        # By the history, not by the job: several redraws join in one, and the last may be a form's.
        async with self.desk.office.store.read(job.workspace) as work:
            history = await work.leads.history(seen.lead.number)
        if not any(is_person(event.actor) and event.kind not in _COMES_IN for event in history):
            return Done()

        async def save(work: Work) -> None:
            number = seen.lead.number
            # Its card may wait in the lane, or have come just now: whoever typed a command was faster.
            if await work.outbox.is_waiting(f"card:{number}:") or await work.cards.current(number, "card"):
                return
            await work.outbox.put(
                "card.post", lane=LEADS_LANE, dedup=f"card:{number}:first:{seen.lead.revision}", lead=number
            )

        return Done(save)

    async def _drawn(self, job: Job, seen: Seen, channel: str) -> Message:
        rules = await self.desk.office.rules(job.workspace)
        setup = rules.setup
        async with self.desk.office.store.read(job.workspace) as work:
            beside = await colleagues_of(work, seen.lead)
        # Stands there until somebody has it: editing a message calls nobody a second time.
        calls = seen.inquiry and seen.open and seen.lead.owner is None and not calls_nobody(seen.lead, rules)
        return lead_card(
            as_shown(seen, rules.level(channel)),
            crm_url=crm_url(setup.crm_url, seen.lead),
            mention_group=(setup.reps_group or None) if calls else None,
            beside=colleague_lines(beside, rules.names),
        )

    async def digest(self, job: Job) -> Outcome:
        """One message for a burst of leads; each gets its card on its first human action."""
        office = self.desk.office
        rules = await office.rules(job.workspace)
        async with office.store.read(job.workspace) as work:
            count = await work.lists.queue_length(office.clock())
            asked = await work.lists.inquiries_waiting(office.clock())
            best = await work.lists.queue(office.clock(), rules.definition, limit=5)
        if not count:
            return Done()
        channel = await self.desk.slack.channel(rules.setup.leads_channel)
        seen = [as_shown(rules.see(lead, office.clock()), rules.level(channel)) for lead in best]
        shown = digest_card(count, new=False, inquiries=asked, best=seen)
        await self.desk.slack.post_once(job, channel, shown.text, shown.blocks)
        return Done()


async def _with_questions(work: Work, keep: Callable[[Work], Awaitable[None]], number: int) -> None:
    """What is asked about the lead shows how it stands, so it is drawn anew with the card."""
    await keep(work)
    for said in await work.people.about((number,)):
        key = f"person:{said.older}:{said.newer}"
        await work.outbox.put_once("person.redraw", key, older=said.older, newer=said.newer)


def _redrawn(number: int) -> Callable[[Work], Awaitable[None]]:
    async def save(work: Work) -> None:
        await work.outbox.put_once("card.redraw", f"card:{number}", lead=number)

    return save
