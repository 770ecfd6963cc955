"""Leads by number, by person, by state; and the one way in which a lead changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Executable, Row, Select, and_, bindparam, func, select, update

from qualification.definition import Definition
from qualification.events import Event, Fact, Kind
from qualification.history import apply, fold
from qualification.lead import Lead
from qualification.merging import fold_together
from qualification.scoring import Score
from qualification.signal import hashed
from qualification.value import value
from store.among import among
from store.bulk import insert_rows
from store.hot import hot
from store.lead_rows import lead_of, row_of
from store.tables.leads import external_ids, facts, lead_events, leads, numbers

if TYPE_CHECKING:
    from store.work import Work

CHUNK = 400
"""Values a query compares with at once: databases limit how many a statement may hold."""


_EVENT = ("workspace", "lead", "kind", "at", "actor", "version", "step", "data")
_FACT = ("workspace", "lead", "id", "kind", "at", "data")


class Overtaken(Exception):
    """Somebody else changed the lead between our reading and our writing."""


@value
class Change:
    """One lead's new events and facts, and how it stands after them."""

    after: Lead
    events: Sequence[Event]
    facts: Sequence[Fact] = ()
    shown: Score | None = None
    """Its score now, where somebody worked it out already."""
    before: Lead | None = None
    """How it was read in this transaction; None for a new lead."""


