"""What is held about a person wherever it is held, and taking it out of there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    update,
)

from qualification.arrival import NewLead
from qualification.personal import Traces, words_in
from store.erasures import Erasures
from store.intake import FEW, Kept, Waiting, kept_of, waiting_of
from store.leads import chunks
from store.likeness import patterns
from store.same_person import same_kind
from store.tables.behaviour import visitor_names
from store.tables.house import cards
from store.tables.intake import answers, quarantine, waiting
from store.tables.leads import external_ids, facts, leads
from store.tables.privacy import privacy_links
from store.visitors import visitor_of

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


class Privacy(Erasures):
    """Questions about one person's data and about erasing it, within one transaction."""

    async def facts(self, lead: int) -> list[HeldFact]:
        """Everything personal about a lead, oldest first."""
        query = select(facts).where(facts.c.workspace == self._work.workspace, facts.c.lead == lead)
        rows = await self._work.execute(query.order_by(facts.c.at, facts.c.id))
        return [HeldFact(row.id, row.kind, row.at, row.data) for row in rows]

    async def told_of(self, traces: Traces) -> list[int]:
        """Leads in whose facts one of these addresses or numbers stands; asked rarely, it reads them all."""
        words = [cast(facts.c.data, String).ilike(like, escape="\\") for like in patterns(traces)]
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

    async def quarantined_of(self, traces: Traces, after: int = 0) -> tuple[list[Kept], int]:
        """Payloads kept raw in which one of their addresses or numbers stands; the last id looked at.

        Args:
            after: Only those that came after this one.
        """
        found = []
        while True:
            query = select(quarantine).where(
                quarantine.c.workspace == self._work.workspace, quarantine.c.id > after
            )
            rows = (await self._work.execute(query.order_by(quarantine.c.id).limit(FEW))).all()
            found += [kept_of(row) for row in rows if traces.are_in_raw(row.body)]
            after = rows[-1].id if rows else after
            if len(rows) < FEW:
                return found, after

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

    async def forget(
        self, traces: Traces, leads: Sequence[int], raw: Sequence[int], after: int
    ) -> dict[str, int]:
        """Delete what is held beside the leads' own facts; says how many of what.

        A payload with several people in it keeps the others.

        Args:
            leads: Their numbers, which stand in what was answered.
            raw: Ids of payloads kept raw in which they were found.
            after: The last payload that was looked at for that; what came later is looked at here.
        """
        waits = [one.id for one in await self.waiting_of(traces)]
        await self._work.intake.stop_waiting(waits)
        said = delete(visitor_names).where(
            visitor_names.c.workspace == self._work.workspace, self._names(traces)
        )
        return {
            "waiting": len(waits),
            "quarantine": await self._forget_raw(traces, raw, after),
            "visitor_names": (await self._work.execute(said)).rowcount,
            "answers": await self._forget_answers(traces, leads),
        }

    async def forget_lead(self, lead: int) -> int:
        """Delete everything personal about a lead but its row; says how many facts."""
        await self._work.watched.forget(await self.external_keys(lead))
        gone = [
            await self._work.execute(
                delete(table).where(table.c.workspace == self._work.workspace, table.c.lead == lead)
            )
            for table in (facts, external_ids, privacy_links)
        ]
        return gone[0].rowcount

    async def _forget_raw(self, traces: Traces, raw: Sequence[int], after: int) -> int:
        here, gone = quarantine.c.workspace == self._work.workspace, 0
        later, _ = await self.quarantined_of(traces, after)
        for number in [*raw, *(kept.id for kept in later)]:
            query = select(quarantine.c.body).where(here, quarantine.c.id == number)
            held = (await self._work.execute(query)).scalar_one_or_none()
            if held is None:  # taken in or thrown away meanwhile
                continue
            body = traces.cut_out(held)
            which = (here, quarantine.c.id == number)
            if body is None:
                await self._work.execute(delete(quarantine).where(*which))
            else:
                await self._work.execute(update(quarantine).where(*which).values(body=body))
            gone += 1
        return gone

    async def _forget_answers(self, traces: Traces, leads: Sequence[int]) -> int:
        """What we answered when they were handed in: a repeat of that request is judged anew."""
        here = answers.c.workspace == self._work.workspace
        text = cast(answers.c.answer, String)
        named = [text.ilike(like, escape="\\") for like in patterns(traces)]
        numbered = [text.like(f'%L-{lead}\\"%', escape="|") for lead in leads]
        if not (named or numbered):
            return 0
        query = select(answers.c.key, answers.c.answer, or_(false(), *numbered).label("theirs"))
        rows = await self._work.execute(query.where(here, or_(*named, *numbered)))
        theirs = [row.key for row in rows if row.theirs or traces.are_in(_told(row.answer))]
        for chunk in chunks(theirs):
            await self._work.execute(delete(answers).where(here, answers.c.key.in_(chunk)))
        return len(theirs)

    async def keys_beside_leads(self) -> AsyncIterator[tuple[str | None, str | None]]:
        """Address and number of everybody who waits for permission or said as a visitor who they are."""
        for table, order in ((waiting, waiting.c.id), (visitor_names, visitor_names.c.key)):
            last: Any = None
            while True:
                query = select(order.label("place"), table.c.email_key, table.c.phone_key)
                query = query.where(table.c.workspace == self._work.workspace)
                if last is not None:
                    query = query.where(order > last)
                rows = (await self._work.execute(query.order_by(order).limit(PAGE))).all()
                for row in rows:
                    yield row.email_key, row.phone_key
                if len(rows) < PAGE:
                    break
                last = rows[-1].place

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


def _told(answer: Any) -> Any:
    """What an answer says; the body of most is JSON within a text."""
    try:
        return json.loads(answer["body"])
    except (KeyError, TypeError, ValueError):
        return answer
