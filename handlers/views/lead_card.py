"""The card of one lead in the leads channel: complete enough to act on from a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement, InteractiveElement, Option, OverflowMenuElement

from handlers.views import ids
from handlers.views.local_time import their_time
from handlers.views.message import Message, button, context, controls, message, sections
from handlers.views.standing import (
    contact,
    headline,
    owner_line,
    score_line,
    stage_line,
    state_lines,
    top_reasons,
    who,
)
from handlers.views.text import line, link, quote
from qualification.lead import Lead, Stage
from qualification.seen import Seen
from qualification.wanted import wanted

_CHOICES = {
    ids.NURTURE: "Nurture: hand back until…",
    ids.DISQUALIFY: "Disqualify: close, with a reason",
    ids.SNOOZE: "Snooze: keep it, remind me",
    ids.REASSIGN: "Reassign",
    ids.DETAILS_OPTION: "Details",
}
_HISTORY_SHOWN = 5


def lead_card(
    seen: Seen,
    *,
    history: Sequence[str] = (),
    also: str | None = None,
    crm_url: str | None = None,
    mention_group: str | None = None,
    beside: Sequence[str] = (),
) -> Message:
    """The card every rep sees.

    Args:
        history: Finished mrkdwn lines (as `news.thread_line` makes them), newest last; five are shown.
        also: One more thing to know, as plain words; escaped here.
        crm_url: Where the lead stands in the CRM; shown as a link.
        mention_group: A Slack user group id to mention, or a name to show as text. Only for direct inquiries.
        beside: Finished lines on who else is there from the same company.
    """
    lead = seen.lead
    if lead.erased:
        return _only(f"{lead.name}: this person's data was erased.")
    top = [
        who(lead.profile),
        line(seen.asked_for),
        quote(lead.message or ""),
        contact(lead.profile),
        _hour(seen),
    ]
    small = [
        stage_line(seen),
        " · ".join(said for said in (owner_line(seen), _link(crm_url)) if said),
        *(line(words) for words in wanted(seen.lead, seen.score, seen.definition)),
        line(also) if also else "",
        *_same_person(lead),
        *beside,
        *history[-_HISTORY_SHOWN:],
    ]
    blocks = [
        *sections(top),
        *sections([_called_out(mention_group), score_line(seen), top_reasons(seen), *state_lines(seen)]),
        *context(small),
        *controls(ids.CONTROLS, _controls(seen)),
    ]
    return message(headline(seen), blocks)


def _same_person(lead: Lead) -> list[str]:
    """The other numbers of this person, which people may still type."""
    others = ", ".join(f"L-{number}" for number in lead.merged)
    return [f"Is {others} too" if len(lead.merged) == 1 else f"Is also {others}"] if others else []


def pointer_card(seen: Seen, permalink: str) -> Message:
    """What is left of an old card after a new inquiry posted a fresh one: where to go, nothing to press.

    By number alone: it is never drawn again, and whoever the number is may be told anew, split or renamed.
    """
    text = f"{seen.lead.name}: {line(seen.asked_for).lower()} again."
    return message(text, sections([f"{text} {link(permalink, 'Go to the current card')}"]))


def digest_card(count: int, *, new: bool = True, inquiries: int = 0, best: Sequence[Seen] = ()) -> Message:
    """Many leads in one message: a morning's, or a burst too large for one card each.

    Args:
        count: How many leads it stands for.
        new: False when it counts everybody who waits, also since long ago.
        inquiries: How many of them asked for a demo, price, quote or call.
        best: A few to name, the most urgent first; five are shown.
    """
    kind = "new lead" if new else "lead"
    leads = f"{count:,} {kind} is waiting" if count == 1 else f"{count:,} {kind}s are waiting"
    asked = f", {inquiries:,} of them asked us directly" if inquiries else ""
    text = f"{leads}{asked}."
    named = [f"{seen.lead.name} · {who(seen.lead.profile)}\n{score_line(seen)}" for seen in best[:5]]
    press = button(ids.OPEN_QUEUE, "Open queue", "queue", style="primary")
    return message(text, [*sections([f"*{text}*", *named]), *controls(ids.CONTROLS, [press])])


def _only(text: str) -> Message:
    return message(text, sections([text]))


def _hour(seen: Seen) -> str:
    profile, moment = seen.lead.profile, seen.asked_at or seen.lead.created_at
    hour = their_time(profile.phone, profile.country, moment)
    return (
        f"It was {hour} when they asked" if hour and seen.asked_at else f"It was {hour} then" if hour else ""
    )


def _called_out(group: str | None) -> str:
    if not group:
        return ""
    called = f"<!subteam^{group}>" if re.fullmatch(r"S[A-Z0-9]+", group) else line(group)
    return f"{called}: a direct inquiry"


def _link(crm_url: str | None) -> str:
    return link(crm_url, "Open in CRM") if crm_url else ""


def _controls(seen: Seen) -> list[InteractiveElement]:
    lead = seen.lead
    if lead.permission.opted_out:
        return [_more(lead, [ids.DETAILS_OPTION])]
    match lead.stage:
        case Stage.LEAD | Stage.MQL if lead.owner is None:
            return [_button(lead, ids.CLAIM, "Claim", "primary"), _qualify(lead, None), _more(lead)]
        case Stage.LEAD | Stage.MQL:
            return [_button(lead, ids.LOG, "Log call"), _qualify(lead, "primary"), _more(lead)]
        case Stage.SQL:
            return [_button(lead, ids.WON, "Won"), _button(lead, ids.LOST, "Lost"), _more(lead)]
        case Stage.NURTURE:
            return [_qualify(lead, None), _more(lead, [ids.DISQUALIFY, ids.REASSIGN, ids.DETAILS_OPTION])]
        case _:
            return [_more(lead, [ids.DETAILS_OPTION])]


def _button(lead: Lead, action_id: str, says: str, style: str | None = None) -> ButtonElement:
    return button(action_id, says, str(lead.number), about=f"{lead.name} {lead.profile.name}", style=style)


def _qualify(lead: Lead, style: str | None) -> ButtonElement:
    return _button(lead, ids.QUALIFY, "Qualify", style)


def _more(lead: Lead, choices: Sequence[str] = tuple(_CHOICES)) -> OverflowMenuElement:
    options = [Option(value=ids.more(choice, lead.number), text=_CHOICES[choice]) for choice in choices]
    return OverflowMenuElement(action_id=ids.MORE, options=options)
