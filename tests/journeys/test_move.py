"""`python -m bot move`: a team outgrows its file, and nothing is lost, doubled or split on the way."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot.__main__ import main
from store.migrate import is_current
from store.move import CannotMove, open_move
from store.moved import CHECKED, DatabaseMoved, Note, read_notes, write_note
from store.signs import DatabaseAway
from store.store import Store
from store.tables import metadata
from store.tables.jobs import jobs
from store.tables.leads import facts
from tests.house import House, house
from tests.journeys.test_nothing_lost_nothing_twice import ANSWERS, ROOT
from tests.journeys.test_two_serves import serve
from tests.office import open_office

MANY, SWEPT = 2_500, 5_000
QUIET: Callable[..., None] = lambda *_: None  # noqa: E731


Typed = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """`python -m bot move …` in this process, for a start takes a second: exit code and what it said."""

    async def run(source: str, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("DATABASE_URL", source)
        monkeypatch.setattr("sys.argv", ["bot", "move", *words])
        with pytest.raises(SystemExit) as ended:
            # A thread of its own: the command brings its own event loop.
            await asyncio.to_thread(main)
        said = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((said.out + said.err).split())

    return run


async def begun(source: str, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "move", *words),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": source},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def moved_here(source: str, target: str, told: Callable[..., None] = QUIET) -> None:
    async with open_move(source, target) as moving:
        await moving.carry_out(told)


async def everything(url: str) -> dict[str, list[str]]:
    """Every row of every table as the program reads it, in an order of our own."""
    found = {}
    store = Store(url)
    try:
        async with store.reading() as connection:
            for name, table in metadata.tables.items():
                rows = (await connection.execute(select(table))).all()
                found[name] = sorted(repr([_sorted(value) for value in row]) for row in rows)
    finally:
        await store.close()
    return found


def file_of(url: str) -> str:
    return url.removeprefix("sqlite+aiosqlite:///")


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
async def crowded(sqlite_url: str) -> str:
    """A file with more rows than are moved at once."""
    async with open_office(sqlite_url) as desk:
        for n in range(3):
            await desk.form(email=f"n{n}@acme.example", phone=None)
    with sqlite3.connect(file_of(sqlite_url)) as file:
        file.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO messages (workspace, key, at, expires_at) SELECT 'W1', 'é' || i, i, i FROM n",
            (MANY,),
        )
    file.close()
    return sqlite_url


@pytest.fixture
async def a_day(sqlite_url: str) -> AsyncIterator[tuple[str, House]]:
    """A file in which a day's work stands, with something still to be sent; the bot has stopped."""
    async with house(sqlite_url) as h:
        await h.form()
        await h.form(email="bo@beta.example", phone=None, company="Beta")
        await h.form(email="cy@gamma.example", phone=None, action="newsletter_signup", message=None)
        await h.cards()
        assert (await h.slack.click("ana", "Claim", channel="leads"))["ok"]
        await h.quiet()
        await h.slack.misbehave("chat.postMessage", "500", times=1000)
        await h.form(email="di@delta.example", phone=None, company="Delta")
        async with h.bot.store.begin(h.bot.where) as work:
            await work.intake.quarantined("calendly", b"\xff{half", "ValueError", h.clock())
    with sqlite3.connect(file_of(sqlite_url)) as file:
        file.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'jobs'", (SWEPT,))
    file.close()
    yield sqlite_url, h


async def test_a_team_moves_and_works_on_at_the_new_address(
    a_day: tuple[str, House], postgres_url: str, typed: Typed
) -> None:
    source, before = a_day
    kept = await everything(source)
    code, said = await typed(source, postgres_url, "--dry-run")
    assert code == 0, said
    assert "Nothing was changed." in said
    assert await everything(source) == kept
    code, said = await typed(source, postgres_url)
    assert (code, "Add --yes" in said) == (1, True), said

    code, said = await typed(source, postgres_url, "--yes")
    assert code == 0, said
    assert await everything(postgres_url) == kept

    async with house(postgres_url) as h:
        h.clock.ahead = before.clock.ahead + 30 * h.clock.MINUTE
        # What could not be sent over there is sent from here.
        assert "Delta" in str(await h.cards())
        assert (await h.lead(1002)).owner == "UANA"
        await h.slack.command("ana", "/lead L-1001 qualify")
        assert (await h.slack.submit("ana", {**ANSWERS, "Hand to": "ben"}))["ok"]
        assert (await h.lead(1001)).stage == "sql"
        assert len(await h.cards("sales-alerts")) == 1
        # Known people stay known, and numbers go on behind the highest that ever was.
        assert (await h.form(email="bo@beta.example", phone=None))["status"] == "updated"
        assert (await h.form(email="el@epsilon.example", phone=None))["status"] == "created"
        async with h.bot.store.reading() as connection:
            new = (await connection.execute(select(jobs.c.id).where(jobs.c.id > SWEPT))).all()
        assert new


