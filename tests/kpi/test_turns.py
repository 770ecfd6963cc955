"""Counting lead by lead holds up nobody: between any few leads others of the same process have their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.flows.receive import take_in
from qualification.arrival import NewLead
from qualification.kpi_cells import ContactClock
from qualification.lead import Profile
from qualification.matching import email_key
from qualification.periods import Period, parse_period
from qualification.permission import Consent
from store import kpi_scope, sqlite_connection
from store.kpi_attribution import credited
from store.kpi_scope import Scope
from store.kpi_speed import speed
from tests.kpi.firm import BERLIN, Firm, firm

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
LEADS, TOUCHES, PAGE = 60, 2, 10


async def by_speed(scope: Scope, period: Period, clock: ContactClock) -> object:
    return await speed(scope, period, clock)


async def by_model(scope: Scope, period: Period, _: ContactClock) -> object:
    return await credited(scope, period, "linear")


@pytest.mark.parametrize(("count", "rows"), [(by_speed, LEADS), (by_model, LEADS * (1 + TOUCHES))])
async def test_others_have_their_turn_between_the_leads(
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    count: Callable[[Scope, Period, ContactClock], Awaitable[object]],
    rows: int,
) -> None:
    monkeypatch.setattr(kpi_scope, "PAGE", PAGE)
    # No question is long enough for a thread: what is looked at here is what is done with the rows.
    monkeypatch.setattr(sqlite_connection, "SHORT", 10**9)
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await many_leads(f)
        rules, period = await f.office.rules(f.where), parse_period("30d", NOW, BERLIN)
        clock = ContactClock(rules.week, rules.definition.clocks.claim_to_touch)
        turns = 0

        async def somebody_else() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with f.office.store.read(f.where) as work:
            other = asyncio.create_task(somebody_else())
            found: Any = await count(Scope(work, frozenset(), None, f.clock()), period, clock)
            other.cancel()
            with suppress(asyncio.CancelledError):
                await other
        assert found
        assert turns >= rows // PAGE


async def many_leads(f: Firm) -> None:
    """Each of them asks twice, by another source."""
    for touch in range(TOUCHES):
        news = [
            NewLead(
                Profile(email=f"p{n}@p{n}.example"),
                "demo_request",
                NOW - timedelta(days=2 - touch),
                f"f-{n}-{touch}",
                email_key=email_key(f"p{n}@p{n}.example"),
                source=("google", "linkedin")[touch],
                consent=Consent(True, ("contact",)),
            )
            for n in range(LEADS)
        ]
        await take_in(f.office, f.where, news)
