"""A lead's row computed anew from its events and facts: the proof that those are the whole truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from qualification.definition import Definition
from store.lead_rows import lead_of, row_of
from store.tables.leads import leads
from store.work import Work


async def wrong_columns(
    work: Work, number: int, definition: Definition, country: str
) -> Mapping[str, tuple[Any, Any]]:
    """The columns of a lead's row that its events and facts don't bear out, as (kept, computed anew).

    Args:
        definition: The one in force when the row was written: its score is by that one, at that time.
    Raises:
        LookupError: no lead has this number, or it has no events.
    """
    query = select(leads).where(leads.c.workspace == work.workspace, leads.c.number == number)
    row = (await work.execute(query)).one_or_none()
    lead = await work.leads.refolded(number)
    if row is None or lead is None:
        raise LookupError(f"L-{number}")
    anew = row_of(lead, definition, country, row.changed_at)
    kept = {**row._mapping, "body": lead_of(row.body)}
    return {name: (kept[name], value) for name, value in anew.items() if kept[name] != value}
