"""`move`: take everything along from SQLite to PostgreSQL, and leave word where it went."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.cli.desk import agreed
from bot.settings import read_settings
from store.move import IN_USE, Plan, open_move, stay
from store.signs import DatabaseAway, why_away

AGAIN = "Nothing is lost: run the same command again and it goes on."


async def move(to_url: str, *, yes: bool, dry_run: bool) -> int:
    """Show what would move, ask, do it."""
    source, console = read_settings().database_url, Console()
    try:
        async with open_move(source, to_url) as moving:
            plan = await moving.plan()
            _show(console, plan)
            if plan.served:
                print(IN_USE, file=sys.stderr)
                return 0 if dry_run else 1
            if dry_run:
                print("Nothing was changed.")
                return 0
            if not agreed("Move now?", yes):
                return 1
            with _progress(console, plan) as told:
                await moving.carry_out(told)
            _say_done(console)
    except DatabaseAway as away:
        print(
            f"PostgreSQL can't be reached at that address, or no longer ({why_away(away)}). {AGAIN}",
            file=sys.stderr,
        )
        return 1
    except asyncio.CancelledError:
        print(f"Stopped. {AGAIN}", file=sys.stderr)
        return 1
    return 0


async def stay_here() -> int:
    """Let this file be used again."""
    note = await stay(read_settings().database_url)
    if note is None:
        print("This database was never told to move.")
        return 0
    print(f"This database is in use again. Whatever is at {note.to} is not part of it.")
    return 0


def _show(console: Console, plan: Plan) -> None:
    table = Table("Table", "Rows")
    for name, rows in plan.tables.items():
        table.add_row(name, f"{rows:,}")
    console.print(table)
    console.print(f"{sum(plan.tables.values()):,} rows, about {_duration(plan.seconds)}.")
    if plan.begun:
        console.print("An earlier run got part of the way; this one goes on from there.")


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 120 else f"{round(seconds / 60)} minutes"


@contextmanager
def _progress(console: Console, plan: Plan) -> Iterator[Callable[[str, str, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    total = sum(plan.tables.values())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks = {doing: progress.add_task(doing, total=total) for doing in ("copied", "compared")}

        def told(doing: str, table: str, rows: int) -> None:
            progress.update(tasks[doing], advance=rows, description=f"{doing}: {table}")

        yield told


def _say_done(console: Console) -> None:
    console.print(
        "Moved, and compared row by row. Now set DATABASE_URL to the new address and start the bot. The old "
        "file refuses every change and says where it went. Delete it and its backups once you have a backup "
        "of the new one: who is erased from now on would still be in them."
    )
