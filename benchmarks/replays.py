"""A definition tested against history: every lead's events replayed under it.

`python -m benchmarks.replays [LEADS]` measures another size.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from benchmarks.processes import ROOT, sqlite
from benchmarks.report import Row
from benchmarks.stock import opened, utc_now
from bot.settings import DEFINITION
from qualification.definition import Definition
from qualification.events import Event, Fact, Kind
from qualification.history import apply
from qualification.lead import Lead
from qualification.qualify import Call, save_call
from qualification.stages import after_activity, lost, won
from qualification.yaml_lines import with_values
from store.leads import Change

LEADS, EVENTS, PAGE = 20_000, 20, 500
AIM = 60.0
"""Seconds for 100,000 leads with 20 events each (the aim of the issue); less for fewer."""
PAGES = ("product_page", "product_page", "blog_page", "pricing_page", "email_click", "careers_page")
FIRST = ("demo_request", "contact_form", "webinar_signup", "newsletter_signup", "content_download")
GOOD = {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"}
STRICTER = {"sql.score": 79, "mql.score": 40}


def measure() -> list[Row]:
    """The default size; `docs/performance.md` has the large one."""
    with sqlite() as small, sqlite() as database:
        asyncio.run(histories(small, 500))
        events = asyncio.run(histories(database, LEADS))
        _, _, least = command(small)
        plain = plain_read(database)
        seconds, _, memory = command(database)
    aim = AIM * LEADS / 100_000
    name = f"definition test, {LEADS:,} leads, {events / LEADS:.0f} events each"
    took = f"{seconds:.2f} s, at most {memory:.0f} MB"
    limit = f"{plain:.2f} s (events read), {least:.0f} MB for 500 leads"
    return [Row(name, took, limit, seconds / plain, f"<= {aim:.0f} s", seconds <= aim)]


def plain_read(database: str) -> float:
    """Seconds to read every event and its JSON and to do nothing with them: less nobody can do."""
    connection = sqlite3.connect(str(make_url(database).database))
    start = time.perf_counter()
    for _, _, _, data in connection.execute(
        "SELECT lead, kind, at, data FROM lead_events ORDER BY lead, seq"
    ):
        json.loads(data)
    took = time.perf_counter() - start
    connection.close()
    return took


def command(database: str) -> tuple[float, float, float]:
    """Seconds and processor seconds the command took as a process of its own, and its most memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stricter.yml"
        file.write_text(with_values(DEFINITION.read_text(encoding="utf-8"), STRICTER), encoding="utf-8")
        words = [sys.executable, "-m", "bot", "definition", "test", str(file), "--json"]
        start = time.perf_counter()
        process = subprocess.Popen(
            words, cwd=ROOT, env={**os.environ, "DATABASE_URL": database}, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        told = json.loads(process.stdout.read())
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode or not told["effect"]["moving"]:
            raise RuntimeError(f"definition test ended with {process.returncode}: {told}")
        return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


async def histories(database: str, count: int) -> int:
    """Leads with twenty events each, written as intake and reps would leave them; says how many events."""
    office, where = await opened(database)
    rules = await office.rules(where)
    events = 0
    try:
        for first in range(0, count, PAGE):
            changes = [life(number, rules.definition) for number in range(first, min(first + PAGE, count))]
            events += sum(len(change.events) for change in changes)
            async with office.store.begin(where) as work:
                await work.leads.record_many(changes, "bulk", rules.definition, "DE", utc_now())
    finally:
        await office.store.close()
    return events


def life(number: int, definition: Definition) -> Change:
    """One lead's half year: a form, pages read, a call, an end for some."""
    chance = random.Random(number)
    at = utc_now() - timedelta(days=180 - number % 170, seconds=number % 86_400)
    lead, events, facts = _came_in(number, at, chance.choice(FIRST), definition)
    pages = EVENTS - len(events) - chance.choice((0, 4, 5))
    for event in _read(lead, at, pages, chance):
        lead = apply(lead, event, {})
        events.append(event)
        for moved in after_activity(lead, lead.activities[-1], definition):
            lead = apply(lead, moved, {})
            events.append(moved)
    while len(events) < EVENTS:
        at = max(lead.stage_since or at, at) + timedelta(hours=30)
        more = list(_work(lead, at, definition, chance)) or [
            Event(Kind.TOUCHED, at, "UANA", {"kind": "call"})
        ]
        for event in more:
            lead = apply(lead, event, {})
            events.append(event)
    return Change(lead, [_stepped(event, place) for place, event in enumerate(events)], facts)


def _stepped(event: Event, place: int) -> Event:
    return Event(event.kind, event.at, event.actor, event.data, event.version, f"s{place}")


def _came_in(
    number: int, at: Any, action: str, definition: Definition
) -> tuple[Lead, list[Event], list[Fact]]:
    profile = {"email": f"p{number}@firm{number % 5000}.example", "first_name": "Ada", "title": "Head of IT"}
    fact = Fact(f"f{number}", "submission", at, {**profile, "employees": 50 + number % 900, "country": "DE"})
    asked = {"action": action, "fact": fact.id, "qualifies": True, "late": False, "source": "google"}
    rights = {"contact": True, "marketing": True, "profiling": True, "basis": "consent"}
    events = [
        Event(Kind.CREATED, at, "intake", {"number": 1001 + number, "received_at": at.isoformat()}),
        Event(Kind.PERMISSION, at, "intake", rights),
        Event(Kind.ACTIVITY, at, "intake", asked),
    ]
    lead: Lead | None = None
    for event in events:
        lead = apply(lead, event, {fact.id: fact.data})
    assert lead is not None
    for moved in after_activity(lead, lead.activities[-1], definition):
        lead = apply(lead, moved, {})
        events.append(moved)
    return lead, events, [fact]


def _read(lead: Lead, at: Any, count: int, chance: random.Random) -> Iterator[Event]:
    for page in range(count):
        at += timedelta(hours=chance.choice((1, 9, 40)))
        data = {"action": chance.choice(PAGES), "fact": f"{lead.number}-{page}", "late": False}
        yield Event(Kind.ACTIVITY, at, "intake", data)


def _work(lead: Lead, at: Any, definition: Definition, chance: random.Random) -> Iterator[Event]:
    if lead.sql_at is None and lead.qualified_at is None:
        yield from save_call(lead, "UANA", Call(GOOD, inquiry=chance.random() < 0.7), at, definition, [])
    elif lead.won_at is None and lead.lost_at is None and lead.sql_at and chance.random() < 0.6:
        yield from (
            won(lead, "UBEN", None, at)
            if chance.random() < 0.4
            else lost(lead, "UBEN", "price", at, definition)
        )


if __name__ == "__main__":
    leads = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with sqlite() as url:
        count = asyncio.run(histories(url, leads))
        read = plain_read(url)
        took, busy, most = command(url)
    print(
        f"{leads:,} leads, {count:,} events: {took:.1f} s, {busy:.1f} s of processor, at most {most:.0f} MB; "
        f"reading alone {read:.1f} s; load {os.getloadavg()[0]:.1f}"
    )
