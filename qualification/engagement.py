"""What somebody did, 0 to 30: the sum over actions, capped per action, halved every half-life.

The order of arrival never matters: caps of a day and of a lifetime are used up in the order of time.

An inquiry that a rep recorded counts like one they made. A direct inquiry's points hold still while the lead
is open and owned, at most 30 days, so that a rep who works does not race the decay.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from qualification.caps import Allowance
from qualification.definition import Definition
from qualification.definition_parts import Action
from qualification.lead import Activity, Lead
from qualification.reason import Reason, rounded

_BY_TIME = attrgetter("at", "action", "with_message")


class Worth(NamedTuple):
    """One thing they did: its points before decay, as far as the caps of a day and a lifetime leave some."""

    at: datetime
    action: Action
    points: int
    holds: bool
    """Whether it is a direct inquiry, whose points hold still while somebody works on the lead."""


def engagement(
    lead: Lead, definition: Definition, now: datetime, *, watched: bool = True
) -> tuple[int, list[Reason]]:
    """The points of what they did up to `now`, and the reason for each part of them.

    Args:
        watched: False leaves out observed behaviour: who takes back permission to profile is scored by what
            they submitted.
    """
    totals = _per_action(worth_of(lead, definition, watched=watched), lead, definition, now)
    actions = definition.actions
    capped = {name: _capped(actions[name], points) for name, points in totals.items()}
    reasons = [Reason(points, actions[name].says) for name, points in capped.items() if points]
    if lead.inquiry_at and lead.inquiry_at <= now:
        reasons.append(Reason(_said_by_rep(lead, definition, now), "Asked for us, says the rep"))
    names = {a.action for a in lead.activities if a.at <= now and a.action not in definition.actions}
    reasons += [Reason(0, f"Unknown action “{name}”, not scored") for name in sorted(names)]
    return _within(sum(r.points for r in reasons), definition), reasons


def engaged_at(worth: Iterable[Worth], lead: Lead, definition: Definition, now: datetime) -> int:
    """The points alone, for whoever asks about many moments of one lead.

    Args:
        worth: `worth_of` the lead, whatever the moment.
    """
    totals = _per_action(worth, lead, definition, now)
    total = sum(_capped(definition.actions[name], points) for name, points in totals.items())
    if lead.inquiry_at and lead.inquiry_at <= now:
        total += _said_by_rep(lead, definition, now)
    return _within(total, definition)


def worth_of(lead: Lead, definition: Definition, *, watched: bool) -> list[Worth]:
    """Whatever counts, in the order of time. What comes later never changes what earlier ones are worth."""
    allowance, actions = Allowance(), definition.actions
    return [
        Worth(did.at, action, allowance.take(action, did.at), action.is_inquiry(did.with_message))
        for did in in_time(lead)
        if did.counts and (action := actions.get(did.action)) and (watched or not action.observed)
    ]


def in_time(lead: Lead) -> list[Activity]:
    """What they did by its own time; at one instant by content, so that arrival order never matters."""
    return sorted(lead.activities, key=_BY_TIME)


def _per_action(
    worth: Iterable[Worth], lead: Lead, definition: Definition, now: datetime
) -> dict[str, float]:
    totals: dict[str, float] = {}
    for at, action, points, holds in worth:
        if at > now:
            break
        half_life = action.half_life or definition.half_life
        left = _decayed(points, at, holds, lead, definition, now, half_life)
        totals[action.name] = totals.get(action.name, 0.0) + left
    return totals


def _capped(action: Action, points: float) -> float:
    return points if action.cap is None else max(-action.cap, min(points, action.cap))


def _said_by_rep(lead: Lead, definition: Definition, now: datetime) -> float:
    assert lead.inquiry_at is not None
    points, half_life = definition.inquiry_points, definition.half_life
    return _decayed(points, lead.inquiry_at, True, lead, definition, now, half_life)


def _within(total: float, definition: Definition) -> int:
    return rounded(max(0.0, min(float(definition.engagement_max), total)))


def _decayed(
    points: int,
    at: datetime,
    holds: bool,
    lead: Lead,
    definition: Definition,
    now: datetime,
    half_life: timedelta,
) -> float:
    age = now - at
    if not (age and points):
        return float(points)
    if holds and lead.owned:
        age -= _held(lead, at, min(now, at + definition.inquiry_holds), now)
    halvings: float = age / half_life
    # Twelve decimals: a half that floats miss by a hair still rounds up.
    return round(float(points * 0.5**halvings), 12)


def _held(lead: Lead, start: datetime, end: datetime, now: datetime) -> timedelta:
    """How much of start..end the lead was open and owned."""
    held = timedelta()
    for span in lead.owned:
        overlap = min(end, span.end or now) - max(start, span.start)
        held += max(overlap, timedelta())
    return held
