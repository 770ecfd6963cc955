"""A proposed definition: what it changes, what it would have done, who agreed; and the news of a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    PlainTextObject,
    StaticSelectElement,
)

from handlers.flows.definition_proposals import TEAMS
from handlers.views import ids
from handlers.views.definition_text import approved_words
from handlers.views.effect_words import effect_lines, headline, named_moves
from handlers.views.event_words import actor_name
from handlers.views.fields import option
from handlers.views.message import Message, button, context, controls, message, sections
from handlers.views.text import line, link, quote
from store.proposals import IN_FORCE, MANAGER, MARKETER, OPEN, OUTDATED, ROLES, WITHDRAWN, Proposal, Version

_CHANGES = 4_500
"""Most characters of what changes: who approves reads what they approve, as far as one message holds it."""
Names = Mapping[str, str]


def proposal_message(
    proposal: Proposal, names: Names, *, to: Sequence[str] = (), progress: tuple[int, int] | None = None
) -> Message:
    """The proposal as it stands now.

    Args:
        to: Who may approve, by Slack id; they are called once, when it is posted.
        progress: How many leads are replayed, and of how many, while its effect is computed.
    """
    title = f"Proposal {proposal.id}: change the leads definition (version {proposal.base})"
    asks = f"Proposed by {actor_name(proposal.author, names)}."
    if to and proposal.state == OPEN:
        asks += f" It needs one manager and one marketer: {', '.join(f'<@{person}>' for person in to)}"
    blocks = [
        *sections([f"*{title}*", asks, quote(proposal.why)]),
        *sections(["*What changes*", *_bullets(proposal.changes)]),
        *_effect(proposal, progress),
        *sections(_standing(proposal, names)),
        *controls(ids.CONTROLS, _buttons(proposal)),
    ]
    text = f"{title}. {headline(proposal.effect)}" if proposal.effect else title
    return message(text, blocks)


def _bullets(lines: Sequence[str]) -> list[str]:
    shown = [f"• {line(one, 300)}" for one in lines]
    fitting = sum(length <= _CHANGES for length in accumulate(map(len, shown)))
    left = len(shown) - fitting
    return [*shown[:fitting], f"… and {left} more"] if left else shown


def _effect(proposal: Proposal, progress: tuple[int, int] | None) -> list[Block]:
    if proposal.effect is None:
        if proposal.state != OPEN:
            return []
        done = f": {progress[0]:,} of {progress[1]:,} leads" if progress else ""
        return sections([f"Replaying the history under it{done}…"])
    links: Mapping[str, str] = proposal.effect.get("links", {})
    moves = [
        f"{move}: {', '.join(_linked(number, links) for number in numbers)}"
        for move, numbers in named_moves(proposal.effect)
    ]
    named, moving = len(proposal.effect["named"]), proposal.effect["moving"]
    first = f"The first {named} of them: " if named < moving else "Which: "
    return [
        *sections(
            [
                "*Had it always been in force*",
                *(f"• {line(one, 500)}" for one in effect_lines(proposal.effect)),
            ]
        ),
        *context([first + " · ".join(moves)] if moves else []),
        *(_opened(proposal.effect["named"]) if proposal.state == OPEN else []),
    ]


def _opened(named: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Most of them have no card to link to: each can be opened here."""
    if not named:
        return []
    numbers = [str(one["lead"]) for one in named]
    options = [
        option(ids.more(ids.DETAILS_OPTION, int(number.removeprefix("L-"))), number) for number in numbers
    ]
    element = StaticSelectElement(
        action_id=ids.MORE, placeholder=PlainTextObject(text="Open one of them…"), options=options
    )
    return [ActionsBlock(block_id=ids.PROPOSAL_MOVED, elements=[element])]


def _linked(number: str, links: Mapping[str, str]) -> str:
    return link(links[number], number) if links.get(number) else number


def _standing(proposal: Proposal, names: Names) -> list[str]:
    match proposal.state:
        case state if state == IN_FORCE:
            return [f":white_check_mark: In force as version {proposal.version}.", *_agreed(proposal, names)]
        case state if state == WITHDRAWN:
            return [":no_entry_sign: Withdrawn; nothing changed."]
        case state if state == OUTDATED:
            return [
                ":hourglass: Outdated: another version came into force. Propose it again with "
                "`/lead definition` to see its effect on that one."
            ]
    open_for = [f"{TEAMS[role]} (a {role})" for role in ROLES if role not in proposal.approvals]
    return [*_agreed(proposal, names), f"Waits for {' and '.join(open_for)}. Nothing changes until then."]


def _agreed(proposal: Proposal, names: Names) -> list[str]:
    return approved_words(proposal.approvals, names)


def _buttons(proposal: Proposal) -> list[ButtonElement]:
    if proposal.state != OPEN:
        return []
    number = str(proposal.id)
    approve = {
        MANAGER: button(ids.PROPOSAL_MANAGER, "Approve as manager", number, style="primary"),
        MARKETER: button(ids.PROPOSAL_MARKETER, "Approve as marketer", number),
    }
    wanted = [role for role in ROLES if role not in proposal.approvals and proposal.effect is not None]
    sure = ConfirmObject(
        title="Withdraw it?",
        text=PlainTextObject(text="Nothing changes, and it can be proposed again."),
        confirm="Withdraw",
        deny="Keep",
    )
    return [
        *(approve[role] for role in wanted),
        button(ids.PROPOSAL_WITHDRAW, "Withdraw", number, confirm=sure),
    ]


def version_message(
    version: Version, changes: Sequence[str], names: Names, rescored: Mapping[str, Any] | None = None
) -> Message:
    """The news that a version is in force.

    Args:
        changes: What is different from the version before, in words.
        rescored: How far the open leads are scored anew: `done`, `total`, `mqls`, `ended`.
    """
    title = f"Version {version.version} of the leads definition is in force"
    origin, _, older = version.origin.partition(" to ")
    how = f"Rolled back to what version {older} said" if origin == "rollback" else ""
    if version.origin == "shell":
        how = "Applied at the shell"
    blocks = [
        *sections([f"*{title}*", how, *approved_words(version.approved, names)]),
        *sections(_bullets(changes or ["Nothing but words and comments"])),
        *context([_rescored(rescored)]),
        *context(["What was decided before stays as it was decided. `/lead definition` shows all of it."]),
    ]
    return message(title, blocks)


def _rescored(told: Mapping[str, Any] | None) -> str:
    if not told:
        return "Open leads are scored anew now."
    became = f"{told['mqls']:,} became {'an MQL' if told['mqls'] == 1 else 'MQLs'}"
    if told["ended"]:
        return f"{_leads(told['done'])} scored anew: {became}; no stage was lowered."
    return f"Scoring open leads anew: {told['done']:,} of {told['total']:,}, {became} so far."


def _leads(count: int) -> str:
    return f"{count:,} open {'lead' if count == 1 else 'leads'}"
