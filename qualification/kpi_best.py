"""Which source or campaign does best and which worst: said only where the two can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist

from qualification.kpi import Asked, Rate
from qualification.kpi_words import likely, percent
from qualification.money import Money
from qualification.statistics import wilson

RANKED = ("source", "campaign")
"""People are not ranked in a sentence, and variants have a verdict of their own (`ab`)."""
THE_REST = "everything else"
"""The key of those that are summed up because there are too many."""
CHANCE = 0.05
"""How likely two are named although none of all differs."""


@dataclass(frozen=True)
class _Standing:
    """How one key stands; more is better. The true value likely lies between `low` and `high`."""

    key: str
    says: str
    low: float
    high: float


def best_by_rate(asked: Asked, rates: Sequence[tuple[str, Rate | None]]) -> str:
    """`Best: linkedin, 30.0%, likely 27.2–32.9% (300 of 1,000). Worst: google, …`, or that it can't be told.

    "" where there are no two to compare. The ranges that decide are wider than those shown, the more keys the
    wider: of a hundred campaigns that are all alike some always look better.
    """
    known = [(key, rate) for key, rate in rates if rate is not None and key != THE_REST]
    z = _wide(len(known))
    standings = [
        _Standing(key, f"{percent(rate.value)}, {likely(rate)}", *wilson(rate.k, rate.n, z))
        for key, rate in known
    ]
    return _told(asked, standings, ("Best", "Worst"))


def best_by_cost(asked: Asked, costs: Sequence[tuple[str, Money | None, int]]) -> str:
    """The same for what each cost: `Cheapest: webinar, 8.00 EUR. Dearest: google, 12.00 EUR.`

    What was spent is known, how many come for it is chance: as many as a Poisson count, whose root is nearly
    normal with a variance of a quarter.

    Args:
        costs: Key, spend, and how many it brought. Who cost nothing or brought nobody is not compared.
    """
    known = [
        (key, spend, n)
        for key, spend, n in costs
        if spend is not None and spend.minor and n and key != THE_REST
    ]
    half = _wide(len(known)) / 2
    standings = [
        _Standing(
            key,
            str(Money(round(spend.minor / n), spend.currency)),
            max(sqrt(n) - half, 0) ** 2 / spend.minor,
            (sqrt(n) + half) ** 2 / spend.minor,
        )
        for key, spend, n in known
    ]
    return _told(asked, standings, ("Cheapest", "Dearest"))


def _wide(keys: int) -> float:
    """Standard errors on each side so that all ranges hold together (Bonferroni)."""
    return NormalDist().inv_cdf(1 - CHANCE / (2 * keys)) if keys else inf


def _told(asked: Asked, standings: Sequence[_Standing], words: tuple[str, str]) -> str:
    if asked.by not in RANKED or len(standings) < 2:
        return ""
    # Whoever is surely high, and surely low: one of one is 100%, and says nothing.
    best = max(standings, key=lambda one: one.low)
    worst = min(standings, key=lambda one: one.high)
    first, last = words
    if best.low <= worst.high:
        return f"Too few to tell which {asked.by} is {first.lower()} or {last.lower()}."
    return f"{first}: {best.key}, {best.says}. {last}: {worst.key}, {worst.says}."
