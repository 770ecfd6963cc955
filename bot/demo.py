"""`demo`: a sandbox workspace, the bot, and a year of sample leads, on this machine and with one command."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import Greenlight
from bot.clock import utc_now
from bot.log_lines import log_to_file
from bot.sample import seed
from bot.serve import STOP
from bot.settings import Settings
from handlers.flows.office import Office
from store.migrate import upgrade
from store.store import Store

FOLDER = Path(".demo")
PATIENCE = 20.0
INQUIRY = {
    "email": "ada@acme.example",
    "phone": "+49 30 901820",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": "Acme",
    "title": "VP Engineering",
    "employees": 250,
    "industry": "software",
    "country": "DE",
    "source": "linkedin",
    "campaign": "spring-webinar",
    "action": "demo_request",
    "message": "We lose about a day a week to spreadsheets. Need it by March.",
}


def demo() -> int:
    """Run the demo until Ctrl-C; the exit code."""
    port, page = int(os.environ.get("PORT") or 3000), int(os.environ.get("SANDBOX_PORT") or 3100)
    for name, number in (("PORT", port), ("SANDBOX_PORT", page)):
        if not _free(number):
            print(f"Port {number} is in use. Choose another: make demo {name}={number + 7}", file=sys.stderr)
            return 1
    environment = _fresh_folder(port, page)
    log_to_file(FOLDER / "bot.log")
    # What the demo sets wins over whatever this shell has set for a real installation.
    chosen: dict[str, Any] = {name.lower(): value for name, value in environment.items()}
    settings = Settings(_env_file=None, **chosen)
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(settings, port, page))
    return 0


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _fresh_folder(port: int, page: int) -> dict[str, str]:
    """An empty .demo with `env`, which a shell can source to use the command line beside the demo."""
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    FOLDER.mkdir()
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "sandbox-secret",
        "SLACK_APP_TOKEN": "",
        "SLACK_API_URL": f"http://127.0.0.1:{page}/api/",
        "DATABASE_URL": f"sqlite+aiosqlite:///{FOLDER.resolve() / 'greenlight.db'}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "GREENLIGHT_INTAKE_KEY": "demo-key",
        "GREENLIGHT_LEADS_CHANNEL": "leads",
        "GREENLIGHT_ALERTS_CHANNEL": "sales-alerts",
        "GREENLIGHT_ADMINS": "UADAM",
        "GREENLIGHT_MANAGERS": "UMAYA",
        "GREENLIGHT_MARKETERS": "UMARK",
        "GREENLIGHT_REPS_GROUP": "SREPS",
        "GREENLIGHT_TIMEZONE": "Europe/Berlin",
        "GREENLIGHT_COUNTRY": "DE",
        "GREENLIGHT_CURRENCY": "EUR",
    }
    lines = [f"export {name}='{value}'\n" for name, value in environment.items()]
    (FOLDER / "env").write_text("".join(lines), encoding="utf-8")
    return environment


async def _run(settings: Settings, port: int, page: int) -> None:
    stopped = asyncio.Event()
    for number in STOP:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    print("Starting the workspace and the bot …", flush=True)
    workspace = await _workspace(port, page)
    bot = Greenlight(settings)
    try:
        count = await _history(settings)
        await bot.start()
        await _ready(f"http://127.0.0.1:{page}/_sandbox/state")
        await _first_inquiry(port)
        print(_welcome(port, page, count), flush=True)
        left = asyncio.create_task(workspace.wait())
        await asyncio.wait({asyncio.create_task(stopped.wait()), left}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await bot.stop()
        with suppress(ProcessLookupError):
            workspace.send_signal(signal.SIGTERM)
        await workspace.wait()


async def _workspace(port: int, page: int) -> asyncio.subprocess.Process:
    """The sandbox as a process of its own: the bot knows it only as an address."""
    environment = {
        **os.environ,
        "SANDBOX_PORT": str(page),
        "REQUEST_URL": f"http://127.0.0.1:{port}/slack/events",
        "INTAKE_URL": f"http://127.0.0.1:{port}/intake/leads",
        "INTAKE_KEY": "demo-key",
    }
    log = (FOLDER / "sandbox.log").open("w", encoding="utf-8")
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", env=environment, stdout=log, stderr=log
    )


async def _history(settings: Settings) -> int:
    """A year of sample leads as history: no cards, no alerts, no clocks."""
    await upgrade(settings.database_url)
    store = Store(settings.database_url)
    try:
        where = await store.workspace()
        async with store.begin(where) as work:
            await work.house.put_in_force(settings.definition_text, "installation", utc_now())
        office = Office(store, settings.setup, utc_now)
        return await seed(office, where, utc_now().astimezone(settings.setup.zone).date())
    finally:
        await store.close()


async def _ready(address: str) -> None:
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


async def _first_inquiry(port: int) -> None:
    """One live demo request, so that there is somebody to call."""
    body = {**INQUIRY, "occurred_at": (utc_now() - timedelta(seconds=20)).isoformat()}
    headers = {"Authorization": "Bearer demo-key"}
    async with aiohttp.ClientSession() as session:
        await session.post(f"http://127.0.0.1:{port}/intake/leads", json=body, headers=headers)


def _welcome(port: int, page: int, count: int) -> str:
    return f"""
Greenlight is running, with {count} sample leads of the last twelve months as history.

  Open   http://127.0.0.1:{page}

  You are ana, a rep. A demo request waits in #leads: press Claim, then Qualify.
  Type /lead or /kpi in the message box. Switch to maya, the manager, at the top left.

  Hand in another lead with the form at http://127.0.0.1:{page}/website,
  or post it to http://127.0.0.1:{port}/intake/leads with the key demo-key.

  The command line works beside it:  . .demo/env && .venv/bin/python -m bot kpi funnel
  Ctrl-C stops everything; the next start is fresh.
"""
