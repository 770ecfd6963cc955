"""The sample's calls: what ana and ben asked and heard, so that the SQL gate really judged the demo's past.

A file only tells that somebody was an SQL; then no rule of ours decided it, and a proposed definition has
nothing to be measured by. So the sample's leads come in as MQLs, and what follows is written as the reps' own
doing, at its own time. The answers are invented: better ones where the lead bought in the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from random import Random

from handlers.flows.office import Office, Rules
from qualification.events import IMPORT, Event
from qualification.history import apply
from qualification.lead import LETTERS, Lead, Stage
from qualification.matching import email_key
from qualification.money import Money
from qualification.qualify import Call, save_call
from qualification.stages import lost, move, won
from store.leads import Change

HANDED_OVER = ("sql", "customer", "lost")
ASKED = ("no_need", "no_budget", "no_fit")
"""Reasons to close that one hears in a call."""
AFTERWARDS = ("sql_at", "won_at", "lost_at", "disqualified_at", "reason", "amount", "currency")
Answers = tuple[str, str, str, str]
"""Budget, authority, need, timeline; "" was not asked."""
STRONG: Sequence[Answers] = (
    ("approved", "signs", "deadline", "within_30_days"),
    ("approved", "one_away", "deadline", "this_quarter"),
    ("planned", "signs", "clear_pain", "within_30_days"),
)
GOOD: Sequence[Answers] = (
    ("planned", "one_away", "clear_pain", "this_quarter"),
    ("findable", "one_away", "clear_pain", "this_quarter"),
    ("planned", "influencer", "clear_pain", "three_to_six_months"),
    ("approved", "influencer", "known", "this_quarter"),
    ("planned", "signs", "clear_pain", ""),
    ("", "signs", "clear_pain", "this_quarter"),
)
POOR: Sequence[Answers] = (
    ("findable", "influencer", "known", "three_to_six_months"),
    ("planned", "influencer", "known", ""),
    ("none", "user", "known", "someday"),
    ("below_floor", "influencer", "clear_pain", "six_to_twelve_months"),
    ("", "user", "curious", "someday"),
)
Row = Mapping[str, str]


def was_called(row: Row) -> bool:
    """Whether a rep asked the four questions before this lead moved on or was closed."""
    if not row["mql_at"] or not row["owner"] or row["external_id"].endswith("earlier"):
        return False
    return row["stage"] in HANDED_OVER or (row["stage"] == "disqualified" and row["reason"] in ASKED)


def before_the_call(row: Row) -> dict[str, str]:
    """What a file can tell of it: an MQL with its rep."""
    return {**row, **dict.fromkeys(AFTERWARDS, ""), "stage": "mql"} if was_called(row) else dict(row)


async def add_calls(office: Office, where: str, rows: Sequence[Row]) -> int:
    """Write the calls and what came of them into the leads' histories; says how many. Nothing is posted.

    Twice does it once: who was called already is left alone.
    """
    called = {key: row for row in rows if was_called(row) and (key := email_key(row["email"]))}
    rules, now = await office.rules(where), office.clock()
    async with office.store.begin(where) as work:
        numbers, _ = await work.leads.by_person(list(called), [])
        leads = await work.leads.many(list(numbers.values()))
        changes = []
        for key, number in numbers.items():
            lead = leads[number]
            if lead.stage is Stage.MQL and lead.qualified_at is None:
                events = _way_on(lead, called[key], rules)
                changes.append(Change(_after(lead, events), events, before=lead))
        # Past the outbox: whatever would follow from a click today must not follow from the past.
        await work.leads.record_many(changes, "sample", rules.definition, rules.setup.country, now)
    return len(changes)


def _way_on(lead: Lead, row: Row, rules: Rules) -> list[Event]:
    """The call, the hand-over the gate decides on, and how it ended."""
    chance, rep = Random(row["external_id"]), row["owner"]
    if row["stage"] == "disqualified":
        at = _moment(row["disqualified_at"])
        events = _call(lead, rep, (chance.choice(POOR),), at, rules, handed_over=False)
        closed = move(_after(lead, events), Stage.DISQUALIFIED, at, rep, reason=row["reason"])
        return [*events, closed]
    at = _moment(row["sql_at"])
    first = STRONG if chance.random() < (0.7 if row["stage"] == "customer" else 0.25) else GOOD
    events = _call(lead, rep, (chance.choice(first), *GOOD, *STRONG), at, rules, handed_over=True)
    by = rep
    if not events:  # no answer makes an SQL of them: then it was decided elsewhere
        events, by = [move(lead, Stage.SQL, at, IMPORT, by=rep)], IMPORT
    return [*events, *_end(_after(lead, events), row, by, rules)]


def _call(
    lead: Lead, rep: str, tried: Sequence[Answers], at: datetime, rules: Rules, *, handed_over: bool
) -> list[Event]:
    """The first of these calls that the gate decides as it was; an empty list where none does."""
    for answers in tried:
        told = {letter: said for letter, said in zip(LETTERS, answers, strict=True) if said}
        events = save_call(lead, rep, Call(told, inquiry=True), at, rules.definition, [])
        if (_after(lead, events).stage is Stage.SQL) is handed_over:
            return events
    return []


def _end(lead: Lead, row: Row, by: str, rules: Rules) -> list[Event]:
    if row["stage"] == "customer":
        amount = Money(int(Decimal(row["amount"]) * 100), row["currency"])
        return won(lead, by, amount, _moment(row["won_at"]))
    if row["stage"] == "lost":
        return lost(lead, by, row["reason"], _moment(row["lost_at"]), rules.definition)
    return []


def _after(lead: Lead, events: Sequence[Event]) -> Lead:
    for event in events:
        lead = apply(lead, event, {})
    return lead


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)
