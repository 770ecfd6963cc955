"""Random lives of leads, lived through the real flows by people who make up their minds all the time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from handlers.flows.claim import claim_lead, reassign_lead, release_lead, snooze_lead
from handlers.flows.counting import ready_to_count
from handlers.flows.disqualify import disqualify_lead, opt_out_lead
from handlers.flows.erase import erase_person
from handlers.flows.log import log_touch
from handlers.flows.merge import merge_leads, split_leads
from handlers.flows.nurture import nurture_lead
from handlers.flows.outcome import lose_lead, send_back_lead, win_lead
from handlers.flows.qualify import save_qualify
from handlers.flows.undo import undo_last
from qualification.errors import Refused
from qualification.events import Event
from qualification.lead import Stage
from qualification.past import Past
from qualification.qualify import Call
from store.kpi_fold import fold
from tests.behaviour.calls import call, hears
from tests.kpi.firm import BERLIN, Firm, firm

REPS = ("UANA", "UBEN")
GOOD = Call(
    {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"},
    inquiry=True,
)
ACTIONS = ("demo_request", "webinar_attended", "newsletter_signup", "contact_form")
SOURCES = ("linkedin", "google", "web")
CAMPAIGNS = (None, None, "spring", "autumn")
VARIANTS = (None, None, "A", "B")
START = datetime(2026, 9, 20, 8, 30, tzinfo=UTC)
Spent = tuple[str, str, date, date, int, str]
"""Source, campaign, the first and the last day, minor units and their currency."""
Seen = tuple[datetime, str, str]
"""When somebody looked at a page, in which browser, and the source they came by, "" where that is unknown."""


class Life:
    """What may happen to leads, by chance."""

    def __init__(self, f: Firm, chance: Random) -> None:
        self.f, self.chance, self.names = f, chance, list[str]()
        self.last = (0, REPS[0])

    async def go_on(self, steps: int) -> None:
        """One thing after another, with time between them."""
        for _ in range(steps):
            self.f.clock.forward(self.chance.choice((20, 240, 3_000, 40_000, 200_000)))
            happens = self.chance.choice((
                self.arrives, self.arrives, self.arrives, self.returns, self.history,
                *(self.claimed,) * 4, *(self.touched,) * 3, *(self.qualified,) * 5, *(self.won,) * 3,
                self.lost, *(self.closed,) * 2, self.nurtured, self.released, self.reassigned, self.sent_back,
                self.snoozed, self.folded,
            ))  # fmt: skip
            with suppress(Refused):
                await happens()
                if self.chance.random() < 0.25:
                    self.f.clock.forward(60)
                    await undo_last(self.f.office, self.f.where, *self.last)

    async def histories(self) -> list[list[Event]]:
        """All that is recorded, lead by lead."""
        return [await self.f.history(number) for number in sorted(set(self.f.numbers.values()))]

    def someone(self) -> tuple[int, str]:
        name = self.chance.choice(self.names or ["nobody"])
        self.last = (self.f.numbers.get(name, 0), self.chance.choice(REPS))
        return self.last

    async def arrives(self) -> None:
        self.names.append(f"p{len(self.names)}")
        ago = timedelta(hours=self.chance.choice((0, 0, 0, 2, 30, 300)))
        await self._comes(self.names[-1], self.f.clock() - ago)

    async def returns(self) -> None:
        if self.names:
            ago = timedelta(hours=self.chance.choice((0, 0, 0, 500)))
            await self._comes(self.chance.choice(self.names), self.f.clock() - ago)

    async def _comes(self, name: str, at: datetime) -> None:
        one_of = self.chance.choice
        await self.f.lead(
            name, at=at, action=one_of(ACTIONS), source=one_of(SOURCES), campaign=one_of(CAMPAIGNS),
            variant=one_of(VARIANTS),
        )  # fmt: skip

    async def history(self) -> None:
        """A file tells of a lead's past."""
        self.names.append(f"p{len(self.names)}")
        created = self.f.clock() - timedelta(days=self.chance.randrange(60, 300))
        stage = self.chance.choice((Stage.MQL, Stage.SQL, Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED))
        days = [created + timedelta(days=self.chance.randrange(1, 25) * n) for n in (1, 2, 3)]
        past = Past(
            stage, "UANA", days[0], days[1] if stage is not Stage.DISQUALIFIED else None, days[2], days[2],
            days[2], "no_need" if stage is Stage.DISQUALIFIED else "price", 50_000, "EUR",
        )  # fmt: skip
        await self.f.lead(self.names[-1], at=created, past=past, source="web")

    async def claimed(self) -> None:
        number, rep = self.someone()
        await claim_lead(self.f.office, self.f.where, number, rep)

    async def touched(self) -> None:
        number, rep = self.someone()
        await log_touch(self.f.office, self.f.where, number, rep, self.chance.choice(("call", "no_answer")))

    async def qualified(self) -> None:
        number, rep = self.someone()
        seen = await self.f.office.look(self.f.where, number)
        call = GOOD if self.chance.random() < 0.7 else Call({"need": "clear_pain"})
        await save_qualify(self.f.office, self.f.where, number, rep, call, seen.lead.revision, {})

    async def won(self) -> None:
        number, rep = self.someone()
        await win_lead(
            self.f.office, self.f.where, number, rep, self.chance.choice(("1200 EUR", "7 USD", None))
        )

    async def lost(self) -> None:
        number, rep = self.someone()
        await lose_lead(self.f.office, self.f.where, number, rep, "price")

    async def closed(self) -> None:
        number, rep = self.someone()
        reason = self.chance.choice(("no_need", "no_budget", "spam", "existing_customer", "unreachable"))
        await disqualify_lead(self.f.office, self.f.where, number, rep, reason)

    async def nurtured(self) -> None:
        number, rep = self.someone()
        await nurture_lead(self.f.office, self.f.where, number, rep, self.f.clock() + timedelta(days=40))

    async def released(self) -> None:
        number, rep = self.someone()
        await release_lead(self.f.office, self.f.where, number, rep)

    async def reassigned(self) -> None:
        number, rep = self.someone()
        await reassign_lead(self.f.office, self.f.where, number, rep, "UBEN")

    async def snoozed(self) -> None:
        number, rep = self.someone()
        await snooze_lead(self.f.office, self.f.where, number, rep, self.f.clock() + timedelta(hours=30))

    async def folded(self) -> None:
        await fold(self.f.office.store)

    async def sent_back(self) -> None:
        number, rep = self.someone()
        await send_back_lead(self.f.office, self.f.where, number, rep, "Not yet")


