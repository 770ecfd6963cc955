"""Segment's calls for stories: a visitor who clicks around, read and heard as the door does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from handlers.flows.behaviour import hear
from handlers.http.event_body import read_signal
from handlers.http.events import make_ear
from handlers.http.lead_body import Reader
from qualification.signal import Visit
from store.tables.behaviour import messages, visitor_events, visitor_names
from tests.numbers import all_numbers
from tests.office import Desk

_ids = count(1)
ADA = {"email": "Ada@Acme.example", "firstName": "Ada", "lastName": "Lovelace"}
YES = {"granted": True, "purposes": ["contact", "profiling"]}
ANALYTICS = {"consent": {"categoryPreferences": {"Analytics": True, "Advertising": False}}}
NO_ANALYTICS = {"consent": {"categoryPreferences": {"Analytics": False, "Advertising": False}}}


def call(kind: str, at: datetime, **more: Any) -> dict[str, Any]:
    """One call of the visitor `anna-1`, unless `anonymousId` says another (None: none)."""
    body = {
        "type": kind,
        "messageId": f"message-{next(_ids)}",
        "anonymousId": "anna-1",
        "timestamp": at.isoformat(),
        **more,
    }
    return {name: value for name, value in body.items() if value is not None}


def page(path: str, at: datetime, **more: Any) -> dict[str, Any]:
    """A page was looked at."""
    url = f"https://www.ours.example{path}?utm_source=newsletter&email=ada@acme.example"
    return call("page", at, properties={"path": path, "url": url, "title": "Prices"}, **more)


def track(
    event: str, at: datetime, properties: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """Something was done."""
    return call("track", at, event=event, properties=dict(properties or {}), **more)


def identify(at: datetime, traits: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Somebody says who they are."""
    return call("identify", at, traits=dict(ADA if traits is None else traits), **more)


async def hears(desk: Desk, *calls: Mapping[str, Any]) -> list[str]:
    """Hand these in, in one transaction."""
    rules = await desk.office.rules(desk.where)
    reader = Reader(rules.definition, rules.setup.country, rules.setup.zone, desk.clock(), "events")
    ear = make_ear(reader, desk.where, {})
    async with desk.office.store.begin(desk.where) as work:
        return await hear(work, [read_signal(dict(body), ear) for body in calls], rules, desk.clock())


async def kept_visits(desk: Desk) -> list[Visit]:
    """What is kept without a name."""
    async with desk.office.store.read(desk.where) as work:
        rows = (await work.execute(visitor_events.select().order_by(visitor_events.c.id))).all()
    return [
        Visit(r.at, r.action, r.visitor, r.account, r.uncounted, r.source, r.campaign, r.variant)
        for r in rows
    ]


async def everything_kept(desk: Desk) -> str:
    """Every row about visitors, as text."""
    async with desk.office.store.read(desk.where) as work:
        tables = (messages, visitor_events, visitor_names)
        rows = [str([tuple(r) for r in await work.execute(table.select())]) for table in tables]
    return "\n".join(rows)


async def leads(desk: Desk) -> list[int]:
    """The L-numbers there are."""
    async with desk.office.store.read(desk.where) as work:
        return list(await all_numbers(work))


async def did(desk: Desk, number: int) -> list[tuple[str, str]]:
    """What a lead did, and why it doesn't count where it doesn't."""
    return [(a.action, a.uncounted) for a in sorted((await desk.lead(number)).activities, key=lambda a: a.at)]
