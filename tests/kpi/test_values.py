"""Which sources, campaigns, variants and owners are known: all there are leads of, the busiest first."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import func, select

from handlers.flows.claim import claim_lead
from handlers.flows.counting import ready_to_count
from handlers.flows.disqualify import disqualify_lead
from handlers.flows.kpi import ask_with_every_right
from qualification.errors import Refused
from qualification.kpi import Dimension
from store import kpi_values
from store.kpi_fold import fold
from store.tables.leads import leads
from tests.kpi.firm import Firm, firm

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
COLUMNS: dict[Dimension, str] = {
    "source": "source",
    "campaign": "campaign",
    "variant": "variant",
    "rep": "owner",
}


async def test_what_is_known_is_what_the_leads_themselves_say(database_url: str) -> None:
    chance = Random(4)
    async with firm(database_url, NOW) as f:
        await ready_to_count(f.office, f.where)
        for n in range(30):
            campaign, variant = chance.choice(("spring", "fair", None)), chance.choice(("a", "b", None))
            source = chance.choice(("google", "linkedin", "web"))
            number = await f.lead(f"p{n}", source=source, campaign=campaign, variant=variant)
            if chance.random() < 0.4:
                await claim_lead(f.office, f.where, number, chance.choice(("UANA", "UBEN")))
            if chance.random() < 0.2:
                await disqualify_lead(f.office, f.where, number, "UANA", "spam")
            if chance.random() < 0.2:
                await fold(f.office.store)
            if n % 6 == 0:
                await _is_what_leads_say(f)
        await _is_what_leads_say(f)


async def _is_what_leads_say(f: Firm) -> None:
    async with f.office.store.read(f.where) as work:
        told = await kpi_values.values_seen(work)
        for dimension, name in COLUMNS.items():
            column = leads.c[name]
            query = select(column).where(column.is_not(None)).group_by(column)
            rows = await work.execute(query.order_by(func.count().desc(), column))
            assert told[dimension] == tuple(row[0] for row in rows), dimension


async def test_a_rare_campaign_is_known_by_its_exact_name(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kpi_values, "MOST_VALUES", 2)
    async with firm(database_url, NOW) as f:
        for n, campaign in enumerate(("busy", "busy", "busier", "busier", "busier", "rare")):
            await f.lead(f"p{n}", campaign=campaign)
        told = await ask_with_every_right(f.office, f.where, "funnel only campaign=rare")
        assert told.answer.total["leads"] == 1
        with pytest.raises(Refused, match="I know no campaign “rarer”"):
            await ask_with_every_right(f.office, f.where, "funnel only campaign=rarer")
