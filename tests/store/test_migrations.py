"""The tables: there, gone, there again, and exactly what the code believes they are."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from store.migrate import downgrade, is_current, newest, revision, upgrade
from store.store import Store
from store.tables import metadata
from store.waiting_forms import forms_waiting
from tests.office import open_office


async def test_up_down_and_up_again(database_url: str) -> None:
    assert await is_current(database_url)

    await downgrade(database_url, "base")
    assert await revision(database_url) is None
    assert await tables(database_url) == {"alembic_version"}

    await upgrade(database_url)
    assert await revision(database_url) == newest()
    assert await tables(database_url) == {"alembic_version", *metadata.tables}


async def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        def ours(_: object, name: str | None, *more: object) -> bool:
            return name != "ix_leads_kpi" or connection.dialect.name == "sqlite"  # made on SQLite only

        opts = {"compare_type": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, metadata))

    async with store.writing() as connection:
        assert await connection.run_sync(differences) == []


async def test_upgrading_what_is_current_changes_nothing(store: Store, here: str) -> None:
    await upgrade(store.url)

    assert await store.workspace() == here


async def test_what_waited_before_forms_were_named_is_found_by_its_form(database_url: str) -> None:
    async with open_office(database_url) as desk:
        for fields in (
            {"form_name": "Footer"},
            {},
        ):
            news = {"action": "newsletter_signup", "message": None, "phone": None, **fields}
            assert (await desk.form(**news)).status == "not_a_lead"
        async with desk.office.store.read(desk.where) as work:
            before = await forms_waiting(work)
        assert len(before) == 2
    await downgrade(database_url, "0006")
    await upgrade(database_url)
    async with open_office(database_url) as desk, desk.office.store.read(desk.where) as work:
        assert await forms_waiting(work) == before


async def test_what_each_rep_did_is_found_without_reading_every_event(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    query = "SELECT actor FROM lead_events WHERE workspace = 'W1' AND kind = 'claimed' AND at >= 1 AND at < 2"
    async with store.reading() as connection:
        (plan,) = (await connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))).all()
    await store.close()
    assert "(workspace=? AND kind=? AND at>? AND at<?)" in str(plan)


async def tables(url: str) -> set[str]:
    store = Store(url)
    async with store.reading() as connection:
        found = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await store.close()
    return found
