"""The same numbers counted another way: slowly, lead by lead, straight from the recorded events.

Nothing here looks at a lead's row or uses the queries, the fold or the formulas.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qualification.calendar import WorkWeek
from qualification.events import Event

LEFT_OUT = ("spam", "test", "duplicate", "existing_customer")
WORKED = ("touched", "answered")


@dataclass
class Life:
    """What happened to one lead, read off its events."""

    created: datetime
    received: datetime
    source: str
    imported: bool
    late: bool
    stage: str = "lead"
    reason: str | None = None
    owner: str | None = None
    closed_by: str | None = None
    mql: datetime | None = None
    sql: datetime | None = None
    sql_by: str | None = None
    won: datetime | None = None
    amount: tuple[int, str] | None = None
    lost: datetime | None = None
    claimed: datetime | None = None
    due: datetime | None = None
    let_go: datetime | None = None
    accepted: datetime | None = None
    contact: datetime | None = None
    contact_by: str | None = None
    rejected: datetime | None = None
    rejected_for: str | None = None
    since: datetime | None = None
    sleeps: datetime | None = None

    @property
    def valid(self) -> bool:
        return not (self.stage == "disqualified" and self.reason in LEFT_OUT)

    @property
    def open(self) -> bool:
        return self.stage not in ("customer", "lost", "disqualified")

    @property
    def timed(self) -> bool:
        return not self.imported and not self.late


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that were not taken back."""
    backs = ("undone", "unmerged")
    undone = [event.data["step"] for event in events if event.kind in backs]
    return [event for event in events if event.step not in undone or event.kind in backs]


def people(histories: Sequence[Sequence[Event]]) -> tuple[list[Life], list[list[Event]]]:
    """Every person's life, and what happened to them under whichever number; merged leads are one person."""
    told = [(events[0].data["number"], event) for events in histories for event in standing(events)]
    lives: dict[int, Life] = {}
    events: dict[int, list[Event]] = defaultdict(list)
    for number, event in sorted(told, key=lambda one: one[1].seq):
        events[number].append(event)
        if event.kind == "created":
            lives[number] = _begun(event)
        elif event.kind == "merged" and "other" in event.data:
            other = event.data["other"]
            lives[number] = _one(lives[number], lives.pop(other), event.data.get("mql_at"))
            events[number] += events.pop(other)
        elif number in lives:
            _happens(lives[number], event)
    return [lives[number] for number in sorted(lives)], [events[number] for number in sorted(lives)]


FURTHEST = ("lead", "disqualified", "lost", "nurture", "mql", "sql", "customer")


def _one(a: Life, b: Life, earned: str | None) -> Life:
    """One person of two; `a` has the older number."""

    def first(name: str) -> Any:
        return min((x for x in (getattr(a, name), getattr(b, name)) if x is not None), default=None)

    def with_first(name: str, other: str) -> tuple[Any, Any]:
        known = [(getattr(x, name), getattr(x, other)) for x in (a, b) if getattr(x, name) is not None]
        return min(known, key=lambda one: one[0], default=(None, None))

    far = max((a, b), key=lambda x: (FURTHEST.index(x.stage), -(x.since or x.created).timestamp()))
    origin = min((a, b), key=lambda x: (x.created, x.source == "unknown", x.source))
    received = min((a, b), key=lambda x: (x.received, x.late))
    life = Life(origin.created, received.received, origin.source, a.imported and b.imported, received.late)
    life.stage, life.reason, life.closed_by, life.since = far.stage, far.reason, far.closed_by, far.since
    life.owner = (a.owner or b.owner) if far.stage != "nurture" else None
    for name in ("mql", "claimed", "due", "let_go", "accepted", "lost"):
        setattr(life, name, first(name))
    life.sql, life.sql_by = with_first("sql", "sql_by")
    life.contact, life.contact_by = with_first("contact", "contact_by")
    life.rejected, life.rejected_for = with_first("rejected", "rejected_for")
    life.won, life.amount = with_first("won", "amount")
    if earned and life.stage == "lead":
        life.stage, life.mql = "mql", datetime.fromisoformat(earned)
        life.since = life.mql
    return life


def _begun(first: Event) -> Life:
    received = datetime.fromisoformat(first.data["received_at"])
    return Life(
        first.at,
        received,
        first.data.get("source", "unknown"),
        bool(first.data.get("imported")),
        received - first.at > timedelta(hours=24),
        since=first.at,
    )


def _happens(life: Life, event: Event) -> None:
    data = event.data
    match event.kind:
        case "activity" if data.get("qualifies") and event.at < life.created:
            life.created, life.source = event.at, data["source"]
        case "claimed" | "taken" | "reassigned":
            _owns(life, data.get("to", event.actor), event.at)
        case "released":
            life.owner = None
        case "snoozed":
            life.sleeps = datetime.fromisoformat(data["until"]) if data.get("until") else None
        case "clock" if life.claimed is None:
            due = datetime.fromisoformat(data["due"])
            life.due = min(life.due or due, due)
        case "touched" | "answered":
            if (life.owner or event.kind == "touched") and life.contact is None:
                life.contact, life.contact_by = event.at, event.actor
            if life.owner:
                life.accepted = life.accepted or event.at
        case "redated":
            if data.get("withdrawn"):
                life.mql, life.stage = None, "lead"
            else:
                life.mql = event.at
        case "stage":
            _moves(life, event)


