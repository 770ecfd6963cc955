"""The tables: there, gone, there again, and exactly what the code believes they are."""

from __future__ import annotations

import ast

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from handlers.flows.keyring import hash_of
from handlers.flows.kpi_keys import holder
from handlers.flows.office import Office, Setup
from store.kpi_schedules import running
from store.migrate import MIGRATIONS, downgrade, is_current, newest, revision, upgrade
from store.store import Store
from store.tables import metadata
from store.tables.leads import leads
from store.tables.schedules import schedules
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


async def test_managers_keys_move_in_with_the_others_and_back(database_url: str) -> None:
    held = {
        "kpi_key:UMAYA": {"hash": hash_of("kpi_secret"), "at": "2026-11-02T09:30:00.500000+00:00"},
        "other": [1],
    }
    async with open_office(database_url) as desk, desk.office.store.begin(desk.where) as work:
        await work.house.set(held)
    await downgrade(database_url, "0010")
    await upgrade(database_url)
    async with open_office(database_url) as desk:
        desk.office = Office(desk.office.store, Setup(managers=("UMAYA",)), desk.clock)
        assert await holder(desk.office, desk.where, "kpi_secret") == "UMAYA"
        async with desk.office.store.read(desk.where) as work:
            assert "kpi_key:UMAYA" not in await work.house.settings()
    await downgrade(database_url, "0010")
    async with open_office(database_url) as desk, desk.office.store.read(desk.where) as work:
        kept = await work.house.settings()
        assert {name: kept[name] for name in held} == held


async def test_of_a_schedule_that_was_saved_twice_the_oldest_goes_on(database_url: str) -> None:
    await downgrade(database_url, "0013")
    async with open_office(database_url) as desk, desk.office.store.begin(desk.where) as work:
        row = {"workspace": desk.where, "asked": "cpl", "every": "weekly", "channel": "C1", "by": "UMAYA"}
        row |= {"at": desk.clock(), "due": desk.clock().date()}
        for more in ({}, {}, {"channel": "C2"}, {"stopped_at": desk.clock()}, {}):
            await work.execute(schedules.insert().values({**row, **more}))
        before = [one.id for one in await running(work)]
    await upgrade(database_url)
    async with open_office(database_url) as desk, desk.office.store.read(desk.where) as work:
        assert [one.id for one in await running(work)] == [before[0], before[2]]


def test_no_migration_runs_code_that_may_change_later() -> None:
    """What it needs of our rules stands beside it, as it was when it was written."""
    for file in [*MIGRATIONS.glob("*.py"), *(MIGRATIONS / "versions").glob("*.py")]:
        if file.name == "env.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            ours = [
                one for one in names if one.split(".")[0] in ("qualification", "store", "handlers", "bot")
            ]
            assert all(one.startswith("store.migrations.") for one in ours), (file.name, ours)


async def test_leads_from_before_say_for_whom_they_work(database_url: str) -> None:
    known: dict[str, tuple[str | None, str | None]] = {
        "ada.lovelace@mail.acme-works.co.uk": ("acme-works.co.uk", "ada lovelace"),
        "jurgen.gross@gmail.com": (None, "jurgen gross"),
        "info@globex.example": ("globex.example globex", "zoe"),
        "x@initech.de": ("initech.de", None),
    }
    columns = (leads.c.company_key, leads.c.name_key)
    async with open_office(database_url) as desk:
        for email in known:
            more = {"company": "Globex GmbH & Co. KG", "first_name": "Dr. Zoë"} if "globex" in email else {}
            unnamed = {"company": "Other", "first_name": None, "last_name": None, "phone": None}
            await desk.form(**{**unnamed, **more, "email": email})
    await downgrade(database_url, "0004")
    await upgrade(database_url)
    async with open_office(database_url) as desk, desk.office.store.read(desk.where) as work:
        rows = (await work.execute(select(*columns).order_by(leads.c.number))).all()
        assert [tuple(row) for row in rows] == list(known.values())


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
