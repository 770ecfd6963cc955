"""Those who write at once share a commit: all or only the one who failed, and never "saved" too early."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store import sqlite_writer
from store.signs import DatabaseAway
from store.sqlite_connection import driver_of
from store.store import Store


@pytest.fixture
async def store(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(sqlite_writer, "LONGEST", 60)  # however busy the machine is
    store = Store(sqlite_url)
    await store.workspace()
    yield store
    await store.close()


def in_file(store: Store) -> set[int]:
    """What everybody else sees."""
    with sqlite3.connect(Path(str(store.url.database))) as other:
        return {number for (number,) in other.execute("SELECT json_extract(payload, '$.lead') FROM jobs")}


async def writes(store: Store, lead: int, *statements: str) -> int:
    """Save a job about a lead, and run these in the same transaction."""
    async with store.begin("W1") as work:
        await work.outbox.put("card.redraw", lead=lead)
        for statement in statements:
            await work.execute(text(statement))
    return lead


async def statements(store: Store) -> list[str]:
    """Whatever is run by who writes from now on."""
    ran: list[str] = []
    async with store.writing() as connection:
        await connection.run_sync(lambda c: driver_of(c).set_trace_callback(ran.append))
    ran.clear()
    return ran


async def test_many_at_once_need_few_commits_and_one_alone_needs_its_own(store: Store) -> None:
    ran = await statements(store)
    await asyncio.gather(*(writes(store, lead) for lead in range(10)))
    shared = ran.count("COMMIT")
    ran.clear()
    await writes(store, 10)

    assert in_file(store) == set(range(11))
    assert shared < 5
    assert (ran.count("COMMIT"), "SAVEPOINT part" in ran) == (1, False)


async def test_nobody_is_told_saved_before_others_can_see_it(store: Store) -> None:
    async def told(lead: int) -> bool:
        return await writes(store, lead) in in_file(store)

    assert all(await asyncio.gather(*(told(lead) for lead in range(10))))


@pytest.mark.parametrize("failing", [0, 3, 7])
async def test_who_fails_takes_back_only_their_own(store: Store, failing: int) -> None:
    nonsense = "INSERT INTO jobs (id) VALUES (1)"
    told = await asyncio.gather(
        *(writes(store, lead, *[nonsense] * (lead == failing)) for lead in range(8)),
        return_exceptions=True,
    )

    assert [lead for lead, what in enumerate(told) if isinstance(what, IntegrityError)] == [failing]
    assert in_file(store) == set(range(8)) - {failing}


async def test_a_commit_that_fails_is_told_to_all_who_shared_it(store: Store) -> None:
    # A key that is only looked at when all is committed, and must not stand.
    orphan = "INSERT INTO settings (workspace, name, value) VALUES ('gone', 'x', '1')"
    told = await asyncio.gather(
        writes(store, 0),
        writes(store, 1, "PRAGMA defer_foreign_keys = ON", orphan),
        *(writes(store, lead) for lead in (2, 3)),
        return_exceptions=True,
    )
    await writes(store, 4)

    assert [type(one) for one in told] == [IntegrityError] * 4
    assert in_file(store) == {4}


async def test_who_loses_everything_by_another_is_told_to_come_again(store: Store) -> None:
    # As SQLite does when the disk is full: it takes back the whole transaction, savepoints and all.
    everything = "INSERT OR ROLLBACK INTO workspaces (id, created) VALUES ('W1', 0)"
    told = await asyncio.gather(
        writes(store, 0), writes(store, 1, everything), writes(store, 2), return_exceptions=True
    )

    assert [type(one) for one in told] == [DatabaseAway, IntegrityError, int]
    assert in_file(store) == {2}


async def test_who_goes_away_while_in_line_leaves_nobody_unsaved(store: Store) -> None:
    first, second, third = (asyncio.create_task(writes(store, lead)) for lead in range(3))
    await asyncio.sleep(0)
    second.cancel()
    third.cancel()

    assert await first == 0
    assert 0 in in_file(store)


async def test_who_is_stopped_while_being_saved_is_not_told_otherwise(store: Store) -> None:
    said: list[str] = []

    async def click() -> None:
        try:
            async with asyncio.timeout(60):
                await writes(store, 1)
                said.append("saved")
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            said.append("stopped")
            raise

    clicked = asyncio.create_task(click())
    await asyncio.sleep(0)
    clicked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await clicked

    assert said == ["saved", "stopped"]
    assert in_file(store) == {1}


async def test_who_is_done_does_not_wait_for_a_long_one(store: Store) -> None:
    seen: list[set[int]] = []

    async def long_one() -> None:
        async with store.begin("W1", alone=True) as work:
            seen.append(in_file(store))
            await work.outbox.put("card.redraw", lead=2)

    first = asyncio.create_task(writes(store, 1))
    await asyncio.gather(long_one(), first)

    assert seen == [{1}]


async def test_of_several_long_ones_in_line_a_click_waits_for_one(store: Store) -> None:
    order, gate = list[str](), asyncio.Event()

    async def turn(name: str, *, alone: bool) -> None:
        async with store.begin("W1", alone=alone) as work:
            await work.outbox.put("card.redraw", lead=1)
            order.append(name)
            if name == "import":
                await gate.wait()

    lines = [("import", True), ("forms", True), ("counts", True), ("click", False)]
    tasks = []
    for name, alone in lines:
        tasks.append(asyncio.create_task(turn(name, alone=alone)))
        await asyncio.sleep(0)
    while not order:
        await asyncio.sleep(0.001)
    gate.set()
    await asyncio.gather(*tasks)
    assert order == ["import", "click", "forms", "counts"]


async def test_what_was_deleted_leaves_the_log_also_while_others_write(store: Store) -> None:
    emptied, *_ = await asyncio.gather(store.forget_deleted(), *(writes(store, lead) for lead in range(5)))

    assert emptied
    assert in_file(store) == set(range(5))
