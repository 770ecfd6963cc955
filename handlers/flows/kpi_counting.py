"""For each number the counts it needs and the formula that makes the answer: one short function each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from handlers.flows.kpi_against import kept_ranges, open_proposals, own_numbers
from qualification import kpi_against, kpi_money, kpi_people, kpi_stages, kpi_visitors
from qualification import kpi_experiments as experiments
from qualification.attribution import Model
from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.definition_parts import Clocks
from qualification.kpi import Answer, Asked, Keyed
from qualification.kpi_best import THE_REST
from qualification.kpi_cells import ALL, ContactClock
from qualification.kpi_compare import half_known, nothing_known
from qualification.kpi_counts import ConversionTimes, SpendCounts, VelocityFactors, summed
from qualification.kpi_question import Question
from qualification.periods import Period, side_by_side, so_far
from store import kpi_cohorts, kpi_experiments, kpi_flows, kpi_nurture, kpi_reps, kpi_speed, kpi_spend
from store import kpi_visitors as visitor_counts
from store.kpi_scope import Scope
from store.kpi_sums import first_day

SQL_WITHIN_DAYS = 30
MOST_KEYS = 100
"""Campaigns are typed by others: more keys than a person can read are summed up."""


@dataclass(frozen=True)
class Counting:
    """What a number is counted from. `only` is the one key that is asked for or may be seen, None for all."""

    scope: Scope
    question: Question
    asked: Asked
    definition: Definition
    week: WorkWeek
    only: str | None = None

    @property
    def clocks(self) -> Clocks:
        """The promises to claim and to touch."""
        return self.definition.clocks


@dataclass(frozen=True)
class Calculation:
    """The formula with its counts, to be made outside the transaction.

    `conversions`, for conversion only, are the counts themselves.
    """

    make: Callable[[], Answer]
    conversions: Sequence[ConversionTimes] = ()


Counts = TypeVar("Counts", bound=Keyed)


async def counted(at: Counting) -> Calculation:
    """Count what the question needs."""
    return await COUNTERS[at.question.kpi.name](at)


def _shown(at: Counting, counts: Sequence[Counts]) -> list[Counts]:
    """The keys this person may see, those past MOST_KEYS as one."""
    if at.only is not None:
        return [one for one in counts if one.key == at.only]
    if len(counts) <= MOST_KEYS:
        return list(counts)
    rest = counts[MOST_KEYS - 1 :]
    together = replace(summed(rest, rest[0]), key=THE_REST)  # type: ignore[type-var]
    if isinstance(together, SpendCounts):
        # The window is as long for all of them together as for each.
        together = replace(together, days=rest[0].days)  # type: ignore[attr-defined]
    return [*counts[: MOST_KEYS - 1], together]


def _windows(at: Counting) -> tuple[Period, Period]:
    """The window so far and the one before it, or the one that was asked for, cut alike."""
    period, against, now = at.question.period, at.question.against, at.scope.now
    return so_far(period, now) if against is None else side_by_side(period, against, now)


async def _overview(at: Counting) -> Calculation:
    this, before = _windows(at)
    spent, spent_before = map(kpi_spend.total_of, await kpi_spend.spend_in_each(at.scope, this, before))
    now = await kpi_flows.overview(at.scope, this, spent)
    then = await kpi_flows.overview(at.scope, before, spent_before)
    first = await first_day(at.scope)
    asked, unknown = replace(at.asked, period=this), (nothing_known(before, first), half_known(before, first))
    return Calculation(lambda: kpi_people.overview(asked, now, then, before.label, *unknown))


async def _funnel(at: Counting) -> Calculation:
    counts = _shown(at, await kpi_cohorts.funnel(at.scope, at.question.period))
    return Calculation(lambda: kpi_stages.funnel(at.asked, counts))


async def _conversion(at: Counting) -> Calculation:
    counts = _shown(at, await kpi_cohorts.conversion(at.scope, at.question.period))
    return Calculation(lambda: kpi_stages.conversion(at.asked, counts), counts)


async def _mql_sql(at: Counting) -> Calculation:
    counts = _shown(at, await kpi_cohorts.mql_to_sql(at.scope, at.question.period, SQL_WITHIN_DAYS))
    return Calculation(lambda: kpi_stages.mql_sql(at.asked, counts, SQL_WITHIN_DAYS))


async def _acceptance(at: Counting) -> Calculation:
    touch = at.clocks.claim_to_touch
    counts = _shown(at, await kpi_cohorts.acceptance(at.scope, at.question.period, at.week, touch))
    return Calculation(lambda: kpi_stages.acceptance(at.asked, counts))


async def _cpl(at: Counting) -> Calculation:
    counts = _shown(at, await kpi_spend.costs(at.scope, at.question.period))
    return Calculation(lambda: kpi_money.cpl(at.asked, counts))


async def _cac(at: Counting) -> Calculation:
    counts = _shown(at, await kpi_spend.costs(at.scope, at.question.period))
    return Calculation(lambda: kpi_money.cac(at.asked, counts))


async def _lvr(at: Counting) -> Calculation:
    this, before = _windows(at)
    counts = _shown(at, await kpi_flows.growth(at.scope, this, before))
    first = await first_day(at.scope)
    asked, unknown = replace(at.asked, period=this), (nothing_known(before, first), half_known(before, first))
    return Calculation(lambda: kpi_stages.lvr(asked, counts, before.label, *unknown))


async def _velocity(at: Counting) -> Calculation:
    counts = await kpi_flows.velocity(at.scope, at.question.period)
    everyone = counts
    if at.scope.by is not None:
        everyone = await kpi_flows.velocity(replace(at.scope, by=None), at.question.period)
        counts = [one for one in counts if at.only in (None, one.key)][:MOST_KEYS]
    total = next(iter(everyone if at.only is None else counts), VelocityFactors(ALL, 0, 0, 0, (), None))
    return Calculation(lambda: kpi_money.velocity(at.asked, counts, replace(total, key=ALL)))


async def _speed(at: Counting) -> Calculation:
    period, clock = at.question.period, ContactClock(at.week, at.clocks.claim_to_touch)
    exact = at.question.exact or await kpi_speed.are_few(at.scope, period)
    count = kpi_speed.speed if exact else kpi_speed.speed_in_buckets
    counts = _shown(at, await count(at.scope, period, clock))
    return Calculation(lambda: kpi_people.speed(at.asked, counts, exact=exact))


async def _sla(at: Counting) -> Calculation:
    counts = _shown(at, await kpi_flows.promises(at.scope, at.question.period))
    return Calculation(lambda: kpi_stages.sla(at.asked, counts))


async def _win(at: Counting) -> Calculation:
    counts = _shown(at, await kpi_flows.outcomes(at.scope, at.question.period))
    return Calculation(lambda: kpi_stages.win(at.asked, counts))


async def _reps(at: Counting) -> Calculation:
    touch = at.clocks.claim_to_touch
    counts = _shown(at, await kpi_reps.reps(at.scope, at.question.period, at.week, touch))
    return Calculation(lambda: kpi_people.reps(at.asked, counts))


async def _sources(at: Counting) -> Calculation:
    model: Model = at.question.model
    counts = _shown(at, await kpi_spend.sources(at.scope, at.question.period, model))
    return Calculation(lambda: kpi_money.sources(at.asked, counts, model))


async def _quality(at: Counting) -> Calculation:
    this, before = _windows(at)
    found = await kpi_flows.rejections(at.scope, this, before)
    counts = [one for one in found if at.only in (None, one.source)][: MOST_KEYS * 10]
    asked = replace(at.asked, period=this)
    return Calculation(lambda: kpi_people.quality(asked, counts, before.label))


async def _visitors(at: Counting) -> Calculation:
    found, by_day_until = await visitor_counts.visitors(at.scope, at.question.period)
    counts = found if len(found) <= MOST_KEYS else kpi_visitors.fewest(found, MOST_KEYS, THE_REST)
    return Calculation(lambda: kpi_visitors.visitors(at.asked, counts, by_day_until))


async def _ab(at: Counting) -> Calculation:
    agreed = at.definition.experiments
    counts = await kpi_experiments.experiment(at.scope, at.question.period, at.question.experiment, agreed)
    return Calculation(lambda: experiments.ab(at.asked, counts))


async def _nurture(at: Counting) -> Calculation:
    counts, holdout = await kpi_nurture.nurture(at.scope, at.question.period)
    return Calculation(lambda: kpi_against.nurture(at.asked, counts, holdout))


async def _benchmark(at: Counting) -> Calculation:
    ranges = await kept_ranges(at.scope.work)
    own = await own_numbers(at.scope, at.question.period, SQL_WITHIN_DAYS)
    return Calculation(lambda: kpi_against.benchmark(at.asked, ranges, own))


async def _definition(at: Counting) -> Calculation:
    proposals = await open_proposals(at.scope.work)
    return Calculation(lambda: kpi_against.definition(at.asked, proposals))


COUNTERS: Mapping[str, Callable[[Counting], Awaitable[Calculation]]] = {
    "overview": _overview,
    "funnel": _funnel,
    "conversion": _conversion,
    "mql-sql": _mql_sql,
    "acceptance": _acceptance,
    "cpl": _cpl,
    "cac": _cac,
    "lvr": _lvr,
    "velocity": _velocity,
    "speed": _speed,
    "sla": _sla,
    "win": _win,
    "reps": _reps,
    "sources": _sources,
    "quality": _quality,
    "nurture": _nurture,
    "benchmark": _benchmark,
    "definition": _definition,
    "visitors": _visitors,
    "ab": _ab,
}
"""For each KPI of the list its counting query."""
