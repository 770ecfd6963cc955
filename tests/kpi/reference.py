"""Every number counted another way: slowly, person by person, straight from what was recorded.

Written from the definitions, not from the code: nothing here looks at a lead's row or uses the queries, the
fold or the formulas. A KPI is a function from some people to the fields of a row.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from tests.kpi.lives import Seen, Spent
from tests.kpi.people import Person
from tests.kpi.reference_time import Wait, Window, likely, still_waiting, waited_by, windows, working_time

Row = dict[str, Any]
Recount = tuple[dict[str, Row], Row]
"""The rows by their key, and the total."""
OFF = 1.0205
TO_SQL = timedelta(days=30)
TO_TOUCH = timedelta(hours=24)
"""The working time that may pass between the promise to claim and the first contact."""


@dataclass(frozen=True)
class Cents:
    """An amount that is exactly this, told in whole cents: no further off than rounding explains."""

    exact: Fraction | float
    rounding: Fraction | float = Fraction(1, 2)
    currency: str = "EUR"


@dataclass(frozen=True)
class About:
    """A median of waits of which each is read from buckets, and told at most two percent off."""

    waits: Sequence[Wait]

    def is_told_by(self, found: float | None) -> bool:
        """Whether waits that are off by no more give this one, or None where half of them may wait still."""
        mays = [
            waited_by([(wait * (one if over else other), over) for wait, over in self.waits], 0.5)
            for one in (1, 1 / OFF, OFF)
            for other in (1, 1 / OFF, OFF)
        ]
        known = [may for may in mays if may is not None]
        if found is None or not known:
            return found in mays
        return min(known) - 1 <= found <= max(known) + 1


@dataclass(frozen=True)
class World:
    """Everybody, everything that was paid, and the moment and the windows of a question."""

    people: Sequence[Person]
    spent: Sequence[Spent]
    seen: Sequence[Seen]
    now: datetime
    zone: ZoneInfo
    words: str = "30d"
    model: str = "first"

    @property
    def window(self) -> Window:
        """The days that were asked for."""
        return windows(self.words, self.now, self.zone)[0]

    @property
    def so_far(self) -> Window:
        """Those that have begun."""
        return windows(self.words, self.now, self.zone)[1]

    @property
    def before(self) -> Window:
        """As many before them."""
        return windows(self.words, self.now, self.zone)[2]

    @property
    def valid(self) -> list[Person]:
        """Whom rates count."""
        return [person for person in self.people if person.valid]

    def over(self, window: Window) -> World:
        """The same question about these days."""
        last = window.end - timedelta(days=1)
        return replace(self, words=f"{window.start}..{last}")

    @property
    def nothing_before(self) -> bool:
        """Whether nobody can tell what was before: it was over before the first lead there is."""
        days = [person.created.astimezone(self.zone).date() for person in self.valid]
        return bool(days) and self.before.end <= min(days)


def share(k: int, n: int) -> Row | None:
    """`k` of `n`; None of none is no number."""
    if not n:
        return None
    low, high = likely(k, n)
    return {"value": k / n, "k": k, "n": n, "low": low, "high": high}


def created(who: Sequence[Person], w: World) -> list[Person]:
    """The cohort."""
    return [p for p in who if w.window.has(p.created)]


def funnel(who: Sequence[Person], w: World) -> Row:
    """Where do leads stop? Who skipped a stage passed it."""
    leads = created(who, w)
    customers = [p for p in leads if p.won]
    sqls = [p for p in leads if p.sql or p.won]
    mqls = [p for p in leads if p.mql or p.sql or p.won]
    return {
        "leads": len(leads),
        "mqls": len(mqls),
        "sqls": len(sqls),
        "customers": len(customers),
        "lead_to_mql": share(len(mqls), len(leads)),
        "mql_to_sql": share(len(sqls), len(mqls)),
        "sql_to_customer": share(len(customers), len(sqls)),
        "conversion": share(len(customers), len(leads)),
    }


def _days(start: datetime, end: datetime, w: World) -> int:
    """From one calendar day to another."""
    return max((end.astimezone(w.zone).date() - start.astimezone(w.zone).date()).days, 0)


def conversion(who: Sequence[Person], w: World) -> Row:
    """What share becomes customers? Open leads may still; lost and disqualified ones never will."""
    leads = created(who, w)
    usual = [_days(p.created, p.won, w) for p in created(w.valid, w) if p.won]
    waits: list[Wait] = []
    for p in leads:
        if p.won:
            waits.append((_days(p.created, p.won, w), True))
        else:
            waits.append((_days(p.created, w.now, w) if p.open else math.inf, False))
    left = ([1.0] + [part for _, part in still_waiting(waits)])[-1]
    customers = sum(bool(p.won) for p in leads)
    mature = [p for p in leads if usual and _days(p.created, w.now, w) > median(usual)]
    return {
        "leads": len(leads),
        "customers": customers,
        "conversion": share(customers, len(leads)),
        "mature_share": share(len(mature), len(leads)) if usual else None,
        "adjusted": {"value": 1 - left, "k": customers, "n": len(leads)} if leads else None,
    }


def mql_sql(who: Sequence[Person], w: World) -> Row:
    """Do marketing's leads survive sales? Only of those that had the time to."""
    mqls = [(p.mql, p.sql) for p in who if p.mql and w.window.has(p.mql)]
    old = [(mql, sql) for mql, sql in mqls if w.now - mql >= TO_SQL]
    sqls = sum(sql is not None and sql - mql <= TO_SQL for mql, sql in old)
    return {
        "mqls": len(old),
        "sqls": sqls,
        "rate": share(sqls, len(old)),
        "immature": len(mqls) - len(old),
    }


