"""What a transaction promises: all or nothing, readers that can't write, and a lock that is given back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError, InternalError

from store.lock import DatabaseInUse, hold_database
from store.signs import DatabaseAway
from store.store import Store, answering
from store.tables.base import micros, moment_of
from store.tables.jobs import jobs
from store.tables.workspaces import workspaces


async def test_the_workspace_is_made_once(store: Store) -> None:
    first, second = await asyncio.gather(store.workspace(), store.workspace())

    assert first == second == await store.workspace()


async def test_an_error_takes_everything_back(store: Store, here: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.begin(here) as work:
            await work.outbox.put("card.redraw", lead=1)
            raise ZeroDivisionError

    async with store.read(here) as work:
        assert (await work.execute(select(jobs.c.id))).all() == []


async def test_a_reader_can_not_write(store: Store, here: str) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with store.read(here) as work:
            await work.outbox.put("card.redraw")


async def test_reading_waits_for_no_writer(store: Store, here: str) -> None:
    async with store.begin(here) as writing:
        await writing.outbox.put("card.redraw")
        async with store.read(here) as reading:
            assert (await reading.execute(select(jobs.c.id))).all() == []


async def test_a_reader_sees_one_state_however_often_it_asks(store: Store, here: str) -> None:
    async with store.read(here) as reading:
        assert (await reading.execute(select(jobs.c.id))).all() == []
        async with store.begin(here) as writing:
            await writing.outbox.put("card.redraw")
        assert (await reading.execute(select(jobs.c.id))).all() == []


async def test_only_a_database_that_is_away_is_called_so(store: Store, here: str) -> None:
    with pytest.raises(DBAPIError):
        async with store.begin(here) as work:
            await work.execute(text("SELECT no_such_column FROM jobs"))
    with pytest.raises(FileNotFoundError):
        async with store.read(here):
            raise FileNotFoundError("a file of the caller's")

    gone = Store(store.url.set(database="/nowhere/at/all.db" if store.is_sqlite else "nowhere"))
    with pytest.raises(DatabaseAway):
        async with gone.read(here):
            pass
    with pytest.raises(DatabaseAway):
        await gone.open()
    await gone.close()


def test_a_driver_that_lost_its_place_has_lost_the_database() -> None:
    lost = asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress")
    with pytest.raises(DatabaseAway), answering():
        raise InternalError("SELECT 1", None, lost)
    with pytest.raises(DBAPIError), answering():
        raise InternalError("SELECT 1", None, asyncpg.InterfaceError("a mistake of ours"))


async def test_a_click_that_is_cancelled_gives_the_write_lock_back(store: Store, here: str) -> None:
    slow = "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    slow += f"SELECT i FROM n LIMIT {2_000_000})"

    async def too_long() -> None:
        async with store.begin(here) as work:
            await work.outbox.put("card.redraw")
            await work.execute(text(f"{slow} AS many"))

    click = asyncio.create_task(too_long())
    await asyncio.sleep(0.1)
    click.cancel()
    # The task, and in it the cancelled statement, is still referenced here: that is the trap.
    assert isinstance((await asyncio.gather(click, return_exceptions=True))[0], asyncio.CancelledError)

    async with store.begin(here) as work:
        assert await work.outbox.put("card.redraw") is not None
    async with store.read(here) as work:
        assert len((await work.execute(select(jobs.c.id))).all()) == 1


async def test_many_writers_at_once_all_get_their_turn(store: Store, here: str) -> None:
    async def write(number: int) -> None:
        async with store.begin(here) as work:
            await work.execute(select(jobs.c.id))
            await work.outbox.put("card.redraw", lead=number)

    await asyncio.gather(*(write(number) for number in range(40)))

    async with store.read(here) as work:
        assert len((await work.execute(select(jobs.c.id))).all()) == 40


async def test_the_pragmas_that_keep_our_promises(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    async with store.writing() as connection:
        pragmas = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        values = [(await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in pragmas]
    await store.close()

    assert values == ["wal", 2, 1, 1]


async def test_what_was_deleted_leaves_the_files(sqlite_url: str) -> None:
    store, secret = Store(sqlite_url), "ada@acme.example"
    async with store.begin(secret) as work:
        await work.execute(work.insert(workspaces).values(id=secret, created=work.now))
    async with store.read(secret) as reader:
        assert await reader.execute(select(workspaces.c.id)) is not None
        async with store.begin(secret) as work:
            await work.execute(delete(workspaces).where(workspaces.c.id == secret))
        assert not await store.forget_deleted(), "someone still reads the older state"
    assert await store.forget_deleted()

    database = store.url.database
    assert database is not None
    for file in Path(database).parent.iterdir():
        assert secret.encode() not in file.read_bytes()
    await store.close()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite+aiosqlite:///:memory:"])
def test_an_address_we_can_not_serve_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match=r"must begin with|must name a file"):
        Store(url)


async def test_times_come_back_as_they_went_in(store: Store) -> None:
    moment = datetime(2026, 11, 2, 9, 30, 0, 123_457, tzinfo=timezone(timedelta(hours=1)))
    async with store.begin("W9") as work:
        await work.execute(work.insert(workspaces).values(id="W9", created=moment))
    async with store.read("W9") as work:
        back = (await work.execute(select(workspaces.c.created))).scalar_one()

    assert back == moment
    assert back.tzinfo is UTC


def test_times_before_1970_and_without_a_zone() -> None:
    assert moment_of(micros(datetime(1900, 1, 1, tzinfo=UTC))) == datetime(1900, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="timezone"):
        micros(datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_second_server_on_one_file_is_told_so(sqlite_url: str) -> None:
    program = "import sys; from store.lock import hold_database\n"
    program += "with hold_database(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", program, sqlite_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(DatabaseInUse, match="Another Greenlight is running"), hold_database(sqlite_url):
        pass

    other.kill()
    other.wait()
    with hold_database(sqlite_url):
        pass


def test_on_postgresql_anyone_may_serve(postgres_server: str) -> None:
    with hold_database(postgres_server), hold_database(postgres_server):
        pass
