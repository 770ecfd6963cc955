"""Forgetting what has had its time, a page at a time: nobody else may wait long for the database."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Column, Table, delete, select

if TYPE_CHECKING:
    from store.work import Work

PAGE = 500
"""Rows that one transaction deletes: a few milliseconds."""


async def forget_page(
    work: Work, table: Table, since: Column[datetime], until: datetime, limit: int = PAGE
) -> int:
    """Delete the oldest rows of this workspace, those whose `since` is not after `until`; says how many.

    Args:
        limit: So many at most: fewer were deleted when nothing old is left.
    """
    (name,) = (column for column in table.primary_key if column.name != "workspace")
    here = table.c.workspace == work.workspace
    page = select(name).where(here, since <= until).order_by(since).limit(limit)
    return (await work.execute(delete(table).where(here, name.in_(page)))).rowcount
