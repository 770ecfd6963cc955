"""What one lead adds to the day-wise counts that numbers are read from: a few cells, each a milestone's day.

A lead changes: its cells before are taken away and its cells after are added, in the same transaction. So the
counts are exact whatever happened: late, merged, erased, re-dated, closed as spam or given to somebody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor, log
from zoneinfo import ZoneInfo

from qualification.calendar import WorkWeek
from qualification.lead import IN_PLAY, Lead, Stage

Dims = tuple[str, str, str, str]
"""Source, campaign, variant and rep of a lead: what a number may be split by."""
Cell = tuple[str, int, str]
"""A metric, a day (as `date.toordinal` counts) and what the metric tells apart within it."""
Amount = tuple[int, int]
"""How many leads, and minor units of money where the metric is about money."""

CREATED, MQL, SQL, WON, LOST, REJECTED = "created", "mql", "sql", "won", "lost", "rejected"
TOOK, PAID, PROMISE, LATE = "took", "paid", "promise", "late"
WAITED, WAITING = "waited", "waiting"
"""For the first contact, of whoever is timed at all: until it came, and of those who had none."""
CLAIMED, UNCLAIMED, WORKED = "claimed", "unclaimed", "worked"
"""The same for a claim; and until the first contact came by the working clock."""
TARGET, UNTIMED = "target", "untimed"
"""Of a first contact that was promised: met, missed, or since when it is due. Who is not timed, and why."""
ONLY_ALL = frozenset({WAITED, WAITING, CLAIMED, UNCLAIMED, WORKED, TARGET, UNTIMED})
"""Hundreds of buckets a day: summed up over all leads and by no dimension."""
OUT = "out:"
"""Before a milestone: a lead that no rate counts. It tells the reason and by whom, as "spam|U1"."""

NO_CAMPAIGN, NO_VARIANT, NOBODY, ALL = "no campaign", "no variant", "nobody", "all"
CLOSED = (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED)
RATIO = 1.04
"""Between the ends of a bucket of waits. Its middle is at most 2% off whatever lies in it (1.04 ** 0.5)."""
_STEP = log(RATIO)
MET, MISSED, DUE = "met", "missed", "due:"
_ONE_DAY, _SECOND, _HOUR = timedelta(days=1), timedelta(seconds=1), 3_600.0


@dataclass(frozen=True)
class ContactClock:
    """The working clock, and how much of it may pass from the promise to claim until the first contact."""

    week: WorkWeek
    touch: timedelta


@dataclass(frozen=True)
class CountingRules:
    """Whose days are counted, which reasons of a disqualified lead no rate counts, and how waits are timed.

    A version of them never changes; a lead remembers under which it is counted. Versions from before waits
    for a claim were counted have no `clock`.
    """

    zone: ZoneInfo
    left_out: frozenset[str]
    clock: ContactClock | None = None

    def day(self, at: datetime) -> int:
        """The local day of a moment."""
        return at.astimezone(self.zone).toordinal()


Cells = dict[tuple[Dims, Cell], Amount]


def change_of(before: Lead | None, after: Lead | None, rules: CountingRules) -> Cells:
    """What to add so that `after` is counted in place of `before`; nothing where both count alike."""
    if before is not None and after is not None and _same(before, after):
        return {}
    sums: dict[tuple[Dims, Cell], list[int]] = defaultdict(lambda: [0, 0])
    for lead, sign in ((before, -1), (after, 1)):
        if lead is None or lead.merged_into is not None:
            continue  # a number that was merged into another one is no lead of its own
        dims = dims_of(lead)
        for cell, minor in cells_of(lead, rules):
            one = sums[dims, cell]
            one[0] += sign
            one[1] += sign * minor
    return {key: (n, minor) for key, (n, minor) in sums.items() if n or minor}


def dims_of(lead: Lead) -> Dims:
    """What the lead's counts may be split by."""
    return lead.source, lead.campaign or NO_CAMPAIGN, lead.variant or NO_VARIANT, lead.owner or NOBODY


def _same(before: Lead, after: Lead) -> bool:
    if before is after:
        return True
    was, now = before.__dict__, after.__dict__
    return (
        all(was[name] == now[name] for name in _COUNTED)
        and before.permission.opted_out == after.permission.opted_out
        and before.merged_into == after.merged_into
        and before.late == after.late
    )


_WORDS = """
    source campaign variant owner stage reason imported created_at received_at claim_due first_claimed_at
    accepted_at first_touch_at mql_at sql_at won_at first_lost_at let_go_at disqualified_by rejected_at
    rejected_for snoozed_until amount_minor currency
"""
_COUNTED = tuple(_WORDS.split())


def cells_of(lead: Lead, rules: CountingRules) -> Iterator[tuple[Cell, int]]:
    """Each cell the lead stands in, with an amount of money (0 where it is about none)."""
    if lead.stage is Stage.DISQUALIFIED and lead.reason in rules.left_out:
        yield from _left_out(lead, rules)
        return
    created = rules.day(lead.created_at)
    yield (CREATED, created, reached(lead)), 0
    if lead.mql_at:
        yield (MQL, rules.day(lead.mql_at), decided(lead, rules)), 0
    if lead.sql_at:
        yield (SQL, rules.day(lead.sql_at), ""), 0
    if lead.won_at:
        won = rules.day(lead.won_at)
        yield (WON, won, ""), 0
        yield (TOOK, created, str(max(won - created, 0))), 0
        if lead.amount_minor is not None:
            yield (PAID, created, lead.currency or ""), lead.amount_minor
    if lead.first_lost_at:
        yield (LOST, rules.day(lead.first_lost_at), ""), 0
    if lead.rejected_at:
        yield (REJECTED, rules.day(lead.rejected_at), lead.rejected_for or "other"), 0
    if lead.claim_due and (kept := promise(lead)):
        yield (PROMISE, rules.day(lead.claim_due), kept), 0
    if not lead.imported and not lead.late:
        yield waited(lead, created), 0
    if rules.clock is not None:
        for cell in timed(lead, created, rules.clock):
            yield cell, 0
    if lead.received_at - lead.created_at > _ONE_DAY:
        yield (LATE, created, str(rules.day(lead.received_at))), 0


