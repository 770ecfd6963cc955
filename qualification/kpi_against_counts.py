"""What the store hands to the numbers that stand against others; `kpi_counts` has the rules for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qualification.kpi_counts import FunnelCounts, MqlCounts, SpendCounts, WaitCounts, WonAmounts

NURTURED, NOT_NURTURED = "nurtured", "not nurtured"
OFFERED, HELD_OUT = "nurture arm", "held out"


@dataclass(frozen=True)
class NurtureCounts:
    """Leads created in the window that were nurtured before they bought (or never were, or their arm of a
    holdout), how many of them bought so far, and what they paid."""

    key: str
    leads: int
    customers: int
    amounts: tuple[WonAmounts, ...] = ()


@dataclass(frozen=True)
class OwnNumbers:
    """What our side of the benchmarks is calculated from, all of one window.

    `nurture` are the nurtured and the others, in this order, or nothing without leads.
    """

    funnel: FunnelCounts
    mqls: MqlCounts
    costs: SpendCounts
    contacts: WaitCounts
    nurture: tuple[NurtureCounts, ...] = ()


@dataclass(frozen=True)
class Proposed:
    """An open proposal and what it would change.

    `effect` is what `qualification.effect.Effect.as_json` gave; None while the history is being replayed:
    then `done` of `of` leads are (0 of 0 before it began).
    """

    key: str
    effect: Mapping[str, Any] | None
    done: int = 0
    of: int = 0
