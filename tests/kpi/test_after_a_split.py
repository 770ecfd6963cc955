"""Two numbers were one person for a while: what is told of the time in which they were, and of each since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from handlers.flows.claim import claim_lead
from handlers.flows.merge import merge_leads, split_leads
from handlers.flows.outcome import win_lead
from handlers.flows.qualify import save_qualify
from tests.kpi.firm import Firm, firm
from tests.kpi.lives import GOOD

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


async def merged(f: Firm) -> str:
    """The step that made ada and bo one."""
    done = await merge_leads(f.office, f.where, f.numbers["ada"], f.numbers["bo"], "UANA")
    return done.saved.step


async def split(f: Firm, step: str) -> None:
    await split_leads(f.office, f.where, 1001, step, "UANA", for_good=True)


async def test_how_long_a_purchase_took_is_unknown_where_the_sql_went_with_the_other_one(
    database_url: str,
) -> None:
    async with firm(database_url, NOW) as f:
        for name in ("ada", "bo"):
            await f.lead(name)
        await claim_lead(f.office, f.where, f.numbers["bo"], "UANA")
        seen = await f.office.look(f.where, f.numbers["bo"])
        await save_qualify(f.office, f.where, f.numbers["bo"], "UANA", GOOD, seen.lead.revision, {})
        step = await merged(f)
        f.clock.forward(5 * 86_400)
        await win_lead(f.office, f.where, 1001, "UANA", "1200 EUR")
        assert (await f.total("velocity"))["cycle_days"] == 5
        await split(f, step)
        told = (await f.asks("velocity")).answer
        assert (told.total["cycle_days"], told.total["per_day"]) == (None, None)
        assert told.missing["cycle_days"] == "nobody knows when these customers became SQL"


async def test_a_touch_counts_for_the_one_it_was_given_back_to(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await f.lead("ada", source="linkedin")
        await f.lead("bo", source="google")
        step = await merged(f)
        f.clock.forward(60)
        await f.lead("bo", source="web")
        await split(f, step)
        assert await credited(f, "last") == {"linkedin": 1, "web": 1}


async def test_what_both_numbers_did_at_once_is_one_touch(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        began = f.clock()
        for name, source in (("ada", "linkedin"), ("bo", "google")):
            f.clock.forward(60)
            await f.lead(name, at=began, action="webinar_attended", source=source)
        f.clock.forward(60)
        await f.lead("bo", source="web")
        await merged(f)
        f.clock.forward(3_600)
        await claim_lead(f.office, f.where, 1001, "UANA")
        seen = await f.office.look(f.where, 1001)
        await save_qualify(f.office, f.where, 1001, "UANA", GOOD, seen.lead.revision, {})
        await win_lead(f.office, f.where, 1001, "UANA", "1200 EUR")
        rows: Any = (await f.asks("sources", by="source", model="linear")).answer.to_json()["rows"]
        (row,) = [one for one in rows if one["leads"]]
        # 600.00 each: a third would be for a webinar that was attended twice.
        assert row["revenue_per_lead"] == {"minor": 600_00, "currency": "EUR"}


async def test_who_is_due_nothing_has_no_row(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await f.lead("ada", source="linkedin")
        f.clock.forward(60)
        await f.lead("ada", source="web")
        await claim_lead(f.office, f.where, 1001, "UANA")
        seen = await f.office.look(f.where, 1001)
        await save_qualify(f.office, f.where, 1001, "UANA", GOOD, seen.lead.revision, {})
        await win_lead(f.office, f.where, 1001, "UANA", "1200 EUR")
        assert await credited(f, "last") == {"web": 1}


async def credited(f: Firm, model: str) -> dict[str, int]:
    told: Any = (await f.asks("sources", by="source", model=model)).answer.to_json()
    return {row["key"]: row["leads"] for row in told["rows"]}
