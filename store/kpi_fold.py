"""Adding the changes that transactions noted to the days and spans they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from qualification.kpi_cells import ALL, ONLY_ALL, Dims
from store.bulk import add_rows
from store.counting import Told, cells_in
from store.database import Connection
from store.store import Store
from store.tables.counting import SPAN, kpi_changes, kpi_days, kpi_spans

CELLS_AT_ONCE, CHANGES_AT_ONCE = 300, 2_500
"""Cells of days that one fold changes (and at most as many of spans), and changes that it adds up for them:
each some twenty milliseconds of SQLite's writer. A row of changes that comes to more is folded alone."""
ROWS_AT_ONCE = 100
READ_AT_ONCE = 10
"""Rows that are read, and on PostgreSQL locked, without knowing how much they come to."""
DIMENSIONS = ("source", "campaign", "variant", "rep")


async def waiting(store: Store) -> bool:
    """Whether there is something to fold; asked of a reader, for a fold takes the writer's place."""
    async with store.reading() as connection:
        return (await connection.execute(select(kpi_changes.c.id).limit(1))).first() is not None


async def fold(store: Store) -> int:
    """Add some of the changes that were noted to the days they are about; how many rows of them.

    Any replica may, at any time: rows that another one folds are passed over.
    """
    async with store.writing(alone=True) as connection:
        taken = await _some(connection)
        if not taken:
            return 0
        changes = list(taken.values())
        await connection.execute(delete(kpi_changes).where(kpi_changes.c.id.in_(list(taken))))
        for table, days in ((kpi_days, 1), (kpi_spans, SPAN)):
            names = tuple(column.name for column in table.columns)
            await add_rows(connection, table, names, ("n", "minor"), rows_of(changes, days))
        return len(taken)


Change = tuple[str, Sequence[Told]]
"""What changed in a workspace."""
Changes = Sequence[Change]


async def _some(connection: Connection) -> dict[int, Change]:
    """The first rows that nobody else folds, by their number: as many as come to few changes of few cells."""
    taken: dict[int, Change] = {}
    cells: set[tuple[Any, ...]] = set()
    query = select(kpi_changes).order_by(kpi_changes.c.id).limit(READ_AT_ONCE)
    query = query.with_for_update(skip_locked=True)
    last, added = 0, 0
    while len(taken) < ROWS_AT_ONCE:
        rows = (await connection.execute(query.where(kpi_changes.c.id > last))).all()
        for row in rows:
            change, known = (row.workspace, cells_in(row.cells)), len(cells)
            cells.update(place[:-2] for place in rows_of([change], 1))
            added += len(change[1])
            # What only adds to the cells that are changed anyhow costs next to nothing more.
            is_much = len(cells) > max(known, CELLS_AT_ONCE) or added > CHANGES_AT_ONCE
            if taken and is_much:
                return taken
            taken[row.id] = change
        if len(rows) < READ_AT_ONCE:
            break
        last = rows[-1].id
    return taken


def rows_of(changes: Changes, days: int) -> list[tuple[Any, ...]]:
    """What they come to by spans of so many days, in one order: two replicas that fold must not wait for each
    other in a ring."""
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for workspace, cells in changes:
        for dims, (metric, day, sub), (n, minor) in cells:
            for dim, key in places_of(dims, metric):
                one = sums[workspace, dim, metric, day // days, key, sub]
                one[0] += n
                one[1] += minor
    return [(*place, n, minor) for place, (n, minor) in sorted(sums.items()) if n or minor]


def places_of(dims: Dims, metric: str) -> list[tuple[str, str]]:
    """Under which dimensions and values a cell of this metric is summed up."""
    if metric in ONLY_ALL:
        return [(ALL, ALL)]
    return [(ALL, ALL), *zip(DIMENSIONS, dims, strict=True)]
