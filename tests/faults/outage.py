"""Slack is away for an hour while leads come in: then no flood, but a few cards and digests."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from tests.faults.rows import one
from tests.house import DEMO, KEY, House, house

HOUR = timedelta(hours=1)
STEPS = 12
IN_FLIGHT = 16
CARDS = 20
"""More waiting cards than these fold into a digest (design §3)."""


@dataclass(frozen=True)
class Outage:
    """What came of it."""

    acknowledged: int
    there: int
    cards: int
    digests: int
    in_queue: int
    tries: int

    def violations(self) -> list[str]:
        """What is not as it must be."""
        found = []
        if not self.acknowledged == self.there == self.in_queue:
            found.append(
                f"{self.acknowledged} leads acknowledged, {self.there} there, {self.in_queue} in the queue"
            )
        if self.cards > CARDS or self.digests < 1 or self.digests > CARDS:
            found.append(f"{self.cards} cards and {self.digests} digests")
        return found

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"an hour without Slack: {len(self.violations())} violations",
            f"  {self.acknowledged} leads came in, {self.there} are there, {self.in_queue} in the queue; "
            f"then {self.cards} cards, {self.digests} digests; meanwhile {self.tries} calls of Slack",
            *(f"  ! {said}" for said in self.violations()),
        ]


async def outage(database_url: str, leads: int) -> Outage:
    """Let so many come in during the hour; the hour is the story's, everything else is real."""
    async with house(database_url) as h:
        await h.slack.misbehave("*", "500", times=1_000_000_000)
        before = len(await h.slack.calls(0))
        acknowledged: Counter[str] = Counter()
        for step in range(STEPS):
            numbers = iter(range(leads * step // STEPS, leads * (step + 1) // STEPS))
            await asyncio.gather(*(_forms(h, numbers, acknowledged) for _ in range(IN_FLIGHT)))
            h.clock.ahead += HOUR / STEPS
        tries = len(await h.slack.calls(0)) - before
        await h.slack.misbehave("*", "500", times=0)
        h.clock.ahead += timedelta(minutes=10)
        said = [card["text"] for card in await h.cards()]
        cards = sum(text.startswith("Demo request") for text in said)
        async with h.bot.store.read(h.bot.where) as work:
            in_queue = await work.lists.queue_length(h.clock())
        there = int(await one(database_url, "SELECT count(*) FROM leads"))
        return Outage(acknowledged["created"], there, cards, len(said) - cards, in_queue, tries)


async def _forms(h: House, numbers: Iterable[int], acknowledged: Counter[str]) -> None:
    for n in numbers:
        body = {**DEMO, "email": f"n{n}@firm{n}.example", "first_name": f"N{n}", "company": f"Firm {n}"}
        del body["phone"]
        url, key = f"{h.url}/intake/leads", {"Authorization": f"Bearer {KEY}"}
        async with h.http.post(url, json=body, headers=key) as answer:
            acknowledged[(await answer.json()).get("status", str(answer.status))] += 1
