"""`quarantine`: submissions that broke something on our side, and taking them in again."""

from __future__ import annotations

from bot.cli.desk import opened
from bot.replay import replay
from qualification.errors import Refused
from store.signs import DatabaseAway


async def list_kept() -> int:
    """One line a submission: number, source, when it came, what broke. Never what is in it."""
    async with opened() as (_, office, where), office.store.read(where) as work:
        kept = await work.intake.in_quarantine()
    for one in kept:
        print(f"{one.id}  {one.source}  {one.received_at:%Y-%m-%d %H:%M}  {one.error}")
    if not kept:
        print("Nothing is kept aside.")
    return 0


async def replay_kept(which: str) -> int:
    """Take one in again, or all, oldest first; what still breaks stays and doesn't hold up the others."""
    if which != "all" and not which.isdecimal():
        print(f"“{which}” is no submission's number. `quarantine list` shows them.")
        return 2
    async with opened() as (_, office, where):
        wanted = [int(which)] if which != "all" else []
        if which == "all":
            async with office.store.read(where) as work:
                wanted = [one.id for one in await work.intake.in_quarantine(10_000)]
        failed = 0
        for number in wanted:
            try:
                print(f"Submission {number}: {await replay(office, where, number)} taken in.")
            except (Refused, LookupError) as no:
                print(no)
                failed += 1
            except DatabaseAway:
                raise
            except Exception as fault:
                # Its text may quote the lead.
                print(f"Submission {number} still breaks: {type(fault).__name__}")
                failed += 1
    if not wanted:
        print("Nothing is kept aside.")
    return 1 if failed else 0
