"""Real `python -m bot serve` processes, started, killed and started again while people work with them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.demo import free_port
from tests.house import KEY

ROOT = Path(__file__).parents[2]
LEASE = 4
"""Seconds after which somebody else does a dead process's job. A call that reached the sandbox is carried out
within milliseconds, however long its caller would have waited."""
OURS = ("SLACK_", "GREENLIGHT_", "DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
"""What a replica must not inherit. Compiling all of ours at each start would take longer than it lives."""


def settings(database_url: str, api_url: str, **more: str) -> dict[str, str]:
    """A replica's environment, without its port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "sandbox-secret",
        "SLACK_APP_TOKEN": "",
        "SLACK_API_URL": api_url,
        "DATABASE_URL": database_url,
        "GREENLIGHT_INTAKE_KEY": KEY,
        "GREENLIGHT_LEADS_CHANNEL": "leads",
        "GREENLIGHT_ALERTS_CHANNEL": "sales-alerts",
        "GREENLIGHT_ADMINS": "adam",
        "GREENLIGHT_TIMEZONE": "Europe/Berlin",
        "GREENLIGHT_LEASE_SECONDS": str(LEASE),
        **more,
    }


class Ended(RuntimeError):
    """A replica ended by itself; its last words."""


class Frozen(AssertionError):
    """A replica answered nobody for a long time."""


@dataclass
class Replica:
    """One process that serves, on a port it keeps over its lives.

    Args:
        module: What is run in place of `bot`, with the same argument.
        log: Where its lives write what they have to say, one after the other.
    """

    environment: dict[str, str]
    log: Path
    module: str = "bot"
    port: int = field(default_factory=free_port)
    lives: int = 0
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether there is a process, ready or not."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Start it, without waiting until it answers."""
        self.lives += 1
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-X", "faulthandler", "-m", self.module, "serve"),
                cwd=ROOT,
                env={**self.environment, "PORT": str(self.port)},
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
            )

    async def ready(self, seconds: float = 60) -> None:
        """Wait until it answers.

        Raises:
            Frozen: it neither answers nor ends; what it was doing stands in its log.
            Ended: it ended by itself.
        """
        until = time.monotonic() + seconds
        while not await self.answers():
            if time.monotonic() > until and self.process is not None:
                self.process.send_signal(signal.SIGABRT)
                await self.process.wait()
                raise Frozen(f"{self.log} for {seconds:.0f} s: {self.said()[-4000:]}")
            await asyncio.sleep(0.05)

    async def answers(self) -> bool:
        """Whether it answers now.

        Raises:
            Ended: it ended by itself.
        """
        if not self.running:
            raise Ended(self.said()[-1500:])
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http,
                http.get(f"{self.url}/healthz") as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def kill(self) -> None:
        """`kill -9`: no last word, no flushed buffer."""
        if self.running and self.process is not None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> None:
        """Ask it to end, as a supervisor does."""
        if self.running and self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), 40)
            except TimeoutError:
                await self.kill()
                raise

    def said(self) -> str:
        """Everything its lives logged."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
