"""Nurtured against not, and rules against rules, counted by hand from what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qualification.events import Event
from tests.kpi.people import LEFT_OUT, Person
from tests.kpi.reference import World, created


def nurtured(w: World) -> dict[str, tuple[int, int, int, int]]:
    """The nurtured and the others: leads, customers, what was paid in EUR, and by how many."""
    told = {"nurtured": [0, 0, 0, 0], "not nurtured": [0, 0, 0, 0]}
    for p in created(w.valid, w):
        ever = any(p.won is None or e.at <= p.won for e in _moves(p.did, "nurture"))
        row = told["nurtured" if ever else "not nurtured"]
        row[0] += 1
        row[1] += p.won is not None
        if p.amount and p.amount[1] == "EUR":
            row[2] += p.amount[0]
            row[3] += 1
    return {key: (a, b, c, d) for key, (a, b, c, d) in told.items()} if created(w.valid, w) else {}


def without_a_gate(people: Sequence[Person]) -> dict[str, Any]:
    """What rules would change under which nobody passes the SQL gate: only a file's SQLs stay SQLs."""
    told = dict.fromkeys(("leads", "moving", "sqls_then", "sqls", "customers"), 0)
    ends = {"then": [0, 0], "now": [0, 0]}
    for p in people:
        handed = [e.actor for e in _moves(p.did, "sql")]
        of_file = "import" in handed
        # A file's SQL that was sent back and handed over again would have stayed back.
        stays_back = p.stage == "sql" and handed[-1] != "import"
        judged = any(e.kind == "answered" for e in p.did)
        told["leads"] += 1
        told["sqls_then"] += p.sql is not None
        told["sqls"] += of_file
        told["moving"] += stays_back or (p.sql is not None) != of_file
        if not judged or p.reason in LEFT_OUT:
            continue
        told["customers"] += p.stage == "customer"
        for side, is_sql in (("then", p.sql is not None), ("now", of_file)):
            ends[side][0] += is_sql and p.stage == "customer"
            ends[side][1] += is_sql and p.stage in ("customer", "lost", "disqualified")
    return {**told, **ends}


def _moves(did: Sequence[Event], to: str) -> list[Event]:
    return [event for event in did if event.kind == "stage" and event.data["to"] == to]
