"""One number in two windows: counted in one reading transaction, compared only where that is fair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from handlers.flows.kpi_counting import Calculation, Counting, counted
from qualification.kpi import Answer, LeftOut
from qualification.kpi_compare import EqualAge, at_equal_age
from qualification.kpi_counts import ConversionTimes, summed
from qualification.kpi_versus import Both, compared, told_before
from qualification.periods import Period, side_by_side, so_far
from store.kpi_cohorts import conversion
from store.kpi_sums import first_day


@dataclass(frozen=True)
class Comparison:
    """`this` is the number of the window asked for; `make` the answer that compares it with the other's."""

    this: Calculation
    make: Callable[[], Answer]


async def against(at: Counting) -> Comparison:
    """Count both windows of a question that has two.

    What happened in a window that goes on is compared with as many days of the other; cohorts stay whole,
    because they are compared at equal age.
    """
    question, kpi = at.question, at.question.kpi
    assert question.against is not None
    if kpi.compared.how == "itself":
        this = await counted(at)
        _, other = side_by_side(question.period, question.against, at.scope.now)
        return Comparison(this, lambda: replace(this.make(), against=other))
    first, second = question.period, question.against
    if kpi.basis == "flow":
        first, second = side_by_side(first, second, at.scope.now)
    this, before = await counted(_over(at, first)), await counted(_over(at, second, whole=False))
    aged = await _aged(at, first, second) if kpi.compared.how == "aged" else None

    def make() -> Answer:
        return compared(Both(this.make(), before.make(), aged))

    return Comparison(this, make)


async def beside_before(at: Counting) -> Calculation:
    """The number, and in its sentence that of the window before, where all of that one is known."""
    this = await counted(at)
    if not at.question.kpi.compared.before:
        return this
    _, before = so_far(at.question.period, at.scope.now)
    first = await first_day(at.scope)
    if first is None or before.start < first:
        return this
    then = await counted(_unsplit(_over(at, before, whole=False)))
    return replace(this, make=lambda: told_before(this.make(), then.make()))


def _over(at: Counting, period: Period, *, whole: bool = True) -> Counting:
    """The same counted over another window; what was left out of the other one is not told."""
    asked = replace(at.asked, period=period, left_out=at.asked.left_out if whole else LeftOut())
    return replace(at, question=replace(at.question, period=period, against=None), asked=asked)


def _unsplit(at: Counting) -> Counting:
    """The same for all keys together, where nobody asked for one of them: only its total is told."""
    if at.only is not None:
        return at
    question, asked = replace(at.question, by=None), replace(at.asked, by=None)
    return replace(at, scope=replace(at.scope, by=None), question=question, asked=asked)


async def _aged(at: Counting, first: Period, second: Period) -> EqualAge | None:
    """Both cohorts' conversion at the age of the younger; None while that is too young."""
    this, before = await _times(at, first), await _times(at, second)
    return at_equal_age(this, before) if this.ages and before.ages else None


async def _times(at: Counting, period: Period) -> ConversionTimes:
    counts = await conversion(at.scope, period)
    return summed([one for one in counts if at.only in (None, one.key)], ConversionTimes("all", {}, {}, {}))
