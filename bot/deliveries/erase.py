"""What an erasure still has to do: our messages in Slack, SQLite's log, and telling the admins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.deliveries.desk import Desk
from bot.deliveries.ops import UNREACHABLE
from bot.deliveries.rewriting import Rewriting
from handlers.flows.erase import erase_when_due
from handlers.flows.retention import erase_the_old, sweep
from handlers.views.erasure import asked_message, receipt_message, retention_message
from handlers.views.message import Message
from handlers.views.text import day
from store.outcomes import Dead, Done, Job, Outcome, Retry
from store.work import Work

ERASED_NOW = "erased"


@dataclass(frozen=True, slots=True)
class ErasureDeliveries:
    """Erasing reaches Slack, the database's log and those who must know."""

    desk: Desk

    async def slack(self, job: Job) -> Outcome:
        """Rewrite every message of ours about these leads."""
        pairs = list(zip(job.payload["leads"], job.payload["erasures"], strict=True))
        async with self.desk.office.store.read(job.workspace) as work:
            leads = await work.leads.many([number for number, _ in pairs])
            places = {number: await work.privacy.places(number) for number, _ in pairs}
            erasures = [await work.privacy.erasure(erasure) for _, erasure in pairs]
        erased = {number: lead for number, lead in leads.items() if lead.erased}
        if not erased:
            return Done()
        passing = Rewriting(self.desk.slack, erased)
        for number, lead in erased.items():
            for place in places[number]:
                await passing.message(place, lead.name)
        known = {(one.channel, one.ts) for stand in places.values() for one in stand}
        since = min(lead.received_at for lead in erased.values()).timestamp()
        await passing.channels(since, known)
        tally = passing.tally

        async def save(work: Work) -> None:
            for n, erasure in enumerate(one for one in erasures if one):
                told: dict[str, Any] = dict(erasure.receipt)
                if not n:  # of several erased in one pass the first keeps what the pass did
                    told["rewritten"] = int(told.get("rewritten", 0)) + tally.rewritten
                    told["gone"] = int(told.get("gone", 0)) + tally.gone
                    told["by_hand"] = sorted({*told.get("by_hand", []), *tally.by_hand})
                    told["cut_short"] = sorted({*told.get("cut_short", []), *tally.cut_short})
                await work.privacy.progress(erasure.id, state="done", receipt=told)
            for number in erased:
                for place in places[number]:
                    await work.cards.drawn(place.id, ERASED_NOW)
            if not job.payload.get("again"):
                first = job.payload["erasures"][0]
                await work.outbox.put(
                    "erase.receipt", dedup=f"erase-receipt:{first}", erasure=first, count=len(pairs)
                )

        return Done(save)

    async def asked(self, job: Job) -> Outcome:
        """Somebody asked on their own page to be erased: admins may look at it first."""
        seen = await self.desk.lead(job)
        async with self.desk.office.store.read(job.workspace) as work:
            erasure = await work.privacy.erasure(int(job.payload["erasure"]))
        if seen is None or erasure is None or erasure.state != "asked" or erasure.due is None:
            return Done()
        shown = asked_message(seen.lead, day(erasure.due, seen.zone))
        channel, ts = await self.desk.slack.post_once(job, job.payload["to"], shown.text, shown.blocks)

        async def save(work: Work) -> None:
            await work.cards.posted(seen.lead.number, "dm", channel, ts, "", self.desk.office.clock())

        return Done(save)

    async def due(self, job: Job) -> Outcome:
        """An admin ordered it, or they asked and nobody said why not: so it happens now."""
        payload = job.payload
        await erase_when_due(self.desk.office, job.workspace, int(payload["lead"]), int(payload["erasure"]))
        return Done()

    async def retention(self, job: Job) -> Outcome:
        """The night's: whoever has been kept long enough, if an admin turned it on."""
        await erase_the_old(self.desk.office, job.workspace, only_if_on=True)
        return Done()

    async def sweep(self, job: Job) -> Outcome:
        """What retention erased is to be rewritten in Slack, in one pass for all of them."""
        return Done(sweep)

    async def receipt(self, job: Job) -> Outcome:
        """Tell whoever did it, else the first admin, what was done and what only a person can do."""
        office = self.desk.office
        rules = await office.rules(job.workspace)
        async with office.store.read(job.workspace) as work:
            erasure = await work.privacy.erasure(int(job.payload["erasure"]))
        if erasure is None:
            return Done()
        if erasure.why == "retention":
            shown: Message = retention_message(erasure, int(job.payload.get("count", 1)))
        else:
            shown = receipt_message(erasure, rules.names, is_sqlite=office.store.is_sqlite)
        people = [erasure.by] if erasure.by in rules.names else list(rules.setup.admins[:1])
        for person in people:
            try:
                await self.desk.slack.post_once(job, person, shown.text, shown.blocks)
            except Dead as dead:
                if dead.reason not in UNREACHABLE:
                    raise
        return Done()

    async def forget(self, job: Job) -> Outcome:
        """Empty SQLite's log, in which what was deleted can still be read; a reader may be in the way."""
        if await self.desk.office.store.forget_deleted():
            return Done()
        return Retry("somebody reads an older state of the database", after=2)
