"""The stages and who may move a lead where (design §4). Decay never lowers a stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from qualification.definition import Definition
from qualification.errors import Refused
from qualification.events import IMPORT, RULE, Event, Kind
from qualification.lead import IN_PLAY, Activity, Lead, Stage
from qualification.money import Money
from qualification.scoring import first_mql_moment

TRANSITIONS: Mapping[Stage, frozenset[Stage]] = {
    Stage.LEAD: frozenset({Stage.MQL, Stage.NURTURE, Stage.DISQUALIFIED}),
    Stage.MQL: frozenset({Stage.SQL, Stage.NURTURE, Stage.DISQUALIFIED}),
    Stage.SQL: frozenset({Stage.MQL, Stage.CUSTOMER, Stage.LOST, Stage.NURTURE, Stage.DISQUALIFIED}),
    Stage.NURTURE: frozenset({Stage.MQL, Stage.DISQUALIFIED}),
    Stage.LOST: frozenset({Stage.MQL}),
    Stage.DISQUALIFIED: frozenset({Stage.MQL}),
    Stage.CUSTOMER: frozenset(),
}
STAGE_NAMES: Mapping[Stage, str] = {
    Stage.LEAD: "lead",
    Stage.MQL: "MQL",
    Stage.SQL: "SQL",
    Stage.CUSTOMER: "customer",
    Stage.LOST: "lost",
    Stage.NURTURE: "nurture",
    Stage.DISQUALIFIED: "disqualified",
}


NEW_RULES = "new_rules"
"""The reason of a stage that a lead reached because other rules came into force."""


class WrongStage(Refused):
    """The lead is not in a stage from which this can be done."""


class UnknownReason(Refused):
    """No such reason code."""


def move(lead: Lead, to: Stage, at: datetime, actor: str, **data: Any) -> Event:
    """One stage change as an event.

    Raises:
        WrongStage: design §4 has no such transition.
    """
    if to not in TRANSITIONS[lead.stage]:
        raise WrongStage(f"{lead.name} is {_a(lead.stage)}. From there it can't go to {STAGE_NAMES[to]}.")
    details = {key: value for key, value in data.items() if value is not None}
    return Event(Kind.STAGE, at, actor, {"from": lead.stage.value, "to": to.value, **details})


def nurture(lead: Lead, rep: str, until: datetime, now: datetime, note: str | None = None) -> list[Event]:
    """Hand the lead back until a date or a new direct inquiry. `note` is a fact's id."""
    if until <= now:
        raise Refused("That date has passed. Choose a day from tomorrow on.")
    if lead.permission.opted_out:
        raise Refused(f"{lead.name} asked not to be contacted, so there is nothing to come back to.")
    if lead.stage is Stage.NURTURE and lead.until == until:
        return []
    if lead.stage is Stage.NURTURE:
        raise WrongStage(f"{lead.name} is in nurture already.")
    return [move(lead, Stage.NURTURE, now, rep, until=until.isoformat(), note=note)]


def disqualify(
    lead: Lead, rep: str, reason: str, now: datetime, definition: Definition, note: str | None = None
) -> list[Event]:
    """Close the lead with a reason; some reasons bring it back after a time."""
    code = definition.disqualify_reasons.get(reason)
    if code is None:
        raise UnknownReason(
            f"“{reason}” is no reason we know. Choose one of: {', '.join(definition.disqualify_reasons)}."
        )
    if reason == "opted_out":
        return opt_out(lead, rep, now, note)
    if lead.stage is Stage.DISQUALIFIED and lead.reason == reason:
        return []
    if lead.stage is Stage.DISQUALIFIED:
        raise WrongStage(f"{lead.name} is disqualified already, for another reason.")
    until = (now + timedelta(days=code.back_days)).isoformat() if code.back_days else None
    return [move(lead, Stage.DISQUALIFIED, now, rep, reason=reason, until=until, note=note)]


def opt_out(lead: Lead, actor: str, now: datetime, note: str | None = None) -> list[Event]:
    """They asked not to be contacted: that holds in every stage, and closes a lead that is not closed."""
    if lead.permission.opted_out:
        return []
    events = []
    if Stage.DISQUALIFIED in TRANSITIONS[lead.stage]:
        events.append(move(lead, Stage.DISQUALIFIED, now, actor, reason="opted_out", note=note))
    return [*events, Event(Kind.OPTED_OUT, now, actor)]


