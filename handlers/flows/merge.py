"""Two leads that are one person: merge them, and split them again as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from handlers.flows.news import jobs_about
from handlers.flows.office import NoSuchLead, Office, Rules, Saved
from qualification.errors import Refused
from qualification.events import Event, Fact, Kind
from qualification.history import fold, steps_gone
from qualification.lead import Lead, Stage
from qualification.merge_choice import chosen
from qualification.merging import fold_together
from qualification.scoring import first_mql_moment
from qualification.stages import is_open
from store.leads import Change
from store.outbox import NewJob
from store.same_person import APART, MERGED, OPEN, Suggestion
from store.work import Work


@dataclass(frozen=True, slots=True)
class Merged:
    """The lead that stands for both now, or stands alone again, and the number that came or went."""

    saved: Saved
    other: int


async def merge_leads(
    office: Office, where: str, one: int, other: int, who: str, choice: Mapping[str, int] | None = None
) -> Merged:
    """Make two numbers one person; the older one stays. A second time nothing happens.

    Args:
        choice: Field → the number whose word stays, for fields the definition's policy asks about.
    Raises:
        Refused: somebody said that they are two people.
        NoSuchLead: there is no such lead.
    """
    rules = await office.rules(where)
    async with office.store.begin(where) as work:
        await work.leads.one_at_a_time()
        roots = {await _root(work, one), await _root(work, other)}
        older, newer = min(roots), max(roots)
        if older == newer:
            return Merged(Saved(await _get(work, older), ""), max(one, other))
        now = office.clock()
        pair = await work.people.suggestion(min(one, other), max(one, other))
        if pair and pair.state == APART:
            raise Refused(f"<@{pair.by}> said that L-{pair.older} and L-{pair.newer} are two people.")
        merging = _Merging(work, rules, who, now)
        return await merging.merge(older, newer, choice or {})


async def split_leads(
    office: Office, where: str, number: int, step: str, who: str, *, for_good: bool
) -> Merged:
    """Take a merge back: both are as they were, and what was done since stays with the survivor.

    Args:
        number: The lead that took the other one in.
        step: The merge. A second time nothing happens.
        for_good: They are two people, never to be suggested again; else it is as if nobody had said anything.
    Raises:
        Refused: there was no such merge.
    """
    rules = await office.rules(where)
    async with office.store.begin(where) as work:
        await work.leads.one_at_a_time()
        history = await work.leads.history(number)
        merge = next(
            (e for e in history if e.kind is Kind.MERGED and e.step == step and "other" in e.data), None
        )
        if merge is None:
            raise Refused(f"L-{number} took in nobody there, so there is nothing to split.")
        if step in steps_gone(history):
            return Merged(Saved(await _get(work, number), ""), merge.data["other"])
        merging = _Merging(work, rules, who, office.clock())
        return await merging.split(number, step, merge.data["other"], APART if for_good else OPEN)


async def _root(work: Work, number: int) -> int:
    lead = await work.leads.standing(number)
    if lead is None:
        raise NoSuchLead(number)
    return lead.number


async def _get(work: Work, number: int) -> Lead:
    lead = await work.leads.standing(number)
    assert lead is not None  # read within this transaction before
    return lead


@dataclass
class _Merging:
    """One merge or split in its transaction; no other one and no intake runs beside it."""

    work: Work
    rules: Rules
    who: str
    now: datetime

    def __post_init__(self) -> None:
        self.step = uuid4().hex
        self.facts: Mapping[str, Mapping[str, Any]] = {}
        self.histories: dict[int, list[Event]] = {}
        self.before: dict[int, Lead] = {}

    async def _read(self, numbers: Sequence[int]) -> None:
        self.before = await self.work.people.locked(numbers)
        self.histories = await self.work.people.histories(numbers)
        self.facts = await self.work.leads.facts_of(*numbers)

    async def merge(self, older: int, newer: int, choice: Mapping[str, int]) -> Merged:
        ours = [older, *await self.work.leads.merged_into(older)]
        theirs = [newer, *await self.work.leads.merged_into(newer)]
        everybody = [*ours, *theirs]
        await self._read(everybody)
        data: dict[str, Any] = {"other": newer}
        if keep := self._keep(everybody, choice):
            data["keep"] = keep
        together = self._together(everybody, {older: [self._event(Kind.MERGED, data)]})
        if crossed := self._earned(together):
            data["mql_at"] = crossed
        events = {n: [self._event(Kind.MERGED, {"into": older})] for n in theirs}
        events[older] = [self._event(Kind.MERGED, data), *self._clock(self.before[older], together)]
        after = {n: self._alone(n, events[n]) for n in theirs}
        after[older] = self._together(everybody, events)
        pairs = await self.work.people.between(ours, theirs, OPEN, MERGED, self.who, self.now)
        await self._save(after, events, pairs)
        return Merged(Saved(after[older], self.step), newer)

    async def split(self, number: int, step: str, gone: int, state: str) -> Merged:
        root = await _root(self.work, number)
        everybody = [root, *await self.work.leads.merged_into(root)]
        await self._read(everybody)
        theirs = [gone, *(n for n in everybody if gone in self._way(n))]
        ours = [n for n in everybody if n not in theirs]
        # What carried it further up since goes with it.
        steps = [e.step for e in self._standing(gone) if "into" in e.data]
        data: dict[str, Any] = {"step": step, "other": gone}
        at_root = dict(data)
        if keep := self._keep(ours, {}):
            at_root["keep"] = keep
        events = {n: [self._event(Kind.UNMERGED, {"step": s, "from": root}) for s in steps] for n in theirs}
        events[number] = [self._event(Kind.UNMERGED, data)]
        events[root] = [self._event(Kind.UNMERGED, at_root)]
        if crossed := self._earned(self._together(ours, events)):
            at_root["mql_at"] = crossed
            events[root] = [self._event(Kind.UNMERGED, at_root)]
        after = {n: self._alone(n, events[n]) for n in {number, *theirs} - {root, gone}}
        after[root] = self._together(ours, events)
        after[gone] = self._together(theirs, events)
        pairs = await self.work.people.between(ours, theirs, MERGED, state, self.who, self.now)
        await self._save(after, events, pairs)
        return Merged(Saved(after[root], self.step), gone)

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

    def _alone(self, number: int, extra: Sequence[Event]) -> Lead:
        lead = fold([*self.histories[number], *extra], self.facts)
        assert lead is not None
        return lead

    def _earned(self, lead: Lead) -> str | None:
        """When both together first deserved a rep, where neither did alone."""
        if lead.stage is not Stage.LEAD or lead.permission.opted_out:
            return None
        crossed = first_mql_moment(lead, self.rules.definition)
        return crossed.isoformat() if crossed else None

    def _keep(self, numbers: Sequence[int], choice: Mapping[str, int]) -> dict[str, str]:
        """The facts whose words stay, by the definition's merge policy; newest needs none."""
        if len(numbers) < 2:
            return {}
        told = {n: self.histories[n] for n in numbers}
        return chosen(told, self.facts, self.rules.definition.merge, choice)

    def _clock(self, before: Lead, after: Lead) -> list[Event]:
        """A promise that ran under the other number goes on under this one."""
        due = after.claim_due
        if due is None or due == before.claim_due or after.owner or due <= self.now or not is_open(after):
            return []
        return [self._event(Kind.CLOCK, {"due": due.isoformat()})]

    async def _save(
        self, after: Mapping[int, Lead], events: Mapping[int, Sequence[Event]], pairs: Sequence[Suggestion]
    ) -> None:
        definition, facts = self.rules.definition, list[Fact]()
        # The survivor's events first: it takes the other one in before that becomes a redirect.
        order = sorted(after)
        changes = [Change(after[n], events[n], facts) for n in order]
        known = {n: self.before[n].revision for n in order}
        country = self.rules.setup.country
        await self.work.leads.record_many(changes, known, self.step, definition, country, self.now)
        jobs = [
            job
            for n in order
            for job in jobs_about(self.before[n], after[n], events[n], definition, self.rules.week)
        ]
        for pair in pairs:
            key = f"person:{pair.older}:{pair.newer}"
            jobs.append(NewJob("person.redraw", {"older": pair.older, "newer": pair.newer}, once=key))
        await self.work.outbox.put_many(jobs)
