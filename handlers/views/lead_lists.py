"""Lists of leads, one line each: what was found, what is mine, what waits in the queue."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from handlers.flows.find import Found
from handlers.views import ids
from handlers.views.echoes import called
from handlers.views.message import Message, button, context, controls, message, sections, words
from handlers.views.standing import letters_words, who
from handlers.views.text import day, line, when
from qualification.lead import Stage
from qualification.seen import Seen
from qualification.stages import STAGE_NAMES

SHARED_LENGTH = 300
"""Most characters of a search that a Share button can carry."""


def found_list(found: Found, text: str, shared_by: str | None = None, *, quoted: bool = True) -> Message:
    """The answer to `/lead find TEXT`.

    Args:
        shared_by: What who shares it is called, ready to show; None while only they see it.
        quoted: Say what was looked for. It may be an address: not where others see less than that.
    """
    if not text.strip():
        return _says("What should I look for? Type `/lead find` and a name, a company or an address.")
    if not found.leads:
        asked = f" for “{line(text, 60)}”" if quoted else ""
        return _says(f"Nobody found{asked}. Try fewer letters, or `/lead new` to type them in.")
    some = "The newest 10" if found.more else f"{_count(len(found.leads), 'lead')}"
    asked = f" for “{line(text, 60)}”" if quoted else ""
    return _list(f"{some}{asked}", found, f"find:{text.strip()[:SHARED_LENGTH]}", shared_by)


def mine_list(found: Found, rep: str, shared_by: str | None = None) -> Message:
    """The answer to `/lead mine`: what needs me next stands first."""
    if not found.leads:
        return _says("You have no open leads. `/lead queue` shows who is waiting.")
    whose = f"{shared_by}'s leads" if shared_by else "Your leads"
    title = f"{whose}, by what needs {'them' if shared_by else 'you'} next"
    return _list(title, found, f"mine:{rep}", shared_by, owner=False)


def queue_list(found: Found, shared_by: str | None = None) -> Message:
    """The answer to `/lead queue` and Open queue."""
    if not found.leads:
        return _says(
            "The queue is empty: everybody has been claimed."
            if not found.start
            else "That was all: there are no more leads in the queue."
        )
    total = found.total or len(found.leads)
    waits = f"{_count(total, 'lead')} {'waits' if total == 1 else 'wait'} for a rep"
    if found.start:
        waits += f", from number {found.start + 1}"
    return _list(waits, found, f"queue:{found.start}", shared_by, owner=False)


def lead_line(seen: Seen, names: Mapping[str, str], owner: bool = True) -> str:
    """One lead: number, who; then stage, score, owner (where it isn't plain) and what is next."""
    lead = seen.lead
    first = f"*{lead.name}* · {who(lead.profile)}"
    second = " · ".join(
        said
        for said in (
            STAGE_NAMES[lead.stage],
            points(seen),
            _whose(seen, names) if owner else "",
            needs_next(seen),
        )
        if said
    )
    return f"{first}\n{second}"


def _whose(seen: Seen, names: Mapping[str, str]) -> str:
    if seen.lead.owner:
        return f"with {called(seen.lead.owner, names)}"
    return "nobody has it" if seen.open else ""


def points(seen: Seen) -> str:
    """The score out of what it can be by now: before the first answer, out of what a form can tell."""
    before_call = seen.definition.score_max_before_call
    if not seen.score.letters_known and not seen.score.bant:
        return f"{seen.score.fit + seen.score.engagement} of {before_call}"
    return f"{seen.score.total} points, {letters_words(seen.score)}"


def needs_next(seen: Seen) -> str:
    """The one thing to know before choosing this lead over another."""
    lead = seen.lead
    says = ""
    if lead.permission.opted_out:
        says = "asked not to be contacted"
    elif lead.snoozed_until and lead.snoozed_until > seen.at:
        says = f"snoozed until {when(lead.snoozed_until, seen.zone)}"
    elif lead.stage is Stage.NURTURE and lead.until:
        says = f"until {day(lead.until, seen.zone)}"
    elif not seen.open:
        says = ""
    elif seen.ready:
        says = "*ready: press Qualify*"
    elif lead.next_step_at and lead.next_step_at <= seen.at:
        says = f"*next step due since {day(lead.next_step_at, seen.zone)}*"
    elif lead.owner is None and lead.claim_due and lead.claim_due < seen.at:
        says = f"*{line(seen.asked_for).lower()}, waits too long already*"
    elif lead.owner is None and seen.inquiry:
        due = f", answer by {when(lead.claim_due, seen.zone)}" if lead.claim_due else ""
        says = f"{line(seen.asked_for).lower()}{due}"
    elif lead.owner and not seen.contacted:
        says = "not touched yet"
    elif lead.next_step_at:
        says = f"next step {day(lead.next_step_at, seen.zone)}"
    cools = "cooling" if seen.cooling and seen.open else ""
    return ", ".join(said for said in (says, cools) if said)


def lead_rows(
    found: Found, *, claim: str = ids.CLAIM, otherwise: str = ids.MORE, owner: bool = True
) -> list[Block]:
    """One section each, with the one button that fits: Claim while nobody has it, else what is asked for.

    Args:
        owner: False where the heading says already whose they are.
    """
    return [
        SectionBlock(text=words(lead_line(one, found.names, owner)), accessory=_button(one, claim, otherwise))
        for one in found.leads
    ]


def _button(seen: Seen, claim: str, otherwise: str) -> ButtonElement:
    lead = seen.lead
    about = f"{lead.name} {lead.profile.name}"
    if lead.owner is None and seen.open:
        return button(claim, "Claim", str(lead.number), about=about)
    if otherwise == ids.ACTIONS:
        return button(ids.ACTIONS, "Open", str(lead.number), about=about)
    return button(ids.MORE, "Details", ids.more(ids.DETAILS_OPTION, lead.number), about=about)


def _list(title: str, found: Found, share: str, shared_by: str | None, *, owner: bool = True) -> Message:
    blocks: list[Block] = [*sections([f"*{title}*"]), *lead_rows(found, owner=owner)]
    presses = []
    if found.more and found.total is not None:
        onward = found.start + len(found.leads)
        presses.append(button(ids.OPEN_QUEUE, f"{min(10, found.total - onward)} more", str(onward)))
    if shared_by:
        blocks += context([f"Shared by {shared_by}"])
    else:
        presses.append(button(ids.SHARE, "Share", share))
    return message(title, [*blocks, *controls(ids.CONTROLS, presses)])


def _says(text: str) -> Message:
    return message(text, sections([text]))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
