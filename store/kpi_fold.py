"""Adding the changes that transactions noted to the days they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from qualification.kpi_cells import ALL, WAITED, WAITING, Amount, Cell, Dims
from store.store import Store
from store.tables.base import insert
from store.tables.counting import kpi_changes, kpi_days

FOLD_AT_ONCE = 100
"""Rows of changes in one fold: some twenty milliseconds of SQLite's writer."""
DIMENSIONS = ("source", "campaign", "variant", "rep")


async def waiting(store: Store) -> bool:
    """Whether there is something to fold; asked of a reader, for a fold takes the writer's place."""
    async with store.reading() as connection:
        return (await connection.execute(select(kpi_changes.c.id).limit(1))).first() is not None


async def fold(store: Store) -> int:
    """Add some of the changes that were noted to the days they are about; how many rows of them.

    Any replica may, at any time: rows that another one folds are passed over.
    """
    async with store.writing() as connection:
        query = select(kpi_changes).order_by(kpi_changes.c.id).limit(FOLD_AT_ONCE)
        rows = (await connection.execute(query.with_for_update(skip_locked=True))).all()
        if not rows:
            return 0
        sums: dict[tuple[str, str, str, int, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            for dims, cell, (n, minor) in cells_in(row.cells):
                for dim, key in places_of(dims, cell):
                    one = sums[row.workspace, dim, *cell[:2], key, cell[2]]
                    one[0] += n
                    one[1] += minor
        await connection.execute(delete(kpi_changes).where(kpi_changes.c.id.in_([row.id for row in rows])))
        add = insert(kpi_days, is_sqlite=store.is_sqlite)
        add = add.on_conflict_do_update(
            index_elements=list(kpi_days.primary_key),
            set_={"n": kpi_days.c.n + add.excluded.n, "minor": kpi_days.c.minor + add.excluded.minor},
        )
        names = ("workspace", "dim", "metric", "day", "key", "sub")
        # In one order: two replicas that fold must not wait for each other in a ring.
        days = [
            dict(zip(names, key, strict=True)) | {"n": n, "minor": minor}
            for key, (n, minor) in sorted(sums.items())
            if n or minor
        ]
        if days:
            await connection.execute(add, days)
        return len(rows)


def cells_in(told: Sequence[Any]) -> list[tuple[Dims, Cell, Amount]]:
    """The changes in a row of them."""
    return [
        ((source, campaign, variant, rep), (metric, day, sub), (n, minor))
        for (source, campaign, variant, rep), cells in told
        for metric, day, sub, n, minor in cells
    ]


def places_of(dims: Dims, cell: Cell) -> list[tuple[str, str]]:
    """Under which dimension and value a cell is summed up."""
    if cell[0] in (WAITED, WAITING):  # hundreds of buckets a day; nobody asks for them by source
        return [(ALL, ALL)]
    return [(ALL, ALL), *zip(DIMENSIONS, dims, strict=True)]
