"""What came in but is not (yet) a lead, what we answered, and what campaigns cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Executable, Select, and_, bindparam, delete, func, select

from qualification.arrival import NewLead
from qualification.form_name import form_of
from store.among import among
from store.expiry import forget_page
from store.hot import hot
from store.tables.base import UtcDateTime
from store.tables.intake import answers, quarantine, spend, traffic, waiting

if TYPE_CHECKING:
    from store.work import Work


FEW = 20
"""Payloads kept raw that one transaction handles: each may have a megabyte."""

Given = tuple[str, str, Mapping[str, Any]]
"""An answer: the hash of the key it was given under, the hash of the request's body, and what was said."""


@cache
def _waiting_for(column: ColumnElement[Any], is_sqlite: bool) -> Select[Any]:
    # By address and by number apart: asked for either, SQLite would look through everything that waits.
    same = among(column, "wanted", is_sqlite=is_sqlite)
    alive = waiting.c.expires_at > bindparam("now", type_=UtcDateTime)
    return hot(select(waiting).where(waiting.c.workspace == bindparam("here"), same, alive))


@cache
def _submissions() -> TypeAdapter[NewLead]:
    return TypeAdapter(NewLead)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission that waits for permission."""

    id: int
    new: NewLead
    why: str
    received_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A payload we could not take in, raw."""

    id: int
    source: str
    received_at: datetime
    error: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Aside:
    """The same without the payload: how many bytes it has."""

    id: int
    source: str
    received_at: datetime
    error: str
    size: int


@dataclass(frozen=True, slots=True)
class SpendRow:
    """What a campaign cost from one day to another, both included; `amount_minor` in cents."""

    source: str
    campaign: str
    from_day: date
    to_day: date
    amount_minor: int
    currency: str