def won(lead: Lead, actor: str, amount: Money | None, now: datetime) -> list[Event]:
    """The SQL bought. Saying so twice changes nothing."""
    same = amount is None or (lead.amount_minor, lead.currency) == (amount.minor, amount.currency)
    if lead.stage is Stage.CUSTOMER and same:
        return []
    must_be_sql(lead, "won")
    details = {"amount_minor": amount.minor, "currency": amount.currency} if amount else {}
    return [move(lead, Stage.CUSTOMER, now, actor, **details)]


def lost(
    lead: Lead, actor: str, reason: str, now: datetime, definition: Definition, note: str | None = None
) -> list[Event]:
    """The SQL did not buy, and why."""
    if reason not in definition.lost_reasons:
        raise UnknownReason(
            f"“{reason}” is no reason we know. Choose one of: {', '.join(definition.lost_reasons)}."
        )
    if lead.stage is Stage.LOST and lead.reason == reason:
        return []
    must_be_sql(lead, "lost")
    return [move(lead, Stage.LOST, now, actor, reason=reason, note=note)]


def must_be_sql(lead: Lead, outcome: str) -> None:
    """Only what sales had in hand ends as won or lost.

    Raises:
        WrongStage: it is no SQL; says why, and what can be done instead.
    """
    if lead.stage is Stage.SQL:
        return
    if lead.stage is Stage.CUSTOMER:
        raise WrongStage(
            f"{lead.name} is a customer already, {_paid(lead)}. Whoever said so can take it back for ten "
            f"minutes with `/lead {lead.name} undo`, and then type it anew; after that it stands."
        )
    if lead.stage is Stage.DISQUALIFIED:
        then = "It opens again when they ask us directly or its date comes."
        raise WrongStage(f"{lead.name} is {_closed(lead)}, so it can't be {outcome}. {then}")
    instead = "Press Qualify first." if outcome == "won" else "To close it, use Disqualify."
    instead = "" if lead.stage is Stage.LOST else f" {instead}"
    raise WrongStage(f"{lead.name} is {_a(lead.stage)}; only an SQL can be {outcome}.{instead}")


def closed_since(lead: Lead, zone: tzinfo = UTC) -> str | None:
    """How and since which day a lead is closed, "lost (price) since 2 Nov 2026"; None while it is open."""
    if lead.stage not in (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED):
        return None
    how = STAGE_NAMES[lead.stage] if lead.stage is Stage.CUSTOMER else _closed(lead)
    if lead.stage_since is None:
        return how
    day = lead.stage_since.astimezone(zone)
    return f"{how} since {day.day} {day:%b %Y}"


def _closed(lead: Lead) -> str:
    why = f" ({lead.reason.replace('_', ' ')})" if lead.reason else ""
    return f"{STAGE_NAMES[lead.stage]}{why}"


def _paid(lead: Lead) -> str:
    if lead.amount_minor is None or lead.currency is None:
        return "without an amount"
    return f"for {Money(lead.amount_minor, lead.currency)}"


def send_back(lead: Lead, actor: str, reason_fact: str, now: datetime) -> list[Event]:
    """Sales returns an SQL to the rep who approved it, with a reason in words (a fact's id)."""
    if lead.stage is not Stage.SQL:
        raise WrongStage(f"{lead.name} is {_a(lead.stage)} now, so there is nothing to send back.")
    approver = lead.approved_by if lead.approved_by != IMPORT else None
    return [move(lead, Stage.MQL, now, actor, back_to=approver, note=reason_fact, reason="sent_back")]


def come_back(lead: Lead, actor: str, now: datetime) -> list[Event]:
    """The date of a nurtured or closed lead has come: back into the queue, unless it moved on."""
    if lead.stage not in (Stage.NURTURE, Stage.DISQUALIFIED) or lead.until is None or lead.until > now:
        return []
    if lead.permission.opted_out:
        return []
    cycle = lead.cycle + 1 if lead.stage is Stage.DISQUALIFIED else lead.cycle
    return [move(lead, Stage.MQL, now, actor, cycle=cycle, reason="came_back")]


