"""What one person is told directly: only what needs them, never what they just did themselves."""

from __future__ import annotations

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from handlers.views import ids
from handlers.views.message import Message, button, controls, message, sections
from handlers.views.standing import contact, score_line, who, who_plain
from handlers.views.text import day, line, mention, quote, when
from qualification.seen import Seen


def handed_over_dm(seen: Seen, *, by: str, permalink: str | None = None) -> Message:
    """To who was chosen in "Hand to"."""
    lead = seen.lead
    text = f"{mention(by)} handed {who_plain(lead.profile)} over to you."
    step = line(lead.next_step, 300) if lead.next_step else ""
    date = day(lead.next_step_at, seen.zone) if lead.next_step_at else ""
    agreed = ", ".join(part for part in (step, date) if part)
    details = [score_line(seen), f"Next step: {agreed}" if agreed else "No next step is agreed yet."]
    actions = [(ids.TAKE, "Take it"), (ids.SEND_BACK, "Send back")]
    return _told(seen, text, details, actions, permalink)


def reassigned_dm(seen: Seen, *, by: str, permalink: str | None = None) -> Message:
    """To who got the lead from somebody else."""
    text = f"{mention(by)} gave you {who_plain(seen.lead.profile)}."
    return _told(seen, text, [score_line(seen)], [(ids.LOG, "Log call"), (ids.QUALIFY, "Qualify")], permalink)


def sent_back_dm(seen: Seen, *, by: str, reason: str, permalink: str | None = None) -> Message:
    """To the rep who approved an SQL that sales returned; `reason` is what sales typed."""
    text = f"{mention(by)} sent {who_plain(seen.lead.profile)} back to you."
    details = [quote(reason), "It is an MQL again. Find out what is missing, then save Qualify once more."]
    return _told(seen, text, details, [(ids.QUALIFY, "Qualify")], permalink)


def taken_back_dm(seen: Seen, *, by: str, permalink: str | None = None) -> Message:
    """To whom an SQL was handed a moment ago: the hand-over was undone."""
    text = f"{mention(by)} took the hand-over back: {who_plain(seen.lead.profile)}."
    return _told(seen, text, ["There is nothing for you to do now."], [], permalink)


def new_inquiry_dm(seen: Seen, *, permalink: str | None = None) -> Message:
    """To the owner of a lead that asked again."""
    asked = line(seen.asked_for).lower()
    text = f"{who_plain(seen.lead.profile)}, one of your leads, came to us again: {asked}."
    actions = [(ids.LOG, "Log call")] if seen.open else []
    return _told(seen, text, [quote(seen.lead.message or ""), score_line(seen)], actions, permalink)


def merged_dm(number: int, seen: Seen, *, by: str, permalink: str | None = None) -> Message:
    """To who had a number that was merged; `seen` is the lead it is now."""
    lead = seen.lead
    text = f"{mention(by)} merged L-{number}, which you had, into {lead.name}: {who_plain(lead.profile)}."
    has = f"{mention(lead.owner)} has it." if lead.owner else "Nobody has it yet."
    return _told(seen, text, [has, "Two people after all? Split again is in its Details."], [], permalink)


def split_dm(seen: Seen, *, by: str, permalink: str | None = None) -> Message:
    """To who has a number again that was merged by mistake."""
    lead = seen.lead
    text = f"{mention(by)} split {lead.name} off again, and you have it as before: {who_plain(lead.profile)}."
    return _told(seen, text, [], [], permalink)


def customer_dm(seen: Seen, *, permalink: str | None = None) -> Message:
    """To who has a customer, when somebody from there asks us something."""
    asked = line(seen.asked_for).lower()
    text = f"{who_plain(seen.lead.profile)} writes from a customer of yours: {asked}."
    return _told(seen, text, [quote(seen.lead.message or "")], [], permalink)


def reminder_dm(seen: Seen, *, due: datetime, permalink: str | None = None) -> Message:
    """To whoever should act: the time to claim, or to a first touch, has run out."""
    lead = seen.lead
    date = when(due, seen.zone)
    if lead.owner is None:
        text = f"Nobody has claimed {who_plain(lead.profile)} yet. It was due {date}."
        action = (ids.CLAIM, "Claim")
    else:
        text = f"{who_plain(lead.profile)} is still waiting to hear from you. It was due {date}."
        action = (ids.LOG, "Log call")
    return _told(seen, text, [line(seen.asked_for), score_line(seen)], [action], permalink)


def _told(
    seen: Seen, text: str, details: list[str], actions: list[tuple[str, str]], permalink: str | None
) -> Message:
    lead = seen.lead
    if lead.erased:
        gone = f"{lead.name}: this person's data was erased."
        return message(gone, sections([gone]))
    number, about = str(lead.number), f"{lead.name} {lead.profile.name}"
    pressed: list[ButtonElement] = [
        button(action_id, says, number, about=about, style=None if n else "primary")
        for n, (action_id, says) in enumerate(actions)
    ]
    if permalink:
        pressed.append(button(ids.OPEN_CARD, "Open card", number, about=about, url=permalink))
    return message(
        text,
        [
            *sections([text, f"{lead.name} · {who(lead.profile)}", contact(lead.profile), *details]),
            *controls(ids.CONTROLS, pressed),
        ],
    )


def came_back_dm(seen: Seen, *, permalink: str | None = None) -> Message:
    """For whoever had the lead before it was handed back: its date has come."""
    text = f"{who_plain(seen.lead.profile)} is back in the queue, as agreed."
    return _told(seen, text, [score_line(seen)], [(ids.CLAIM, "Claim"), (ids.QUALIFY, "Qualify")], permalink)


def next_step_dm(seen: Seen, *, permalink: str | None = None) -> Message:
    """For the owner: the day of the next step, or the end of a snooze, has come."""
    step = line(seen.lead.next_step, 300) if seen.lead.next_step else ""
    text = f"{who_plain(seen.lead.profile)} is due now."
    details = [f"Next step: {step}" if step else "", score_line(seen)]
    return _told(seen, text, details, [(ids.LOG, "Log call"), (ids.QUALIFY, "Qualify")], permalink)
