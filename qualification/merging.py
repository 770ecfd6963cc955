"""Two leads that are one person: how they stand together, and how each stands alone again.

Nothing is copied or summed up. The events of both stay where they are; the lead that survives is what one
gets by replaying all of them in one order, and where that leaves a choice (who owns it, where it stands, what
they allow) by rules that give the same whichever two are merged first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from qualification.events import Event, Kind
from qualification.history import TAKE_BACK, apply, moment, steps_gone
from qualification.history_inbound import Facts
from qualification.lead import (
    Activity,
    Given,
    Lead,
    Permission,
    Profile,
    Span,
    Stage,
    Together,
)

T = TypeVar("T")

FURTHEST = (
    Stage.LEAD,
    Stage.DISQUALIFIED,
    Stage.LOST,
    Stage.NURTURE,
    Stage.MQL,
    Stage.SQL,
    Stage.CUSTOMER,
)
"""Of two stages the later one here holds: what is open stays open, and nothing leads away from a customer."""
TOLD = frozenset({Kind.ACTIVITY, Kind.DETAILS, Kind.TOUCHED, Kind.ANSWERED, Kind.STAGE})
"""What is replayed in one order: what they did and told us, and what reps noted of them."""
_BY_ITSELF = frozenset({Kind.ACTIVITY, Kind.PERMISSION, Kind.DETAILS, Kind.CLOCK, Kind.REDATED}) | TAKE_BACK
_GIVES_OWNER = frozenset({Kind.CLAIMED, Kind.RELEASED, Kind.REASSIGNED, Kind.TAKEN, Kind.STAGE})


@dataclass(frozen=True, slots=True)
class _Held:
    """Who has a lead, and under which number they got it: of several, the oldest number's owner stays."""

    number: int
    owner: str
    since: datetime | None


@dataclass
class _State:
    lead: Lead
    held: _Held | None = None
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
        state.held = _Held(number, lead.owner, lead.claimed_at) if lead.owner else None
    if event.kind not in _BY_ITSELF:
        state.earned = False


def _left(state: _State, event: Event, facts: Facts) -> None:
    """One of several stands alone again: what was chosen and earned together is judged without it."""
    _choose(state, event, facts)
    if state.earned:
        state.lead, state.earned = _plain(state), False
    _earn(state, event)


def _earn(state: _State, event: Event) -> None:
    """An MQL by what both did, though neither was one."""
    if state.lead.stage is Stage.LEAD and event.data.get("mql_at"):
        since = moment(event.data["mql_at"])
        state.lead = state.lead.but(stage=Stage.MQL, stage_since=since, mql_at=since)
        state.earned = True


def _join(a: _State, b: _State) -> _State:
    """Both as one, without what is replayed; the same whichever comes first."""
    if b.lead.number < a.lead.number:
        a, b = b, a
    x, y = _plain(a), _plain(b)
    first = max((x, y), key=_furthest)
    opted_out = x.permission.opted_out or y.permission.opted_out
    held = _oldest(a.held, b.held)
    owner = held if first.stage is not Stage.NURTURE else None
    since, late = min((one.received_at, one.late) for one in (x, y))
    origin = min((x, y), key=_origin)
    won = min(
        ((o.won_at, o.amount_minor is None, o.amount_minor or 0, o.currency) for o in (x, y) if o.won_at),
        default=None,
    )
    rejected = _least((o.rejected_at, o.rejected_for or "") if o.rejected_at else None for o in (x, y))
    lead = x.but(
        revision=a.lead.revision,
        created_at=origin.created_at,
        source=origin.source,
        campaign=origin.campaign,
        variant=origin.variant,
        captured_by=origin.captured_by,
        received_at=since,
        came_late=late,
        imported=x.imported and y.imported,
        asked_live=_either(x.asked_live, y.asked_live),
        stage=first.stage,
        stage_since=origin.created_at if first.stage is Stage.LEAD else first.stage_since,
        reason=first.reason,
        until=None if opted_out else first.until,
        sent_back_for=first.sent_back_for,
        lost_at=first.lost_at,
        disqualified_at=first.disqualified_at,
        disqualified_by=first.disqualified_by,
        approved_by=first.approved_by,
        handed_to=first.handed_to,
        taken_by=first.taken_by,
        cycle=max(x.cycle, y.cycle),
        snoozed_until=min(x.snoozed_until, y.snoozed_until) if x.snoozed_until and y.snoozed_until else None,
        owner=owner.owner if owner else None,
        claimed_at=owner.since if owner else None,
        previous_owner=_least((x.previous_owner, y.previous_owner)),
        owned=_spans((*x.owned, *y.owned)),
        permission=_allowed(x.permission, y.permission),
        first_claimed_at=_least((x.first_claimed_at, y.first_claimed_at)),
        claim_due=_least((x.claim_due, y.claim_due)),
        let_go_at=_least((x.let_go_at, y.let_go_at)),
        accepted_at=_least((x.accepted_at, y.accepted_at)),
        mql_at=_least((x.mql_at, y.mql_at)),
        sql_at=_least((x.sql_at, y.sql_at)),
        won_at=won[0] if won else None,
        amount_minor=won[2] if won and not won[1] else None,
        currency=won[3] if won and not won[1] else None,
        rejected_at=rejected[0] if rejected else None,
        rejected_for=(rejected[1] or None) if rejected else None,
        first_lost_at=_least((x.first_lost_at, y.first_lost_at)),
        erased=x.erased and y.erased,
        together=_tied(x, y),
    )
    return _State(lead, held)


