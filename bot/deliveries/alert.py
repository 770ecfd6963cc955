"""The alert to sales: posted once per entry into SQL, redrawn while the lead moves on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.deliveries.desk import Desk
from bot.slack_out import digest_of
from handlers.flows.office import Rules
from handlers.views.alert import alert_card, older_alert
from handlers.views.crm import crm_url
from handlers.views.message import Message
from qualification.events import Event, Kind
from qualification.lead import Stage
from qualification.masking import as_shown
from qualification.seen import Seen
from qualification.undo import undone_steps
from store.house import Card
from store.outcomes import Done, Job, Outcome
from store.work import Work


@dataclass(frozen=True, slots=True)
class AlertDeliveries:
    """Exactly one alert for every time a lead becomes an SQL."""

    desk: Desk

    async def post(self, job: Job) -> Outcome:
        """The alert, unless the hand-over was undone before it went out."""
        seen = await self.desk.lead(job)
        merged = seen.lead.merged_into if seen else None
        if merged:  # before its alert went out: the survivor's, unless that was told of already
            seen = await self.desk.office.look(job.workspace, merged)
        if seen is None or seen.lead.sql_at is None or seen.lead.stage is Stage.MQL:
            return Done()
        rules, slack = await self.desk.office.rules(job.workspace), self.desk.slack
        history = await self._history(job, seen)
        async with self.desk.office.store.read(job.workspace) as work:
            older = await work.cards.current(seen.lead.number, "alert")
        if merged and older:
            return Done()
        channel = await slack.channel(rules.setup.alerts_channel)
        shown = self._drawn(as_shown(seen, rules.level(channel)), history, rules)
        channel, ts = await slack.post_once(job, channel, shown.text, shown.blocks)
        if older and (older.channel, older.ts) != (channel, ts):
            there = as_shown(seen, rules.level(older.channel))
            pointer = older_alert(there, await slack.permalink(channel, ts))
            await slack.update(older.channel, older.ts, pointer.text, pointer.blocks)

        async def save(work: Work) -> None:
            number, now = seen.lead.number, self.desk.office.clock()
            await work.cards.posted(number, "alert", channel, ts, digest_of(shown.text, shown.blocks), now)
            await work.outbox.put_once("alert.redraw", f"alert:{number}", lead=number)

        return Done(save)

    async def redraw(self, job: Job) -> Outcome:
        """Who took it, that it was sent back, how it ended."""
        seen = await self.desk.lead(job)
        if seen is None:
            return Done()
        async with self.desk.office.store.read(job.workspace) as work:
            card = await work.cards.current(seen.lead.number, "alert")
        if card and seen.lead.merged_into:
            return await self._of_survivor(job, card, seen.lead.merged_into)
        if card is None and seen.lead.merged:
            return Done(_redrawn(seen.lead.merged))  # one of them may have told sales before they were one
        history = await self._history(job, seen)
        if card is None or card.at < history[_entry(history)].at:
            return Done()  # handed over again: its own alert is on its way, this one becomes a pointer to it
        rules = await self.desk.office.rules(job.workspace)
        shown = self._drawn(as_shown(seen, rules.level(card.channel)), history, rules)
        drawn = digest_of(shown.text, shown.blocks)
        if drawn == card.drawn:
            return Done()
        stands = await self.desk.slack.update(card.channel, card.ts, shown.text, shown.blocks)
        return Done(remembered(card, drawn, stands))

    async def _of_survivor(self, job: Job, card: Card, into: int) -> Outcome:
        """The alert of a number that was merged tells of the survivor, or points to the survivor's own."""
        slack, seen = self.desk.slack, await self.desk.office.look(job.workspace, into)
        async with self.desk.office.store.read(job.workspace) as work:
            own = await work.cards.current(into, "alert")
        if own:
            shown = older_alert(seen, await slack.permalink(own.channel, own.ts))
        else:
            rules = await self.desk.office.rules(job.workspace)
            shown = self._drawn(seen, await self._history(job, seen), rules)
        drawn = digest_of(shown.text, shown.blocks)
        if drawn == card.drawn:
            return Done()
        stands = await slack.update(card.channel, card.ts, shown.text, shown.blocks)
        return Done(remembered(card, drawn, stands))

    async def _history(self, job: Job, seen: Seen) -> list[Event]:
        async with self.desk.office.store.read(job.workspace) as work:
            return await work.people.story(seen.lead)

    def _drawn(self, seen: Seen, history: list[Event], rules: Rules) -> Message:
        entry, gone = _entry(history), undone_steps(history)
        moved_on = [
            e
            for e in history[entry + 1 :]
            if (e.kind in (Kind.TAKEN, Kind.STAGE) and e.step not in gone)
            or (e.kind is Kind.UNDONE and e.data["step"] == history[entry].step)
        ]
        return alert_card(
            seen,
            by=history[entry].actor,
            last=moved_on[-1] if moved_on else None,
            names=rules.names,
            crm_url=crm_url(rules.setup.crm_url, seen.lead),
        )


def _redrawn(numbers: Sequence[int]) -> Callable[[Work], Awaitable[None]]:
    async def save(work: Work) -> None:
        for number in numbers:
            await work.outbox.put_once("alert.redraw", f"alert:{number}", lead=number)

    return save


def _entry(history: list[Event]) -> int:
    """Where in the history it last became an SQL."""
    return max((n for n, event in enumerate(history) if _enters_sql(event)), default=0)


def _enters_sql(event: Event) -> bool:
    return event.kind is Kind.STAGE and event.data["to"] == Stage.SQL


def remembered(card: Card, drawn: str, stands: bool) -> Callable[[Work], Awaitable[None]]:
    """Keep what a message shows now, or that it is gone."""

    async def save(work: Work) -> None:
        if stands:
            await work.cards.drawn(card.id, drawn)
        else:
            await work.cards.gone(card.id)

    return save
