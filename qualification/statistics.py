"""The statistics behind our answers, exact and small."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, erfc, exp, inf, lgamma, log, log1p, sqrt

# The 97.5th percentile of the normal distribution: a 95% interval on both sides.
Z95 = 1.959963984540054


def wilson(k: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The range in which the true share likely lies, for `k` of `n`; both ends are fractions within 0 and 1.

    Raises:
        ValueError: `n` is not positive, or `k` is not between 0 and `n`.

    Source: E. B. Wilson, "Probable inference", Journal of the American Statistical Association 22 (1927).
    """
    if n <= 0 or not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share.")
    share, spread = k / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    # Exact at the ends, where rounding would leave 1e-17 instead of 0.
    return (0.0 if k == 0 else max(0.0, middle - half)), (1.0 if k == n else min(1.0, middle + half))


@dataclass(frozen=True)
class ZTest:
    """Whether two shares differ: `z` in standard errors, `p` two-sided."""

    z: float
    p: float


def two_proportions(k1: int, n1: int, k2: int, n2: int) -> ZTest | None:
    """Pooled two-proportion z test of `k2`/`n2` against `k1`/`n1`; None where nobody or everybody converted.

    Raises:
        ValueError: a group is empty, or a count is not between 0 and its group.
    """
    if min(n1, n2) <= 0 or not (0 <= k1 <= n1 and 0 <= k2 <= n2):
        raise ValueError("Both groups need people, and no more successes than people.")
    pooled = (k1 + k2) / (n1 + n2)
    if pooled in (0.0, 1.0):
        return None
    z = (k2 / n2 - k1 / n1) / sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return ZTest(z, erfc(abs(z) / sqrt(2)))


def fisher(k1: int, n1: int, k2: int, n2: int) -> float:
    """How likely chance alone sets two equal shares at least this far apart, either way: p, exact.

    Holds for one of one as for millions: twice the smaller tail of the hypergeometric distribution.

    Raises:
        ValueError: a group is empty, or a count is not between 0 and its group.

    Source: R. A. Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98
    (1935).
    """
    if min(n1, n2) <= 0 or not (0 <= k1 <= n1 and 0 <= k2 <= n2):
        raise ValueError("Both groups need people, and no more successes than people.")
    if k1 * n2 < k2 * n1:
        k1, n1, k2, n2 = k2, n2, k1, n1
    both = k1 + k2
    first = exp(_ways(n1, k1) + _ways(n2, k2) - _ways(n1 + n2, both))
    steps = ((n1 - k) * (both - k) / ((k + 1) * (n2 - both + k + 1)) for k in range(k1, min(n1, both)))
    return _twice(first, steps)


def two_counts(k1: int, size1: float, k2: int, size2: float) -> float:
    """The same for counts of what happens by itself, for each unit of what it cost (or took) alike.

    Args:
        size1: What `k1` came for, such as money; only the ratio of both sizes matters.
    Raises:
        ValueError: a count is negative, or a size is not positive.

    Source: J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples from Poisson series",
    Biometrika 31 (1940): of both counts together, one is a binomial share.
    """
    if min(k1, k2) < 0 or min(size1, size2) <= 0:
        raise ValueError("Both counts need a size, and neither is negative.")
    if k1 * size2 < k2 * size1:
        k1, size1, k2, size2 = k2, size2, k1, size1
    n, odds = k1 + k2, size1 / size2
    first = exp(_ways(n, k1) + k1 * log(odds) - n * log1p(odds))
    return _twice(first, ((n - k) / (k + 1) * odds for k in range(k1, n)))