def acceptance(who: Sequence[Person], w: World) -> Row:
    """Does sales want them?"""
    found: Counter[str] = Counter()
    for p in who:
        if not (p.mql and w.window.has(p.mql)):
            continue
        if p.rejected and p.rejected >= p.mql and not p.sql:
            found["rejected"] += 1
        elif p.accepted or p.sql:
            found["accepted"] += 1
        else:
            found["overdue" if _overdue(p, w) else "undecided"] += 1
    names = ("accepted", "rejected", "undecided", "overdue")
    decided = found["accepted"] + found["rejected"]
    return {name: found[name] for name in names} | {"rate": share(found["accepted"], decided)}


def _overdue(p: Person, w: World) -> bool:
    """Nobody claimed it, or nobody worked on it, in time; nobody is late for whoever sleeps."""
    if p.due is None or not p.awake(w.now):
        return False
    if p.claimed is None:
        return p.due <= w.now
    return p.owner is not None and working_time(p.claimed, w.now, w.zone) >= TO_TOUCH


def sla(who: Sequence[Person], w: World) -> Row:
    """Do we keep our promise? Broken is also what is overdue and open; what is not due yet is nothing."""
    met = breached = 0
    for p in who:
        if p.due is None or not w.window.has(p.due):
            continue
        ended = p.let_go or p.claimed
        met += bool(ended and ended <= p.due)
        breached += ended > p.due if ended else p.awake(w.now) and p.due <= w.now
    return {"met": met, "breached": breached, "rate": share(met, met + breached)}


def win(who: Sequence[Person], w: World) -> Row:
    """Do SQLs buy? By the day on which they said so."""
    won, lost = sum(w.window.has(p.won) for p in who), sum(w.window.has(p.lost) for p in who)
    return {"won": won, "lost": lost, "rate": share(won, won + lost)}


def lvr(who: Sequence[Person], w: World) -> Row:
    """Is the pipeline growing?"""
    this, last = sum(w.so_far.has(p.mql) for p in who), sum(w.before.has(p.mql) for p in who)
    if w.nothing_before:
        return {"this": this, "last": None, "rate": None}
    rate = {"value": (this - last) / last, "k": this - last, "n": last} if last else None
    return {"this": this, "last": last, "rate": rate}


def waits(who: Sequence[Person], w: World, name: str) -> list[Wait]:
    """How long each waited, or waits, for a claim or a first contact."""
    timed = [(getattr(p, name), p.received) for p in created(who, w) if p.timed]
    return [(((at or w.now) - received).total_seconds(), at is not None) for at, received in timed]


def speed(who: Sequence[Person], w: World) -> Row:
    """How fast do we answer? Whoever waits still is not left out of it."""
    claims, contacts = waits(who, w, "claimed"), waits(who, w, "contact")
    judged = kept = 0
    for p in created(who, w):
        if p.timed and p.due:
            passed = working_time(p.due, p.contact or w.now, w.zone)
            judged += p.contact is not None or passed > TO_TOUCH
            kept += p.contact is not None and passed <= TO_TOUCH
    return {
        "leads": len(contacts),
        "claim_median": waited_by(claims, 0.5),
        "claim_p90": waited_by(claims, 0.9),
        "contact_median": waited_by(contacts, 0.5),
        "contact_p90": waited_by(contacts, 0.9),
        "in_target": share(kept, judged),
        "never": share(sum(not ended for _, ended in contacts), len(contacts)),
    }


def left_out(w: World) -> int:
    """Leads created in the window that no rate counts."""
    return sum(not p.valid and w.window.has(p.created) for p in w.people)


PLAIN: Mapping[str, Callable[[Sequence[Person], World], Row]] = {
    "funnel": funnel,
    "conversion": conversion,
    "mql-sql": mql_sql,
    "acceptance": acceptance,
    "sla": sla,
    "win": win,
    "lvr": lvr,
    "speed": speed,
}
"""Those that are about some people and nothing else, so that any split is the same for fewer."""
