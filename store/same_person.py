"""Which leads may be one person, what people said about it, and who works for one company."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from qualification.events import Event
from qualification.lead import Lead
from qualification.same_person import Alike, Known
from store.among import among
from store.hot import hot
from store.lead_rows import lead_of
from store.tables.leads import leads, same_person

if TYPE_CHECKING:
    from store.work import Work

OPEN, MERGED, APART = "open", "merged", "apart"
MOST = 500
"""Colleagues compared with, the newest first: among more than that names are alike by chance."""
_COMPARED = ("number", "email_key", "phone_key", "company_key", "name_key")
BEST_FIRST = ("customer", "sql", "mql", "nurture", "lead", "lost", "disqualified")


SAME = "same:"


def same_kind(older: int) -> str:
    """What the message that asks is kept as, beside the cards of the newer lead."""
    return f"{SAME}{older}"


def older_of(kind: str) -> int:
    """The older number, of a message that asks."""
    return int(kind.removeprefix(SAME))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two numbers that may be one person. `state`: open, merged or apart, as `by` said."""

    older: int
    newer: int
    why: str
    score: int
    state: str
    by: str | None
    at: datetime


@lru_cache(maxsize=4)
def _like(column: ColumnElement[Any], is_sqlite: bool) -> Select[Any]:
    """The newest leads of these companies, as far as their names are known, or with these phone numbers."""
    # `+ 0`, for else SQLite goes through all leads from the newest on instead of asking the column's index.
    number = leads.c.number + 0
    query = select(*(leads.c[name] for name in _COMPARED)).where(
        leads.c.workspace == bindparam("here"),
        among(column, "keys", is_sqlite=is_sqlite),
        leads.c.survivor.is_(None),
        number < bindparam("before"),
    )
    if column is leads.c.company_key:
        query = query.where(leads.c.name_key.is_not(None))
    return hot(query.order_by(number.desc()).limit(bindparam("most", type_=Integer)))


