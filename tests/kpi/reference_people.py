"""What people did and whom they turned away, and who only looked, counted by hand from what was recorded."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from statistics import median

from tests.kpi.people import Person, is_somebody
from tests.kpi.reference import TO_TOUCH, Recount, Row, World, created, share
from tests.kpi.reference_time import working_time


def reps(w: World) -> dict[str, Row]:
    """Who carries what? What somebody did is theirs, whoever has the lead now."""
    found: dict[str, Row] = {}
    for who in sorted({e.actor for p in w.valid for e in p.did} | {str(p.owner) for p in w.valid}):
        if not is_somebody(who):
            continue
        claimed, qualified = (
            sum(any((e.kind, e.actor) == (kind, who) and w.window.has(e.at) for e in p.did) for p in w.valid)
            for kind in ("claimed", "answered")
        )
        reached = [p for p in w.valid if p.contact_by == who and p.timed and w.window.has(p.contact)]
        promised = [p for p in reached if p.due]
        found[who] = {
            "claimed": claimed,
            "in_target": share(sum(_in_time(p, w) for p in promised), len(promised) + _forgotten(who, w)),
            "qualified": qualified,
            "sqls": sum(p.sql_by == who and w.window.has(p.sql) for p in w.valid),
            "customers": sum(p.owner == who and w.window.has(p.won) for p in w.valid),
            "open_now": sum(p.owner == who and p.stage in ("lead", "mql", "sql") for p in w.valid),
            "median_speed": median(took(p) for p in reached) if reached else None,
        }
    return {who: row for who, row in found.items() if any(row.values())}


def _in_time(p: Person, w: World) -> bool:
    assert p.due and p.contact
    return working_time(p.due, p.contact, w.zone) <= TO_TOUCH


def _forgotten(who: str, w: World) -> int:
    """Theirs whom nobody contacted, and whose time for that ran out in the window."""
    begin, end = (datetime.combine(day, time(0), w.zone) for day in (w.window.start, w.window.end))
    theirs = [p.due for p in w.valid if p.owner == who and p.timed and p.contact is None and p.due]
    return sum(
        working_time(due, begin, w.zone) <= TO_TOUCH < working_time(due, min(end, w.now), w.zone)
        for due in theirs
    )


def took(p: Person) -> float:
    """Seconds until the first contact."""
    assert p.contact
    return (p.contact - p.received).total_seconds()


def rejections(w: World, by: str) -> dict[str, Row]:
    """What do reps reject, from where? Against the window before."""
    now, then = (
        Counter((str(p.rejected_for), p.key(by)) for p in w.valid if window.has(p.rejected))
        for window in (w.so_far, w.before)
    )
    return {
        f"{reason} · {key}": {"reason": reason, "source": key, **change(now[reason, key], then[reason, key])}
        for reason, key in now | then
    }


def change(now: int, then: int) -> Row:
    """How many more or fewer than before."""
    return {"rejected": now, "previous": then, "change": (now - then) / then if then else None}


def reps_by(w: World, by: str) -> Recount:
    """Each, and all together."""
    rows = reps(w)
    added = ("claimed", "qualified", "sqls", "customers", "open_now")
    total: Row = {name: sum(row[name] for row in rows.values()) for name in added}
    judged = [row["in_target"] for row in rows.values() if row["in_target"]]
    total["in_target"] = share(sum(one["k"] for one in judged), sum(one["n"] for one in judged))
    waited = [took(p) for p in w.valid if p.contact_by in rows and p.timed and w.window.has(p.contact)]
    return rows, total | {"median_speed": median(waited) if waited else None}


def quality_by(w: World, by: str) -> Recount:
    """By reason and source or campaign, and all together."""
    rows = rejections(w, by or "source")
    now, then = (sum(row[name] for row in rows.values()) for name in ("rejected", "previous"))
    return rows, {"reason": "all", "source": "all", **change(now, then)}


def visitors_by(w: World, by: str) -> Recount:
    """Do pages convert? Each person counts once, under the first known source they came by."""
    days: dict[tuple[date, str], str] = {}
    for at, who, source in sorted(w.seen):
        if w.window.has(at):
            day = at.astimezone(w.zone).date()
            days[day, who] = days.get((day, who)) or source
    came: dict[str, str] = {}
    for (_, who), source in sorted(days.items()):
        came[who] = came.get(who) or source
    visits = Counter(source or "unknown" for source in came.values())
    leads = Counter(p.source for p in created(w.valid, w) if not p.imported)
    rows = {
        key: {
            "visitors": visits.get(key),
            "leads": leads[key],
            "rate": _converted(leads[key], visits[key]),
            "untracked": 0 if key in visits else leads[key],
        }
        for key in {*visits, *leads}
    }
    tracked = sum(n for key, n in leads.items() if key in visits)
    total = {
        "visitors": visits.total() if visits else None,
        "leads": leads.total(),
        "rate": _converted(tracked, visits.total()),
        "untracked": leads.total() - tracked,
    }
    return rows if by else {}, total


def _converted(leads: int, visitors: int) -> Row | None:
    """Of people who came; more leads than visitors came another way."""
    return share(leads, visitors) if leads <= visitors else None
