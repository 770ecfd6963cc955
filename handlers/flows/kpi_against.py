"""What our numbers stand against: ranges that others published, rules that somebody proposed."""

from __future__ import annotations

from qualification.benchmarks import SHIPPED, Range, read_ranges
from qualification.kpi_against_counts import OwnNumbers, Proposed
from qualification.kpi_cells import ALL
from qualification.kpi_counts import FunnelCounts, MqlCounts, SpendCounts, summed
from qualification.periods import Period
from store.kpi_cohorts import funnel, mql_to_sql
from store.kpi_nurture import nurture
from store.kpi_scope import Scope
from store.kpi_spend import costs
from store.kpi_waits import FOR_CONTACT, waits
from store.work import Work

RANGES = "kpi.ranges"
"""The setting with the firm's own ranges, one a line; those shipped until somebody changed them."""
REPLAYED = "definition.replayed:"
"""Begins the settings that say how far the replay of a proposal is: {"done", "of"}, in leads."""


async def kept_ranges(work: Work) -> tuple[Range, ...]:
    """What ours is compared with."""
    return read_ranges(await ranges_text(work))


async def ranges_text(work: Work) -> str:
    """The same as people edit it."""
    kept = (await work.house.settings()).get(RANGES)
    return SHIPPED if kept is None else str(kept)


async def own_numbers(scope: Scope, period: Period, sql_within_days: int) -> OwnNumbers:
    """Our side of every range that can be compared."""
    mqls = await mql_to_sql(scope, period, sql_within_days)
    nurtured, _ = await nurture(scope, period)
    return OwnNumbers(
        summed(await funnel(scope, period), FunnelCounts(ALL, 0, 0, 0, 0)),
        summed(mqls, MqlCounts(ALL, 0, 0, 0)),
        summed(await costs(scope, period), SpendCounts(ALL, (), 0, 0, 0, 0)),
        await waits(scope, period, FOR_CONTACT),
        tuple(nurtured),
    )


async def open_proposals(work: Work) -> list[Proposed]:
    """The proposals that wait for somebody, newest first, with what they would change."""
    settings = await work.house.settings()
    found = []
    for one in await work.proposals.opened():
        far = settings.get(f"{REPLAYED}{one.id}") or {}
        told = (int(far.get("done", 0)), int(far.get("of", 0)))
        found.append(Proposed(f"proposal {one.id}", one.effect, *told))
    return found
