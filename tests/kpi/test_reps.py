"""Who is in time, and who never called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from handlers.flows.claim import claim_lead
from handlers.flows.log import log_touch
from tests.kpi.firm import BERLIN, Firm, firm

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


async def test_who_calls_nobody_is_not_in_time(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        for name in ("ada", "bo"):
            await f.lead(name)
            await claim_lead(f.office, f.where, f.numbers[name], "UANA")
        await log_touch(f.office, f.where, f.numbers["ada"], "UANA", "call")
        assert await in_time(f) == (1, 1), "bo may still be called in time"
        f.clock.forward(9 * 86_400)
        assert await in_time(f) == (1, 2)
        assert await in_time(f, "yesterday") is None, "that ran out before"


async def in_time(f: Firm, period: str = "30d") -> tuple[int, int] | None:
    """How many of how many UANA contacted in time."""
    told: Any = (await f.asks("reps", period)).answer.to_json()
    rate = next((row["in_target"] for row in told["rows"] if row["key"] == "UANA"), None)
    return rate and (rate["k"], rate["n"])
