"""Which source or campaign does best and which worst: said only where the two can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from qualification.kpi import Asked, Rate
from qualification.kpi_words import SURE, likely, percent
from qualification.money import Money
from qualification.sequential import holm
from qualification.statistics import Z95, fisher, two_counts, wilson

RANKED = ("source", "campaign")
"""People are not ranked in a sentence, and variants have a verdict of their own (`ab`)."""
THE_REST = "everything else"
"""The key of those that are summed up because there are too many."""


@dataclass(frozen=True)
class _Standing:
    """How one key stands; more is better. The true value likely lies between `low` and `high`.

    `above` tells on which side of all others together it is, `p` how likely chance alone puts it as far off.
    """

    key: str
    says: str
    low: float
    high: float
    above: bool
    p: float


def best_by_rate(asked: Asked, rates: Sequence[tuple[str, Rate | None]]) -> str:
    """`Best: linkedin, 30.0%, likely 27.2–32.9% (300 of 1,000). Worst: google, …`, or that it can't be told.

    "" where there are no two to compare. One is named when its rate is other than that of all the rest
    together, by more than chance: Fisher's exact test, each p adjusted for how many are looked at (Holm), for
    of a hundred campaigns that are all alike some always look better.

    Worked example: 23 of 189 (12.2%) against 1 of 67 (1.5%): p = 0.0097, the first is best and the other
    worst.
    """
    known = [(key, rate) for key, rate in rates if rate is not None]
    k, n = sum(rate.k for _, rate in known), sum(rate.n for _, rate in known)
    standings = [
        _Standing(
            key,
            f"{percent(rate.value)}, {likely(rate)}",
            *wilson(rate.k, rate.n),
            rate.k * n > k * rate.n,
            fisher(rate.k, rate.n, k - rate.k, n - rate.n),
        )
        for key, rate in known
        if key != THE_REST and n > rate.n
    ]
    return _told(asked, standings, ("Best", "Worst"), just_two=len(known) == 2)


def best_by_cost(asked: Asked, costs: Sequence[tuple[str, Money | None, int]]) -> str:
    """The same for what each cost: `Cheapest: webinar, 8.00 EUR. Dearest: google, 12.00 EUR.`

    What was spent is known, how many come for it is chance (Poisson): the test is that of two counts, the
    range that of a count whose root is nearly normal with a variance of a quarter.

    Args:
        costs: Key, spend, and how many it brought. Who cost nothing or brought nobody is not compared.
    """
    known = [(key, spend, n) for key, spend, n in costs if spend is not None and spend.minor and n]
    money, came = sum(spend.minor for _, spend, _ in known), sum(n for _, _, n in known)
    standings = [
        _Standing(
            key,
            str(Money(round(spend.minor / n), spend.currency)),
            max(sqrt(n) - Z95 / 2, 0) ** 2 / spend.minor,
            (sqrt(n) + Z95 / 2) ** 2 / spend.minor,
            n * money > came * spend.minor,
            two_counts(n, spend.minor, came - n, money - spend.minor),
        )
        for key, spend, n in known
        if key != THE_REST and money > spend.minor
    ]
    return _told(asked, standings, ("Cheapest", "Dearest"), just_two=len(known) == 2)


def _told(asked: Asked, standings: Sequence[_Standing], words: tuple[str, str], *, just_two: bool) -> str:
    if asked.by not in RANKED or len(standings) < 2:
        return ""
    # Of just two each is the other's rest: that is one comparison.
    ps = [one.p for one in standings] if just_two else holm([one.p for one in standings])
    sure = [one for one, p in zip(standings, ps, strict=True) if p < SURE]
    # Of several that beat the rest whoever is surely high: five of five is 100%, and says little.
    best = max((one for one in sure if one.above), key=lambda one: one.low, default=None)
    worst = min((one for one in sure if not one.above), key=lambda one: one.high, default=None)
    named = [f"{word}: {one.key}, {one.says}." for word, one in zip(words, (best, worst), strict=True) if one]
    if not named:
        return f"Too few to tell which {asked.by} is {words[0].lower()} or {words[1].lower()}."
    return " ".join(named)
