"""Changes are folded in bits: nobody's click waits for a large import to be counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from qualification.kpi_cells import CREATED
from store.bulk import insert_rows
from store.kpi_fold import fold
from store.store import Store
from store.tables.counting import kpi_changes, kpi_days

DAY = 20_000


def told(*campaigns: str) -> list[Any]:
    """What a transaction notes of one new lead for each of these campaigns."""
    return [[["ads", campaign, "", "UANA"], [[CREATED, DAY, "", 1, 0]]] for campaign in campaigns]


async def noted(store: Store, here: str, *rows: list[Any]) -> None:
    async with store.writing() as connection:
        columns = ("workspace", "cells")
        await insert_rows(connection, kpi_changes, columns, [(here, cells) for cells in rows])


async def leads_counted(store: Store) -> int:
    async with store.reading() as connection:
        days = select(func.sum(kpi_days.c.n)).where(kpi_days.c.dim == "campaign")
        return int((await connection.execute(days)).scalar() or 0)


async def test_an_import_over_many_campaigns_is_folded_bit_by_bit(store: Store, here: str) -> None:
    wide = [told(*(f"campaign {row} {n}" for n in range(200))) for row in range(5)]
    await noted(store, here, *wide)
    assert [await fold(store) for _ in wide] == [1] * 5, "a large row stands alone"
    assert await fold(store) == 0
    assert await leads_counted(store) == 1_000


async def test_what_comes_to_the_same_few_cells_is_folded_at_once(store: Store, here: str) -> None:
    await noted(store, here, *([told("spring")] * 60))
    assert await fold(store) == 60
    assert await leads_counted(store) == 60


async def test_nothing_is_left_behind_or_counted_twice_between_two_bits(store: Store, here: str) -> None:
    rows = [told(*(f"{row % 9} {n}" for n in range(row * 9 % 70 + 1))) for row in range(40)]
    await noted(store, here, *rows)
    folded = []
    while more := await fold(store):
        folded.append(more)
    assert sum(folded) == 40
    assert len(folded) > 1
    assert await leads_counted(store) == sum(map(len, rows))
