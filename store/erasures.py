"""Who must not come back, what was asked for and done, and the links people were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, insert, literal_column, select, update

from store.expiry import forget_page
from store.hot import hot
from store.leads import chunks
from store.tables.house import settings
from store.tables.privacy import erasures, privacy_links, suppressed

if TYPE_CHECKING:
    from store.work import Work

SECRET = "suppression_secret"
"""The setting under which this installation keeps the key of its suppression list's hashes."""


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


class Erasures:
    """Questions about erasing itself, which outlives the data, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

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

    async def secret(self) -> str:
        """The key of the list's hashes; "" while nobody is on the list, so that nobody need be looked for."""
        found = (await self._work.execute(_SECRET, {"here": self._work.workspace})).scalar_one_or_none()
        return str(found) if found else ""

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

    async def unswept(self, why: str, limit: int) -> list[Erasure]:
        """Erasures of this kind for which nothing was asked of Slack yet, oldest first."""
        query = select(erasures).where(
            erasures.c.workspace == self._work.workspace, erasures.c.state == "erased", erasures.c.why == why
        )
        return [_erasure(row) for row in await self._work.execute(query.order_by(erasures.c.id).limit(limit))]

    # Links

    async def link(self, token: str, lead: int, by: str, now: datetime, expires: datetime) -> None:
        """Keep the hash of a link's token."""
        row = {"token": token, "lead": lead, "by": by, "at": now, "expires_at": expires}
        await self._work.execute(insert(privacy_links).values(workspace=self._work.workspace, **row))

    async def expire_links(self, now: datetime) -> int:
        """Forget a page of the links that count no more; says how many."""
        return await forget_page(self._work, privacy_links, privacy_links.c.expires_at, now)

    async def lead_behind(self, token: str, now: datetime) -> int | None:
        """The lead a link's hashed token stands for, while it counts."""
        query = select(privacy_links.c.lead).where(
            privacy_links.c.workspace == self._work.workspace,
            privacy_links.c.token == token,
            privacy_links.c.expires_at > now,
        )
        return (await self._work.execute(query)).scalar_one_or_none()


_SECRET = hot(
    select(settings.c.value).where(
        settings.c.workspace == bindparam("here"),
        settings.c.name == literal_column(f"'{SECRET}'"),
        exists().where(suppressed.c.workspace == settings.c.workspace),
    )
)


def _erasure(row: Any) -> Erasure:
    return Erasure(
        row.id, row.lead, row.why, row.by, row.state, row.asked_at, row.due, row.erased_at, row.receipt
    )
