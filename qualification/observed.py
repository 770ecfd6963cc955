"""Many things that somebody we know only looked at: the same outcome as one by one, judged once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from qualification.arrival import Arrival, NewLead
from qualification.arrival_events import activity_event, claim_clock
from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.events import RULE, Event
from qualification.history import apply
from qualification.lead import Lead, Stage
from qualification.permission import Allowed, Ruling
from qualification.scoring import first_mql_moment
from qualification.stages import dated_anew, move
from qualification.watching import PROFILING, recount

MOST_KEPT = 2_000
"""Observed activities that one lead keeps: by then no score is decided by the next page view."""


def observed(
    seen: Sequence[NewLead], known: Lead, now: datetime, definition: Definition, week: WorkWeek
) -> Arrival:
    """What follows when a lead looked at all this; repeats of the same moment are left out.

    One that says no person did it, as we learned meanwhile, takes back that it counts. Earlier moments are
    not judged again: what happens at a moment changes no score before it.
    """
    there = {(activity.action, activity.at) for activity in known.activities}
    lead, fresh, events = _taken_back(seen, known)
    ruling = Ruling(Allowed.YES, known.permission, "")
    for new in sorted(seen, key=lambda new: new.occurred_at):
        if (new.label, new.occurred_at) in there or len(there) >= MOST_KEPT:
            continue
        there.add((new.label, new.occurred_at))
        event = activity_event(new, definition, ruling, now)
        lead = apply(lead, event, {})
        events.append(event)
        fresh.append(new)
    if not events:
        return Arrival("duplicate", known, reasons=("We already have this",))
    since = min(new.occurred_at for new in fresh)
    for event in _moved(lead, since, definition):
        lead = apply(lead, event, {})
        events.append(event)
    newest = max(fresh, key=lambda new: new.occurred_at)
    for event in claim_clock(newest, known, lead, now, definition, week):
        lead = apply(lead, event, {})
        events.append(event)
    return Arrival("updated", lead, tuple(events))


def _taken_back(seen: Sequence[NewLead], known: Lead) -> tuple[Lead, list[NewLead], list[Event]]:
    """What counted and was no person's doing: the lead without it, which of them say so, and the events."""
    machines = {(new.label, new.occurred_at): new for new in seen if new.uncounted}
    lead, events, found = known, [], []
    for one in known.activities:
        new = machines.get((one.action, one.at))
        if new and one.uncounted in ("", PROFILING):
            event = recount([one], new.uncounted, one.at)
            lead = apply(lead, event, {})
            events.append(event)
            found.append(new)
    return lead, found, events


def _moved(lead: Lead, since: datetime, definition: Definition) -> list[Event]:
    """An MQL, or an earlier date of being one; only by what the new activities can have changed."""
    if lead.permission.opted_out:
        return []
    if lead.stage is Stage.LEAD:
        crossed = first_mql_moment(lead, definition, since, watched=lead.permission.profiling)
        return [move(lead, Stage.MQL, crossed, RULE)] if crossed else []
    if lead.mql_at and since <= lead.mql_at:
        return dated_anew(lead, definition)
    return []
