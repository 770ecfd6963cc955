"""Undo: taking back one thing a person did, while nothing rests on it yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from qualification.errors import Refused
from qualification.events import CLOCK, IMPORT, RULE, Event, Kind
from qualification.history import steps_gone
from qualification.lead import Stage

FOR = timedelta(minutes=10)
"""How long Undo is offered after a step."""

_MAY_GO = frozenset(
    {
        Kind.CLAIMED,
        Kind.RELEASED,
        Kind.REASSIGNED,
        Kind.SNOOZED,
        Kind.TOUCHED,
        Kind.DETAILS,
        Kind.ANSWERED,
        Kind.STAGE,
    }
)
_COMES_IN = frozenset(
    {
        Kind.ACTIVITY,
        Kind.RECOUNTED,
        Kind.PERMISSION,
        Kind.CLOCK,
        Kind.REVEALED,
        Kind.UNDONE,
        Kind.UNMERGED,
    }
)
"""What others add without resting on the step: it is kept when the step goes."""
_BY_ITSELF = frozenset({RULE, CLOCK, IMPORT})


def undo(events: Sequence[Event], step: str, who: str, now: datetime) -> Event | None:
    """The event that takes back a step, or None when it was taken back already.

    Folding the history with it gives the lead as if the step had never been, with what came in since. The
    caller then lets the rules look again (`stages.promote`), for a lead may have earned its MQL meanwhile.

    Args:
        events: The lead's whole history in recorded order.
        step: The step to take back.
    Raises:
        Refused: not theirs, over ten minutes ago, built upon since, or a thing that can't be taken back.
    """
    places = [place for place, event in enumerate(events) if event.step == step]
    if not places:
        raise Refused("There is nothing to undo here.")
    if step in undone_steps(events):
        return None
    taken_back = [events[place] for place in places]
    name = f"L-{events[0].data['number']}"
    if any(not _can_go(event) for event in taken_back) or _only_sent_back(taken_back):
        raise Refused(f"This can't be undone. Open {name} and set it right there; the history keeps both.")
    rep = taken_back[0].actor
    if rep != who:
        raise Refused(f"<@{rep}> did this, so only they can undo it. Ask them, or change {name} yourself.")
    if now - max(event.at for event in taken_back) > FOR:
        raise Refused(
            f"Undo works for ten minutes, and they are over. Open {name} and change what should be different."
        )
    _nothing_built_upon(events, places[-1], taken_back, name)
    return Event(Kind.UNDONE, now, who, {"step": step})


def undone_steps(events: Sequence[Event]) -> set[str]:
    """The steps that were taken back."""
    return steps_gone(events)


def _can_go(event: Event) -> bool:
    return event.kind in _MAY_GO


def _only_sent_back(events: Sequence[Event]) -> bool:
    """Sales sent it back and its rep was told: taking that back silently would confuse both."""
    return any(
        event.kind is Kind.STAGE and (event.data["from"], event.data["to"]) == (Stage.SQL, Stage.MQL)
        for event in events
    )


def _nothing_built_upon(events: Sequence[Event], last: int, taken_back: Sequence[Event], name: str) -> None:
    gone = undone_steps(events)
    moved_stage = any(event.kind is Kind.STAGE for event in taken_back)
    for event in events[last + 1 :]:
        if event.kind in _COMES_IN or event.step in gone:
            continue
        by_itself = event.actor in _BY_ITSELF and event.kind in (Kind.STAGE, Kind.REDATED)
        if not by_itself:
            raise Refused(
                f"<@{event.actor}> has changed {name} since, so this can't be undone any more. "
                f"Open {name} and change what should be different."
            )
        if moved_stage:
            raise Refused(
                f"{name} has moved on by itself since (they came back, or its date came), "
                "so there is nothing left to undo."
            )
