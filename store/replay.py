"""The history of many leads at once, a page at a time, for a replay: flat memory, two questions a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import BigInteger, String, bindparam, func, select, type_coerce

from qualification.events import Event, Kind
from qualification.lead import Stage
from qualification.replay import Recorded
from store.tables.base import Json, moment_of
from store.tables.leads import lead_events, leads
from store.work import Work

PAGE = 500
_KINDS = {kind.value: kind for kind in Kind}
_LEADS = (
    select(
        leads.c.number,
        leads.c.stage,
        leads.c.mql_at,
        leads.c.sql_at,
        leads.c.reason,
        # What was told of the person stands in the row already; reading every fact again takes four times
        # as long.
        type_coerce(leads.c.body, Json)["given"].label("given"),
        type_coerce(leads.c.body, Json)["erased"].label("erased"),
        type_coerce(leads.c.body, Json)["together"].label("together"),
    )
    .where(
        leads.c.workspace == bindparam("here"),
        leads.c.number > bindparam("after"),
        leads.c.survivor.is_(None),  # what was merged into another lead is told by that one
    )
    .order_by(leads.c.number)
    .limit(bindparam("page"))
)
_EVENTS = (
    select(
        lead_events.c.lead,
        lead_events.c.kind,
        # As they are stored: turning them by column types takes twice as long for a million rows.
        type_coerce(lead_events.c.at, BigInteger),
        lead_events.c.actor,
        lead_events.c.step,
        type_coerce(lead_events.c.data, String),
    )
    .where(
        lead_events.c.workspace == bindparam("here"),
        lead_events.c.lead > bindparam("after"),
        lead_events.c.lead <= bindparam("last"),
    )
    .order_by(lead_events.c.lead, lead_events.c.seq)
)


async def page_of_histories(work: Work, after: int, limit: int = PAGE) -> list[Recorded]:
    """The next leads by number with all that happened to them; an empty list at the end."""
    wanted = {"here": work.workspace, "after": after, "page": limit}
    rows = (await work.execute(_LEADS, wanted)).all()
    if not rows:
        return []
    asked = {"here": work.workspace, "after": after, "last": rows[-1].number}
    told = _events((await work.execute(_EVENTS, asked)).all())
    return [_recorded(row, told[row.number]) for row in rows]


def _events(rows: Sequence[Any]) -> Mapping[int, list[Event]]:
    """Events by lead. One pass, for a million of them go through here."""
    told: dict[int, list[Event]] = defaultdict(list)
    if not rows:
        return told
    texts = [row[5] for row in rows]
    # PostgreSQL's driver has read the JSON already. One long text is read faster than many short ones.
    known = from_json(f"[{','.join(texts)}]") if isinstance(texts[0], str) else texts
    for (number, kind, at, actor, step, _), data in zip(rows, known, strict=True):
        told[number].append(Event(_KINDS[kind], moment_of(at), actor, data, 1, step))
    return told


def _recorded(row: Any, events: Sequence[Event]) -> Recorded:
    facts = facts_in_order(row.given or [], events)
    # Of one person under several numbers each history tells a part only.
    fixed = bool(row.erased) or bool((row.together or {}).get("numbers"))
    return Recorded(row.number, Stage(row.stage), row.mql_at, row.sql_at, row.reason, fixed, events, facts)


def facts_in_order(
    given: Sequence[Mapping[str, Any]], events: Sequence[Event]
) -> dict[str, Mapping[str, Any]]:
    """What was told of the person, by the id of its fact: the row keeps it in recorded order."""
    facts: dict[str, Mapping[str, Any]] = {}
    waiting = iter(given)
    one = next(waiting, None)
    for event in events:
        if one is None:
            break
        if event.kind in (Kind.ACTIVITY, Kind.DETAILS) and event.at == datetime.fromisoformat(one["at"]):
            facts[event.data.get("fact", "")] = one.get("profile", {})
            one = next(waiting, None)
    return facts


async def how_many(work: Work) -> tuple[int, datetime | None]:
    """How many leads there are, and when the first came in."""
    query = select(func.count().label("total"), func.min(leads.c.received_at).label("first")).where(
        leads.c.workspace == work.workspace, leads.c.survivor.is_(None)
    )
    (row,) = (await work.execute(query)).all()
    return row.total, row.first
