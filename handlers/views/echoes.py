"""What a person reads after saving something: what happened, what it means, and how to take it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from handlers.views import ids
from handlers.views.message import Message, button, controls, message, sections
from handlers.views.standing import money, reason_name
from handlers.views.text import day, line, mention, when
from qualification.lead import Lead, Stage
from qualification.ownership import TOUCHES
from qualification.seen import Seen
from qualification.stages import STAGE_NAMES

_MISSING_SHOWN = 3


def echo_message(words: str, lead: Lead, *, undo: str | None = None, back: bool = False) -> Message:
    """Words with what can still be pressed.

    Args:
        undo: The step Undo takes back; None where it can't be taken back.
        back: Offer "Back to queue" too.
    """
    pressed = []
    if undo:
        pressed.append(button(ids.UNDO, "Undo", ids.undo(lead.number, undo), about=lead.name))
    if back:
        pressed.append(button(ids.BACK, "Back to queue", str(lead.number), about=lead.name))
    return message(words, [*sections([words]), *controls(ids.CONTROLS, pressed)])


def spoken(words: str, names: Mapping[str, str]) -> str:
    """A refusal for a field's error, which is plain text: people by name, characters as they are."""
    named = re.sub(r"<@([UW][A-Z0-9]+)>", lambda found: f"@{names.get(found[1], found[1])}", words)
    return unescape(named)


def called(user: str, names: Mapping[str, str]) -> str:
    """A person by name, without calling them; only who we don't know by name is mentioned."""
    return line(names[user], 60) if names.get(user) else mention(user)


def claimed_words(lead: Lead) -> str:
    """After Claim."""
    return f"{lead.name} is yours."


def qualified_words(seen: Seen, rep: str, names: Mapping[str, str]) -> str:
    """After Save in Qualify: the points, where it stands, and what is missing for an SQL."""
    lead = seen.lead
    points = f"Saved. {seen.score.total} points"
    if lead.stage is Stage.SQL and lead.stage_since == lead.qualified_at:
        handed = lead.handed_to if lead.handed_to != rep else None
        told = f"{called(handed, names)} is told" if handed else "sales is told"
        return f"{points}: {lead.name} is an SQL now, {told}."
    if lead.stage is Stage.SQL:
        return f"{points}. {lead.name} is an SQL."
    missing = [line(words) for words in seen.gate.missing]
    more = f" (and {len(missing) - _MISSING_SHOWN} more)" if len(missing) > _MISSING_SHOWN else ""
    needs = f" Missing for an SQL: {'; '.join(missing[:_MISSING_SHOWN])}{more}." if missing else ""
    stage = STAGE_NAMES[lead.stage]
    return f"{points}: {lead.name} is {'an' if lead.stage is Stage.MQL else 'a'} {stage}.{needs}"


def logged_words(lead: Lead) -> str:
    """After Log call."""
    return f"Logged for {lead.name}: {TOUCHES.get(lead.last_touch or '', 'in touch').lower()}."


def nurture_words(seen: Seen) -> str:
    """After Nurture."""
    until = day(seen.lead.until, seen.zone) if seen.lead.until else "its date"
    return f"{seen.lead.name} is in nurture. It comes back on {until}, or earlier if they ask again."


def closed_words(seen: Seen) -> str:
    """After Disqualify."""
    lead = seen.lead
    if lead.permission.opted_out:
        return opted_out_words(lead)
    code = seen.definition.disqualify_reasons.get(lead.reason or "")
    back = f" It comes back on {day(lead.until, seen.zone)}." if lead.until else ""
    asks = f" {line(code.ask)}" if code and code.ask else ""
    return f"{lead.name} is closed: {reason_name(seen)}.{back}{asks}"


def opted_out_words(lead: Lead) -> str:
    """After Opt-out."""
    return f"Noted: {lead.name} must not be contacted. It left the queue, and every clock and date ended."


def snoozed_words(seen: Seen) -> str:
    """After Snooze."""
    until = when(seen.lead.snoozed_until, seen.zone) if seen.lead.snoozed_until else "later"
    reminded = "You are reminded then." if seen.lead.owner else "It is back in the queue then."
    return f"{seen.lead.name} sleeps until {until}. {reminded}"


def reassigned_words(lead: Lead, rep: str, names: Mapping[str, str]) -> str:
    """After Reassign."""
    if lead.owner == rep or lead.owner is None:
        return claimed_words(lead)
    return f"{called(lead.owner, names)} has {lead.name} now and is told."


def released_words(lead: Lead) -> str:
    """After Back to queue."""
    return f"{lead.name} is back in the queue."


def sent_back_words(lead: Lead, actor: str, names: Mapping[str, str]) -> str:
    """After Send back."""
    if lead.owner is None:
        return f"{lead.name} is an MQL again, in the queue."
    told = "" if lead.owner == actor else " and is told why"
    return f"{lead.name} is an MQL again. {called(lead.owner, names)} has it{told}."


def won_words(lead: Lead) -> str:
    """After Won."""
    amount = f" for {money(lead)}" if money(lead) else ""
    return f"{lead.name} is won{amount}. Congratulations!"


def lost_words(seen: Seen) -> str:
    """After Lost."""
    return f"{seen.lead.name} is marked lost: {reason_name(seen)}."


def undone_words(lead: Lead, was: Stage) -> str:
    """After Undo; a hand-over that was taken back shows in the alert too."""
    alert = " The alert says that it was taken back." if was is Stage.SQL is not lead.stage else ""
    return f"Taken back: {lead.name} is as it was before.{alert}"
