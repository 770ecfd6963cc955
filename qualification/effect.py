"""What a proposed definition would have changed: who stands elsewhere, and what sales would see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qualification.lead import Stage
from qualification.replay import Replayed

SHOWN = 20
"""Leads named one by one."""
WINDOW = timedelta(weeks=12)
"""Over which alerts a week are counted, or less where the history is younger."""
NO_LEAD = "no lead"
_DECIDED = (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class Share:
    """k of n; None of nothing."""

    k: int
    n: int

    @property
    def value(self) -> float | None:
        return self.k / self.n if self.n else None


@dataclass
class Side:
    """The numbers under one set of rules.

    **Precision** is how much a hand-over is worth: of the SQLs whose end is known (customer, lost or
    disqualified), the share that bought. **Recall** is what the gate lets through: of the customers on whom
    somebody saved Qualify, the share that these rules would have handed over. Reasons that leave every
    denominator (spam, test, duplicate, existing customer) and SQLs told by a file, which no rule of ours
    judged, count in neither.

    Worked example: 10 SQLs have an end, 4 of them bought: precision 4 / 10, recall 4 / 4. A stricter gate
    would have handed over 6 of those 10, 3 of the 4 customers among them: precision 3 / 6, recall 3 / 4. It
    wins when three customers from six calls are worth more to you than four from ten.

    An SQL that only the new rules make has no end yet, for nobody worked on it as one: neither share has it.
    """

    mqls: int = 0
    sqls: int = 0
    decided: int = 0
    bought: int = 0
    alerts: int = 0


@dataclass
class Effect:
    """Counted up lead by lead. Moments are aware; `since` to `until` is the window for alerts."""

    until: datetime
    since: datetime
    left_out: frozenset[str] = frozenset()
    leads: int = 0
    fixed: int = 0
    customers: int = 0
    told: int = 0
    """SQLs that a file told of: no rule of ours judged them."""
    then: Side = field(default_factory=Side)
    now: Side = field(default_factory=Side)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    same_end: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Who would stand where they stand, but see `Replayed.on_the_way`: by stage and that."""
    named: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Number, stage then and now, `Replayed.on_the_way`; the first SHOWN that move."""
    moving: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    """Actions in the history that the proposal does not know, and how often they were done."""

    def add(self, one: Replayed) -> None:
        """Count one lead."""
        self.leads += 1
        if one.unknown:
            self.unknown.update(one.unknown)
        self.fixed += not one.replayed
        counts = one.judged and one.reason not in self.left_out
        bought = one.then.stage is Stage.CUSTOMER
        self.customers += counts and bought
        self.told += one.then.sql_at is not None and not one.judged
        for side, standing in ((self.then, one.then), (self.now, one.now)):
            side.mqls += standing.mql_at is not None and standing.stage is not None
            side.sqls += standing.sql_at is not None
            side.alerts += sum(self.since <= at < self.until for at in standing.handed_over)
            if counts and standing.sql_at is not None:
                side.decided += one.then.stage in _DECIDED
                side.bought += bought
        if one.moves:
            self.moving += 1
            then, now = _named(one.then.stage), _named(one.now.stage)
            if then != now:
                self.moved[then, now] += 1
            else:
                self.same_end[now, one.on_the_way] += 1
            if len(self.named) < SHOWN:
                self.named.append((one.number, then, now, one.on_the_way))

    @property
    def weeks(self) -> float:
        """The window's length, at least one."""
        return max((self.until - self.since) / timedelta(weeks=1), 1.0)

    def precision(self, side: Side) -> Share:
        """See `Side`."""
        return Share(side.bought, side.decided)

    def recall(self, side: Side) -> Share:
        """See `Side`."""
        return Share(side.bought, self.customers)

    def as_json(self) -> dict[str, Any]:
        """Everything as JSON; nothing personal is in it."""
        moved = [{"from": a, "to": b, "leads": n} for (a, b), n in sorted(self.moved.items())]
        named = [
            {"lead": f"L-{number}", "from": a, "to": b, "on_the_way": way} for number, a, b, way in self.named
        ]
        return {
            "leads": self.leads,
            "fixed": self.fixed,
            "moving": self.moving,
            "moved": moved,
            "same_end": [
                {"stage": stage, "on_the_way": way, "leads": n}
                for (stage, way), n in sorted(self.same_end.items())
            ],
            "named": named,
            "then": self._side(self.then),
            "now": self._side(self.now),
            "customers": self.customers,
            "told": self.told,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "unknown_actions": dict(self.unknown.most_common(SHOWN)),
        }

    def _side(self, side: Side) -> Mapping[str, Any]:
        return {
            "mqls": side.mqls,
            "sqls": side.sqls,
            "precision": _share(self.precision(side)),
            "recall": _share(self.recall(side)),
            "alerts_a_week": round(side.alerts / self.weeks, 1),
        }


def _share(share: Share) -> Mapping[str, Any]:
    return {"value": share.value, "k": share.k, "n": share.n}


def _named(stage: Stage | None) -> str:
    return stage.value if stage else NO_LEAD