def _ways(n: int, k: int) -> float:
    """The logarithm of how many ways there are to choose `k` of `n`."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _twice(first: float, steps: Iterable[float]) -> float:
    """Twice a tail whose parts are each the one before times a step; those that add nothing are left out."""
    part = total = first
    for step in steps:
        part *= step
        total += part
        if part <= total * 1e-12:
            break
    return min(1.0, 2 * total)


@dataclass(frozen=True)
class Step:
    """The estimate from `at` on: share still waiting, its 95% interval, how many were watched until then."""

    at: float
    survival: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True)
class Survival:
    """A Kaplan–Meier curve: one step per instant at which something happened, in order."""

    n: int
    steps: tuple[Step, ...]

    def at(self, t: float) -> float:
        """S(t): the estimated share for whom it has not happened up to and including `t`."""
        index = bisect_right(self.steps, t, key=lambda step: step.at)
        return self.steps[index - 1].survival if index else 1.0

    def quantile(self, share: float) -> float | None:
        """The first time by which it has happened to `share` of all; None while it has happened to fewer."""
        # Products of fractions end a hair above the round number they stand for.
        return next((step.at for step in self.steps if step.survival <= 1 - share + 1e-12), None)

    @property
    def median(self) -> float | None:
        """Half of all have it behind them by then; None if fewer than half were seen to."""
        return self.quantile(0.5)


def kaplan_meier(durations: Sequence[float], observed: Sequence[bool]) -> Survival:
    """How long it takes, when for some it hasn't happened yet (`observed` False: watched only that long).

    The interval is Greenwood's, on the log(−log) scale so that it stays within 0 and 1; it is a point where
    the curve is 0. Who was censored at an instant counts as still watched at that instant.

    Raises:
        ValueError: lengths differ, or a duration is negative.

    Source: Kaplan and Meier, Journal of the American Statistical Association 53 (1958); Kalbfleisch and
    Prentice, The Statistical Analysis of Failure Time Data (1980) for the interval.
    """
    if len(durations) != len(observed):
        raise ValueError("Every duration needs to say whether it was observed to the end.")
    happened, censored = Counter[float](), Counter[float]()
    for duration, seen in zip(durations, observed, strict=True):
        (happened if seen else censored)[duration] += 1
    return kaplan_meier_counts(happened, censored)


def kaplan_meier_counts(happened: Mapping[float, int], censored: Mapping[float, int]) -> Survival:
    """`kaplan_meier` over counts: at each time, how many it happened to and how many were last seen waiting.

    Takes as long as there are different times, however many people they count. Who it can never happen to is
    censored at `math.inf`.

    Raises:
        ValueError: a time or a count is negative, or it happened after endless time.
    """
    at_risk = sum(happened.values()) + sum(censored.values())
    if any(count < 0 for count in (*happened.values(), *censored.values())):
        raise ValueError("Counts can't be negative.")
    moments = sorted({*happened, *censored})
    if moments and moments[0] < 0:
        raise ValueError("Durations can't be negative.")
    if happened.get(inf):
        raise ValueError("What happened, happened at some time.")
    everyone, survival, greenwood, steps = at_risk, 1.0, 0.0, list[Step]()
    for moment in moments:
        if count := happened.get(moment, 0):
            survival *= (at_risk - count) / at_risk
            greenwood += count / (at_risk * (at_risk - count)) if count < at_risk else 0.0
            steps.append(Step(moment, survival, *_log_log(survival, greenwood), at_risk))
        at_risk -= count + censored.get(moment, 0)
    return Survival(everyone, tuple(steps))


def _log_log(survival: float, greenwood: float) -> tuple[float, float]:
    if survival == 0.0:
        return 0.0, 0.0
    half = Z95 * sqrt(greenwood) / abs(log(survival))
    return survival ** exp(half), survival ** exp(-half)


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least `share` of all don't exceed (nearest rank); None for no values.

    Nearest rank and not interpolation: the answer is then something that really happened.

    Raises:
        ValueError: `share` is not within 0 (excluded) and 1.
    """
    if not 0 < share <= 1:
        raise ValueError("A percentile's share lies above 0 and at most at 1.")
    ranked = sorted(values)
    # 0.55 · 100 is 55.00000000000001: take a hair off before rounding up.
    return ranked[ceil(share * len(ranked) - 1e-9) - 1] if ranked else None


def median(values: Iterable[float]) -> float | None:
    """The middle value, or the mean of the two middle ones; None for no values."""
    ranked = sorted(values)
    if not ranked:
        return None
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2


def median_of(counts: Mapping[float, int]) -> float | None:
    """The median of values that stand for many each (value → how many); None for none at all."""
    left, total = 0, sum(counts.values())
    places = {(total + 1) // 2, total // 2 + 1}  # one and the same where their number is odd
    middle: list[float] = []
    for value in sorted(counts):
        middle += [value for place in places if left < place <= left + counts[value]]
        left += counts[value]
    return sum(middle) / len(middle) if middle else None


_FEW = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}
"""Student's t, 97.5%, by degrees of freedom."""


def mean_interval(total: float, squares: float, n: int) -> tuple[float, float] | None:
    """The 95% interval of a mean (Student's t), from a sum and the sum of squares; None with fewer than two.

    Amounts are skewed, so with a handful of them it says a little too much.

    Source of the quantile beyond four degrees of freedom: Abramowitz and Stegun 26.7.5, 0.2% off or less.
    """
    if n < 2:
        return None
    mean, free = total / n, n - 1
    spread = sqrt(max(squares - total * mean, 0.0) / free / n)
    z = Z95
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    t = _FEW.get(free) or sum(term / free**power for power, term in enumerate(terms))
    return mean - t * spread, mean + t * spread


def growth(this: int, last: int) -> float | None:
    """(this − last) ÷ last, as lead velocity; None when there was nothing to grow from."""
    return None if last == 0 else (this - last) / last