def _left_out(lead: Lead, rules: CountingRules) -> Iterator[tuple[Cell, int]]:
    who = f"{lead.reason}|{lead.disqualified_by or 'rule'}"
    milestones = {CREATED: lead.created_at, MQL: lead.mql_at, PROMISE: lead.claim_due}
    milestones[REJECTED] = lead.rejected_at
    for name, at in milestones.items():
        if at:
            yield (OUT + name, rules.day(at), who), 0


def reached(lead: Lead) -> str:
    """How far it ever came, a letter each: m(ql), s(ql), c(ustomer); o while it is open.

    A lead that skipped a stage passed it.
    """
    customer = lead.won_at is not None
    sql = customer or lead.sql_at is not None
    mql = sql or lead.mql_at is not None
    return "m" * mql + "s" * sql + "c" * customer + "o" * (lead.stage not in CLOSED)


def decided(lead: Lead, rules: CountingRules) -> str:
    """What sales made of an MQL: accepted, "rejected:REASON", or how it waits.

    Whether a waiting one is overdue depends on the moment. So it tells since when it waits: "due:DAY" for a
    claim, "held:DAY" for a first touch; "asleep" is snoozed, and "undecided" never gets overdue.
    """
    assert lead.mql_at is not None
    if lead.rejected_at and lead.rejected_at >= lead.mql_at and not lead.sql_at:
        return f"rejected:{lead.rejected_for or 'other'}"
    if lead.accepted_at or lead.sql_at:
        return "accepted"
    if lead.stage not in IN_PLAY or lead.permission.opted_out or not lead.claim_due:
        return "undecided"
    if lead.snoozed_until:
        return "asleep"
    if lead.first_claimed_at is None:
        return f"due:{rules.day(lead.claim_due)}"
    return f"held:{rules.day(lead.first_claimed_at)}" if lead.owner else "undecided"


def promise(lead: Lead) -> str:
    """What became of the promise to claim: met, broken, open or asleep; "" where it is none any more.

    Met: claimed in time, or handed back or closed by a person in time without a claim.
    """
    assert lead.claim_due is not None
    ended = lead.let_go_at or lead.first_claimed_at
    if ended:
        return "met" if ended <= lead.claim_due else "broken"
    if lead.stage not in IN_PLAY or lead.permission.opted_out:
        return ""
    return "asleep" if lead.snoozed_until else "open"


def waited(lead: Lead, created: int) -> Cell:
    """How long until the first contact, as a bucket; or the hour (since 1970) from which on it waits."""
    contact = first_contact(lead)
    if contact is not None:
        return WAITED, created, str(bucket((contact - lead.received_at) / _SECOND))
    return WAITING, created, str(hour(lead.received_at))


def timed(lead: Lead, created: int, clock: ContactClock) -> Iterator[Cell]:
    """How long until it was claimed, how long we worked until the first contact, whether that was in time.

    Of a contact that is due and did not come, the hour (since 1970) of the promise to claim is told: whether
    it is late depends on the moment.
    """
    if lead.imported or lead.late:
        yield UNTIMED, created, "imported" if lead.imported else "late"
        return
    received, contact = lead.received_at, first_contact(lead)
    if lead.first_claimed_at is None:
        yield UNCLAIMED, created, str(hour(received))
    else:
        yield CLAIMED, created, str(bucket((lead.first_claimed_at - received) / _SECOND))
    if contact is None:
        if lead.claim_due:
            yield TARGET, created, f"{DUE}{hour(lead.claim_due)}"
        return
    yield WORKED, created, str(bucket(clock.week.elapsed(received, contact) / _SECOND))
    if lead.claim_due:
        kept = clock.week.elapsed(lead.claim_due, contact) <= clock.touch
        yield TARGET, created, MET if kept else MISSED


def first_contact(lead: Lead) -> datetime | None:
    """When somebody first spoke with them: who answers the BANT questions has, also when nobody logged it."""
    return min(filter(None, (lead.first_touch_at, lead.accepted_at)), default=None)


def hour(at: datetime) -> int:
    """The hour since 1970."""
    return int(at.timestamp() // _HOUR)


def bucket(seconds: float) -> int:
    """The bucket of a wait; -1 is less than a second."""
    return floor(log(seconds) / _STEP) if seconds >= 1 else -1


def seconds_in(number: int) -> float:
    """The middle of a bucket, by ratio."""
    return float(RATIO ** (number + 0.5)) if number >= 0 else 0.0


def add(sums: Cells, more: Mapping[tuple[Dims, Cell], Amount]) -> None:
    """Add `more` to the sums, in place: a batch of leads adds hundreds of times."""
    for key, (n, minor) in more.items():
        was = sums.get(key, (0, 0))
        sums[key] = (was[0] + n, was[1] + minor)