class Intake:
    """Submissions that are not leads yet, answers given, spend; within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def keep_answer(self, given: Given, now: datetime, since: datetime) -> bool:
        """Remember what we answered under an Idempotency-Key; whether it stands now.

        The first answer does, unless it was given before `since` and counts no more.
        """
        done = await self._work.execute(self._keeping(since), self._answer_row(given, now))
        return done.rowcount > 0

    async def keep_answers(self, given: Sequence[Given], now: datetime, since: datetime) -> None:
        """The same for several."""
        if given:
            await self._work.execute(self._keeping(since), [self._answer_row(one, now) for one in given])

    def _keeping(self, since: datetime) -> Executable:
        insert = self._work.insert(answers)
        anew = {name: insert.excluded[name] for name in ("body", "answer", "at")}
        keys = [answers.c.workspace, answers.c.key]
        return insert.on_conflict_do_update(index_elements=keys, set_=anew, where=answers.c.at < since)

    def _answer_row(self, given: Given, now: datetime) -> dict[str, Any]:
        key, body, answer = given
        return {
            "workspace": self._work.workspace,
            "key": key,
            "body": body,
            "answer": dict(answer),
            "at": now,
        }

    async def answers(self, keys: Sequence[str], since: datetime) -> dict[str, tuple[str, dict[str, Any]]]:
        """By key the hash of the body and the answer, of those that were given under these since then."""
        query = select(answers.c.key, answers.c.body, answers.c.answer).where(
            answers.c.workspace == self._work.workspace, answers.c.key.in_(keys), answers.c.at >= since
        )
        return {row.key: (row.body, row.answer) for row in await self._work.execute(query)}

    async def forget_answer(self, key: str) -> None:
        """Take one back: what it was given for did not happen."""
        mine = and_(answers.c.workspace == self._work.workspace, answers.c.key == key)
        await self._work.execute(delete(answers).where(mine))

    async def forget_answers(self, before: datetime) -> int:
        """Old answers are of no use: nobody repeats a request after a day. A page of them; says how many."""
        return await forget_page(self._work, answers, answers.c.at, before)

    async def wait_for_permission(self, rows: Sequence[tuple[NewLead, str, datetime, datetime]]) -> None:
        """Keep submissions without permission: (submission, why, received, kept until)."""
        if rows:
            await self._work.execute(waiting.insert(), [self._waiting_row(*row) for row in rows])

    def _waiting_row(self, new: NewLead, why: str, received: datetime, expires: datetime) -> dict[str, Any]:
        return {
            "workspace": self._work.workspace,
            "email_key": new.email_key,
            "phone_key": new.phone_key,
            "form": form_of(new),
            "why": why,
            "received_at": received,
            "expires_at": expires,
            "submission": _submissions().dump_python(new, mode="json"),
        }

    async def waiting_for(self, emails: Sequence[str], phones: Sequence[str], now: datetime) -> list[Waiting]:
        """What these people handed in before and wait with, oldest first."""
        found: dict[int, Any] = {}
        for column, keys in ((waiting.c.email_key, emails), (waiting.c.phone_key, phones)):
            if keys:
                wanted = {"here": self._work.workspace, "wanted": list(keys), "now": now}
                query = _waiting_for(column, self._work.is_sqlite)
                found.update({row.id: row for row in await self._work.execute(query, wanted)})
        return [waiting_of(row) for _, row in sorted(found.items())]

    async def waiting_length(self) -> int:
        """How many submissions wait for permission."""
        query = select(func.count()).select_from(waiting).where(waiting.c.workspace == self._work.workspace)
        return int((await self._work.execute(query)).scalar_one())

    async def stop_waiting(self, ids: Sequence[int]) -> None:
        """Permission came: they are leads now."""
        if ids:
            await self._work.execute(
                delete(waiting).where(waiting.c.workspace == self._work.workspace, waiting.c.id.in_(ids))
            )

    async def expire_waiting(self, now: datetime) -> int:
        """Nobody gave permission in time: their data goes. A page of it; says how many."""
        return await forget_page(self._work, waiting, waiting.c.expires_at, now)

    async def count_traffic(self, day: date, seen: Mapping[tuple[str, str], int]) -> None:
        """Count visitor activity by (source, why): no personal data, only how many."""
        for (source, why), count in seen.items():
            insert = self._work.insert(traffic).values(
                workspace=self._work.workspace, day=day, source=source, why=why, count=count
            )
            keys = [traffic.c.workspace, traffic.c.day, traffic.c.source, traffic.c.why]
            await self._work.execute(
                insert.on_conflict_do_update(index_elements=keys, set_={"count": traffic.c.count + count})
            )

    async def quarantined(self, source: str, body: bytes, error: str, now: datetime) -> int:
        """Keep a payload we could not read, raw; nothing acknowledged is lost."""
        row = {
            "workspace": self._work.workspace,
            "source": source,
            "received_at": now,
            "error": error[:500],
            "body": body,
        }
        inserted = await self._work.execute(quarantine.insert().values(row).returning(quarantine.c.id))
        return int(inserted.scalar_one())

    async def in_quarantine(self, limit: int = 50) -> list[Kept]:
        """What is kept raw, oldest first."""
        query = (
            select(quarantine)
            .where(quarantine.c.workspace == self._work.workspace)
            .order_by(quarantine.c.id)
            .limit(limit)
        )
        return [kept_of(row) for row in await self._work.execute(query)]

    async def set_aside(self, limit: int) -> list[Aside]:
        """The same without what is in them, oldest first."""
        c = quarantine.c
        size = func.length(c.body).label("size")
        query = select(c.id, c.source, c.received_at, c.error, size).where(
            c.workspace == self._work.workspace
        )
        rows = await self._work.execute(query.order_by(c.id).limit(limit))
        return [Aside(row.id, row.source, row.received_at, row.error, row.size) for row in rows]

    async def out_of_quarantine(self, number: int) -> Kept | None:
        """Take one out, to be taken in now; None if it isn't there (any more)."""
        query = (
            delete(quarantine)
            .where(quarantine.c.workspace == self._work.workspace, quarantine.c.id == number)
            .returning(*quarantine.c)
        )
        row = (await self._work.execute(query)).one_or_none()
        return kept_of(row) if row else None

    async def expire_quarantine(self, before: datetime) -> int:
        """Nobody took it in again: what may be personal in it goes. A few of them; says how many."""
        return await forget_page(self._work, quarantine, quarantine.c.received_at, before, FEW)

    async def quarantine_length(self) -> int:
        """How many unreadable payloads wait for an admin."""
        query = (
            select(func.count()).select_from(quarantine).where(quarantine.c.workspace == self._work.workspace)
        )
        return int((await self._work.execute(query)).scalar_one())

    async def save_spend(self, rows: Sequence[SpendRow], by: str, now: datetime) -> int:
        """Keep what campaigns cost; the same campaign and days again replaces the amount."""
        for row in rows:
            insert = self._work.insert(spend).values(
                workspace=self._work.workspace,
                source=row.source,
                campaign=row.campaign,
                from_day=row.from_day,
                to_day=row.to_day,
                amount_minor=row.amount_minor,
                currency=row.currency,
                by=by,
                at=now,
            )
            keys = [
                spend.c.workspace,
                spend.c.source,
                spend.c.campaign,
                spend.c.from_day,
                spend.c.to_day,
                spend.c.currency,
            ]
            await self._work.execute(
                insert.on_conflict_do_update(
                    index_elements=keys, set_={"amount_minor": row.amount_minor, "by": by, "at": now}
                )
            )
        return len(rows)

    async def spend_touching(self, from_day: date, to_day: date) -> list[SpendRow]:
        """Spend whose days overlap these (both included), by source and campaign."""
        query = (
            select(spend)
            .where(
                spend.c.workspace == self._work.workspace,
                spend.c.from_day <= to_day,
                spend.c.to_day >= from_day,
            )
            .order_by(spend.c.source, spend.c.campaign, spend.c.from_day)
        )
        return [
            SpendRow(r.source, r.campaign, r.from_day, r.to_day, r.amount_minor, r.currency)
            for r in await self._work.execute(query)
        ]


def kept_of(row: Any) -> Kept:
    return Kept(row.id, row.source, row.received_at, row.error, row.body)


def waiting_of(row: Any) -> Waiting:
    return Waiting(
        row.id, _submissions().validate_python(row.submission), row.why, row.received_at, row.expires_at
    )
