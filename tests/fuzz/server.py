"""A bot of its own to attack: `serve` in its own process, on a fresh database, with Slack out of reach."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import utc_now
from handlers.flows.kpi_keys import make_key
from handlers.flows.office import Office, Setup
from store.migrate import upgrade
from store.store import Store
from tests.complaints import is_complaint
from tests.office import DEFINITION

ROOT = Path(__file__).parents[2]
KEY = "fuzz-key"
MANAGER = "UMAYA"
_UNCARED_FOR = re.compile(r"[Uu]nhandled|never retrieved|never awaited")


@dataclass(frozen=True)
class Target:
    """Where it listens, the keys that open it, and what it said."""

    url: str
    kpi_key: str
    log: Path
    process: asyncio.subprocess.Process

    def complaints(self) -> list[str]:
        """Lines of its log that nobody should have to read."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if is_complaint(line) or _UNCARED_FOR.search(line)]


@asynccontextmanager
async def running(folder: Path, database_url: str) -> AsyncIterator[Target]:
    """Start it, and end it as an operator would."""
    await upgrade(database_url)
    kpi_key = await _managers_key(database_url)
    port, log = _free_port(), folder / "serve.log"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "SLACK_SIGNING_SECRET": "fuzz-secret",
        "SLACK_BOT_TOKEN": "xoxb-fuzz",
        "SLACK_API_URL": "http://127.0.0.1:9/",
        "GREENLIGHT_INTAKE_KEY": KEY,
        "GREENLIGHT_MANAGERS": MANAGER,
        "GREENLIGHT_ADMINS": "UADAM",
    }
    with log.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"), cwd=ROOT, env=environment, stdout=said, stderr=said
        )
    try:
        target = Target(f"http://127.0.0.1:{port}", kpi_key, log, process)
        await _answers(target)
        yield target
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 60)


async def _managers_key(database_url: str) -> str:
    store = Store(database_url)
    await store.open()
    try:
        where = await store.workspace()
        async with store.begin(where) as work:
            await work.house.seed_definition(DEFINITION.read_text(encoding="utf-8"), "test", utc_now())
        return await make_key(Office(store, Setup(managers=(MANAGER,)), utc_now), where, MANAGER)
    finally:
        await store.close()


async def _answers(target: Target) -> None:
    async with aiohttp.ClientSession() as http:
        while target.process.returncode is None:
            try:
                async with http.get(f"{target.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise RuntimeError(target.log.read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
