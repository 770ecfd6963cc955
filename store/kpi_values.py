"""What leads are told apart by: the sources, campaigns, variants and owners of a workspace."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from qualification.kpi import Dimension
from store.tables.leads import leads
from store.work import Work

MOST_VALUES = 500
"""Of each dimension: campaigns are typed by others, and a question names the busy ones."""


async def values_seen(work: Work) -> Mapping[Dimension, tuple[str, ...]]:
    """The values of each dimension (owners by their Slack id), the busiest first."""
    columns: dict[Dimension, str] = {
        "source": "source",
        "campaign": "campaign",
        "variant": "variant",
        "rep": "owner",
    }
    found: dict[Dimension, tuple[str, ...]] = {}
    for dimension, name in columns.items():
        column = leads.c[name]
        query = (
            select(column)
            .where(leads.c.workspace == work.workspace, column.is_not(None), column != "")
            .group_by(column)
            .order_by(func.count().desc(), column)
            .limit(MOST_VALUES)
        )
        found[dimension] = tuple(row[0] for row in await work.execute(query))
    return found