def _plain(state: _State) -> Lead:
    """The lead as it counts in a merge: without what an earlier merge earned, or a rep saying "duplicate"."""
    lead = state.lead
    if state.earned and lead.stage is Stage.MQL:
        return lead.but(stage=Stage.LEAD, stage_since=lead.created_at, mql_at=None)
    if lead.rejected_for == "duplicate":
        lead = lead.but(rejected_at=None, rejected_for=None)
    if lead.stage is Stage.DISQUALIFIED and lead.reason == "duplicate" and not lead.permission.opted_out:
        back = Stage.MQL if lead.mql_at else Stage.LEAD
        since = lead.mql_at or lead.created_at
        lead = lead.but(
            stage=back, stage_since=since, reason=None, until=None, disqualified_at=None, disqualified_by=None
        )
    return lead


def _furthest(lead: Lead) -> tuple[Any, ...]:
    """Orders leads by where they stand; who asked not to be contacted is closed, unless they bought."""
    bought = lead.stage is Stage.CUSTOMER
    since = lead.stage_since.timestamp() if lead.stage_since else 0.0
    rest = (
        lead.reason,
        lead.approved_by,
        lead.handed_to,
        lead.taken_by,
        lead.until and lead.until.isoformat(),
    )
    return (
        bought,
        lead.permission.opted_out and not bought,
        FURTHEST.index(lead.stage),
        -since,
        *(word or "" for word in rest),
    )


def _origin(lead: Lead) -> tuple[Any, ...]:
    words = (lead.source, lead.campaign or "", lead.variant or "", lead.captured_by)
    return (lead.created_at, lead.source == "unknown", *words)


def _oldest(a: _Held | None, b: _Held | None) -> _Held | None:
    return min((one for one in (a, b) if one), key=lambda one: one.number, default=None)


def _allowed(a: Permission, b: Permission) -> Permission:
    """Only what both allow; a No of either is a No of the person. The basis is the oldest number's."""
    if a.opted_out or b.opted_out:
        return Permission(basis=a.basis, opted_out=True)
    return Permission(
        contact=a.contact and b.contact,
        marketing=a.marketing and b.marketing,
        profiling=a.profiling and b.profiling,
        basis=a.basis,
    )


def _either(a: bool | None, b: bool | None) -> bool | None:
    return bool(a or b) if a is not None or b is not None else None


def _least(values: Iterable[T | None]) -> T | None:
    known = [value for value in values if value is not None]
    return min(known, default=None)  # type: ignore[type-var]


def _spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Stretches that touch or overlap are one: nobody's points hold twice because two people had it."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end is None, s.end or s.start)):
        last = joined[-1] if joined else None
        if last and (last.end is None or span.start <= last.end):
            end = None if last.end is None or span.end is None else max(last.end, span.end)
            joined[-1] = Span(last.start, end)
        else:
            joined.append(span)
    return tuple(joined)


def _tied(x: Lead, y: Lead) -> Together:
    own = x.together or Together(email=x.profile.email, phone=x.profile.phone)
    return replace(own, numbers=tuple(sorted({*x.merged, *_all(y)})))


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