class People:
    """Questions about who is who, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _here(self) -> ColumnElement[bool]:
        return leads.c.workspace == self._work.workspace

    def _ours(self) -> ColumnElement[bool]:
        return same_person.c.workspace == self._work.workspace

    async def like(self, companies: Collection[str], phones: Collection[str], before: int) -> list[Known]:
        """Leads of these companies, as far as names are known, or with these phone numbers.

        Args:
            before: Only lower numbers than this, the newest of them.
        """
        found: dict[int, Known] = {}
        most = MOST * min(len(companies) + len(phones), 10)
        for column, keys in ((leads.c.company_key, companies), (leads.c.phone_key, phones)):
            if keys:
                wanted = {"here": self._work.workspace, "keys": sorted(keys), "before": before, "most": most}
                rows = await self._work.execute(_like(column, self._work.is_sqlite), wanted)
                found.update({row.number: Known(*row) for row in rows})
        return list(found.values())

    async def suggest(self, pairs: Iterable[Alike], now: datetime) -> None:
        """Keep what somebody should look at; a pair that was suggested before stays as it was decided."""
        rows = [
            {
                "workspace": self._work.workspace,
                "older": pair.older,
                "newer": pair.newer,
                "why": pair.why,
                "score": pair.score,
                "state": OPEN,
                "by": None,
                "at": now,
            }
            for pair in pairs
        ]
        if rows:
            await self._work.execute(self._work.insert(same_person).on_conflict_do_nothing(), rows)

    async def suggestion(self, older: int, newer: int) -> Suggestion | None:
        """What is kept of a pair."""
        query = select(same_person).where(
            self._ours(), same_person.c.older == older, same_person.c.newer == newer
        )
        row = (await self._work.execute(query)).one_or_none()
        return _suggestion(row) if row else None

    async def about(self, numbers: Collection[int], state: str = OPEN, limit: int = 10) -> list[Suggestion]:
        """Pairs in this state of which one is among these numbers, the most alike first."""
        theirs = or_(same_person.c.older.in_(numbers), same_person.c.newer.in_(numbers))
        query = (
            select(same_person)
            .where(self._ours(), theirs, same_person.c.state == state)
            .order_by(same_person.c.score.desc(), same_person.c.older, same_person.c.newer)
            .limit(limit)
        )
        return [_suggestion(row) for row in await self._work.execute(query)]

    async def decide(self, older: int, newer: int, state: str, by: str, now: datetime) -> bool:
        """Remember what somebody said of an open pair; False when somebody else was first."""
        said = (
            update(same_person)
            .where(
                self._ours(),
                same_person.c.older == older,
                same_person.c.newer == newer,
                same_person.c.state == OPEN,
            )
            .values(state=state, by=by, at=now)
        )
        return (await self._work.execute(said)).rowcount == 1

    async def between(
        self, some: Collection[int], others: Collection[int], was: str, state: str, by: str, now: datetime
    ) -> list[Suggestion]:
        """Move the pairs between two groups of numbers from one state to another; those that moved."""
        said = (
            update(same_person)
            .where(self._ours(), _across(some, others), same_person.c.state == was)
            .values(state=state, by=by, at=now)
            .returning(*same_person.c)
        )
        return [_suggestion(row) for row in (await self._work.execute(said)).all()]

    async def across(
        self, some: Collection[int], others: Collection[int], state: str, limit: int = 5
    ) -> list[Suggestion]:
        """Pairs in this state of which one is in each of two groups of numbers, the lowest first."""
        query = (
            select(same_person)
            .where(self._ours(), _across(some, others), same_person.c.state == state)
            .order_by(same_person.c.older, same_person.c.newer)
            .limit(limit)
        )
        return [_suggestion(row) for row in await self._work.execute(query)]

    async def ask_no_more(self, number: int) -> None:
        """Nobody is left to ask about: open pairs with this number are forgotten, answers stay."""
        theirs = or_(same_person.c.older == number, same_person.c.newer == number)
        await self._work.execute(delete(same_person).where(self._ours(), theirs, same_person.c.state == OPEN))

    async def also_from(self, company: str, besides: int, limit: int = 2) -> tuple[list[Lead], int]:
        """Other leads of a company, the best stage first, and how many there are in all."""
        theirs = (self._here(), leads.c.company_key == company, leads.c.number != besides)
        places = {stage: place for place, stage in enumerate(BEST_FIRST)}
        stages = case(places, value=leads.c.stage, else_=len(places))
        query = (
            select(leads.c.body, func.count().over().label("n"))
            .where(*theirs, leads.c.survivor.is_(None), leads.c.opted_out.is_(False))
            .order_by(stages, leads.c.score_most.desc(), leads.c.number)
            .limit(limit)
        )
        rows = (await self._work.execute(query)).all()
        return [lead_of(row.body) for row in rows], int(rows[0].n) if rows else 0

    async def histories(self, numbers: Sequence[int]) -> dict[int, list[Event]]:
        """What happened to each of these leads."""
        return {number: await self._work.leads.history(number) for number in numbers}

    async def story(self, lead: Lead) -> list[Event]:
        """What happened to a lead and to those merged into it, in the order in which it was recorded."""
        return in_order(await self.histories((lead.number, *lead.merged)))

    async def locked(self, numbers: Collection[int]) -> dict[int, Lead]:
        """These leads, ours alone until we commit."""
        return await self._work.leads.many(sorted(numbers), lock=True)


def in_order(histories: Mapping[int, Iterable[Event]]) -> list[Event]:
    """What happened to several leads, in the order in which it was recorded."""
    return sorted((event for events in histories.values() for event in events), key=lambda event: event.seq)


def _across(some: Collection[int], others: Collection[int]) -> ColumnElement[bool]:
    return or_(
        and_(same_person.c.older.in_(some), same_person.c.newer.in_(others)),
        and_(same_person.c.older.in_(others), same_person.c.newer.in_(some)),
    )


def _suggestion(row: Any) -> Suggestion:
    return Suggestion(row.older, row.newer, row.why, row.score, row.state, row.by, row.at)
