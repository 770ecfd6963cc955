"""Random lives through the real flows, counted twice: by our queries and by hand from the events."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from handlers.flows.claim import claim_lead, reassign_lead, release_lead, snooze_lead
from handlers.flows.disqualify import disqualify_lead
from handlers.flows.log import log_touch
from handlers.flows.merge import merge_leads, split_leads
from handlers.flows.nurture import nurture_lead
from handlers.flows.outcome import lose_lead, send_back_lead, win_lead
from handlers.flows.qualify import save_qualify
from handlers.flows.undo import undo_last
from qualification.definition import parse_definition
from qualification.errors import Refused
from qualification.lead import Stage
from qualification.past import Past
from qualification.qualify import Call
from store.kpi_fold import fold
from tests.kpi.firm import BERLIN, DEFINITION, Firm, firm
from tests.kpi.reference import Reference

REPS = ("UANA", "UBEN")
GOOD = Call(
    {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"},
    inquiry=True,
)
ACTIONS = ("demo_request", "webinar_attended", "newsletter_signup", "contact_form")
DEFINITION_NOW = parse_definition(DEFINITION)
WORDS = ("2026-10", "2026-11", "30d", "90d", "12m", "Q4 2026", "2026-10-25..2026-10-25", "since 2026-11-01")


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
        source = self.chance.choice(("linkedin", "google", "web"))
        await self.f.lead(name, at=at, action=self.chance.choice(ACTIONS), source=source)

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
    """The same, where some turn out to be one person, and some of those not after all."""

    def __init__(self, f: Firm, chance: Random) -> None:
        super().__init__(f, chance)
        self.merges: list[tuple[int, str]] = []
        self.everybody: set[int] = set()

    async def go_on(self, steps: int) -> None:
        """Every few things, a merge or a split."""
        for _ in range(steps // 6):
            await super().go_on(6)
            self.everybody |= set(self.f.numbers.values())
            with suppress(Refused):
                await (self.split() if self.merges and self.chance.random() < 0.3 else self.merged())

    async def merged(self) -> None:
        if not self.everybody:
            return
        one, other = self.chance.choices(sorted(self.everybody), k=2)
        leads = [(await self.f.office.look(self.f.where, number)).lead for number in (one, other)]
        if any(lead.merged for lead in leads) or leads[0].number == leads[1].number:
            return
        done = await merge_leads(self.f.office, self.f.where, one, other, "UANA")
        self.merges.append((done.saved.lead.number, done.saved.step))

    async def split(self) -> None:
        number, step = self.merges.pop(self.chance.randrange(len(self.merges)))
        await split_leads(self.f.office, self.f.where, number, step, "UANA", for_good=True)


@pytest.mark.parametrize("seed", [1])
async def test_one_person_counts_once_after_a_merge(database_url: str, seed: int) -> None:
    async with firm(database_url, datetime(2026, 9, 20, 8, 30, tzinfo=UTC), BERLIN) as f:
        life = MergingLife(f, Random(seed))
        await life.go_on(150)
        histories = [await f.history(number) for number in sorted(life.everybody)]
        kinds = Counter(event.kind.value for events in histories for event in events)
        assert kinds["merged"] > 10 and kinds["unmerged"] > 3, kinds
        for period in WORDS[:4]:
            await agree(f, histories, period)


@pytest.mark.parametrize("seed", [1, 2])
async def test_our_numbers_are_those_counted_by_hand(database_url: str, seed: int) -> None:
    # The night of 25 October the clocks in Berlin go back: the day has 25 hours.
    async with firm(database_url, datetime(2026, 9, 20, 8, 30, tzinfo=UTC), BERLIN) as f:
        life = Life(f, Random(seed))
        await life.go_on(260)
        histories = [await f.history(number) for number in sorted(f.numbers.values())]
        kinds = Counter(event.kind.value for events in histories for event in events)
        assert min(kinds[kind] for kind in ("claimed", "touched", "answered", "undone", "clock")) > 2, kinds
        for period in WORDS:
            await agree(f, histories, period)
            await _overdue(f, histories, period)
        while await fold(f.office.store):
            pass
        for period in WORDS[:2]:
            await agree(f, histories, period)


async def test_a_leap_day_is_a_day(database_url: str) -> None:
    async with firm(database_url, datetime(2028, 2, 27, 22, 30, tzinfo=UTC), BERLIN) as f:
        life = Life(f, Random(29))
        await life.go_on(60)
        histories = [await f.history(number) for number in sorted(f.numbers.values())]
        for period in ("2028-02-29..2028-02-29", "2028-02", "2028-03", "7d"):
            await agree(f, histories, period)


async def agree(f: Firm, histories: list[Any], period: str) -> None:
    """Every number over this window, both ways."""
    for check in (_funnel, _conversion, _mqls, _flows, _promises, _people):
        await check(f, histories, period)


async def _window(
    f: Firm, histories: list[Any], kpi: str, period: str, by: str = ""
) -> tuple[Any, Reference]:
    told: Any = (await f.asks(kpi, period, by)).answer.to_json()
    start, end = date.fromisoformat(told["from"]), date.fromisoformat(told["to"])
    return told, Reference(histories, start, end, BERLIN, f.clock())


async def _funnel(f: Firm, histories: list[Any], period: str) -> None:
    told, by_hand = await _window(f, histories, "funnel", period, "source")
    rows = {
        row["key"]: {name: row[name] for name in ("leads", "mqls", "sqls", "customers")}
        for row in told["rows"]
    }
    assert rows == by_hand.funnel_by_source(), period
    gone = by_hand.left_out()
    assert (f"{gone} left out:" in told["text"]) == bool(gone), (period, told["text"], gone)


async def _conversion(f: Firm, histories: list[Any], period: str) -> None:
    told, by_hand = await _window(f, histories, "conversion", period)
    expected = by_hand.expected_share()
    adjusted = told["total"]["adjusted"]
    assert (adjusted and adjusted["value"]) == pytest.approx(expected), period
    assert told["total"]["customers"] == by_hand.funnel(by_hand.cohort)["customers"]


async def _mqls(f: Firm, histories: list[Any], period: str) -> None:
    told, by_hand = await _window(f, histories, "mql-sql", period)
    total = told["total"]
    assert (total["mqls"], total["sqls"], total["immature"]) == by_hand.mql_to_sql(), period
    told, by_hand = await _window(f, histories, "acceptance", period)
    total = told["total"]
    everyone = sum(total[name] for name in ("accepted", "rejected", "undecided", "overdue"))
    assert (total["accepted"], total["rejected"], everyone) == by_hand.accepted_rejected(), period


async def _overdue(f: Firm, histories: list[Any], period: str) -> None:
    told, by_hand = await _window(f, histories, "acceptance", period)
    clocks, week = DEFINITION_NOW.clocks, DEFINITION_NOW.clocks.week(BERLIN)
    assert told["total"]["overdue"] == by_hand.overdue(week, clocks.claim_to_touch), period


async def _flows(f: Firm, histories: list[Any], period: str) -> None:
    told, by_hand = await _window(f, histories, "win", period)
    won, lost = (
        by_hand.count(lambda o: by_hand.during(o.won)),
        by_hand.count(lambda o: by_hand.during(o.lost)),
    )
    assert (told["total"]["won"], told["total"]["lost"]) == (won, lost), period
    told, by_hand = await _window(f, histories, "overview", period)
    entered = {
        "leads": by_hand.count(lambda o: by_hand.during(o.created)),
        "mqls": by_hand.count(lambda o: by_hand.during(o.mql)),
        "sqls": by_hand.count(lambda o: by_hand.during(o.sql)),
        "customers": by_hand.count(lambda o: by_hand.during(o.won)),
    }
    assert {name: told["total"][name] for name in entered} == entered, period
    median = by_hand.contact_median()  # ours is read from buckets, at most 2% off
    expected = None if median is None else pytest.approx(median, rel=0.0205, abs=1)
    assert told["total"]["contact_median"] == expected, period
    told, by_hand = await _window(f, histories, "sources", period)
    for row in told["rows"]:
        paid = sum(
            o.amount[0]
            for o in by_hand.cohort
            if o.source == row["key"] and o.amount and o.amount[1] == "EUR"
        )
        each = row["revenue_per_lead"]
        assert each is None or each["minor"] == pytest.approx(paid / row["leads"], abs=0.5), period


async def _promises(f: Firm, histories: list[Any], period: str) -> None:
    told, by_hand = await _window(f, histories, "sla", period)
    assert (told["total"]["met"], told["total"]["breached"]) == by_hand.promises(), period
    told, by_hand = await _window(f, histories, "speed", period)
    assert told["total"]["contact_median"] == pytest.approx(by_hand.contact_median()), period
    assert told["total"]["leads"] == sum(o.timed for o in by_hand.cohort), period


async def _people(f: Firm, histories: list[Any], period: str) -> None:
    told, by_hand = await _window(f, histories, "quality", period)
    rejected = Counter({(row["reason"], row["source"]): row["rejected"] for row in told["rows"]})
    assert +rejected == by_hand.rejections(), period
    told, by_hand = await _window(f, histories, "reps", period)
    names = ("claimed", "qualified", "sqls", "customers", "open_now")
    rows = {row["key"]: {name: row[name] for name in names} for row in told["rows"]}
    expected = {who: {name: row[name] for name in names} for who, row in by_hand.reps().items()}
    assert rows == expected, period
