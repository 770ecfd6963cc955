"""Verdicts on experiments that stay right however often somebody looks at them.

A usual test promises 5% false wins for one look at a moment fixed beforehand; looked at fifty times it gives
thirty. The mixture sequential probability ratio test keeps its promise over all looks together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, erfc, exp, inf, log, pi, sqrt

ALPHA = 0.05
"""False wins that are allowed, over all looks together."""
Z80 = 0.8416212335729143
"""The 80th percentile of the normal distribution: how surely an effect is to be found."""
FEWEST = 10
"""Conversions in two arms together below which a normal approximation says nothing."""
MOST_PEOPLE = 1 << 40


@dataclass(frozen=True, slots=True)
class Look:
    """Two arms at one moment: conversions and people of the control, then of the other arm."""

    k1: int
    n1: int
    k2: int
    n2: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How much higher the other arm's share is, as a fraction, and where that lies at any look (95%)."""

    value: float
    low: float
    high: float


def likelihood_ratio(look: Look, tau: float) -> float:
    """How much better the data fit some effect (normal with spread `tau` around none) than none: Λ.

    With s the standard error of the difference, z the difference ÷ s and r = τ² ÷ s²:
    Λ = (1 + r)^-½ · exp(z²/2 · r/(1 + r)). It is 1 while fewer than FEWEST converted.

    Args:
        tau: The effect that is looked for, as a fraction. It must not be chosen from these data.
    Raises:
        ValueError: `tau` is not positive.

    Source: Johari, Koomen, Pekelis and Walsh, "Peeking at A/B Tests", KDD 2017; Robbins, "Statistical methods
    related to the law of the iterated logarithm", Annals of Mathematical Statistics 41 (1970).
    """
    if tau <= 0:
        raise ValueError("The effect that is looked for must be above 0.")
    if min(look.n1, look.n2) == 0 or look.k1 + look.k2 < FEWEST:
        return 1.0
    variance = _variance(look)
    r = tau * tau / variance
    z2 = (look.k2 / look.n2 - look.k1 / look.n1) ** 2 / variance
    power = z2 / 2 * r / (1 + r)
    return inf if power > 700 else exp(power) / sqrt(1 + r)


def always_valid_p(looks: Iterable[Look], tau: float) -> float:
    """The p-value after all these looks: at most `a` of all experiments without an effect ever get below `a`.

    It never rises again: what was found stays found.
    """
    most = max((likelihood_ratio(look, tau) for look in looks), default=1.0)
    return min(1.0, 1 / most)


def difference(look: Look, tau: float) -> Difference | None:
    """The difference and the range that holds it at every look together (a confidence sequence).

    The effects that `likelihood_ratio` has not ruled out: ± s · √((1 + r)/r · (2·ln(1/α) + ln(1 + r))). None
    where an arm has nobody.
    """
    if min(look.n1, look.n2) == 0:
        return None
    value, variance = look.k2 / look.n2 - look.k1 / look.n1, _variance(look)
    half = sqrt(variance) * _bound(tau * tau / variance)
    return Difference(value, max(-1.0, value - half), min(1.0, value + half))


def _bound(r: float) -> float:
    """The z from which Λ is at least 1/α."""
    return sqrt((1 + r) / r * (2 * log(1 / ALPHA) + log(1 + r)))


def _variance(look: Look) -> float:
    """Of the difference; one success and one failure are added to each arm, or 0 of 3 would have none."""
    total = 0.0
    for k, n in ((look.k1, look.n1), (look.k2, look.n2)):
        share = (k + 1) / (n + 2)
        total += share * (1 - share) / n
    return total


def holm(ps: Sequence[float]) -> list[float]:
    """p-values of several arms against one control, adjusted so that all together keep the promise.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979). It needs no independence, so it holds for always-valid p-values at any look, too.
    """
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    adjusted, worst = [1.0] * len(ps), 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = worst
    return adjusted


def sample_ratio_p(seen: Sequence[int], shares: Sequence[float]) -> float:
    """How likely arms this uneven are by chance, by a chi-square test; 1 while nobody was seen.

    Raises:
        ValueError: lengths differ, fewer than two arms, or a share is not positive.

    Source: Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019.
    """
    if len(seen) != len(shares) or len(seen) < 2 or min(shares) <= 0:
        raise ValueError("Each of two or more arms needs a share above 0.")
    people, whole = sum(seen), sum(shares)
    if not people:
        return 1.0
    expected = [people * share / whole for share in shares]
    x = sum((n - wanted) ** 2 / wanted for n, wanted in zip(seen, expected, strict=True))
    return chi_square_tail(x, len(seen) - 1)


def chi_square_tail(x: float, degrees: int) -> float:
    """The chance of a chi-square of at least `x` with so many degrees of freedom.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.4.4 and 26.4.5.
    """
    half = x / 2
    if degrees % 2:
        tail, term, order = erfc(sqrt(half)), sqrt(half / pi) * 2 * exp(-half), 1.5
    else:
        tail, term, order = exp(-half), half * exp(-half), 2.0
    for _ in range((degrees - 1) // 2):
        tail, term, order = tail + term, term * half / order, order + 1
    return min(1.0, tail)


def people_needed(
    baseline: float, effect: float, shares: tuple[float, float] = (0.5, 0.5), arms: int = 2
) -> int:
    """People to see the experiment, all arms together, until `effect` is found four times out of five.

    The smallest number at which the expected z is the sequential bound plus 0.84. A look before that may find
    it, too, so it is rather fewer.

    Args:
        baseline: The control's share, a fraction.
        effect: What the other arm has more, a fraction.
        shares: What part of everybody sees the control and the other arm.
        arms: Against how many the control is judged, and itself: each of more than two has a harder bound.
    Raises:
        ValueError: these shares are none, or there is no effect.
    """
    other = baseline + effect
    if not (0 < baseline < 1 and 0 < other < 1 and effect and min(shares) > 0):
        raise ValueError("Needs shares between 0 and 1, and an effect.")
    spread = baseline * (1 - baseline) / shares[0] + other * (1 - other) / shares[1]
    harder = 2 * log(max(1, arms - 1))

    def finds(people: int) -> bool:
        variance = spread / people
        r = effect * effect / variance
        bound = sqrt((1 + r) / r * (2 * log(1 / ALPHA) + harder + log(1 + r)))
        return abs(effect) / sqrt(variance) >= bound + Z80

    most = 2
    while not finds(most) and most < MOST_PEOPLE:
        most *= 2
    least = most // 2
    while most - least > 1:
        middle = ceil((least + most) / 2)
        least, most = (least, middle) if finds(middle) else (middle, most)
    return most