def _owns(life: Life, who: str, at: datetime) -> None:
    life.owner = who
    life.claimed = life.claimed or at


def _moves(life: Life, event: Event) -> None:
    to, data = data_to(event), event.data
    life.stage, life.reason, life.since, life.sleeps = to, data.get("reason"), event.at, None
    if to not in ("mql", "sql") and event.actor[0] in "UW" and life.due and not life.claimed:
        life.let_go = life.let_go or event.at
    match to:
        case "mql":
            life.mql = life.mql or event.at
            if data["from"] != "lead":
                life.owner = None
            if data.get("back_to"):
                _owns(life, data["back_to"], event.at)
        case "sql":
            if life.sql is None:
                life.sql, life.sql_by = event.at, data.get("by") or event.actor
        case "customer":
            life.won = event.at
            if data.get("amount_minor") is not None:
                life.amount = (data["amount_minor"], data["currency"])
        case "lost":
            life.lost = life.lost or event.at
        case "nurture":
            life.owner = None
        case "disqualified":
            life.closed_by = data.get("by") or event.actor
            if life.sql is None and life.rejected is None and life.closed_by[0] in "UW":
                life.rejected, life.rejected_for = event.at, data["reason"]


def data_to(event: Event) -> str:
    """The stage an event leads to."""
    return str(event.data["to"])


