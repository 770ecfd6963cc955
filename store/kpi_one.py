"""What one source (or campaign, rep, variant) brought, by another dimension: lead by lead.

The day-wise counts know one dimension at a time; those of one value are few enough to be looked at.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Literal

from qualification.periods import Period
from store.kpi_leads import groups_behind
from store.kpi_scope import Scope, raw, within
from store.kpi_spend import spend
from store.tables.base import moment_of
from store.tables.leads import leads

SHARES = {
    "acceptance": ("MQL accepted", "MQL rejected"),
    "win": ("won", "lost"),
    "sla": ("promise kept", "promise broken"),
}
"""For each number that is a share: who made it (a key of `kpi_leads.GROUPS`), and who did not."""
EVERY = 10**6

Tops = dict[str, tuple[int, int]]
"""By key: what is divided, and by what."""


async def shares(scope: Scope, kpi: str, period: Period) -> Tops:
    """Per key how many made it, of how many, for a KPI of SHARES."""
    made, not_made = [await _counted(scope, which, period) for which in SHARES[kpi]]
    return {key: (made[key], made[key] + not_made[key]) for key in {*made, *not_made}}


async def spent_each(scope: Scope, period: Period, per: Literal["created", "won"], currency: str) -> Tops:
    """Per key what was spent in this currency, in minor units, and the leads created or customers won."""
    count, spent = await _counted(scope, per, period), await spend(scope, period)
    return {
        key: (spent[key].amounts.get(currency, 0) if key in spent else 0, count[key])
        for key in {*count, *spent}
    }


async def bought(scope: Scope, period: Period, within_days: int) -> Tops:
    """Per key customers within so many days of creation, of the leads created in the window."""
    created, soon = await _counted(scope, "created", period), Counter[str]()
    columns = raw(leads.c.created_at), raw(leads.c.won_at)
    won = [within(leads.c.created_at, period), leads.c.won_at.is_not(None)]
    async for key, first, last in scope.each(*columns, where=won):
        days = (_day(last, period) - _day(first, period)).days
        soon[key] += days <= within_days
    return {key: (soon[key], n) for key, n in created.items()}


def _day(micros: int, period: Period) -> date:
    return moment_of(micros).astimezone(period.zone).date()


async def _counted(scope: Scope, which: str, period: Period) -> Counter[str]:
    return Counter(dict(await groups_behind(scope, which, period, 0, EVERY)))
