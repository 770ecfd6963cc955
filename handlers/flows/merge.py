"""Two leads that are one person: merge them, and split them again as they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from handlers.flows.news import jobs_about
from handlers.flows.office import LeadErased, NoSuchLead, Office, Rules, Saved
from handlers.flows.timers import missed
from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.history import steps_gone
from qualification.lead import Lead
from qualification.merge_choice import Told, told
from qualification.merge_steps import Family, Plan
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
        Refused: somebody said that they, or two of those they stand for, are two people.
        NoSuchLead: there is no such lead.
        LeadErased: one of them was erased, and must not come back by what is held of the other.
    """
    rules = await office.rules(where)
    async with office.store.begin(where) as work:
        await work.leads.one_at_a_time()
        roots = {await _root(work, one), await _root(work, other)}
        older, newer = min(roots), max(roots)
        if older == newer:
            return Merged(Saved(await _get(work, older), ""), max(one, other))
        for root in (older, newer):
            if (lead := await _get(work, root)).erased:
                raise LeadErased(lead)
        merging = _Merging(work, rules, who, office.clock())
        return await merging.merge(older, newer, choice or {}, asked=(one, other))


async def what_to_ask(office: Office, where: str, one: int, other: int) -> dict[str, list[Told]]:
    """Field → what each number says, where the definition has whoever merges choose and they differ."""
    rules = await office.rules(where)
    asks = rules.definition.merge.asks
    if not asks:
        return {}
    async with office.store.read(where) as work:
        roots = {await _root(work, one), await _root(work, other)}
        numbers = [n for root in sorted(roots) for n in (root, *await work.leads.merged_into(root))]
        histories = await work.people.histories(numbers)
        facts = await work.leads.facts_of(*numbers)
    words = {name: told(name, histories, facts) for name in asks}
    return {name: said for name, said in words.items() if len({one.value for one in said}) > 1}


async def split_leads(
    office: Office, where: str, number: int, step: str, who: str, *, for_good: bool
) -> Merged:
    """Take a merge back: both are as they were, what reps did since stays with the survivor, and what came in
    under an address that only the other one had goes with it.

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
        return await merging.split(number, merge, APART if for_good else OPEN)


async def _root(work: Work, number: int) -> int:
    lead = await work.leads.standing(number)
    if lead is None:
        raise NoSuchLead(number)
    return lead.number


def _kept_apart(said: Sequence[Suggestion], ours: Sequence[int], asked: Collection[int]) -> str:
    """Who said it of whom; and of a number that was asked about but not named there, whom it stands with."""
    words = [f"<@{one.by}> said that L-{one.older} and L-{one.newer} are two people." for one in said]
    first = (said[0].older, said[0].newer)
    for number in sorted(set(asked) - set(first)):
        same = next(one for one in first if (one in ours) is (number in ours))
        words.append(f"L-{number} and L-{same} were merged: if that is wrong, split them first.")
    return " ".join(words)


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
        self.before: dict[int, Lead] = {}

    async def merge(
        self, older: int, newer: int, choice: Mapping[str, int], asked: Collection[int]
    ) -> Merged:
        """Both groups as one.

        Args:
            asked: The numbers as somebody named them.
        """
        ours, theirs = await self._group(older), await self._group(newer)
        if apart := await self.work.people.across(ours, theirs, APART):
            raise Refused(_kept_apart(apart, ours, asked))
        family = await self._family([*ours, *theirs], choice)
        pairs = await self.work.people.between(ours, theirs, OPEN, MERGED, self.who, self.now)
        plan = family.merge(ours, theirs)
        await self._save(plan, pairs)
        return Merged(Saved(plan.after[older], self.step), newer)

    async def split(self, number: int, merge: Event, state: str) -> Merged:
        """One of them, with all that it took in itself, stands alone again."""
        gone, rules = merge.data["other"], self.rules
        everybody = await self._group(await _root(self.work, number))
        family = await self._family(everybody, {})
        plan = family.split(everybody, number, merge.step, gone)
        apart = [gone, *plan.after[gone].merged]
        ours = [n for n in everybody if n not in apart]
        pairs = await self.work.people.between(ours, apart, MERGED, state, self.who, self.now)
        await self._save(plan, pairs)
        for n in (everybody[0], gone):
            lead = plan.after[n]
            histories = {m: family.histories[m] for m in (n, *lead.merged)}
            rung = missed(
                lead, histories, rules.definition, rules.week, since=merge.at, now=self.now, step=self.step
            )
            await self.work.outbox.put_many(rung)
        return Merged(Saved(plan.after[everybody[0]], self.step), gone)

    async def _group(self, root: int) -> list[int]:
        return [root, *await self.work.leads.merged_into(root)]

    async def _family(self, numbers: Sequence[int], choice: Mapping[str, int]) -> Family:
        self.before = await self.work.people.locked(numbers)
        histories = await self.work.people.histories(numbers)
        facts = await self.work.leads.facts_of(*numbers)
        definition = self.rules.definition
        return Family(histories, facts, definition, self.who, self.now, self.step, choice)

    async def _save(self, plan: Plan, pairs: Sequence[Suggestion]) -> None:
        rules = self.rules
        # The survivor's events first: it takes the other one in before that becomes a redirect.
        changes = [Change(plan.after[n], events, before=self.before[n]) for n, events in plan.events.items()]
        await self.work.leads.record_many(changes, self.step, rules.definition, rules.setup.country, self.now)
        for n, moved in plan.moved.items():
            await self.work.leads.tell_of(n, moved)
        jobs = [
            job
            for n, events in plan.events.items()
            for job in jobs_about(self.before[n], plan.after[n], events, rules.definition, rules.week)
        ]
        for pair in pairs:
            key = f"person:{pair.older}:{pair.newer}"
            jobs.append(NewJob("person.redraw", {"older": pair.older, "newer": pair.newer}, once=key))
        await self.work.outbox.put_many(jobs)
