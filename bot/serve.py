"""`serve` and `worker`: run until told to stop, then finish what was acknowledged."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
import sys

from bot.app import Greenlight
from bot.log_lines import log_to_stderr
from bot.settings import BadSeed, Settings, read_settings
from store.lock import DatabaseInUse
from store.migrate import NewerTables
from store.moved import DatabaseMoved
from store.signs import DatabaseAway, why_away

STOP = (signal.SIGINT, signal.SIGTERM)


def serve(*, http: bool = True) -> int:
    """Serve until SIGINT or SIGTERM; the exit code."""
    settings = read_settings()
    log_to_stderr(settings.greenlight_log_level)
    if not http and settings.database_url.startswith("sqlite"):
        print("`worker` alone needs PostgreSQL. With SQLite, `serve` does its work too.", file=sys.stderr)
        return 2
    if http and not (settings.slack_signing_secret or settings.slack_app_token):
        print(
            "Set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode), and SLACK_BOT_TOKEN. "
            "`python -m bot check` says what else is missing.",
            file=sys.stderr,
        )
        return 2
    try:
        asyncio.run(_run(Greenlight(settings, http=http)))
    except (DatabaseInUse, DatabaseMoved, NewerTables, BadSeed) as no:
        print(str(no), file=sys.stderr)
        return 1
    except DatabaseAway as away:
        print(
            f"The database can't be reached ({why_away(away)}). Look at DATABASE_URL; "
            "`python -m bot check` says more.",
            file=sys.stderr,
        )
        return 1
    except OSError as problem:
        print(_unusable(settings, problem), file=sys.stderr)
        return 1
    return 0


def _unusable(settings: Settings, problem: OSError) -> str:
    """Which setting names something that the system does not give us, and why."""
    if isinstance(problem, socket.gaierror) or problem.errno == errno.EADDRNOTAVAIL:
        return f"{settings.host} is no address of this machine ({problem.strerror}). Set HOST to another one."
    return f"Port {settings.port} can't be used ({problem.strerror}). Set PORT to another one."


async def _run(bot: Greenlight) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOP:
        loop.add_signal_handler(number, stopped.set)
    try:
        await bot.start()
        # What stands now stays. Looking through it again and again held up a click for a tenth of a second.
        gc.freeze()
        gc.enable()
        for line in await bot.greeting():
            print(line, flush=True)
        await stopped.wait()
    finally:
        await bot.stop()
