"""Two leads that are one person: how they stand together, and how each stands alone again.

Nothing is copied or summed up. The events of both stay where they are; the lead that survives is what one
gets by replaying all of them in one order, and where that leaves a choice (who owns it, where it stands, what
they allow) by rules that give the same whichever two are merged first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qualification.events import Event, Kind
from qualification.history import TAKE_BACK, apply, moment, steps_gone
from qualification.history_inbound import Facts
from qualification.joining import Held, joined, oldest, plain
from qualification.lead import Activity, Given, Lead, Profile, Stage

TOLD = frozenset({Kind.ACTIVITY, Kind.RECOUNTED, Kind.DETAILS, Kind.TOUCHED, Kind.ANSWERED, Kind.STAGE})
"""What is replayed in one order: what they did and told us, and what reps noted of them."""
_BY_ITSELF = TAKE_BACK | {
    *(Kind.ACTIVITY, Kind.RECOUNTED, Kind.PERMISSION, Kind.DETAILS, Kind.CLOCK, Kind.REDATED)
}
_GIVES_OWNER = frozenset({Kind.CLAIMED, Kind.RELEASED, Kind.REASSIGNED, Kind.TAKEN, Kind.STAGE})


@dataclass
class _State:
    lead: Lead
    held: Held | None = None
    earned: bool = False
    """Only what both did together made it an MQL; nobody has worked on it as one since."""
    chosen: Given | None = None
    """What the definition's merge policy chose."""


def fold_together(number: int, histories: Mapping[int, Sequence[Event]], facts: Facts) -> Lead | None:
    """The lead after all that happened to it and to the leads merged into it.

    Args:
        number: The lead that survives.
        histories: Of it and of every lead merged into it, each in recorded order; the survivor's first.
        facts: Of all of them.
    """
    gone = {n: steps_gone(events) for n, events in histories.items()}
    stream = [(n, event) for n, events in histories.items() for event in events]
    stream.sort(key=lambda one: (one[1].seq == 0, one[1].seq))  # unrecorded ones have no number yet
    states: dict[int, _State] = {}
    for place, (n, event) in enumerate(stream):
        state = states.get(n)
        if state is None:
            states[n] = _State(apply(None, event, facts))
        elif event.step in gone[n] and event.kind not in TAKE_BACK:
            state.lead = state.lead.but(revision=state.lead.revision + 1)
        elif event.kind is Kind.MERGED and event.data.get("other") in states:
            states[n] = _join(state, states[event.data["other"]])
            told = [
                one for m, one in stream[: place + 1] if m in _all(states[n].lead) and one.step not in gone[m]
            ]
            _settle(states[n], told, event, facts)
        else:
            _go_on(state, n, event, facts)
    return states[number].lead if number in states else None


def _all(lead: Lead) -> tuple[int, ...]:
    return (lead.number, *lead.merged)


def _go_on(state: _State, number: int, event: Event, facts: Facts) -> None:
    state.lead = apply(state.lead, event, facts)
    if event.kind is Kind.UNMERGED:
        _left(state, event, facts)
    if event.kind in _GIVES_OWNER:
        lead = state.lead
        state.held = Held(number, lead.owner, lead.claimed_at) if lead.owner else None
    if event.kind not in _BY_ITSELF:
        state.earned = False


def _left(state: _State, event: Event, facts: Facts) -> None:
    """One of several stands alone again: what was chosen and earned together is judged without it."""
    _choose(state, event, facts)
    if state.earned:
        state.lead, state.earned = plain(state.lead, True), False
    _earn(state, event)


def _earn(state: _State, event: Event) -> None:
    """An MQL by what both did, though neither was one."""
    if state.lead.stage is Stage.LEAD and event.data.get("mql_at"):
        since = moment(event.data["mql_at"])
        state.lead = state.lead.but(stage=Stage.MQL, stage_since=since, mql_at=since)
        state.earned = True


def _join(a: _State, b: _State) -> _State:
    """Both as one, but for what is replayed."""
    if b.lead.number < a.lead.number:
        a, b = b, a
    held = oldest(a.held, b.held)
    lead = joined(plain(a.lead, a.earned), plain(b.lead, b.earned), held)
    return _State(lead.but(revision=a.lead.revision), held)


def _settle(state: _State, told: Sequence[Event], event: Event, facts: Facts) -> None:
    """Everything that is replayed, what the policy chose, and the stage that both earned together."""
    lead = _replayed(state.lead, told, facts)
    state.lead = lead.but(revision=lead.revision + 1)
    state.chosen = None
    _choose(state, event, facts)
    _earn(state, event)


def _choose(state: _State, event: Event, facts: Facts) -> None:
    """Fields whose value the policy picks, by the fact it stands in: told anew at the merge."""
    chosen = {name: facts.get(fact, {}).get(name) for name, fact in event.data.get("keep", {}).items()}
    given = tuple(one for one in state.lead.given if one is not state.chosen)
    state.chosen = Given(event.at, Profile(**chosen)) if any(chosen.values()) else None
    state.lead = state.lead.but(given=(*given, state.chosen) if state.chosen else given)


def _replayed(lead: Lead, told: Sequence[Event], facts: Facts) -> Lead:
    """What they did, what they told us and what reps noted, in the order in which it was recorded."""
    one = Lead(lead.number, lead.created_at, lead.received_at)
    for event in told:
        if event.kind not in TOLD:
            continue
        if event.kind is Kind.STAGE:
            note = (
                facts.get(event.data.get("note", ""), {}) if event.data.get("reason") != "sent_back" else {}
            )
            one = one.but(notes=note.get("text", one.notes))
        else:
            one = apply(one, event, facts)
    activities = _once(one.activities)
    return lead.but(
        given=one.given,
        activities=activities,
        answers=one.answers,
        inquiry=one.inquiry,
        inquiry_at=one.inquiry_at,
        touches=one.touches,
        first_touch_at=one.first_touch_at,
        last_touch_at=one.last_touch_at,
        last_touch=one.last_touch,
        qualified_at=one.qualified_at,
        next_step_at=one.next_step_at,
        next_step=one.next_step,
        external_id=one.external_id,
        message=one.message,
        message_at=one.message_at,
        notes=one.notes,
        extra=one.extra,
    )


def _once(activities: Sequence[Activity]) -> tuple[Activity, ...]:
    """The same thing done at the same instant is one touch, also when it came in under two numbers."""
    kept: dict[tuple[str, datetime], Activity] = {}
    for one in activities:
        there = kept.get((one.action, one.at))
        kept[(one.action, one.at)] = max(there, one, key=repr) if there else one
    return tuple(kept.values())
