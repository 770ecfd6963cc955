"""The events of a merge and of a split, and how every lead stands after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qualification.definition import Definition
from qualification.events import Event, Kind
from qualification.history import fold, steps_gone
from qualification.history_inbound import Facts
from qualification.lead import Lead, Stage
from qualification.merge_choice import chosen
from qualification.merging import fold_together
from qualification.scoring import first_mql_moment
from qualification.stages import is_open


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be recorded: number → events, and number → the lead after them; the survivor first."""

    events: Mapping[int, Sequence[Event]]
    after: Mapping[int, Lead]


@dataclass(frozen=True)
class Family:
    """Leads that are, or are about to be, one person, with all that happened to each.

    Args:
        histories: Number → its events in recorded order.
        step: Names this merge or split.
    """

    histories: Mapping[int, Sequence[Event]]
    facts: Facts
    definition: Definition
    who: str
    now: datetime
    step: str
    choice: Mapping[str, int] = field(default_factory=dict)
    """Field → the number whose word stays, where the definition's policy asks."""

    def merge(self, ours: Sequence[int], theirs: Sequence[int]) -> Plan:
        """Two groups as one, the older group first; each begins with the number that stands for it."""
        older, newer = ours[0], theirs[0]
        everybody = [*ours, *theirs]
        data: dict[str, Any] = {"other": newer}
        if keep := self._keep(everybody):
            data["keep"] = keep
        events: dict[int, list[Event]] = {older: [self._event(Kind.MERGED, data)]}
        events |= {n: [self._event(Kind.MERGED, {"into": older})] for n in theirs}
        together = self._together(everybody, events)
        if crossed := self._earned(together):
            events[older] = [self._event(Kind.MERGED, {**data, "mql_at": crossed})]
        events[older] += self._clock(self._together(ours, {}), together)
        after = {older: self._together(everybody, events)}
        return Plan(events, after | {n: self._alone(n, events[n]) for n in theirs})

    def split(self, everybody: Sequence[int], number: int, step: str, gone: int) -> Plan:
        """Take the merge `step` back, by which `number` took `gone` in.

        Args:
            everybody: The group as it stands, the number that stands for it first.
        """
        root = everybody[0]
        theirs = [gone, *(n for n in everybody if gone in self._way(n))]
        ours = [n for n in everybody if n not in theirs]
        # Whatever carried it further up since goes with it.
        steps = [e.step for e in self._standing(gone) if "into" in e.data]
        data = {"step": step, "other": gone}
        at_root: dict[str, Any] = {**data, "keep": self._keep(ours)} if len(ours) > 1 else data
        events: dict[int, list[Event]] = {root: [self._event(Kind.UNMERGED, at_root)]}
        events.setdefault(number, [self._event(Kind.UNMERGED, data)])
        events |= {n: [self._event(Kind.UNMERGED, {"step": s, "from": root}) for s in steps] for n in theirs}
        crossed = self._earned(self._together(ours, events)) if len(ours) > 1 else None
        if crossed:
            events[root] = [self._event(Kind.UNMERGED, {**at_root, "mql_at": crossed})]
        after = {root: self._together(ours, events), gone: self._together(theirs, events)}
        return Plan(events, after | {n: self._alone(n, events[n]) for n in events if n not in after})

    def _event(self, kind: Kind, data: Mapping[str, Any]) -> Event:
        return Event(kind, self.now, self.who, dict(data), step=self.step)

    def _standing(self, number: int) -> list[Event]:
        events = self.histories[number]
        gone = steps_gone(events)
        return [e for e in events if e.kind is Kind.MERGED and e.step not in gone]

    def _way(self, number: int) -> list[int]:
        """The numbers this one was merged into, one after the other."""
        return [e.data["into"] for e in self._standing(number) if "into" in e.data]

    def _together(self, numbers: Sequence[int], news: Mapping[int, Sequence[Event]]) -> Lead:
        """The first of them with the rest merged into it."""
        told = {n: [*self.histories[n], *news.get(n, ())] for n in numbers}
        lead = fold_together(numbers[0], told, self.facts)
        assert lead is not None  # every lead has been created
        return lead

    def _alone(self, number: int, news: Sequence[Event]) -> Lead:
        lead = fold([*self.histories[number], *news], self.facts)
        assert lead is not None
        return lead

    def _earned(self, lead: Lead) -> str | None:
        """When both together first deserved a rep, where neither did alone."""
        if lead.stage is not Stage.LEAD or lead.permission.opted_out:
            return None
        crossed = first_mql_moment(lead, self.definition, watched=lead.permission.profiling)
        return crossed.isoformat() if crossed else None

    def _keep(self, numbers: Sequence[int]) -> dict[str, str]:
        """The facts whose words stay, by the definition's merge policy; newest needs none."""
        told = {n: self.histories[n] for n in numbers}
        return chosen(told, self.facts, self.definition.merge, self.choice)

    def _clock(self, before: Lead, after: Lead) -> list[Event]:
        """A promise that ran under the other number goes on under this one."""
        due = after.claim_due
        if due is None or due == before.claim_due or after.owner or due <= self.now or not is_open(after):
            return []
        return [self._event(Kind.CLOCK, {"due": due.isoformat()})]