class Reference:
    """All leads' histories, asked about days `start` up to, not including, `end`, in a zone, at a moment."""

    def __init__(
        self, histories: Sequence[Sequence[Event]], start: date, end: date, zone: ZoneInfo, now: datetime
    ) -> None:
        self.everyone, self.histories = people(histories)
        self.lives = [life for life in self.everyone if life.valid]
        self.first = datetime.combine(start, time(0), zone)
        self.last = datetime.combine(end, time(0), zone)
        self.now = now

    def during(self, moment: datetime | None) -> bool:
        """In the window?"""
        return moment is not None and self.first.timestamp() <= moment.timestamp() < self.last.timestamp()

    def count(self, wanted: Callable[[Life], object]) -> int:
        """How many valid leads are so."""
        return sum(bool(wanted(life)) for life in self.lives)

    @property
    def cohort(self) -> list[Life]:
        """Valid leads created in the window."""
        return [life for life in self.lives if self.during(life.created)]

    def left_out(self) -> int:
        """Leads created in the window that no rate counts."""
        return sum(not life.valid and self.during(life.created) for life in self.everyone)

    def funnel(self, cohort: Sequence[Life]) -> dict[str, int]:
        """Reached, stage by stage."""
        return {
            "leads": len(cohort),
            "mqls": sum(bool(life.mql or life.sql or life.won) for life in cohort),
            "sqls": sum(bool(life.sql or life.won) for life in cohort),
            "customers": sum(bool(life.won) for life in cohort),
        }

    def funnel_by_source(self) -> dict[str, dict[str, int]]:
        """The same for each source."""
        by: dict[str, list[Life]] = defaultdict(list)
        for life in self.cohort:
            by[life.source].append(life)
        return {source: self.funnel(lives) for source, lives in by.items()}

    def expected_share(self) -> float | None:
        """Kaplan–Meier by hand, in calendar days as we promise to count them."""
        waits: list[tuple[float, bool]] = []
        for life in self.cohort:
            if life.won:
                waits.append((max(self._days(life.created, life.won), 0), True))
            elif life.open:
                waits.append((max(self._days(life.created, self.now), 0), False))
            else:
                waits.append((math.inf, False))
        if not waits:
            return None
        waiting = 1.0
        for moment in sorted({at for at, bought in waits if bought}):
            at_risk = sum(at >= moment for at, _ in waits)
            waiting *= 1 - sum(bought and at == moment for at, bought in waits) / at_risk
        return 1 - waiting

    def mql_to_sql(self) -> tuple[int, int, int]:
        """Old enough MQLs, those that became SQL in 30 days, the young ones."""
        limit = timedelta(days=30)
        old = [life for life in self.lives if self.during(life.mql) and self.now - life.mql >= limit]  # type: ignore[operator]
        young = self.count(lambda life: self.during(life.mql)) - len(old)
        return len(old), sum(bool(o.sql and o.mql and o.sql - o.mql <= limit) for o in old), young

    def accepted_rejected(self) -> tuple[int, int, int]:
        """Accepted, rejected, and everyone who became MQL in the window."""
        mqls = [life for life in self.lives if self.during(life.mql)]
        rejected = [o for o in mqls if o.rejected and o.mql and o.rejected >= o.mql and not o.sql]
        accepted = [life for life in mqls if life not in rejected and (life.accepted or life.sql)]
        return len(accepted), len(rejected), len(mqls)

    def promises(self) -> tuple[int, int]:
        """Kept and broken."""
        kept = broken = 0
        for life in self.lives:
            if not self.during(life.due):
                continue
            assert life.due is not None
            ended = life.let_go or life.claimed
            if ended:
                kept, broken = kept + (ended <= life.due), broken + (ended > life.due)
            elif life.stage in ("lead", "mql", "sql") and life.due <= self.now:
                broken += 1
        return kept, broken

    def contact_median(self) -> float | None:
        """When half of the timed leads had been contacted, waiting ones still counted as waiting."""
        waits = [
            ((life.contact or self.now) - life.received, life.contact is not None)
            for life in self.cohort
            if life.timed
        ]
        waiting = 1.0
        for moment in sorted({wait for wait, seen in waits if seen}):
            at_risk = sum(wait >= moment for wait, _ in waits)
            waiting *= 1 - sum(seen and wait == moment for wait, seen in waits) / at_risk
            if waiting <= 0.5 + 1e-12:
                return moment.total_seconds()
        return None

    def overdue(self, week: WorkWeek, touch: timedelta) -> int:
        """Undecided MQLs of the window that nobody claimed, or worked on, in time."""
        found = 0
        for life in self.lives:
            rejected = life.rejected and life.mql and life.rejected >= life.mql and not life.sql
            asleep = life.sleeps is not None and life.sleeps > self.now
            if not self.during(life.mql) or rejected or life.accepted or life.sql or asleep:
                continue
            if life.stage not in ("lead", "mql", "sql") or not life.due:
                continue
            if life.claimed is None:
                found += life.due <= self.now
            elif life.owner:
                found += week.elapsed(life.claimed, self.now) >= touch
        return found

    def _days(self, start: datetime, end: datetime) -> int:
        """From one calendar day to another, where the window is."""
        zone = self.first.tzinfo
        return (end.astimezone(zone).date() - start.astimezone(zone).date()).days

    def rejections(self) -> Counter[tuple[str, str]]:
        """Reason and source of what people rejected in the window."""
        return Counter((str(o.rejected_for), o.source) for o in self.lives if self.during(o.rejected))

    def nurtured(self) -> dict[str, tuple[int, int, int, int]]:
        """The nurtured and the others: leads, customers, what was paid in EUR, and by how many."""
        told = {"nurtured": [0, 0, 0, 0], "not nurtured": [0, 0, 0, 0]}
        for life, events in zip(self.everyone, self.histories, strict=True):
            if not life.valid or not self.during(life.created):
                continue
            kept = [e for e in events if e.kind == "stage" and data_to(e) == "nurture"]
            ever = any(life.won is None or e.at <= life.won for e in kept)
            row = told["nurtured" if ever else "not nurtured"]
            row[0] += 1
            row[1] += life.won is not None
            if life.amount and life.amount[1] == "EUR":
                row[2] += life.amount[0]
                row[3] += 1
        return {key: (a, b, c, d) for key, (a, b, c, d) in told.items()} if self.cohort else {}

    def without_a_gate(self) -> dict[str, Any]:
        """What rules would change under which nobody passes the SQL gate: only a file's SQLs stay SQLs."""
        told = dict.fromkeys(("leads", "moving", "sqls_then", "sqls", "customers"), 0)
        ends = {"then": [0, 0], "now": [0, 0]}
        for life, events in zip(self.everyone, self.histories, strict=True):
            handed = [e.actor for e in events if e.kind == "stage" and data_to(e) == "sql"]
            of_file = "import" in handed
            # A file's SQL that was sent back and handed over again would have stayed back.
            stays_back = life.stage == "sql" and handed[-1] != "import"
            judged = any(e.kind == "answered" for e in events)
            told["leads"] += 1
            told["sqls_then"] += life.sql is not None
            told["sqls"] += of_file
            told["moving"] += stays_back or (life.sql is not None) != of_file
            if not judged or life.reason in LEFT_OUT:
                continue
            told["customers"] += life.stage == "customer"
            for side, is_sql in (("then", life.sql is not None), ("now", of_file)):
                ends[side][0] += is_sql and life.stage == "customer"
                ends[side][1] += is_sql and life.stage in ("customer", "lost", "disqualified")
        return {**told, **ends}

    def reps(self) -> dict[str, dict[str, Any]]:
        """What each did."""
        did: dict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(
            ("claimed", "qualified", "sqls", "customers", "open_now", "contacts"), 0))  # fmt: skip
        for life, events in zip(self.everyone, self.histories, strict=True):
            if not life.valid:
                continue
            for kind, column in (("claimed", "claimed"), ("answered", "qualified")):
                for who in {e.actor for e in events if e.kind == kind and self.during(e.at)}:
                    did[who][column] += 1
            if self.during(life.sql) and life.sql_by and life.sql_by[0] in "UW":
                did[life.sql_by]["sqls"] += 1
            if life.owner and self.during(life.won):
                did[life.owner]["customers"] += 1
            if life.owner and life.stage in ("lead", "mql", "sql"):
                did[life.owner]["open_now"] += 1
            if life.contact_by and life.timed and self.during(life.contact):
                did[life.contact_by]["contacts"] += 1
        return {who: row for who, row in did.items() if any(row.values())}
