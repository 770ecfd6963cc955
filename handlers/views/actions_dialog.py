"""Everything that can be done with one lead, in a dialog: threads and App Home have no commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.erasure import erase_button
from handlers.views.fields import dialog
from handlers.views.message import button, context, controls, sections
from handlers.views.standing import (
    contact,
    owner_line,
    score_line,
    stage_line,
    state_lines,
    top_reasons,
    who,
)
from handlers.views.text import line, quote
from qualification.lead import Stage
from qualification.seen import Seen

_FIRST, _REST = "actions.first", "actions.rest"
_SHOWN = {
    ids.NURTURE: "Nurture",
    ids.DISQUALIFY: "Disqualify",
    ids.SNOOZE: "Snooze",
    ids.REASSIGN: "Reassign",
    ids.DETAILS_OPTION: "Details",
}
_OPEN = (ids.NURTURE, ids.DISQUALIFY, ids.SNOOZE, ids.REASSIGN, ids.DETAILS_OPTION)


def actions_dialog(seen: Seen, rep: str, *, metadata: Mapping[str, Any], admin: bool = False) -> View:
    """The lead in short, and a button for whatever its stage allows.

    Args:
        rep: Who looks: only the owner is offered "Back to queue".
        admin: They may erase the person.
    """
    lead = seen.lead
    blocks: list[Block] = [
        *sections(
            [who(lead.profile), line(seen.asked_for), quote(lead.message or ""), contact(lead.profile)]
        ),
        *sections([score_line(seen), top_reasons(seen), *state_lines(seen)]),
        *context([stage_line(seen), owner_line(seen)]),
        *controls(_FIRST, _first(seen, rep)),
        *controls(_REST, [*_rest(seen), *([erase_button(lead)] if admin and not lead.erased else [])]),
    ]
    carried = {**metadata, "lead": lead.number}
    return dialog(ids.ACTIONS_DIALOG, f"Lead {lead.name}", blocks, submit=None, metadata=carried)


def _first(seen: Seen, rep: str) -> list[ButtonElement]:
    lead = seen.lead
    if lead.permission.opted_out:
        return []
    match lead.stage:
        case Stage.LEAD | Stage.MQL if lead.owner is None:
            return [_press(seen, ids.ACTIONS_CLAIM, "Claim", "primary"), _press(seen, ids.QUALIFY, "Qualify")]
        case Stage.LEAD | Stage.MQL:
            own = [_press(seen, ids.BACK, "Back to queue")] if lead.owner == rep else []
            log, ask = _press(seen, ids.LOG, "Log call"), _press(seen, ids.QUALIFY, "Qualify", "primary")
            return [log, ask, *own]
        case Stage.SQL:
            return [
                _press(seen, ids.WON, "Won"),
                _press(seen, ids.LOST, "Lost"),
                _press(seen, ids.SEND_BACK, "Send back"),
            ]
        case Stage.NURTURE:
            return [_press(seen, ids.QUALIFY, "Qualify")]
        case _:
            return []


def _rest(seen: Seen) -> list[ButtonElement]:
    offered: Sequence[str] = (ids.DETAILS_OPTION,)
    if seen.open:
        offered = _OPEN
    elif seen.lead.stage is Stage.NURTURE and not seen.lead.permission.opted_out:
        offered = (ids.DISQUALIFY, ids.REASSIGN, ids.DETAILS_OPTION)
    number = seen.lead.number
    # One id in one row may stand only once, so each choice has its own beside the menu's.
    return [button(f"{ids.ACTIONS_MORE}{word}", _SHOWN[word], ids.more(word, number)) for word in offered]


def _press(seen: Seen, action_id: str, says: str, style: str | None = None) -> ButtonElement:
    lead = seen.lead
    return button(action_id, says, str(lead.number), about=f"{lead.name} {lead.profile.name}", style=style)
