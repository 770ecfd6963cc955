"""Clocks and dates as jobs. A timer looks at the lead again when it rings, so none is ever called off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.events import Event, Kind
from qualification.history import moment
from qualification.lead import Lead
from store.outbox import NewJob


def timers(
    lead: Lead, number: int, events: Iterable[tuple[int, Event]], definition: Definition, week: WorkWeek
) -> list[NewJob]:
    """What must ring because of these events.

    Args:
        lead: As it stands after them.
        number: In whose history they are, each with its place there; it may have been merged into `lead`.
    """
    jobs = []
    for place, event in events:
        at = (number, place)
        match event.kind:
            case Kind.CLOCK:
                jobs.append(_timer("clock.claim", moment(event.data["due"]), at))
            case Kind.CLAIMED | Kind.REASSIGNED | Kind.TAKEN if lead.clocked:
                jobs.append(_timer("clock.touch", week.due(event.at, definition.clocks.claim_to_touch), at))
            case Kind.SNOOZED if event.data.get("until"):
                jobs.append(_timer("lead.wake", moment(event.data["until"]), at))
            case Kind.STAGE if event.data.get("until"):
                jobs.append(_timer("lead.back", moment(event.data["until"]), at))
            case Kind.ANSWERED if event.data.get("next_step_at"):
                jobs.append(_timer("lead.next_step", moment(event.data["next_step_at"]), at))
    return jobs


def missed(
    lead: Lead,
    histories: Mapping[int, Sequence[Event]],
    definition: Definition,
    week: WorkWeek,
    *,
    since: datetime,
    now: datetime,
    step: str,
) -> list[NewJob]:
    """What rang between two moments, while other things held for the lead than hold now: rung again at once.

    Args:
        histories: Of its number and of every number that is merged into it.
        step: Names the change after which they hold again.
    """
    if lead.permission.opted_out:
        return []
    jobs = [
        job
        for number, history in histories.items()
        for job in timers(
            lead,
            number,
            [(place, event) for place, event in enumerate(history, 1) if _holds(lead, event)],
            definition,
            week,
        )
    ]
    return [
        replace(job, due=now, dedup=f"{job.dedup}:{step}")
        for job in jobs
        if job.due and since <= job.due <= now
    ]


def _timer(topic: str, due: datetime, at: tuple[int, int]) -> NewJob:
    number, place = at
    return NewJob(topic, {"lead": number, "event": place}, dedup=f"{topic}:{number}:{place}", due=due)


def _holds(lead: Lead, event: Event) -> bool:
    """Whether what an event promised is still what the lead goes by."""
    match event.kind:
        case Kind.CLOCK:
            return lead.owner is None
        case Kind.CLAIMED | Kind.REASSIGNED | Kind.TAKEN:
            return lead.claimed_at == event.at
        case Kind.SNOOZED:
            return _is(lead.snoozed_until, event.data.get("until"))
        case Kind.STAGE:
            return _is(lead.until, event.data.get("until"))
        case Kind.ANSWERED:
            return _is(lead.next_step_at, event.data.get("next_step_at"))
    return False


def _is(date: datetime | None, said: str | None) -> bool:
    return date is not None and said is not None and moment(said) == date
