"""What is held about a person wherever it is held, and taking it out of there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, insert, or_, select, update

from qualification.arrival import NewLead
from qualification.personal import Traces, words_in
from store.intake import Kept, Waiting, kept_of, waiting_of
from store.leads import chunks
from store.same_person import same_kind
from store.tables.behaviour import visitor_names
from store.tables.house import cards
from store.tables.intake import answers, quarantine, waiting
from store.tables.leads import external_ids, facts, lead_events, leads
from store.tables.privacy import erasures, privacy_links, suppressed
from store.visitors import visitor_of

if TYPE_CHECKING:
    from store.work import Work

PAGE = 500


@dataclass(frozen=True, slots=True)
class HeldFact:
    """Something personal as it is kept. Kinds: `submission`, `details`, `note`, `next_step`."""

    id: str
    kind: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A message of ours: its row, what it is (`card`, `alert`, `dm`, `digest`), and where it stands."""

    id: int
    kind: str
    channel: str
    ts: str
    at: datetime
    drawn: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure somebody asked for, or one that happened. `lead` is None for who never was one."""

    id: int
    lead: int | None
    why: str
    by: str
    state: str
    asked_at: datetime
    due: datetime | None
    erased_at: datetime | None
    receipt: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stale:
    """Leads of a stage with which nothing happened since `before`. Of stage `lead`: never an MQL."""

    stage: str
    before: datetime


class Privacy:
    """Questions about one person's data, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def facts(self, lead: int) -> list[HeldFact]:
        """Everything personal about a lead, oldest first."""
        query = select(facts).where(facts.c.workspace == self._work.workspace, facts.c.lead == lead)
        rows = await self._work.execute(query.order_by(facts.c.at, facts.c.id))
        return [HeldFact(row.id, row.kind, row.at, row.data) for row in rows]

    async def told_of(self, traces: Traces) -> list[int]:
        """Leads in whose facts one of these addresses or numbers stands; asked rarely, it reads them all."""
        words = [cast(facts.c.data, String).ilike(like, escape="\\") for like in traces.patterns]
        if not words:
            return []
        query = select(facts.c.lead, facts.c.data).where(facts.c.workspace == self._work.workspace)
        rows = await self._work.execute(query.where(or_(*words)).order_by(facts.c.lead))
        return sorted({row.lead for row in rows if traces.are_in(row.data)})

    async def told_between(self, first: int, last: int) -> dict[int, list[Mapping[str, Any]]]:
        """What was told about leads from one L-number to another, both included."""
        query = select(facts.c.lead, facts.c.data).where(
            facts.c.workspace == self._work.workspace, facts.c.lead.between(first, last)
        )
        found: dict[int, list[Mapping[str, Any]]] = {}
        for row in await self._work.execute(query.order_by(facts.c.lead, facts.c.at)):
            found.setdefault(row.lead, []).append(row.data)
        return found

    async def last_number(self) -> int:
        """The highest L-number with anything personal; 0 when there is none."""
        query = select(func.max(facts.c.lead)).where(facts.c.workspace == self._work.workspace)
        return (await self._work.execute(query)).scalar() or 0

    async def with_phone(self, key: str) -> list[int]:
        """Every lead with this number: a switchboard has many people."""
        query = select(leads.c.number).where(
            leads.c.workspace == self._work.workspace, leads.c.phone_key == key
        )
        return [row.number for row in await self._work.execute(query.order_by(leads.c.number))]

    async def places(self, lead: int) -> list[Place]:
        """Every message of ours about this lead, oldest first; also what asks whether another is the same."""
        about = or_(cards.c.lead == lead, cards.c.kind == same_kind(lead))
        query = select(cards).where(cards.c.workspace == self._work.workspace, about)
        rows = await self._work.execute(query.order_by(cards.c.id))
        return [Place(row.id, row.kind, row.channel, row.ts, row.at, row.drawn) for row in rows]

    async def waiting_of(self, traces: Traces) -> list[Waiting]:
        """What they handed in and what waits for permission."""
        query = select(waiting).where(
            waiting.c.workspace == self._work.workspace,
            or_(waiting.c.email_key.in_(traces.emails), waiting.c.phone_key.in_(traces.phones)),
        )
        found = [waiting_of(row) for row in await self._work.execute(query.order_by(waiting.c.id))]
        return [one for one in found if traces.is_theirs(one.new.email_key, one.new.phone_key)]

    async def quarantined_of(self, traces: Traces) -> list[Kept]:
        """Payloads kept raw in which one of their addresses or numbers stands."""
        found, after = [], 0
        while True:
            query = select(quarantine).where(
                quarantine.c.workspace == self._work.workspace, quarantine.c.id > after
            )
            rows = (await self._work.execute(query.order_by(quarantine.c.id).limit(PAGE))).all()
            found += [kept_of(row) for row in rows if traces.are_in_raw(row.body)]
            if len(rows) < PAGE:
                return found
            after = rows[-1].id

    async def named_of(self, traces: Traces) -> list[NewLead]:
        """What visitors said about themselves before they were a lead, for each id they said it under."""
        query = select(visitor_names.c.submission).where(
            visitor_names.c.workspace == self._work.workspace, self._names(traces)
        )
        rows = await self._work.execute(query.order_by(visitor_names.c.at, visitor_names.c.key))
        return [visitor_of(row.submission) for row in rows]

    def _names(self, traces: Traces) -> ColumnElement[bool]:
        return or_(
            visitor_names.c.email_key.in_(traces.emails),
            # A number beside somebody else's address is a switchboard's.
            and_(visitor_names.c.phone_key.in_(traces.phones), visitor_names.c.email_key.is_(None)),
        )

    async def forget(self, lead: int | None, traces: Traces) -> dict[str, int]:
        """Delete all of it except the lead's row and events; says how many of what.

        A payload with several people in it keeps the others.
        """
        here = self._work.workspace
        gone: dict[str, int] = {}
        waits = [one.id for one in await self.waiting_of(traces)]
        await self._work.intake.stop_waiting(waits)
        gone["waiting"] = len(waits)
        raw = await self.quarantined_of(traces)
        for kept in raw:
            body = traces.cut_out(kept.body)
            where = (quarantine.c.workspace == here, quarantine.c.id == kept.id)
            if body is None:
                await self._work.execute(delete(quarantine).where(*where))
            else:
                await self._work.execute(update(quarantine).where(*where).values(body=body))
        gone["quarantine"] = len(raw)
        said = delete(visitor_names).where(visitor_names.c.workspace == here, self._names(traces))
        gone["visitor_names"] = (await self._work.execute(said)).rowcount
        gone["answers"] = await self._forget_answers(lead, traces)
        if lead is not None:
            mine = (facts.c.workspace == here, facts.c.lead == lead)
            gone["facts"] = (await self._work.execute(delete(facts).where(*mine))).rowcount
            mine = (external_ids.c.workspace == here, external_ids.c.lead == lead)
            await self._work.execute(delete(external_ids).where(*mine))
            mine = (privacy_links.c.workspace == here, privacy_links.c.lead == lead)
            await self._work.execute(delete(privacy_links).where(*mine))
        return gone

    async def _forget_answers(self, lead: int | None, traces: Traces) -> int:
        """What we answered when they were handed in: a repeat of that request is judged anew."""
        text = cast(answers.c.answer, String)
        words = [text.ilike(like, escape="\\") for like in traces.patterns]
        if lead is not None:
            words.append(text.like(f'%L-{lead}\\"%', escape="|"))
        if not words:
            return 0
        query = delete(answers).where(answers.c.workspace == self._work.workspace, or_(*words))
        return (await self._work.execute(query)).rowcount

    async def external_keys(self, lead: int) -> list[str]:
        """The hashed ids other systems know this lead by."""
        query = select(external_ids.c.key).where(
            external_ids.c.workspace == self._work.workspace, external_ids.c.lead == lead
        )
        return [row.key for row in await self._work.execute(query.order_by(external_ids.c.key))]

    async def rewrite_facts(self, lead: int, traces: Traces) -> int:
        """Blacken their address, number and name in what was written about somebody else."""
        changed = 0
        for fact in await self.facts(lead):
            data = {**fact.data, **traces.blackened(words_in(fact.data))}
            if data != fact.data:
                which = (facts.c.workspace == self._work.workspace, facts.c.id == fact.id)
                await self._work.execute(update(facts).where(*which).values(data=data))
                changed += 1
        return changed

    async def stale(self, which: Stale, limit: int) -> list[int]:
        """Leads to which a retention rule applies, oldest first; those erased already are none."""
        last = (
            select(func.max(lead_events.c.at))
            .where(lead_events.c.workspace == leads.c.workspace, lead_events.c.lead == leads.c.number)
            .scalar_subquery()
        )
        has_facts = exists().where(facts.c.workspace == leads.c.workspace, facts.c.lead == leads.c.number)
        query = select(leads.c.number).where(
            leads.c.workspace == self._work.workspace,
            leads.c.stage == which.stage,
            leads.c.received_at < which.before,
            leads.c.created_at < which.before,
            has_facts,
            last < which.before,
        )
        if which.stage == "lead":
            query = query.where(leads.c.mql_at.is_(None))
        rows = await self._work.execute(query.order_by(leads.c.created_at, leads.c.number).limit(limit))
        return [row.number for row in rows]

    # Who must not come back

    async def suppress(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep these hashes: `key, kind, alone, lead, at`. One that is kept already stays as it is."""
        if rows:
            kept = [{**row, "workspace": self._work.workspace} for row in rows]
            await self._work.execute(self._work.insert(suppressed).on_conflict_do_nothing(), kept)

    async def are_suppressed(self, keys: Sequence[str]) -> dict[str, bool]:
        """Of these hashes those on the list, and whether the value behind it was all we knew of them."""
        found: dict[str, bool] = {}
        for chunk in chunks(sorted(set(keys))):
            query = select(suppressed.c.key, suppressed.c.alone).where(
                suppressed.c.workspace == self._work.workspace, suppressed.c.key.in_(chunk)
            )
            found.update({row.key: row.alone for row in await self._work.execute(query)})
        return found

    async def has_suppressed(self) -> bool:
        """Whether anybody is on the list."""
        query = select(suppressed.c.key).where(suppressed.c.workspace == self._work.workspace).limit(1)
        return (await self._work.execute(query)).first() is not None

    async def suppression_list(self) -> list[dict[str, Any]]:
        """All of it, to take along when an older backup is restored."""
        query = select(suppressed).where(suppressed.c.workspace == self._work.workspace)
        rows = await self._work.execute(query.order_by(suppressed.c.at, suppressed.c.key))
        return [{"key": r.key, "kind": r.kind, "alone": r.alone, "lead": r.lead, "at": r.at} for r in rows]

    # What was asked for and done

    async def note(self, **row: Any) -> int:
        """Begin the record of an erasure; gives its number."""
        row = {"workspace": self._work.workspace, "receipt": {}, "due": None, "erased_at": None, **row}
        made = await self._work.execute(insert(erasures).values(row).returning(erasures.c.id))
        return int(made.scalar_one())

    async def progress(self, number: int, **changes: Any) -> None:
        """Keep how far an erasure is."""
        which = (erasures.c.workspace == self._work.workspace, erasures.c.id == number)
        await self._work.execute(update(erasures).where(*which).values(**changes))

    async def erasure(self, number: int, lock: bool = False) -> Erasure | None:
        """One of them."""
        query = select(erasures).where(erasures.c.workspace == self._work.workspace, erasures.c.id == number)
        row = (await self._work.execute(query.with_for_update() if lock else query)).one_or_none()
        return _erasure(row) if row else None

    async def erasures_of(self, lead: int) -> list[Erasure]:
        """What was asked for and done about a lead, newest first."""
        query = select(erasures).where(erasures.c.workspace == self._work.workspace, erasures.c.lead == lead)
        return [_erasure(row) for row in await self._work.execute(query.order_by(erasures.c.id.desc()))]

    # Links

    async def link(self, token: str, lead: int, by: str, now: datetime, expires: datetime) -> None:
        """Keep the hash of a link's token."""
        row = {"token": token, "lead": lead, "by": by, "at": now, "expires_at": expires}
        await self._work.execute(insert(privacy_links).values(workspace=self._work.workspace, **row))

    async def expire_links(self, now: datetime) -> int:
        """Links that count no more."""
        old = (privacy_links.c.workspace == self._work.workspace, privacy_links.c.expires_at <= now)
        return (await self._work.execute(delete(privacy_links).where(*old))).rowcount

    async def lead_behind(self, token: str, now: datetime) -> int | None:
        """The lead a link's hashed token stands for, while it counts."""
        query = select(privacy_links.c.lead).where(
            privacy_links.c.workspace == self._work.workspace,
            privacy_links.c.token == token,
            privacy_links.c.expires_at > now,
        )
        return (await self._work.execute(query)).scalar_one_or_none()


def _erasure(row: Any) -> Erasure:
    return Erasure(
        row.id, row.lead, row.why, row.by, row.state, row.asked_at, row.due, row.erased_at, row.receipt
    )