class Leads:
    """Questions about leads, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _here(self) -> ColumnElement[bool]:
        return leads.c.workspace == self._work.workspace

    async def get(self, number: int, lock: bool = False) -> Lead | None:
        """The lead with this L-number. `lock` keeps others from changing it until we commit."""
        wanted = {"here": self._work.workspace, "wanted": number}
        body = (await self._work.execute(_one(lock), wanted)).scalar_one_or_none()
        return lead_of(body) if body is not None else None

    async def standing(self, number: int, lock: bool = False) -> Lead | None:
        """The lead that this L-number stands for: itself, or the one it was merged into."""
        lead = await self.get(number, lock)
        while lead is not None and lead.merged_into is not None:
            lead = await self.get(lead.merged_into, lock)
        return lead

    async def many(self, wanted: Sequence[int], lock: bool = False) -> dict[int, Lead]:
        """Leads by number, in their order. `lock` keeps others from changing them.

        They are locked the newest first, as whoever follows a redirect does, so that nobody waits in a ring.
        """
        found: dict[int, Lead] = {}
        for chunk in chunks(sorted(set(wanted), reverse=True)):
            query = select(leads.c.number, leads.c.body).where(self._here(), leads.c.number.in_(chunk))
            query = query.order_by(leads.c.number.desc())
            if lock:
                query = query.with_for_update()
            found.update({row.number: lead_of(row.body) for row in await self._work.execute(query)})
        return dict(reversed(found.items()))

    async def by_person(
        self, emails: Sequence[str], phones: Sequence[str]
    ) -> tuple[dict[str, int], dict[str, int]]:
        """L-numbers by normalised e-mail and by normalised phone; of several, the oldest number.

        A number that was merged into another one gives that; an address that nobody has now, whoever had it.
        """
        found = await self._numbers_by(leads.c.email_key, emails)
        former = {former_key(self._work.workspace, email): email for email in emails if email not in found}
        had = await self.by_external_id(list(former)) if former else {}
        found |= {former[key]: number for key, number in had.items()}
        return found, await self._numbers_by(leads.c.phone_key, phones)

    async def _numbers_by(self, column: ColumnElement[Any], keys: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for chunk in chunks(sorted(set(keys))):
            wanted = {"here": self._work.workspace, "wanted": chunk}
            query = _numbers_by(column, self._work.is_sqlite)
            found.update({row.key: row.number for row in await self._work.execute(query, wanted)})
        return found

    async def by_external_id(self, keys: Sequence[str]) -> dict[str, int]:
        """L-numbers by hashed id of another system."""
        found: dict[str, int] = {}
        for chunk in chunks(sorted(set(keys))):
            wanted = {"here": self._work.workspace, "wanted": chunk}
            query = _by_external_id(self._work.is_sqlite)
            found.update({row.key: row.lead for row in await self._work.execute(query, wanted)})
        return found

    async def remember_external_ids(self, ids: Mapping[str, int]) -> None:
        """Keep which lead each hashed id became."""
        rows = [{"workspace": self._work.workspace, "key": key, "lead": lead} for key, lead in ids.items()]
        if rows:
            await self._work.execute(self._work.insert(external_ids).on_conflict_do_nothing(), rows)

    async def one_at_a_time(self, what: str = "receive") -> None:
        """Let one transaction at a time do this, as take leads in: two must not both find a person new."""
        if not self._work.is_sqlite:
            key = func.hashtextextended(f"{what}:{self._work.workspace}", 0)
            await self._work.execute(select(func.pg_advisory_xact_lock(key)))

    async def reserve(self, count: int) -> int:
        """The first of `count` L-numbers that are ours from now on. Gaps are allowed."""
        insert = self._work.insert(numbers).values(workspace=self._work.workspace, next=1001 + count)
        upsert = insert.on_conflict_do_update(
            index_elements=[numbers.c.workspace], set_={"next": numbers.c.next + count}
        ).returning(numbers.c.next)
        return int((await self._work.execute(upsert)).scalar_one()) - count

    async def record(
        self,
        before: Lead,
        events: Sequence[Event],
        new_facts: Sequence[Fact],
        *,
        step: str,
        definition: Definition,
        country: str,
        now: datetime,
    ) -> Change:
        """Append events and facts to one lead and bring its row up to date.

        Raises:
            Overtaken: the lead changed since `before` was read.
        """
        told = {fact.id: fact.data for fact in new_facts}
        after = before
        for event in events:
            after = apply(after, event, told)
        change = Change(after, events, new_facts, before=before)
        await self.record_many([change], step, definition, country, now)
        return change

    async def record_many(
        self,
        changes: Sequence[Change],
        step: str,
        definition: Definition,
        country: str,
        now: datetime,
    ) -> None:
        """Append many leads' events and facts and write their rows, each in one statement.

        Raises:
            Overtaken: one of them changed since it was read.
        """
        here = self._work.workspace
        connection = self._work.connection
        event_rows = [
            (here, c.after.number, e.kind.value, e.at, e.actor, definition.version, e.step or step, e.data)
            for c in changes
            for e in c.events
        ]
        await insert_rows(connection, lead_events, _EVENT, event_rows)
        fact_rows = [
            (here, c.after.number, fact.id, fact.kind, fact.at, fact.data)
            for c in changes
            for fact in c.facts
            if fact.data
        ]
        await insert_rows(connection, facts, _FACT, fact_rows)
        rows = [row_of(c.after, definition, country, now, c.shown) for c in changes]
        await self._insert([(c, row) for c, row in zip(changes, rows, strict=True) if c.before is None])
        for change, row in zip(changes, rows, strict=True):
            if change.before is not None:
                counted = await self._update(row, change.before.revision)
                await self._work.counting.note(change.before, change.after, counted)

    async def _insert(self, fresh: Sequence[tuple[Change, dict[str, Any]]]) -> None:
        if not fresh:
            return
        counted = await self._work.counting.newest()
        names = ("workspace", "counted", *fresh[0][1])
        rows = [(self._work.workspace, counted, *row.values()) for _, row in fresh]
        await insert_rows(self._work.connection, leads, names, rows)
        for change, _ in fresh:
            await self._work.counting.note(None, change.after, counted)

    async def _update(self, row: dict[str, Any], revision: int) -> int:
        """Write the row; the version of the counting rules under which the lead is counted."""
        number = row.pop("number")
        which = {"its_workspace": self._work.workspace, "its_number": number, "its_revision": revision}
        change = _changing(tuple(row))
        if self._work.is_sqlite:
            stands = (await self._work.execute(_STANDS, which)).one_or_none()
            change = _changing(_differing(stands, row)) if stands is not None else change
        counted = (await self._work.execute(change, {**row, **which})).scalar_one_or_none()
        if counted is None:
            raise Overtaken(f"L-{number}")
        return int(counted)

    async def history(self, number: int) -> list[Event]:
        """Everything that happened to a lead, in recorded order."""
        wanted = {"here": self._work.workspace, "wanted": number}
        return [_event_of(row) for row in await self._work.execute(_HISTORY, wanted)]

    async def step(self, number: int, step: str) -> list[Event]:
        """The events of one thing a person did."""
        return [event for event in await self.history(number) if event.step == step]

    async def facts_of(self, *numbers: int) -> dict[str, Mapping[str, Any]]:
        """What is personal about a lead (or several), by fact id."""
        query = select(facts.c.id, facts.c.data).where(
            facts.c.workspace == self._work.workspace, facts.c.lead.in_(numbers)
        )
        return {row.id: row.data for row in await self._work.execute(query)}

    async def tell_of(self, number: int, told: Sequence[str]) -> None:
        """These facts are about this lead from now on."""
        for chunk in chunks(list(told)):
            which = (facts.c.workspace == self._work.workspace, facts.c.id.in_(chunk))
            await self._work.execute(update(facts).where(*which).values(lead=number))

    async def merged_into(self, number: int) -> list[int]:
        """The L-numbers that redirect to this one, in order."""
        query = select(leads.c.number).where(self._here(), leads.c.survivor == number)
        return list((await self._work.execute(query.order_by(leads.c.number))).scalars())

    async def refolded(self, number: int, extra: Sequence[Event] = ()) -> Lead | None:
        """The lead computed anew from its events and facts, `extra` events included."""
        history = await self.history(number)
        if not any(event.kind is Kind.MERGED and "other" in event.data for event in history):
            return fold([*history, *extra], await self.facts_of(number))
        others = await self.merged_into(number)
        histories = {other: await self.history(other) for other in others}
        facts_of_all = await self.facts_of(number, *others)
        return fold_together(number, {number: [*history, *extra], **histories}, facts_of_all)

    async def rewrite(
        self,
        before: Lead,
        events: Sequence[Event],
        *,
        step: str,
        definition: Definition,
        country: str,
        now: datetime,
    ) -> Change:
        """Append events that change what earlier ones mean (an undo, an erasure) and fold everything anew."""
        after = await self.refolded(before.number, events)
        assert after is not None  # it was read in this transaction
        change = Change(after, events, before=before)
        await self.record_many([change], step, definition, country, now)
        return change


_STANDS_FOR = func.coalesce(leads.c.survivor, leads.c.number)
_ITS_LEAD = and_(leads.c.workspace == external_ids.c.workspace, leads.c.number == external_ids.c.lead)


@lru_cache(maxsize=4)
def _numbers_by(column: ColumnElement[Any], is_sqlite: bool) -> Select[Any]:
    query = select(column.label("key"), func.min(_STANDS_FOR).label("number"))
    there = among(column, "wanted", is_sqlite=is_sqlite)
    return hot(query.where(leads.c.workspace == bindparam("here"), there).group_by(column))


@lru_cache(maxsize=2)
def _by_external_id(is_sqlite: bool) -> Select[Any]:
    query = select(external_ids.c.key, func.coalesce(leads.c.survivor, external_ids.c.lead).label("lead"))
    there = among(external_ids.c.key, "wanted", is_sqlite=is_sqlite)
    return hot(query.outerjoin(leads, _ITS_LEAD).where(external_ids.c.workspace == bindparam("here"), there))


@lru_cache(maxsize=2)
def _one(lock: bool) -> Select[Any]:
    query = select(leads.c.body).where(
        leads.c.workspace == bindparam("here"), leads.c.number == bindparam("wanted")
    )
    return hot(query.with_for_update() if lock else query)  # SQLite has one writer anyway and leaves it out


_HISTORY = hot(
    select(lead_events)
    .where(lead_events.c.workspace == bindparam("here"), lead_events.c.lead == bindparam("wanted"))
    .order_by(lead_events.c.seq)
)
# Built once: building it for each lead costs five times what running it does.
_THIS = (
    leads.c.workspace == bindparam("its_workspace"),
    leads.c.number == bindparam("its_number"),
    leads.c.revision == bindparam("its_revision"),
)
_STANDS = hot(select(*(c for c in leads.c if c.name not in ("workspace", "number", "body"))).where(*_THIS))
"""A lead's row but for its body, which every change changes."""


def _differing(stands: Row[Any], row: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that are to change. SQLite writes every index anew that has one an UPDATE so much as names:
    two thirds of what a click put on the disk were indexes that stayed as they were."""
    known = stands._mapping
    return tuple(name for name, now in row.items() if name not in known or known[name] != now)


@lru_cache(maxsize=256)
def _changing(names: tuple[str, ...]) -> Executable:
    change = update(leads).where(*_THIS).values({name: bindparam(name) for name in names})
    return hot(change.returning(leads.c.counted))


def former_key(workspace: str, email: str) -> str:
    """How an address that somebody had before leads to them: by its hash, which an erasure takes along."""
    return hashed(workspace, "former", email)


def chunks(values: list[Any]) -> list[list[Any]]:
    """Lists short enough for one statement."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]


def _event_of(row: Any) -> Event:
    return Event(Kind(row.kind), row.at, row.actor, row.data, row.version, row.step, row.seq)
