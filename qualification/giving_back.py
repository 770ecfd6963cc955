"""What goes with a number that stands alone again: all that was handed in under its own address meanwhile.

Forms find the survivor by either address while two numbers are one lead. What they told then is about the
person whose address it carries, so it is theirs after a split, with what they allowed in it. What reps did
stays with the survivor, for nobody can say whom they meant. An opt-out holds for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from qualification.definition import Definition
from qualification.events import Event, Kind
from qualification.history import moment, steps_gone
from qualification.history_inbound import Facts
from qualification.lead import Lead
from qualification.matching import email_key
from qualification.permission import OBJECTED_TO, PURPOSES
from qualification.stages import after_activity, is_open, opt_out

_TOLD = (Kind.ACTIVITY, Kind.DETAILS)
Histories = Mapping[int, Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Returned:
    """What is given back.

    Attributes:
        steps: Number that it was recorded under → the steps that count no more there.
        events: Those steps' events, in recorded order.
        facts: Ids of what is personal about them.
        opted_out: Somebody opted out while both were one.
    """

    steps: Mapping[int, Sequence[str]]
    events: Sequence[Event]
    facts: Sequence[str]
    opted_out: bool


def returned(ours: Histories, theirs: Histories, since: int, facts: Facts) -> Returned:
    """What came in since the merge under an address that only the leaving numbers had.

    Args:
        since: The merge, by its place in recorded order (`Event.seq`).
    """
    own = _addresses(theirs.values(), facts) - _addresses(
        ([e for e in events if e.seq < since] for events in ours.values()), facts
    )
    steps: dict[int, list[str]] = {}
    taken: list[Event] = []
    opted_out = False
    for number, events in ours.items():
        gone = steps_gone(events)
        later = [e for e in events if e.seq > since and e.step not in gone]
        opted_out = opted_out or any(e.kind is Kind.OPTED_OUT for e in later)
        told = [e for e in later if e.kind in _TOLD]
        not_theirs = {e.step for e in told if _address(e, facts) not in own}
        going = sorted({e.step for e in told} - not_theirs)
        if going:
            steps[number] = going
            taken += [e for e in later if e.step in going]
    taken.sort(key=lambda e: e.seq)
    ids = {str(e.data["fact"]) for e in taken if e.data.get("fact")}
    # A form that only refuses stands in no event, but what it said was kept.
    known = {e.data.get("fact") for events in (*ours.values(), *theirs.values()) for e in events}
    ids |= {
        name
        for name, told in facts.items()
        if name not in known and email_key(told.get("email") or "") in own
    }
    return Returned(steps, taken, sorted(ids), opted_out)


def given_back(back: Returned, number: int) -> dict[str, list[str]]:
    """What a split says of a number under which something was recorded that is not its own."""
    return {"given_back": list(back.steps[number])} if number in back.steps else {}


def _addresses(histories: Iterable[Sequence[Event]], facts: Facts) -> set[str]:
    found = {_address(event, facts) for events in histories for event in events if event.kind in _TOLD}
    return {one for one in found if one}


def _address(event: Event, facts: Facts) -> str | None:
    written = facts.get(str(event.data.get("fact", "")), {}).get("email")
    return email_key(str(written)) if written else None


def taken_over(
    back: Returned,
    lead: Lead,
    stands: Callable[[Sequence[Event]], Lead],
    definition: Definition,
    now: datetime,
    step: str,
) -> list[Event]:
    """The events of the number that stands alone again, for what is its own; the rules judge it anew.

    Args:
        lead: As it stands without them.
        stands: How it stands after such events.
        step: The split.
    """
    events: list[Event] = []
    for event in back.events:
        match event.kind:
            case Kind.PERMISSION:
                again = [replace(event, data=_allowed(lead, event.data))]
            case Kind.CLOCK if moment(event.data["due"]) > now and not lead.owner and is_open(lead):
                again = [event]
            case Kind.ACTIVITY | Kind.DETAILS:
                again = [event]
            case _:
                continue
        events += [replace(one, step=step, seq=0) for one in again]
        lead = stands(events)
        if event.kind is Kind.ACTIVITY:
            events += [
                replace(one, step=step) for one in after_activity(lead, lead.activities[-1], definition)
            ]
            lead = stands(events)
    if back.opted_out:
        events += [replace(one, step=step) for one in opt_out(lead, "", now)]
    return events


def _allowed(lead: Lead, data: Mapping[str, Any]) -> dict[str, Any]:
    """What they allow by this and by what they had allowed themselves, without what the other one had."""
    told = dict(data)
    for name in PURPOSES:
        if "objected_at" in data and name in OBJECTED_TO:
            continue
        withdrawn = name in data.get("withdrawn", ())
        told[name] = not withdrawn and (getattr(lead.permission, name) or name in data.get("purposes", ()))
    return told
