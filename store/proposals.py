"""What somebody wants changed in the definition, and which version was in force when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select, update

from qualification.definition import Definition
from store.tables.house import definitions, proposals

if TYPE_CHECKING:
    from store.work import Work

OPEN, IN_FORCE, WITHDRAWN, OUTDATED = "open", "in force", "withdrawn", "outdated"
MANAGER, MARKETER = "manager", "marketer"
ROLES = (MANAGER, MARKETER)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change somebody wants.

    Attributes:
        base: The version it was made against.
        changes: What is different, in words.
        effect: As `qualification.effect.Effect.as_json` gives it; None until it is computed.
        approvals: Role → {"by", "at"}, `at` in ISO.
        version: What it became once it is in force.
        channel, ts: Where its message stands.
    """

    id: int
    base: int
    text: str
    why: str
    author: str
    at: datetime
    changes: Sequence[str]
    effect: Mapping[str, Any] | None
    state: str
    approvals: Mapping[str, Mapping[str, str]]
    version: int | None
    channel: str | None
    ts: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the definition, in force from `at` to `until` (None: it still is)."""

    version: int
    text: str
    author: str
    at: datetime
    until: datetime | None
    approved: Mapping[str, Mapping[str, str]]
    origin: str


class Proposals:
    """Proposals and versions, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _here(self) -> ColumnElement[bool]:
        return proposals.c.workspace == self._work.workspace

    async def add(
        self, *, base: int, text: str, why: str, author: str, now: datetime, changes: Sequence[str]
    ) -> int:
        """Keep a new one; returns its number."""
        row = {
            "workspace": self._work.workspace,
            "base": base,
            "text": text,
            "why": why,
            "author": author,
            "at": now,
            "changes": list(changes),
            "state": OPEN,
            "approvals": {},
        }
        added = self._work.insert(proposals).values(row).returning(proposals.c.id)
        return int((await self._work.execute(added)).scalar_one())

    async def get(self, number: int, lock: bool = False) -> Proposal | None:
        """One of them. `lock` keeps others from approving it until we commit."""
        query = select(proposals).where(self._here(), proposals.c.id == number)
        row = (await self._work.execute(query.with_for_update() if lock else query)).one_or_none()
        return _proposal(row) if row else None

    async def open_with(self, base: int, text: str) -> Proposal | None:
        """The open one that says the same, if there is one."""
        query = select(proposals).where(
            self._here(), proposals.c.state == OPEN, proposals.c.base == base, proposals.c.text == text
        )
        row = (await self._work.execute(query.order_by(proposals.c.id).limit(1))).one_or_none()
        return _proposal(row) if row else None

    async def opened(self, limit: int = 20) -> list[Proposal]:
        """Those that wait for somebody, newest first."""
        query = select(proposals).where(self._here(), proposals.c.state == OPEN)
        rows = await self._work.execute(query.order_by(proposals.c.id.desc()).limit(limit))
        return [_proposal(row) for row in rows]

    async def save(self, number: int, **changes: Any) -> None:
        """Keep what is new about one."""
        await self._work.execute(
            update(proposals).where(self._here(), proposals.c.id == number).values(changes)
        )

    async def outdate(self) -> list[int]:
        """A new version is in force: whatever was still open was made against an older one."""
        stale = update(proposals).where(self._here(), proposals.c.state == OPEN)
        stale = stale.values(state=OUTDATED).returning(proposals.c.id)
        return sorted((await self._work.execute(stale)).scalars())

    async def versions(self, limit: int = 100) -> list[Version]:
        """The newest versions, newest first, each with the time in which it was in force."""
        query = select(definitions).where(definitions.c.workspace == self._work.workspace)
        query = query.order_by(definitions.c.version.desc()).limit(limit)
        rows = (await self._work.execute(query)).all()
        ends = [None, *(newer.at for newer, _ in pairwise(rows))]
        return [_version(row, until) for row, until in zip(rows, ends, strict=True)]

    async def version(self, version: int) -> Version | None:
        """One version, without when it ended."""
        query = select(definitions).where(
            definitions.c.workspace == self._work.workspace, definitions.c.version == version
        )
        row = (await self._work.execute(query)).one_or_none()
        return _version(row, None) if row else None

    async def in_force_at(self, moment: datetime) -> Definition | None:
        """The definition that ruled then; the first one for a time before there was any."""
        query = select(definitions.c.version).where(definitions.c.workspace == self._work.workspace)
        then = query.where(definitions.c.at <= moment).order_by(definitions.c.version.desc()).limit(1)
        found = (await self._work.execute(then)).scalar_one_or_none()
        if found is None:
            first = query.order_by(definitions.c.version).limit(1)
            found = (await self._work.execute(first)).scalar_one_or_none()
        return await self._work.house.definition_version(found) if found else None


def _proposal(row: Any) -> Proposal:
    return Proposal(
        row.id,
        row.base,
        row.text,
        row.why,
        row.author,
        row.at,
        row.changes,
        row.effect,
        row.state,
        row.approvals,
        row.version,
        row.channel,
        row.ts,
    )


def _version(row: Any, until: datetime | None) -> Version:
    return Version(row.version, row.text, row.author, row.at, until, row.approved or {}, row.origin or "")
