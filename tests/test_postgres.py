"""The databases that tests hand on: empty, and of the form they had."""

from __future__ import annotations

from store.store import Store
from tests.postgres import Databases, connected


async def test_the_next_test_finds_no_row_and_the_same_numbers(postgres_databases: Databases) -> None:
    url = await postgres_databases.take()
    first = await _one_job(url)
    await postgres_databases.give_back(url)

    assert await postgres_databases.take() == url
    connection = await connected(url)
    assert await connection.fetchval("SELECT count(*) FROM jobs") == 0
    await connection.close()
    assert await _one_job(url) == first
    await postgres_databases.give_back(url)


async def test_a_database_with_another_form_is_not_handed_on(postgres_databases: Databases) -> None:
    for change in ("CREATE TABLE invoices (id int)", "ALTER TABLE jobs ALTER COLUMN topic DROP NOT NULL"):
        url = await postgres_databases.take()
        connection = await connected(url)
        await connection.execute(change)
        await connection.close()
        await postgres_databases.give_back(url)
        assert await postgres_databases.take() != url


async def _one_job(url: str) -> int:
    store = Store(url)
    async with store.begin(await store.workspace()) as work:
        await work.outbox.put("a.topic")
    await store.close()
    connection = await connected(url)
    number: int = await connection.fetchval("SELECT max(id) FROM jobs")
    await connection.close()
    return number
