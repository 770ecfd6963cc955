"""The small dialogs a rep opens from a card, each with the reader of what stands in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.fields import (
    BadField,
    Values,
    chosen,
    date_field,
    dialog,
    option,
    person_field,
    picked_day,
    picked_person,
    select,
    text_field,
    typed_text,
)
from handlers.views.message import context
from handlers.views.standing import who
from qualification.definition import ReasonCode
from qualification.ownership import TOUCHES
from qualification.seen import Seen

NURTURE_DAYS = 30
"""How far ahead "Until" stands when the dialog opens."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A touch somebody logs; `kind` is a key of TOUCHES."""

    kind: str
    note: str | None


@dataclass(frozen=True, slots=True)
class HandedBack:
    """Nurture until nine o'clock of a day."""

    until: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class Closing:
    """A reason code and a note, for disqualify and lost."""

    reason: str
    note: str | None


def log_dialog(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """Log a call, mail or meeting."""
    blocks = [
        *context([who(seen.lead.profile)]),
        select(ids.LOG_KIND, "What happened", [option(kind, says) for kind, says in TOUCHES.items()]),
        text_field(ids.LOG_NOTE, "Note", multiline=True),
    ]
    return _dialog(ids.LOG_SAVED, "Log", seen, blocks, metadata)


def read_log(values: Values) -> Logged:
    """Raises BadField when nothing was chosen."""
    return Logged(_chosen(values, ids.LOG_KIND, "Choose what happened."), typed_text(values, ids.LOG_NOTE))


def nurture_dialog(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """Hand the lead back until a day; a month from now stands there already."""
    until = (seen.at.astimezone(seen.zone) + timedelta(days=NURTURE_DAYS)).date()
    hint = "It comes back to the queue that morning, or earlier if they ask again."
    blocks = [
        *context([who(seen.lead.profile)]),
        date_field(ids.NURTURE_UNTIL, "Until", value=until, hint=hint, optional=False),
        text_field(ids.NURTURE_NOTE, "Note", multiline=True),
    ]
    return _dialog(ids.NURTURE_SAVED, "Nurture", seen, blocks, metadata)


def read_nurture(values: Values, zone: ZoneInfo) -> HandedBack:
    """Raises BadField without a day. Whether the day is still to come is the rules' to say."""
    until = picked_day(values, ids.NURTURE_UNTIL, zone)
    if until is None:
        raise BadField(ids.NURTURE_UNTIL, "Choose the day it should come back.")
    return HandedBack(until, typed_text(values, ids.NURTURE_NOTE))


def disqualify_dialog(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """Close the lead with one of the definition's reasons; each says whether it may come back."""
    codes = seen.definition.disqualify_reasons
    blocks = [
        *context([who(seen.lead.profile)]),
        select(
            ids.DISQUALIFY_REASON,
            "Reason",
            [option(code.id, code.says, _follows(code)) for code in codes.values()],
            hint=_comes_back(codes),
        ),
        text_field(ids.DISQUALIFY_NOTE, "Note", multiline=True),
    ]
    return _dialog(ids.DISQUALIFY_SAVED, "Disqualify", seen, blocks, metadata)


def read_disqualify(values: Values) -> Closing:
    """Raises BadField without a reason."""
    reason = _chosen(values, ids.DISQUALIFY_REASON, "Choose a reason.")
    return Closing(reason, typed_text(values, ids.DISQUALIFY_NOTE))


def reassign_dialog(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """Give the lead to somebody else."""
    hint = "They get a message, and the history says who gave it to them."
    blocks = [
        *context([who(seen.lead.profile)]),
        person_field(ids.REASSIGN_TO, "To", hint=hint, optional=False),
    ]
    return _dialog(ids.REASSIGN_SAVED, "Reassign", seen, blocks, metadata)


def read_reassign(values: Values) -> str:
    """The Slack id of who gets it. Raises BadField without one."""
    to = picked_person(values, ids.REASSIGN_TO)
    if to is None:
        raise BadField(ids.REASSIGN_TO, "Choose who should have it.")
    return to


def send_back_dialog(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """Sales returns the lead to the rep who approved it."""
    hint = "The rep who approved it reads this, so say what they should find out."
    blocks = [
        *context([who(seen.lead.profile)]),
        text_field(ids.SEND_BACK_REASON, "Reason", multiline=True, hint=hint, optional=False, longest=1000),
    ]
    return _dialog(ids.SEND_BACK_SAVED, "Send back", seen, blocks, metadata)


def read_send_back(values: Values) -> str:
    """The reason in words. Raises BadField when it is blank."""
    reason = typed_text(values, ids.SEND_BACK_REASON)
    if reason is None:
        raise BadField(ids.SEND_BACK_REASON, "Say why, so that they know what to do next.")
    return reason


def won_dialog(seen: Seen, *, metadata: Mapping[str, Any], typed: str | None = None) -> View:
    """The SQL bought; the amount may be left open."""
    blocks = [
        *context([who(seen.lead.profile)]),
        text_field(ids.WON_AMOUNT, "Amount", value=typed, hint="12000 EUR", longest=60),
    ]
    return _dialog(ids.WON_SAVED, "Won", seen, blocks, metadata)


def read_won(values: Values) -> str | None:
    """The amount as typed; `qualification.money` reads it."""
    return typed_text(values, ids.WON_AMOUNT)


def lost_dialog(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """The SQL did not buy, and why."""
    codes = seen.definition.lost_reasons.values()
    blocks = [
        *context([who(seen.lead.profile)]),
        select(ids.LOST_REASON, "Reason", [option(code.id, code.says) for code in codes]),
        text_field(ids.LOST_NOTE, "Note", multiline=True),
    ]
    return _dialog(ids.LOST_SAVED, "Lost", seen, blocks, metadata)


def read_lost(values: Values) -> Closing:
    """Raises BadField without a reason."""
    reason = _chosen(values, ids.LOST_REASON, "Choose a reason.")
    return Closing(reason, typed_text(values, ids.LOST_NOTE))


def _dialog(callback: str, title: str, seen: Seen, blocks: list[Any], metadata: Mapping[str, Any]) -> View:
    carried = {**metadata, "lead": seen.lead.number}
    return dialog(callback, f"{title} {seen.lead.name}", blocks, submit="Save", metadata=carried)


def _chosen(values: Values, block_id: str, otherwise: str) -> str:
    value = chosen(values, block_id)
    if value is None:
        raise BadField(block_id, otherwise)
    return value


def _follows(code: ReasonCode) -> str:
    """What happens after this reason, under its option."""
    if code.ask:
        return code.ask
    return f"Comes back after {code.back_days} days" if code.back_days else ""


def _comes_back(codes: Mapping[str, ReasonCode]) -> str:
    """Which reasons bring a lead back by themselves, and when."""
    by_days: dict[int, list[str]] = defaultdict(list)
    for code in codes.values():
        if code.back_days:
            by_days[code.back_days].append(code.says.lower())
    if not by_days:
        return "It opens again only if they ask us directly."
    back = "; ".join(f"after {days} days: {', '.join(by_days[days])}" for days in sorted(by_days))
    return f"Comes back {back}. The others open again only if they ask us directly; spam and tests never."
