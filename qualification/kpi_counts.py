"""What the store hands to the formulas: plain counts per key, the exact contract of its queries.

For all of them: `key` is a value of the dimension asked for (`linkedin`, a rep's id, …), or "all" when none
was. A lead counts under one key only, so sums over keys are totals. Only valid leads are counted (not spam,
test, duplicate or existing customer); how many were left out goes into `Asked.left_out`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Any, TypeVar

from qualification.money import Money


@dataclass(frozen=True)
class FunnelCounts:
    """Leads created in the window, and how many of them ever reached a stage.

    A lead that skipped a stage passed it: mqls counts leads that reached MQL or SQL or customer. `open` are
    those in no final stage (customer, lost, disqualified).
    """

    key: str
    leads: int
    mqls: int
    sqls: int
    customers: int
    open: int = 0


@dataclass(frozen=True)
class ConversionTimes:
    """Leads created in the window, in calendar days: age → how many; of customers, days to won → how many.

    `open_days` are the ages of those still open; whoever is in neither was lost or disqualified.
    """

    key: str
    ages: Mapping[float, int]
    customer_days: Mapping[float, int]
    open_days: Mapping[float, int]

    @property
    def leads(self) -> int:
        """How many leads."""
        return sum(self.ages.values())

    @property
    def customers(self) -> int:
        """How many of them bought."""
        return sum(self.customer_days.values())


@dataclass(frozen=True)
class MqlCounts:
    """Leads with their first MQL in the window that are H days old since then, those of them that reached SQL
    within H days, and the younger ones apart."""

    key: str
    mqls: int
    sqls: int
    immature: int


@dataclass(frozen=True)
class AcceptanceCounts:
    """Leads with their first MQL in the window, each counted once.

    Accepted: claimed and worked. Rejected: disqualified by a person before SQL, for `reasons`. Overdue:
    undecided past the clock. Undecided: the rest.
    """

    key: str
    accepted: int
    rejected: int
    undecided: int
    overdue: int
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SpendCounts:
    """Spend in the window, one amount per currency, beside leads created and stages entered in it.

    `covered` are those of the window's `days` so far for which spend is entered; as many mean nothing is
    missing.
    """

    key: str
    spend: tuple[Money, ...]
    leads: int
    mqls: int
    sqls: int
    customers: int
    covered: frozenset[date] = frozenset()
    days: int = 0


@dataclass(frozen=True)
class SourceCounts:
    """A source's cohort (as FunnelCounts), its spend in the window, what the cohort's customers paid so far.

    With an attribution model other than first touch the store still hands in whole leads (each under the
    source with its largest share) and attributes `revenue` exactly.
    """

    key: str
    leads: int
    mqls: int
    sqls: int
    customers: int
    spend: tuple[Money, ...]
    revenue: tuple[Money, ...]
    open: int = 0


@dataclass(frozen=True)
class WonAmounts:
    """What customers paid in one currency: the sum, over how many with an amount, and the sum of the squares
    of their minor units where an interval is wanted."""

    total: Money
    n: int
    squares: float = 0.0


@dataclass(frozen=True)
class VelocityFactors:
    """Open SQLs now; won, lost, amounts and mean days from SQL to won over the window (None: nobody won)."""

    key: str
    sqls: int
    won: int
    lost: int
    amounts: tuple[WonAmounts, ...]
    cycle_days: float | None


@dataclass(frozen=True)
class WaitCounts:
    """Seconds waited → how many leads: until it ended, and of those who wait still, until now."""

    ended: Mapping[float, int] = field(default_factory=dict)
    waiting: Mapping[float, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many leads."""
        return sum(self.ended.values()) + sum(self.waiting.values())


@dataclass(frozen=True)
class SpeedTimes:
    """Leads created in the window, without late and imported ones (counted apart).

    `contacts` by the wall clock, `worked` by the working clock (empty where no answer tells it). `in_target`
    of the `judged` were contacted in time; judged are those contacted or past their target.
    """

    key: str
    claims: WaitCounts
    contacts: WaitCounts
    worked: WaitCounts
    in_target: int
    judged: int
    late: int = 0
    imported: int = 0


@dataclass(frozen=True)
class SlaCounts:
    """Clocks due in the window: met, broken and done since, broken and open still; not yet due apart."""

    key: str
    met: int
    breached: int
    overdue_open: int
    not_due: int = 0


@dataclass(frozen=True)
class WinCounts:
    """SQLs closed in the window, won or lost."""

    key: str
    won: int
    lost: int


@dataclass(frozen=True)
class GrowthCounts:
    """Leads that became MQL this month, and in the same days of the last (`periods.so_far` cuts both)."""

    key: str
    this: int
    last: int


@dataclass(frozen=True)
class RepCounts:
    """What a rep did in the window. `speed` is seconds from receipt to first contact, one per lead contacted.

    `in_target` of `judged` as in SpeedTimes; `open_now` is what they own at this moment.
    """

    key: str
    claimed: int
    in_target: int
    judged: int
    qualified: int
    sqls: int
    customers: int
    open_now: int
    speed: Sequence[float] = ()


@dataclass(frozen=True)
class QualityCounts:
    """Leads a person disqualified for `reason`, from `source` (or campaign): in this window and before."""

    reason: str
    source: str
    n: int
    previous: int

    @property
    def key(self) -> str:
        """Both, as a table's row is named."""
        return f"{self.reason} · {self.source}"


@dataclass(frozen=True)
class OverviewCounts:
    """One window: leads created, stages entered, spend per currency, and waits for the first contact."""

    leads: int
    mqls: int
    sqls: int
    customers: int
    spend: tuple[Money, ...] = ()
    contacts: WaitCounts = WaitCounts()
    key: str = "all"


@dataclass(frozen=True, slots=True)
class VisitorCounts:
    """People of one source who saw a page or a form in the window while they were no lead, each once, and
    valid leads created in it, without imported ones. `visitors` None: nobody reports any from there."""

    key: str
    visitors: int | None
    leads: int


Counts = TypeVar("Counts")


def summed(counts: Sequence[Counts], empty: Counts) -> Counts:
    """All keys together under `empty`'s key: numbers added, lists joined; `empty` when there are none."""
    if not counts:
        return empty
    names = [name for name in vars(empty) if name != "key"]
    merged = {name: _together([vars(one)[name] for one in counts]) for name in names}
    return replace(empty, **merged)  # type: ignore[type-var]


def _together(values: list[Any]) -> Any:
    match values[0]:
        case int():
            return sum(values)
        case frozenset():
            return frozenset().union(*values)
        case Mapping():
            return dict(sum((Counter(one) for one in values), Counter()))
        case WaitCounts():
            return summed(values, WaitCounts())
        case _:
            return tuple(chain.from_iterable(values))
