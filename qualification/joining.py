"""One lead of two, where a replay leaves a choice: rules that give the same whichever two come first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from qualification.lead import Lead, Permission, Span, Stage, Together
from qualification.watching import both_said

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


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a lead, and under which number they got it: of several, the oldest number's owner stays."""

    number: int
    owner: str
    since: datetime | None


def joined(x: Lead, y: Lead, held: Held | None) -> Lead:
    """Both as one, without what is replayed.

    Args:
        x: The older number, which stays; both as `plain` gives them.
        held: Whose owner stays.
    """
    first = max((x, y), key=_furthest)
    opted_out = x.permission.opted_out or y.permission.opted_out
    owner = held if first.stage is not Stage.NURTURE else None
    since, late = min((one.received_at, one.late) for one in (x, y))
    origin = min((x, y), key=_origin)
    won = min(
        ((o.won_at, o.amount_minor is None, o.amount_minor or 0, o.currency) for o in (x, y) if o.won_at),
        default=None,
    )
    rejected = _least((o.rejected_at, o.rejected_for or "") if o.rejected_at else None for o in (x, y))
    return x.but(
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


def plain(lead: Lead, earned: bool) -> Lead:
    """The lead as it counts in a merge: without what an earlier merge earned, or a rep saying "duplicate".

    Args:
        earned: Only what was done under both numbers made it an MQL.
    """
    if earned and lead.stage is Stage.MQL:
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


def oldest(a: Held | None, b: Held | None) -> Held | None:
    """Whose owner stays."""
    return min((one for one in (a, b) if one), key=lambda one: one.number, default=None)


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


def _allowed(a: Permission, b: Permission) -> Permission:
    """Only what both allow; a No of either is a No of the person. The basis is the oldest number's."""
    objected = max(filter(None, (a.objected_at, b.objected_at)), default=None)
    if a.opted_out or b.opted_out:
        return Permission(basis=a.basis, opted_out=True, objected_at=objected)
    return Permission(
        contact=a.contact and b.contact,
        marketing=a.marketing and b.marketing,
        profiling=a.profiling and b.profiling,
        basis=a.basis,
        sharing=a.sharing and b.sharing,
        objected_at=objected,
        agreed_at=_least((a.agreed_at, b.agreed_at)),
        said=both_said(a, b),
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
    return replace(own, numbers=tuple(sorted({*x.merged, y.number, *y.merged})))
