"""Counting who was nurtured, from the history: the row only knows the stage of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Float, Subquery, and_, case, cast, func, or_, select

from qualification.kpi_against_counts import HELD_OUT, NOT_NURTURED, NURTURED, OFFERED, NurtureCounts
from qualification.kpi_counts import WonAmounts
from qualification.money import Money
from qualification.periods import Period
from store.kpi_scope import Scope, within
from store.tables.leads import lead_events, leads

ARMS = {"nurture": OFFERED, "nurture-holdout": HELD_OUT}
"""Variants that say which arm of a holdout a lead was drawn into."""


@dataclass
class _Counted:
    leads: int = 0
    customers: int = 0
    amounts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0.0]))

    def add(
        self, n: int, customers: int, currency: str | None, minor: int, paid: int, squares: float
    ) -> None:
        self.leads += n
        self.customers += customers
        if currency is not None and paid:
            self.amounts[currency][0] += minor
            self.amounts[currency][1] += paid
            self.amounts[currency][2] += squares

    def counts(self, key: str) -> NurtureCounts:
        told = sorted(self.amounts.items())
        amounts = tuple(
            WonAmounts(Money(int(minor), code), int(n), squares) for code, (minor, n, squares) in told
        )
        return NurtureCounts(key, self.leads, self.customers, amounts)


async def nurture(scope: Scope, period: Period) -> tuple[Sequence[NurtureCounts], Sequence[NurtureCounts]]:
    """The window's leads: the nurtured and the others; then the arms of a holdout, where one ran.

    Nurtured is whoever entered nurture before buying, under whichever number, unless that was undone. Both
    are empty without leads.
    """
    seen = await _ever_nurtured(scope, period)
    group = case((seen.c.lead.is_not(None), NURTURED), else_=NOT_NURTURED).label("nurtured")
    arm = case(*[(leads.c.variant == name, key) for name, key in ARMS.items()], else_="").label("arm")
    paid = and_(leads.c.won_at.is_not(None), leads.c.amount_minor.is_not(None))
    currency = case((paid, leads.c.currency)).label("currency")
    inner = (
        select(group, arm, currency, leads.c.won_at, case((paid, leads.c.amount_minor)).label("minor"))
        .select_from(leads.outerjoin(seen, seen.c.lead == leads.c.number))
        .where(*scope.valid(), within(leads.c.created_at, period))
        .subquery()
    )
    query = select(
        inner.c.nurtured,
        inner.c.arm,
        inner.c.currency,
        func.count().label("n"),
        func.count(inner.c.won_at).label("customers"),
        func.coalesce(func.sum(inner.c.minor), 0).label("minor"),
        func.count(inner.c.minor).label("paid"),
        # Squares of large amounts find no room in a whole number.
        func.coalesce(func.sum(cast(inner.c.minor, Float) * cast(inner.c.minor, Float)), 0.0).label(
            "squares"
        ),
    ).group_by(inner.c.nurtured, inner.c.arm, inner.c.currency)
    found: dict[str, _Counted] = defaultdict(_Counted)
    for row in await scope.work.execute(query):
        for key in (row.nurtured, row.arm) if row.arm else (row.nurtured,):
            found[key].add(row.n, row.customers, row.currency, int(row.minor), row.paid, row.squares)
    if not found:
        return (), ()
    ran = OFFERED in found or HELD_OUT in found
    both = [found[key].counts(key) for key in (NURTURED, NOT_NURTURED)]
    return both, [found[key].counts(key) for key in (OFFERED, HELD_OUT)] if ran else ()


async def _ever_nurtured(scope: Scope, period: Period) -> Subquery:
    """One row, `lead`, for each of the window's leads that was nurtured before it bought."""
    here = lead_events.c.workspace == scope.work.workspace
    backs = ("undone", "unmerged")
    undone = select(lead_events.c.data["step"].as_string()).where(
        here, lead_events.c.kind.in_(backs), lead_events.c.at >= period.start_at
    )
    its_lead = await scope.its_lead(lead_events.c.lead)
    return (
        select(leads.c.number.label("lead"))
        .distinct()
        .where(
            here,
            and_(leads.c.workspace == lead_events.c.workspace, its_lead),
            *scope.valid(),
            within(leads.c.created_at, period),
            lead_events.c.kind == "stage",
            # Nobody is nurtured before they are a lead.
            lead_events.c.at >= period.start_at,
            lead_events.c.data["to"].as_string() == "nurture",
            or_(leads.c.won_at.is_(None), lead_events.c.at <= leads.c.won_at),
            lead_events.c.step.not_in(undone),
        )
        .subquery()
    )
