"""Who works on a lead: claim, back to queue, reassign, snooze, log a touch."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from html import escape

from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.lead import IN_PLAY, Lead, Stage
from qualification.stages import STAGE_NAMES, WrongStage, closed_since, move

TOUCHES = {
    "no_answer": "Called, no answer",
    "call": "Talked on the phone",
    "mail": "Sent an e-mail",
    "meeting": "Booked a meeting",
}
"""Outbound touches a rep can log, as the card says them."""


class AlreadyOwned(Refused):
    """Another rep was first; the text names them as a mention."""

    def __init__(self, lead: Lead) -> None:
        # Shown as Slack's markup: a company called "<!channel>" must not call anybody.
        what = escape(lead.profile.company or lead.name, quote=False)
        super().__init__(f"<@{lead.owner}> already has {what}. Message them if you know the account.")


def claim(lead: Lead, rep: str, now: datetime, zone: tzinfo = UTC) -> list[Event]:
    """Give the lead to the first rep who asks; asking twice changes nothing.

    Args:
        zone: In which a refusal names the day since when the lead is closed.
    Raises:
        AlreadyOwned: another rep was first.
        WrongStage: the lead is closed.
    """
    if closed := closed_since(lead, zone):
        raise WrongStage(f"{lead.name} is closed: {closed}. There is nothing to claim.")
    if lead.owner == rep:
        return []
    if lead.owner is not None:
        raise AlreadyOwned(lead)
    if lead.permission.opted_out:
        raise WrongStage(f"{lead.name} asked not to be contacted.")
    return [*_into_play(lead, rep, now, "claimed"), Event(Kind.CLAIMED, now, rep)]


def take(lead: Lead, rep: str, now: datetime) -> list[Event]:
    """Sales goes on with an SQL; the first who takes it has it, and taking it twice changes nothing.

    Raises:
        Refused: somebody else took it.
        WrongStage: it is no SQL (any more), or they asked not to be contacted.
    """
    if lead.stage is not Stage.SQL:
        raise WrongStage(
            f"{lead.name} is no longer an SQL ({STAGE_NAMES[lead.stage]}), so there is nothing to take."
        )
    if lead.permission.opted_out:
        raise WrongStage(f"{lead.name} asked not to be contacted.")
    if lead.taken_by == rep:
        return []
    if lead.taken_by is not None:
        raise Refused(f"<@{lead.taken_by}> already took {lead.name}. Ask them, or use Reassign on its card.")
    return [Event(Kind.TAKEN, now, rep)]


def release(lead: Lead, rep: str, now: datetime, by_manager: bool = False) -> list[Event]:
    """Back to the queue, by its owner or a manager."""
    if lead.stage in (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED) or lead.permission.opted_out:
        why = "asked not to be contacted" if lead.permission.opted_out else f"is {STAGE_NAMES[lead.stage]}"
        raise WrongStage(f"{lead.name} {why}, so it can't go back to the queue.")
    if lead.owner is None:
        return []
    _must_be_theirs(lead, rep, by_manager, "put it back")
    return [Event(Kind.RELEASED, now, rep)]


def reassign(lead: Lead, rep: str, to: str, now: datetime) -> list[Event]:
    """Give the lead to somebody else. Anyone may: who gets it is told, and the history says who did it."""
    if lead.owner == to:
        return []
    if lead.stage in (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED):
        raise WrongStage(f"{lead.name} is closed ({STAGE_NAMES[lead.stage]}), so nobody needs to work on it.")
    if lead.permission.opted_out:
        raise WrongStage(f"{lead.name} asked not to be contacted.")
    return [*_into_play(lead, rep, now, "reassigned"), Event(Kind.REASSIGNED, now, rep, {"to": to})]


def snooze(lead: Lead, rep: str, until: datetime, now: datetime) -> list[Event]:
    """Keep it, out of the queue, clock paused, until a date."""
    if until <= now:
        raise Refused("That time has passed. Choose one that is still to come.")
    if lead.stage not in IN_PLAY:
        raise WrongStage(
            f"{lead.name} is not being worked on ({STAGE_NAMES[lead.stage]}), so there is nothing to snooze."
        )
    if lead.snoozed_until == until:
        return []
    return [Event(Kind.SNOOZED, now, rep, {"until": until.isoformat()})]


def touch(lead: Lead, rep: str, kind: str, now: datetime, note: str | None = None) -> list[Event]:
    """Log an outbound touch; an unowned lead is claimed by whoever touched it. `note` is a fact's id.

    Raises:
        Refused: unknown kind of touch.
        WrongStage: the lead asked not to be contacted.
    """
    if kind not in TOUCHES:
        raise Refused(f"“{kind}” is nothing we log. Use one of: call, no_answer, mail, meeting.")
    if lead.permission.opted_out:
        raise WrongStage(f"{lead.name} asked not to be contacted.")
    data = {"kind": kind, "note": note} if note else {"kind": kind}
    first = [Event(Kind.CLAIMED, now, rep)] if lead.owner is None and lead.stage in IN_PLAY else []
    return [*first, Event(Kind.TOUCHED, now, rep, data)]


def _into_play(lead: Lead, rep: str, now: datetime, why: str) -> list[Event]:
    """Who takes or gives a nurtured lead works on it from now on: it leaves nurture."""
    return [move(lead, Stage.MQL, now, rep, reason=why)] if lead.stage is Stage.NURTURE else []


def _must_be_theirs(lead: Lead, rep: str, by_manager: bool, what: str) -> None:
    if lead.owner != rep and not by_manager:
        raise Refused(f"{lead.name} is with <@{lead.owner}>. Only they or a manager can {what}.")
