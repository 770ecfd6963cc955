"""Keys of programs, within one transaction. Only their hashes are known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from store.tables.keys import keys
from store.work import Work

MOST = 200
"""Keys that are read of a workspace, far more than may be made."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        name: whose it is: a source, or for numbers a manager's Slack id.
        opens: "leads", "events", "spend", another source's path, "all" or "numbers".
        hash: hex SHA-256 of the key.
        ends: its last characters; "" when they were never kept.
        signs: signatures made with it are taken too.
        until: when it ends; None while it stands.
        used: when it last opened something, to the hour; None while it never did.
    """

    id: int
    name: str
    opens: str
    hash: str
    ends: str
    signs: bool
    by: str
    at: datetime
    until: datetime | None
    used: datetime | None


async def keys_at(work: Work, now: datetime) -> list[Key]:
    """Those that open something at this moment: first those that stand, then those replaced, newest first."""
    lives = or_(keys.c.until.is_(None), keys.c.until > now)
    query = select(keys).where(keys.c.workspace == work.workspace, lives)
    ordered = query.order_by(keys.c.until.is_not(None), keys.c.id.desc())
    return [_key(row) for row in await work.execute(ordered.limit(MOST))]


async def add_key(
    work: Work, *, name: str, opens: str, hashed: str, ends: str, signs: bool, by: str, now: datetime
) -> bool:
    """Keep a new one; False when a key of this name for the same thing stands."""
    row = {"workspace": work.workspace, "name": name, "opens": opens, "hash": hashed, "ends": ends}
    try:
        async with work.connection.begin_nested():
            await work.execute(keys.insert(), {**row, "signs": signs, "by": by, "at": now, "until": None})
    except IntegrityError:
        return False
    return True


async def replace_key(work: Work, number: int, now: datetime, until: datetime) -> Key | None:
    """Let one that stands end at `until`; None when there is none, or another click was first.

    What it had itself replaced ends now: whoever asks for new keys again and again has two that open.
    """
    here = keys.c.workspace == work.workspace
    mine = (here, keys.c.id == number, keys.c.until.is_(None))
    row = (await work.execute(update(keys).where(*mine).values(until=until).returning(keys))).one_or_none()
    if row is None:
        return None
    older = (here, keys.c.name == row.name, keys.c.opens == row.opens, keys.c.id < number)
    await work.execute(update(keys).where(*older, keys.c.until > now).values(until=now))
    return _key(row)


async def end_key(work: Work, number: int, now: datetime) -> Key | None:
    """Let one end now; None when it has ended."""
    lives = or_(keys.c.until.is_(None), keys.c.until > now)
    mine = (keys.c.workspace == work.workspace, keys.c.id == number, lives)
    row = (await work.execute(update(keys).where(*mine).values(until=now).returning(keys))).one_or_none()
    return _key(row) if row else None


async def note_use(work: Work, number: int, now: datetime, since: datetime) -> None:
    """It opened something now; nothing is written if it did since then, as another replica may have noted."""
    mine = (keys.c.workspace == work.workspace, keys.c.id == number)
    old = or_(keys.c.used.is_(None), keys.c.used < since)
    await work.execute(update(keys).where(*mine, old).values(used=now))


async def forget_ended(work: Work, before: datetime) -> None:
    """What ended so long ago is of no interest any more."""
    await work.execute(delete(keys).where(keys.c.workspace == work.workspace, keys.c.until < before))


def _key(row: Row[Any]) -> Key:
    return Key(
        row.id, row.name, row.opens, row.hash, row.ends, row.signs, row.by, row.at, row.until, row.used
    )
