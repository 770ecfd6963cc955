"""The events of a merge and of a split, and how every lead stands after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from qualification.definition import Definition
from qualification.events import RULE, Event, Kind
from qualification.giving_back import given_back, returned, taken_over
from qualification.history import fold, steps_gone
from qualification.history_inbound import Facts
from qualification.lead import Lead, Stage
from qualification.merge_choice import chosen
from qualification.merging import fold_together
from qualification.scoring import first_mql_moment
from qualification.stages import is_open, promote


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be recorded: number → events, and number → the lead after them; the survivor first."""

    events: Mapping[int, Sequence[Event]]
    after: Mapping[int, Lead]
    moved: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Number → the facts that are told of it from now on."""


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
        merge = next(e for e in self.histories[number] if e.step == step and "other" in e.data)
        back = returned(self._of(ours), self._of(theirs), merge.seq, self.facts)
        undone = {"step": step, "other": gone}
        events = {
            n: [self._event(Kind.UNMERGED, {**undone, **given_back(back, n)})]
            for n in dict.fromkeys((root, number, *back.steps))
        }
        events |= {n: [self._event(Kind.UNMERGED, {"step": s, "from": root}) for s in steps] for n in theirs}
        events[root] = self._without(ours, events)
        alone = self._together(theirs, events)
        events[gone] += taken_over(
            *(back, alone, lambda news: self._together(theirs, {**events, gone: [*events[gone], *news]})),
            *(self.definition, self.now, self.step),
        )
        if back.steps:
            events[root] += self._judged_alone(ours, self._together(everybody, {}), events)
        after = {root: self._together(ours, events), gone: self._together(theirs, events)}
        alone_now = {n: self._alone(n, events[n]) for n in events if n not in after}
        return Plan(events, after | alone_now, {gone: back.facts} if back.facts else {})

    def _without(self, ours: Sequence[int], events: Mapping[int, Sequence[Event]]) -> list[Event]:
        """What is said of the survivor of several: whose words stay, and what they earned together."""
        root = ours[0]
        if len(ours) == 1:
            return list(events[root])
        data = {**events[root][0].data, "keep": self._keep(ours, events)}
        parted = [self._event(Kind.UNMERGED, data)]
        crossed = self._earned(self._together(ours, {**events, root: parted}))
        return [self._event(Kind.UNMERGED, {**data, "mql_at": crossed})] if crossed else parted

    def _judged_alone(
        self, ours: Sequence[int], before: Lead, events: Mapping[int, Sequence[Event]]
    ) -> list[Event]:
        """What the rules say of the survivor once something was given back.

        Its own forms may deserve a rep by themselves; and what reps made of it stays dated as it was.
        """
        lead = self._together(ours, events)
        if lead.sql_at and not lead.mql_at and before.mql_at:
            return [replace(self._event(Kind.REDATED, {}), at=before.mql_at, actor=RULE)]
        return [replace(event, step=self.step) for event in promote(lead, self.definition)]

    def _of(self, numbers: Sequence[int]) -> dict[int, Sequence[Event]]:
        return {n: self.histories[n] for n in numbers}

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

    def _keep(
        self, numbers: Sequence[int], news: Mapping[int, Sequence[Event]] | None = None
    ) -> dict[str, str]:
        """The facts whose words stay, by the definition's merge policy; newest needs none."""
        told = {n: [*self.histories[n], *(news or {}).get(n, ())] for n in numbers}
        return chosen(told, self.facts, self.definition.merge, self.choice)

    def _clock(self, before: Lead, after: Lead) -> list[Event]:
        """A promise that ran under the other number goes on under this one."""
        due = after.claim_due
        if due is None or due == before.claim_due or after.owner or due <= self.now or not is_open(after):
            return []
        return [self._event(Kind.CLOCK, {"due": due.isoformat()})]