async def test_killed_in_the_middle_it_goes_on_where_it_was(crowded: str, postgres_url: str) -> None:
    kept = await everything(crowded)
    there = Store(postgres_url)
    try:
        async with there.writing() as others:
            await others.execute(text("LOCK TABLE messages IN SHARE MODE"))
            process = await begun(crowded, postgres_url, "--yes")
            while "leads" not in (tables := await copied(there)):
                assert process.returncode is None, await process.communicate()
                await asyncio.sleep(0.02)
            process.kill()
            await process.communicate()
        assert "messages" not in tables
        # Neither end may be used now: what was copied would be out of date.
        for half in (crowded, postgres_url):
            with pytest.raises(DatabaseMoved):
                await is_current(half)
        again: list[str] = []
        await moved_here(crowded, postgres_url, lambda doing, table, rows: again.append(f"{doing} {table}"))
        assert again.count("copied messages") == 3
        assert await everything(postgres_url) == kept
        assert await is_current(postgres_url)
    finally:
        await there.close()


async def copied(there: Store) -> dict[str, Any]:
    async with there.reading() as connection:
        return await read_notes(connection)


async def test_interrupted_at_any_page_it_ends_the_same(crowded: str, postgres_url: str) -> None:
    kept, steps = await everything(crowded), 0

    def stumble(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps in (1, 6, 14):
            raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            await moved_here(crowded, postgres_url, stumble)
    await moved_here(crowded, postgres_url, stumble)
    assert await everything(postgres_url) == kept


async def test_killed_before_the_last_step_only_that_one_is_left(crowded: str, postgres_url: str) -> None:
    await moved_here(crowded, postgres_url)
    here, there = Store(crowded), Store(postgres_url)
    try:
        async with here.reading() as connection:
            note = (await read_notes(connection))["move"]
        async with there.writing() as connection:
            await write_note(connection, Note(**{**note, "state": CHECKED}))
        with pytest.raises(DatabaseMoved):
            await is_current(postgres_url)
        again: list[str] = []
        await moved_here(crowded, postgres_url, lambda doing, *_: again.append(doing))
        assert again == []
        assert await is_current(postgres_url)
    finally:
        await here.close()
        await there.close()


async def test_a_row_that_differs_is_found_and_nothing_is_switched_over(
    crowded: str, postgres_url: str
) -> None:
    kept = await everything(crowded)

    def stop_before_comparing(doing: str, *_: object) -> None:
        if doing == "compared":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await moved_here(crowded, postgres_url, stop_before_comparing)
    there = Store(postgres_url)
    async with there.writing() as connection:
        one = select(facts.c.id).order_by(facts.c.id).limit(1).scalar_subquery()
        await connection.execute(update(facts).where(facts.c.id == one).values(lead=facts.c.lead + 1))
    await there.close()

    with pytest.raises(CannotMove, match="The rows of facts differ"):
        await moved_here(crowded, postgres_url)
    with pytest.raises(DatabaseMoved):
        await is_current(postgres_url)
    await moved_here(crowded, postgres_url)
    assert await everything(postgres_url) == kept


async def test_while_it_moves_and_afterwards_nothing_can_be_written_where_it_was(
    crowded: str, postgres_url: str, typed: Typed
) -> None:
    # A program that was open before, an import for example: it will not ask again where its data is.
    async with open_office(crowded) as desk:
        tried: list[str] = []

        def write(doing: str, table: str, _rows: int) -> None:
            if table == "messages":
                tried.append(doing)
                with sqlite3.connect(file_of(crowded)) as file, pytest.raises(sqlite3.IntegrityError):
                    file.execute("DELETE FROM messages")
                file.close()

        await moved_here(crowded, postgres_url, write)
        assert "copied" in tried
        assert "compared" in tried
        with pytest.raises(DatabaseAway, match="moved"):
            await desk.form(email="late@acme.example", phone=None)

    code, _, said = await serve(DATABASE_URL=crowded)
    assert (code, "moved to postgresql://" in said) == (1, True), said
    assert "Traceback" not in said
    code, said = await typed(crowded, postgres_url)
    assert (code, "This database moved to" in said) == (1, True), said

    code, said = await typed(crowded, "--stay")
    assert (code, "in use again" in said) == (0, True), said
    async with open_office(crowded) as desk:
        assert (await desk.form(email="back@acme.example", phone=None)).status == "created"


async def test_what_is_in_use_is_neither_moved_nor_filled(
    crowded: str, postgres_url: str, typed: Typed
) -> None:
    async with house(crowded) as h:
        code, said = await typed(crowded, postgres_url, "--yes")
        assert (code, "Stop it first" in said) == (1, True), said
        with pytest.raises(CannotMove, match="Stop it first"):
            async with open_move(crowded, postgres_url) as moving:
                await moving.carry_out(QUIET)
        assert (await h.form(email="still@acme.example", phone=None))["status"] == "created"
    async with open_office(postgres_url) as desk:
        with pytest.raises(CannotMove, match="in use: it holds rows already"):
            await moved_here(crowded, postgres_url)
        assert (await desk.form()).status == "created"
    assert await is_current(crowded)


async def test_a_database_of_somebody_else_is_left_alone(
    crowded: str, postgres_url: str, typed: Typed
) -> None:
    there = Store(postgres_url)
    async with there.writing() as connection:
        await connection.execute(text("CREATE TABLE invoices (id int)"))
    await there.close()
    with pytest.raises(CannotMove, match="not Greenlight's: invoices"):
        await moved_here(crowded, postgres_url)
    nowhere = "postgresql://someone:secret@127.0.0.1:9/none"
    code, said = await typed(crowded, nowhere, "--yes")
    assert (code, "can't be reached" in said) == (1, True), said
    assert "secret" not in said
    assert (await typed(crowded, crowded))[0] == 1
    assert await is_current(crowded)
