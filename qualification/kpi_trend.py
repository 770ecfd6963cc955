"""How a conversion develops from month to month, told fairly."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trend:
    """Per month of creation its name, its leads and those that bought within `days` of creation.

    Only months whose youngest lead is that old: plain rates by month would always fall at the end, because
    young leads have had no time to buy.
    """

    days: int
    months: tuple[tuple[str, int, int], ...]
