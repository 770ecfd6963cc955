"""Visitors nobody knows yet: what they did, who they said they are, and which messages were heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import delete, or_, select, update

from qualification.new_lead import NewLead
from qualification.signal import Visit
from store.bulk import insert_rows
from store.expiry import forget_page
from store.leads import chunks
from store.tables.behaviour import messages, visitor_events, visitor_names

if TYPE_CHECKING:
    from store.work import Work

_WHO: TypeAdapter[NewLead] = TypeAdapter(NewLead)
_VISIT = (
    *("workspace", "visitor", "account", "action", "at", "uncounted", "source", "campaign", "variant"),
    "expires_at",
)
_NAME = ("workspace", "key", "email_key", "phone_key", "at", "submission", "together", "expires_at")
MOST_VISITS = 2_000
"""Visits that are looked at for one batch of messages; nobody's score needs more."""


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody who is no lead yet said about themselves.

    Attributes:
        together: all the ids it was said under.
        until: when it is forgotten: saying it again does not put that off.
    """

    who: NewLead
    together: frozenset[str]
    until: datetime


class Visitors:
    """Questions about visitors, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def heard(self, keys: Iterable[str]) -> dict[str, datetime]:
        """Of these hashes the ones that are known, and when what they name happened."""
        found: dict[str, datetime] = {}
        for chunk in chunks(sorted(set(keys))):
            query = select(messages.c.key, messages.c.at).where(
                messages.c.workspace == self._work.workspace, messages.c.key.in_(chunk)
            )
            found.update({row.key: row.at for row in await self._work.execute(query)})
        return found

    async def remember(self, heard: Mapping[str, datetime], until: datetime) -> None:
        """Keep that these were heard."""
        here = self._work.workspace
        rows = [{"workspace": here, "key": key, "at": at, "expires_at": until} for key, at in heard.items()]
        if rows:
            await self._work.execute(self._work.insert(messages).on_conflict_do_nothing(), rows)

    async def visits(self, keys: Iterable[str]) -> list[Visit]:
        """What was done under these ids, oldest first."""
        found: dict[int, Visit] = {}
        for chunk in chunks(sorted(set(keys))):
            either = or_(visitor_events.c.visitor.in_(chunk), visitor_events.c.account.in_(chunk))
            query = select(visitor_events).where(visitor_events.c.workspace == self._work.workspace, either)
            query = query.order_by(visitor_events.c.at, visitor_events.c.id).limit(MOST_VISITS)
            found.update({row.id: _visit_of(row) for row in await self._work.execute(query)})
        return sorted(found.values(), key=lambda visit: (visit.at, visit.id))

    async def keep_visits(self, kept: Sequence[Visit], until: datetime) -> None:
        """Keep what unknown visitors did."""
        here = self._work.workspace
        rows = [
            (here, v.visitor, v.account, v.action, v.at, v.uncounted, v.source, v.campaign, v.variant, until)
            for v in kept
        ]
        await insert_rows(self._work.connection, visitor_events, _VISIT, rows)

    async def uncount(self, ids: Iterable[int], why: str) -> None:
        """These were no doing of a person's, as we know now."""
        for chunk in chunks(sorted(set(ids))):
            await self._work.execute(
                update(visitor_events)
                .where(visitor_events.c.workspace == self._work.workspace, visitor_events.c.id.in_(chunk))
                .values(uncounted=why)
            )

    async def drop_visits(self, ids: Iterable[int]) -> None:
        """They stand in a lead's history now."""
        for chunk in chunks(sorted(set(ids))):
            await self._work.execute(
                delete(visitor_events).where(
                    visitor_events.c.workspace == self._work.workspace, visitor_events.c.id.in_(chunk)
                )
            )

    async def names(self, keys: Iterable[str], now: datetime) -> dict[str, Named]:
        """Who said under these ids who they are."""
        found: dict[str, Named] = {}
        for chunk in chunks(sorted(set(keys))):
            query = select(visitor_names).where(
                visitor_names.c.workspace == self._work.workspace,
                visitor_names.c.key.in_(chunk),
                visitor_names.c.expires_at > now,
            )
            for row in await self._work.execute(query):
                found[row.key] = Named(
                    visitor_of(row.submission), frozenset(row.together), until=row.expires_at
                )
        return found

    async def keep_names(self, named: Mapping[str, Named]) -> None:
        """Keep who they are, each for as long as it says."""
        here = self._work.workspace
        rows = [
            (
                *(here, key, one.who.email_key, one.who.phone_key, one.who.occurred_at),
                *(_WHO.dump_python(one.who, mode="json"), sorted(one.together), one.until),
            )
            for key, one in named.items()
        ]
        await self.drop_names(named)
        await insert_rows(self._work.connection, visitor_names, _NAME, rows)

    async def drop_names(self, keys: Iterable[str]) -> None:
        """They are leads now: what is personal stands with the lead."""
        for chunk in chunks(sorted(set(keys))):
            await self._work.execute(
                delete(visitor_names).where(
                    visitor_names.c.workspace == self._work.workspace, visitor_names.c.key.in_(chunk)
                )
            )

    async def expire(self, now: datetime) -> int:
        """Forget a page of what has had its time, of each kind; says how many rows."""
        gone = 0
        for table in (messages, visitor_events, visitor_names):
            gone += await forget_page(self._work, table, table.c.expires_at, now)
        return gone


def visitor_of(submission: Mapping[str, Any]) -> NewLead:
    """What a visitor said about themselves."""
    return _WHO.validate_python(submission)


def _visit_of(row: Any) -> Visit:
    return Visit(
        row.at,
        row.action,
        row.visitor,
        row.account,
        row.uncounted,
        row.source,
        row.campaign,
        row.variant,
        row.id,
    )
