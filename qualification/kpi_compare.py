"""Comparing two cohorts fairly: at equal age, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qualification.kpi import Rate, share
from qualification.kpi_counts import ConversionTimes
from qualification.kpi_words import by_chance, likely, percent
from qualification.periods import Period
from qualification.statistics import ZTest, two_proportions

AT_LEAST_DAYS = 7
"""A cohort whose youngest lead is younger says nothing yet."""


@dataclass(frozen=True)
class EqualAge:
    """Two conversion rates up to `days` after creation; no `test` where nobody or everybody bought."""

    days: float
    this: Rate
    before: Rate
    test: ZTest | None
    text: str


def nothing_known(period: Period, first: date | None) -> str:
    """Why a window has no numbers at all: it ended before the first lead there is; "" where it has some.

    Zero would be a lie: what came before nobody told us.
    """
    if first is None or period.end > first:
        return ""
    return f"the first lead there is was created on {first.isoformat()}"


def half_known(period: Period, first: date | None) -> str:
    """A sentence on a window that began before the first lead there is; "" where there is none to say."""
    if first is None or not period.start < first < period.end:
        return ""
    return f"{period.label} began before the first lead there is, of {first.isoformat()}."


def at_equal_age(
    this: ConversionTimes, before: ConversionTimes, at_least_days: float = AT_LEAST_DAYS
) -> EqualAge | None:
    """Both cohorts as they stood at the age of the youngest lead in either; None while that is too young.

    A cohort that is still growing up always converts less than an old one, so plain rates would always tell
    of a decline.
    """
    days = min((*this.ages, *before.ages), default=0)
    return at_age(days, by_age(this, days), by_age(before, days), at_least_days)


def at_age(
    days: float, now: Rate | None, then: Rate | None, at_least_days: float = AT_LEAST_DAYS
) -> EqualAge | None:
    """The same from what share of each had bought `days` after creation, where the youngest is as old."""
    if now is None or then is None or days < at_least_days:
        return None
    test = two_proportions(then.k, then.n, now.k, now.n)
    word = by_chance(test.p) if test is not None else "The difference may well be chance."
    text = (
        f"{days:.0f} days after creation: {percent(now.value)}, {likely(now)}, "
        f"against {percent(then.value)}, {likely(then)}, before. {word}"
    )
    return EqualAge(days, now, then, test, text)


def by_age(cohort: ConversionTimes, days: float) -> Rate | None:
    """What share of the cohort had bought so many days after creation; None where it is empty."""
    bought = sum(n for took, n in cohort.customer_days.items() if took <= days)
    return share(bought, cohort.leads)
