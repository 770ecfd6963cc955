"""Which leads? As many as the number says, whatever happened to them, and no others'."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from handlers.flows.claim import claim_lead, snooze_lead
from handlers.flows.kpi_leads import leads_of
from qualification.errors import Refused
from qualification.kpi import KPIS
from tests.kpi.firm import BERLIN, Firm, firm
from tests.kpi.lives import Life

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


async def told(f: Firm, name: str, words: str, part: str) -> int:
    """The number in the answer."""
    total = (await f.asks(name, words)).answer.total
    counts = [total[part], total["overdue"] if name == "acceptance" and part == "undecided" else 0]
    return sum(n for n in counts if isinstance(n, int))


@pytest.mark.parametrize("seed", range(1))
async def test_there_are_as_many_as_the_answer_counts(database_url: str, seed: int) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        life = Life(f, Random(seed))
        await life.go_on(120)
        some = 0
        for name, parts in ((kpi.name, kpi.behind) for kpi in KPIS.values()):
            for words in ("90d", "this month", "2026-11-18..2026-12-31", "12m"):
                with_words = words if name != "lvr" or words == "this month" else "this month"
                for part, _, _ in parts:
                    behind = await leads_of(f.office, f.where, f"{name} {with_words}", "UMAYA", part)
                    count = await told(f, name, with_words, part)
                    assert behind.found.total == count, (name, with_words, part)
                    assert len(behind.found.leads) == min(count, 20)
                    some += bool(count)
        assert some > 40, "the lives were too dull to tell anything"


async def test_a_rep_looks_behind_the_own_numbers_only(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        for name, rep in (("ada", "UANA"), ("bo", "UBEN"), ("cy", "UANA")):
            await f.lead(name)
            await claim_lead(f.office, f.where, f.numbers[name], rep)
        mine = await leads_of(f.office, f.where, "funnel by rep", "UANA")
        assert [seen.lead.number for seen in mine.found.leads] == [f.numbers["cy"], f.numbers["ada"]]
        assert mine.own
        everybody = await leads_of(f.office, f.where, "funnel by rep", "UMAYA")
        assert everybody.found.total == 3
        with pytest.raises(Refused, match="for managers and admins"):
            await leads_of(f.office, f.where, "funnel by rep", "UMARK")
        with pytest.raises(Refused, match="no single leads"):
            await leads_of(f.office, f.where, "velocity", "UMAYA")


async def test_a_promise_that_sleeps_is_not_broken_until_it_wakes(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        for name in ("ada", "bo"):
            await f.lead(name)
        await snooze_lead(f.office, f.where, f.numbers["bo"], "UANA", NOW + timedelta(days=2))
        f.clock.forward(86_400)
        for broken in (["ada"], ["bo", "ada"]):
            behind = await leads_of(f.office, f.where, "sla 30d", "UMAYA", "breached")
            assert sorted(one.lead.number for one in behind.found.leads) == sorted(
                f.numbers[name] for name in broken
            )
            assert behind.found.total == await told(f, "sla", "30d", "breached")
            f.clock.forward(2 * 86_400)


async def test_each_row_of_a_split_opens_its_own_leads(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        life = Life(f, Random(3))
        await life.go_on(150)
        some = 0
        for asked, field in (
            ("funnel 90d by source", "leads"),
            ("funnel 90d by campaign", "sqls"),
            ("win 90d by rep", "won"),
            ("acceptance 90d by variant", "accepted"),
            ("sla 90d by rep", "met"),
            ("cpl 90d by campaign", "leads"),
        ):
            name, _, words = asked.partition(" ")
            behind = await leads_of(f.office, f.where, asked, "UMAYA", field)
            by = asked.rsplit(" ", maxsplit=1)[-1]
            told = (await f.asks(name, words.split(" ")[0], by)).answer
            rows = {row["key"]: row[field] for row in told.rows if row[field]}
            assert {one.called: one.count for one in behind.groups} == rows, asked
            assert sum(one.count for one in behind.groups) == behind.found.total
            for one in behind.groups:
                alone = await leads_of(f.office, f.where, one.asked, "UMAYA", field)
                assert alone.found.total == one.count, one.asked
                assert not alone.groups
                some += 1
        assert some > 6, "the lives were too dull to tell anything"
        assert any(one.called.startswith("no ") for one in behind.groups), "those without a campaign, too"


async def test_a_row_has_no_leads_of_its_own_where_they_are_shared_out_or_the_rep_s(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await f.lead("ada")
        await claim_lead(f.office, f.where, f.numbers["ada"], "UANA")
        assert (await leads_of(f.office, f.where, "sources", "UMAYA")).groups
        assert not (await leads_of(f.office, f.where, "sources model linear", "UMAYA")).groups
        assert not (await leads_of(f.office, f.where, "funnel by rep", "UANA")).groups
        behind = await leads_of(f.office, f.where, "funnel by rep", "UMAYA")
        assert [(one.called, one.asked) for one in behind.groups] == [("UANA", "funnel 90d only rep=UANA")]