def after_activity(lead: Lead, activity: Activity, definition: Definition) -> list[Event]:
    """What the rules make of a lead that just did something: MQL, an earlier MQL date, or reopened."""
    if lead.permission.opted_out:
        return []
    if lead.stage is Stage.LEAD:
        return promote(lead, definition)
    action = definition.actions.get(activity.action)
    if action and action.is_inquiry(activity.with_message) and _may_reopen(lead, activity, definition):
        cycle = lead.cycle if lead.stage is Stage.NURTURE else lead.cycle + 1
        return [move(lead, Stage.MQL, activity.at, RULE, cycle=cycle, reason="direct_inquiry")]
    return dated_anew(lead, definition)


def judged_anew(lead: Lead, definition: Definition, since: datetime) -> list[Event]:
    """What follows when we learn more of what they told or allowed, without anything having been done.

    Args:
        since: From when on it holds: no moment before is judged by it.
    """
    if lead.permission.opted_out:
        return []
    if lead.stage is Stage.LEAD:
        return promote(lead, definition, since)
    return dated_anew(lead, definition) if lead.mql_at and since <= lead.mql_at else []


def promote(lead: Lead, definition: Definition, since: datetime | None = None) -> list[Event]:
    """A lead that deserves a rep by the definition becomes an MQL, dated when it first deserved one.

    Who takes back the permission to profile is not moved up any more by what was observed until then.

    Args:
        since: Moments before this one were judged already and are left out.
    """
    if lead.stage is not Stage.LEAD or lead.permission.opted_out:
        return []
    crossed = first_mql_moment(lead, definition, since, watched=lead.permission.profiling)
    return [move(lead, Stage.MQL, crossed, RULE)] if crossed else []


def promote_now(lead: Lead, definition: Definition, now: datetime) -> list[Event]:
    """What new rules make of a lead that stands still: an MQL from now on, if it deserves a rep by them."""
    if not promote(lead, definition):
        return []
    return [move(lead, Stage.MQL, now, RULE, reason=NEW_RULES)]


def _may_reopen(lead: Lead, activity: Activity, definition: Definition) -> bool:
    """A newer direct inquiry reopens nurture, lost and disqualified, except what was closed for good."""
    if lead.stage_since and activity.at <= lead.stage_since:
        return False
    if lead.stage is Stage.DISQUALIFIED:
        code = definition.disqualify_reasons.get(lead.reason or "")
        return code is None or not code.final
    return lead.stage in (Stage.NURTURE, Stage.LOST)


def dated_anew(lead: Lead, definition: Definition) -> list[Event]:
    """Something older came in late: the MQL gets the date it would have had, had everything come in order.

    A later date, or none at all, only counts while nobody has worked on the lead: what people saw and did
    is not taken back by a rule.
    """
    if lead.imported or lead.mql_at is None or lead.ruled_at:
        return []
    crossed = first_mql_moment(lead, definition)
    if crossed == lead.mql_at:
        return []
    if crossed and (crossed < lead.mql_at or _only_the_rules_touched(lead)):
        return [Event(Kind.REDATED, crossed, RULE)]
    if crossed is None and _only_the_rules_touched(lead):
        return [Event(Kind.REDATED, lead.created_at, RULE, {"withdrawn": True})]
    return []


def _only_the_rules_touched(lead: Lead) -> bool:
    by_rule = lead.stage is Stage.MQL and lead.reason is None
    worked = lead.first_claimed_at or lead.touches or lead.qualified_at or lead.snoozed_until
    return by_rule and not worked


def is_open(lead: Lead) -> bool:
    """Somebody works, or should work, on it."""
    return lead.stage in IN_PLAY and not lead.permission.opted_out and not lead.merged_into


def _a(stage: Stage) -> str:
    match stage:
        case Stage.NURTURE:
            return "in nurture"
        case Stage.LOST | Stage.DISQUALIFIED:
            return STAGE_NAMES[stage]
        case Stage.MQL | Stage.SQL:
            return f"an {STAGE_NAMES[stage]}"
        case _:
            return f"a {STAGE_NAMES[stage]}"
