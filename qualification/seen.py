"""A lead as a person looks at it: everything the screens show, worked out at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from qualification.definition import Definition
from qualification.gate import Gate, sql_gate
from qualification.lead import Lead, Stage
from qualification.scoring import Score, asked_at, cooling, is_direct_inquiry, score
from qualification.stages import is_open


@dataclass(frozen=True, slots=True)
class Seen:
    """What the views draw from."""

    lead: Lead
    definition: Definition
    at: datetime
    zone: ZoneInfo
    score: Score
    gate: Gate
    inquiry: bool
    asked_at: datetime | None
    cooling: bool

    @property
    def ready(self) -> bool:
        """The gate holds but nobody has saved Qualify: the card says "Ready: press Qualify"."""
        return self.gate.holds and self.lead.stage in (Stage.LEAD, Stage.MQL)

    @property
    def contacted(self) -> bool:
        """Whether whoever has it now was in touch: a logged touch or a saved Qualify since they got it."""
        got = self.lead.claimed_at
        return any(
            at and (got is None or at >= got) for at in (self.lead.last_touch_at, self.lead.qualified_at)
        )

    @property
    def open(self) -> bool:
        return is_open(self.lead)

    @property
    def asked_for(self) -> str:
        """What they did last that matters most, in words: "Asked for a demo"."""
        known = [a for a in self.lead.activities if a.action in self.definition.actions]
        if not known:
            return "Came in"
        best = max(known, key=lambda a: (self.definition.actions[a.action].points, a.at))
        return self.definition.actions[best.action].says


def see(lead: Lead, definition: Definition, at: datetime, zone: ZoneInfo) -> Seen:
    """The lead as it looks at `at` to people in `zone`."""
    return Seen(
        lead=lead,
        definition=definition,
        at=at,
        zone=zone,
        score=score(lead, definition, at),
        gate=sql_gate(lead, definition, at),
        inquiry=is_direct_inquiry(lead, definition),
        asked_at=asked_at(lead, definition),
        cooling=cooling(lead, definition, at),
    )