class MergingLife(Life):
    """The same, where some turn out to be one person, and some of those not after all; some want to be left
    alone, and some to be forgotten. And all of it costs money."""

    def __init__(self, f: Firm, chance: Random) -> None:
        super().__init__(f, chance)
        self.merges: list[tuple[int, str]] = []
        self.everybody: set[int] = set()
        self.spent: dict[tuple[str, str, date, date, str], int] = {}
        self.seen: list[Seen] = []
        self.looked_at = f.clock()

    async def go_on(self, steps: int) -> None:
        """Every few things one that happens seldom."""
        for _ in range(steps // 6):
            await super().go_on(6)
            self.everybody |= set(self.f.numbers.values())
            seldom = self.chance.choice((
                *(self.merged,) * 6, *(self.split,) * 3, self.opted_out, self.erased, *(self.paid,) * 3,
                *(self.looked,) * 3, *(self.returns,) * 6,
            ))  # fmt: skip
            with suppress(Refused):
                await seldom()

    async def histories(self) -> list[list[Event]]:
        """Also of whoever is one with somebody else now."""
        return [await self.f.history(number) for number in sorted(self.everybody)]

    async def _comes(self, name: str, at: datetime) -> None:
        with suppress(AssertionError):  # who was erased is not let in again
            await super()._comes(name, at)

    async def merged(self) -> None:
        if not self.everybody:
            return
        one, other = self.chance.choices(sorted(self.everybody), k=2)
        leads = [(await self.f.office.look(self.f.where, number)).lead for number in (one, other)]
        if leads[0].number == leads[1].number:
            return
        done = await merge_leads(self.f.office, self.f.where, one, other, "UANA")
        self.merges.append((done.saved.lead.number, done.saved.step))

    async def split(self) -> None:
        if self.merges:
            number, step = self.merges.pop(self.chance.randrange(len(self.merges)))
            await split_leads(self.f.office, self.f.where, number, step, "UANA", for_good=True)

    async def opted_out(self) -> None:
        number, rep = self.someone()
        await opt_out_lead(self.f.office, self.f.where, number, rep)

    async def erased(self) -> None:
        number, _ = self.someone()
        await erase_person(self.f.office, self.f.where, f"L-{number}", "UADAM")

    async def paid(self) -> None:
        """A campaign's bill for some days, some of them still to come; now and then the same bill anew."""
        source, campaign = self.chance.choice(SOURCES), self.chance.choice(CAMPAIGNS) or ""
        start = self.f.clock().date() - timedelta(days=self.chance.randrange(-3, 60))
        end = start + timedelta(days=self.chance.choice((0, 6, 27, 30)))
        bill = (source, campaign, start, end, self.chance.choice(("EUR", "EUR", "EUR", "USD")))
        if self.spent and self.chance.random() < 0.2:
            bill = self.chance.choice(sorted(self.spent))
        self.spent[bill] = self.chance.randrange(10_000, 900_000)
        source, campaign, start, end, currency = bill
        await self.f.spend(source, start, end, self.spent[bill], currency, campaign)

    async def looked(self) -> None:
        """Some look at pages and are no leads; a tracker tells of it in order."""
        since = int((self.f.clock() - self.looked_at).total_seconds())
        ago = sorted((self.chance.randrange(min(since, 200_000) + 1) for _ in range(4)), reverse=True)
        self.looked_at = self.f.clock()
        views = [
            (self.looked_at - timedelta(seconds=gone), f"b{self.chance.randrange(12)}",
             self.chance.choice(("", "", *SOURCES[:2])))
            for gone in ago
        ]  # fmt: skip
        self.seen += views
        calls = [
            call("page", at, anonymousId=browser, context={"campaign": {"source": source}} if source else {})
            for at, browser, source in views
        ]
        await hears(self.f, *calls)

    def bills(self) -> list[Spent]:
        """All that was spent."""
        return [(s, c, first, last, minor, code) for (s, c, first, last, code), minor in self.spent.items()]


@asynccontextmanager
async def busy_firm(
    database_url: str, chance: Random, start: datetime = START, zone: ZoneInfo = BERLIN
) -> AsyncIterator[tuple[Firm, MergingLife]]:
    """A firm whose numbers are counted from the first day on, and a life to be lived in it."""
    async with firm(database_url, start, zone) as f:
        await ready_to_count(f.office, f.where)
        yield f, MergingLife(f, chance)
