"""Whether a promise is still broken: asked when its timer rings, and again when each message goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deliveries.desk import News
from qualification.calendar import WorkWeek
from qualification.events import Event, Kind
from qualification.history import moment
from qualification.undo import undone_steps

_WAKES = frozenset({Kind.SNOOZED, Kind.STAGE, Kind.CLAIMED, Kind.REASSIGNED, Kind.TAKEN, Kind.OPTED_OUT})
"""What ends a snooze before its time."""


def is_overdue(news: News, now: datetime) -> bool:
    """Whether what the named event promised (a claim, or the first touch after one) is still to be done."""
    lead = news.seen.lead
    if not news.seen.open or not news.events:
        return False
    if is_asleep(news, now):
        return False
    event = news.events[0]
    if event.kind is Kind.CLOCK:
        return lead.owner is None
    if lead.owner is None or lead.claimed_at != event.at:
        return False
    return lead.last_touch_at is None or lead.last_touch_at < event.at


def is_asleep(news: News, now: datetime) -> bool:
    """Whether somebody snoozed it until later."""
    until = news.seen.lead.snoozed_until
    return until is not None and until > now


def promised(news: News) -> datetime:
    """When it should be done: by its clock, moved by the working time the lead slept (design §4)."""
    event, week = news.events[0], news.rules.week
    slept = _slept(news.history, event.at, week)
    if event.kind is not Kind.CLOCK:
        return week.due(event.at, news.seen.definition.clocks.claim_to_touch + slept)
    due = moment(event.data["due"])
    return week.due(due, slept) if slept else due


def _slept(history: Sequence[Event], since: datetime, week: WorkWeek) -> timedelta:
    """Working time in snoozes since a moment; one that still lasts counts to its end."""
    gone, slept = undone_steps(history), timedelta()
    start = until = since
    for event in history:
        if event.kind not in _WAKES or event.step in gone:
            continue
        slept += week.elapsed(max(start, since), min(event.at, until))
        start, until = event.at, event.at
        if event.kind is Kind.SNOOZED and event.data.get("until"):
            until = moment(event.data["until"])
    return slept + week.elapsed(max(start, since), until)
