"""The alert in the sales channel: one per hand-over, with everything the next conversation needs."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.blocks import Block, ButtonElement

from handlers.views import ids
from handlers.views.event_words import actor_name
from handlers.views.local_time import their_time
from handlers.views.message import Message, button, context, controls, message, sections
from handlers.views.standing import (
    contact,
    money,
    reason_name,
    score_line,
    top_reasons,
    who,
    who_plain,
)
from handlers.views.text import day, line, link, mention, quote, when
from qualification.definition import Definition
from qualification.events import Event, Kind
from qualification.lead import LETTERS, Lead, Stage
from qualification.seen import Seen


def alert_card(
    seen: Seen,
    *,
    by: str,
    crm_url: str | None = None,
    last: Event | None = None,
    names: Mapping[str, str] | None = None,
) -> Message:
    """The alert, also for its redraws: what can be pressed follows from where the lead stands.

    Args:
        by: The rep who approved it; given because a lead that was sent back no longer knows.
        last: The event that took it further (taken, undone, or a stage change), for who did it and when.
        names: What people are called, by Slack id. Only whom it was handed to is mentioned.
    """
    lead = seen.lead
    if lead.erased:
        gone = f"{lead.name}: this person's data was erased."
        return message(gone, sections([gone]))
    # Who approved it and hands it to themselves is not called for what they just did.
    named = names if lead.handed_to == by else None
    to = f", for {actor_name(lead.handed_to, named)}" if lead.handed_to else ""
    state = _state(seen, last, names or {})
    approver = actor_name(by, names)
    text = f"{_headline(lead)}: {who_plain(lead.profile)}, {seen.score.total} points, from {approver}{to}"
    hour = their_time(lead.profile.phone, lead.profile.country, seen.asked_at or lead.created_at)
    blocks: list[Block] = [
        *sections(
            [
                f"*{_headline(lead)}*: {who(lead.profile)}",
                f"{lead.name} · approved by {approver}{to}",
                line(seen.asked_for) + (f" at {hour}" if hour and seen.asked_at else ""),
                quote(lead.message or "", 400),
                contact(lead.profile),
            ]
        ),
        *sections([score_line(seen), top_reasons(seen), *bant_summary(lead, seen.definition)]),
        *sections([*_sent_back(lead), _next_step(seen), *_notes(lead)]),
        *context([state]),
        *controls(ids.CONTROLS, _controls(lead, crm_url)),
    ]
    return message(text, blocks)


def older_alert(seen: Seen, permalink: str) -> Message:
    """What is left of an alert after a newer one about the same lead: where to go, nothing to press."""
    text = f"{seen.lead.name}, {who(seen.lead.profile)}, was handed over again."
    newer = link(permalink, "Go to the current alert") if permalink else ""
    return message(f"{seen.lead.name} was handed over again", sections([f"{text} {newer}"]))


def bant_summary(lead: Lead, definition: Definition) -> list[str]:
    """Four lines: what is known of budget, authority, need and timeline, and who says so."""
    lines = []
    for name in LETTERS:
        letter, question = lead.answers.letter(name), definition.questions[name]
        confirmed, claimed = question.option(letter.confirmed), question.option(letter.claimed)
        if confirmed:
            differs = (
                f" (they said: {line(claimed.says).lower()})" if claimed and claimed != confirmed else ""
            )
            answer = f"{line(confirmed.says).lower()}{differs}"
        elif claimed:
            answer = f"they said {line(claimed.says).lower()}, not confirmed"
        else:
            answer = "not asked yet"
        lines.append(f"*{name.capitalize()}*: {answer}")
    return lines


def _headline(lead: Lead) -> str:
    match lead.stage:
        case Stage.CUSTOMER:
            return "Won"
        case Stage.LOST:
            return "Lost"
        case Stage.SQL:
            return "New SQL" if lead.taken_by is None else "SQL"
        case _:
            return "No longer an SQL"


def _next_step(seen: Seen) -> str:
    lead = seen.lead
    step = line(lead.next_step, 300) if lead.next_step else ""
    date = day(lead.next_step_at, seen.zone) if lead.next_step_at else ""
    if not (step or date):
        return "*Next step*: none agreed"
    return f"*Next step*: {', '.join(part for part in (step, date) if part)}"


def _sent_back(lead: Lead) -> list[str]:
    why = quote(lead.sent_back_for or "", 400)
    return ["*Sent back because*", why] if why else []


def _notes(lead: Lead) -> list[str]:
    return ["*Notes*", quote(lead.notes, 400)] if lead.notes and quote(lead.notes) else []


def _state(seen: Seen, last: Event | None, names: Mapping[str, str]) -> str:
    """Who took it further and when; "" while it waits to be taken."""
    lead = seen.lead
    date = when(last.at if last else lead.stage_since or seen.at, seen.zone)
    by = f" by {actor_name(last.actor, names)}" if last else ""
    if last and last.kind is Kind.UNDONE and lead.stage is not Stage.SQL:
        return f"Taken back{by}, {date}: it was no hand-over after all"
    says = f"Closed{by}, {date}: {reason_name(seen)}"
    match lead.stage:
        case Stage.SQL if lead.taken_by:
            says = (
                f"Taken by {actor_name(lead.taken_by, names)}, {when(lead.claimed_at or seen.at, seen.zone)}"
            )
        case Stage.SQL:
            says = "Nobody has taken it yet"
        case Stage.CUSTOMER:
            says = f"Won{by}, {date}" + (f": {money(lead)}" if money(lead) else "")
        case Stage.LOST:
            says = f"Lost{by}, {date}: {reason_name(seen)}"
        case Stage.LEAD | Stage.MQL:
            says = f"Sent back{by}, {date}" + (
                f". It is with {mention(lead.owner)} again" if lead.owner else ""
            )
        case Stage.NURTURE:
            says = f"Handed back to nurture{by}, {date}"
    return says


def _controls(lead: Lead, crm_url: str | None) -> list[ButtonElement]:
    number, about = str(lead.number), f"{lead.name} {lead.profile.name}"
    crm = [button(ids.OPEN_CRM, "Open in CRM", number, about=about, url=crm_url)] if crm_url else []
    if lead.stage is not Stage.SQL or lead.permission.opted_out:
        return crm
    send_back = button(ids.SEND_BACK, "Send back", number, about=about)
    if lead.taken_by is None:
        return [button(ids.TAKE, "Take it", number, about=about, style="primary"), send_back, *crm]
    return [
        button(ids.WON, "Won", number, about=about),
        button(ids.LOST, "Lost", number, about=about),
        send_back,
        *crm,
    ]
