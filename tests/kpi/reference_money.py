"""What leads cost and bring, day by day and touch by touch; and all recounts by their KPI's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from tests.kpi.lives import Spent
from tests.kpi.people import Person, Touch
from tests.kpi.reference import (
    PLAIN,
    About,
    Cents,
    Recount,
    Row,
    World,
    created,
    funnel,
    share,
    waits,
)
from tests.kpi.reference_people import quality_by, reps_by, visitors_by
from tests.kpi.reference_time import Window

ONE_DAY = timedelta(days=1)


def paid(bills: Sequence[Spent], window: Window) -> tuple[Fraction, int] | None:
    """What of our own money falls on these days, each day of a bill alike; and of how many bills."""
    days = set(window.days())
    parts = []
    for _, _, first, last, minor, currency in bills:
        length = (last - first).days + 1
        hit = sum(first + ONE_DAY * n in days for n in range(length))
        if currency == "EUR" and hit:
            parts.append(Fraction(minor * hit, length))
    return (sum(parts, Fraction(0)), len(parts)) if parts else None


def each(spent: tuple[Fraction, int] | None, heads: int) -> Cents | None:
    """An amount for each head; without an amount or heads there is none."""
    if spent is None or not heads:
        return None
    return Cents(spent[0] / heads, Fraction(spent[1], heads) + Fraction(1, 2))


def _money(spent: tuple[Fraction, int] | None) -> Cents | None:
    return spent and Cents(spent[0], spent[1])


def _costs(spent: tuple[Fraction, int] | None, heads: Row) -> Row:
    names = {"cpl": "leads", "cost_per_mql": "mqls", "cost_per_sql": "sqls", "cost_per_customer": "customers"}
    return {"spend": _money(spent)} | {name: each(spent, heads[stage]) for name, stage in names.items()}


def _entered(who: Sequence[Person], window: Window) -> Row:
    """What happened on these days, whenever they were created."""
    return {
        "leads": sum(window.has(p.created) for p in who),
        "mqls": sum(window.has(p.mql) for p in who),
        "sqls": sum(window.has(p.sql) for p in who),
        "customers": sum(window.has(p.won) for p in who),
    }


def cpl(who: Sequence[Person], bills: Sequence[Spent], w: World) -> Row:
    """What does a lead cost?"""
    heads = _entered(who, w.window)
    return {"leads": heads["leads"], **_costs(paid(bills, w.so_far), heads)}


def cac(who: Sequence[Person], bills: Sequence[Spent], w: World) -> Row:
    """What does a customer cost?"""
    customers, spent = _entered(who, w.window)["customers"], paid(bills, w.so_far)
    return {"spend": _money(spent), "customers": customers, "cac": each(spent, customers)}


def overview(w: World) -> Row:
    """How are we doing? Beside as many days before."""
    now, then = (_at_a_glance(w.over(window)) for window in (w.so_far, w.before))
    return now | {"previous": dict.fromkeys(now) if w.nothing_before else then}


def _at_a_glance(w: World) -> Row:
    heads = _entered(w.valid, w.window)
    cost = each(paid(w.spent, w.so_far), heads["leads"])
    return heads | {"cpl": cost, "contact_median": About(waits(w.valid, w, "contact"))}


def velocity(who: Sequence[Person], w: World) -> Row:
    """How fast is money moving?"""
    won = [p for p in who if w.window.has(p.won)]
    lost = sum(w.window.has(p.lost) for p in who)
    amounts = [p.amount[0] for p in won if p.amount and p.amount[1] == "EUR"]
    took = [max((p.won - p.sql) / ONE_DAY, 0) for p in won if p.won and p.sql]
    sqls = sum(p.stage == "sql" and not p.opted_out for p in who)
    mean = Fraction(sum(amounts), len(amounts)) if amounts else None
    days = sum(took) / len(took) if took else None
    rate = share(len(won), len(won) + lost)
    day = sqls * Fraction(rate["k"], rate["n"]) * mean / Fraction(days) if rate and mean and days else None
    return {
        "sqls": sqls,
        "win_rate": rate,
        "mean_amount": None if mean is None else Cents(mean),
        "cycle_days": days,
        # It goes by the mean amount in whole cents.
        "per_day": None if day is None or not mean else Cents(day, day / mean + 1),
    }


def sources(w: World, by: str) -> Recount:
    """Which source deserves money? Whole leads where most of them is due, amounts by their shares."""
    shares = {id(p): _shares(p, by, w) for p in created(w.valid, w)}
    home = {p: max(parts, key=lambda key: parts[key]) for p, parts in shares.items()}
    keys = set(home.values()) | {_billed(bill, by) for bill in w.spent if _falls(bill, w)}
    keys |= {key for p in created(w.valid, w) if p.won and p.amount for key in shares[id(p)]}
    rows = {}
    for key in keys:
        theirs = [p for p in created(w.valid, w) if home[id(p)] == key]
        given = [(p, shares[id(p)].get(key, Fraction(0))) for p in created(w.valid, w)]
        bills = [bill for bill in w.spent if _billed(bill, by) == key]
        rows[key] = _source(theirs, given, bills, w)
    total = _source(created(w.valid, w), [(p, Fraction(1)) for p in created(w.valid, w)], w.spent, w)
    return rows, total


def _source(
    theirs: Sequence[Person], given: Sequence[tuple[Person, Fraction]], bills: Sequence[Spent], w: World
) -> Row:
    row = funnel(theirs, w)
    got: dict[str, list[Fraction]] = defaultdict(list)
    for p, part in given:
        if p.won and p.amount and part:
            got[p.amount[1]].append(p.amount[0] * part)
    ours = got.pop("EUR", [])
    # All of it in other money is no nothing.
    known = bool(row["leads"]) and (bool(ours) or not got)
    slack = Fraction(len(ours), row["leads"] or 1) + Fraction(1, 2)
    revenue = Cents(sum(ours, Fraction(0)) / row["leads"], slack) if known else None
    return row | _costs(paid(bills, w.so_far), row) | {"revenue_per_lead": revenue}


def _billed(bill: Spent, by: str) -> str:
    return bill[0] if by == "source" else bill[1] or "no campaign"


def _falls(bill: Spent, w: World) -> bool:
    """Whether it pays for any of these days, in whatever currency."""
    return any(bill[2] <= day <= bill[3] for day in w.so_far.days())


def _shares(p: Person, by: str, w: World) -> dict[str, Fraction]:
    """What part of the lead is due to each source or campaign; together one."""
    until = p.won or w.now
    once: dict[tuple[datetime, str], Touch] = {}
    for touch in sorted(p.touches, key=lambda touch: (touch.at, touch.seq)):
        if touch.at <= until:
            once.setdefault((touch.at, touch.action), touch)
    seen = list(once.values())
    if w.model == "first" or not seen:
        return {p.key(by): Fraction(1)}
    parts: dict[str, Fraction] = defaultdict(Fraction)
    for touch, weight in zip(seen, _weights(seen, p, w.model), strict=True):
        parts[touch.source if by == "source" else touch.campaign or "no campaign"] += weight
    whole = sum(parts.values())
    return {key: part / whole for key, part in parts.items() if part}


def _weights(seen: Sequence[Touch], p: Person, model: str) -> list[Fraction]:
    n, last = len(seen), len(seen) - 1
    match model:
        case "last":
            return [Fraction(at == last) for at in range(n)]
        case "linear":
            return [Fraction(1)] * n
        case "u" if n > 2:
            return [Fraction(40) if at in (0, last) else Fraction(20, n - 2) for at in range(n)]
        case "w":
            marks = [0]
            for moment in (p.created, p.sql):
                if moment:
                    marks.append(max((at for at in range(n) if seen[at].at <= moment), default=0))
            others = n - len(set(marks))
            return [Fraction(30 * marks.count(at)) or Fraction(10, others) for at in range(n)]
        case "decay":
            return [Fraction(2 ** ((touch.at - seen[last].at) / timedelta(days=7))) for touch in seen]
        case _:
            return [Fraction(1)] * n


def split(name: str, w: World, by: str | None) -> Recount:
    """The KPI of this name: rows by what is asked for, and the total."""
    if name in PLAIN or name == "velocity":
        count = PLAIN.get(name, velocity)
        groups: dict[str, list[Person]] = defaultdict(list)
        for p in w.valid:
            groups[p.key(by)].append(p)
        rows = {key: count(who, w) for key, who in groups.items()} if by else {}
        # Also for leads of which none is timed, or due yet: the sentence says so.
        besides = {key for key, who in groups.items() if _waits(name, who, w)}
        shown = {key: row for key, row in rows.items() if key in besides or any(row.values())}
        return shown, count(w.valid, w)
    return OTHERS[name](w, by or "")


def _waits(name: str, who: Sequence[Person], w: World) -> bool:
    match name:
        case "speed":
            return bool(created(who, w))
        case "sla":
            return any(w.window.has(p.due) and not p.claimed and not p.let_go and p.awake(w.now) for p in who)
        case _:
            return False


def _costly(count: Callable[[Sequence[Person], Sequence[Spent], World], Row]) -> Callable[..., Recount]:
    def counted(w: World, by: str) -> Recount:
        keys = {p.key(by) for p in w.valid if any(_entered([p], w.window).values())}
        keys |= {_billed(bill, by) for bill in w.spent if _falls(bill, w)}
        rows = {
            key: count(
                [p for p in w.valid if p.key(by) == key], [b for b in w.spent if _billed(b, by) == key], w
            )
            for key in (keys if by else ())
        }
        return rows, count(w.valid, w.spent, w)

    return counted


OTHERS: Mapping[str, Callable[[World, str], Recount]] = {
    "overview": lambda w, by: ({}, overview(w)),
    "cpl": _costly(cpl),
    "cac": _costly(cac),
    "sources": lambda w, by: sources(w, by or "source"),
    "reps": reps_by,
    "quality": quality_by,
    "visitors": visitors_by,
}
RECOUNTED = (*PLAIN, "velocity", *OTHERS)
