"""Fields of a dialog, and reading them back. A field's block and element carry the same id."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    InputBlock,
    InputInteractiveElement,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.message import sections
from handlers.views.shapes import reading
from handlers.views.text import clean, clip, plain_line
from qualification.errors import Refused

Values = Mapping[str, Mapping[str, Any]]
"""`view["state"]["values"]`: block id → action id → what stands in the element."""

MORNING = time(9)
"""A date without a time means nine o'clock, when work begins."""
_OPTION = 75
_LONGEST_TEXT = 3000


class BadField(Refused):
    """One field of a dialog can't be used as it is. `block_id` says which, the text says why."""

    def __init__(self, block_id: str, why: str) -> None:
        self.block_id = block_id
        super().__init__(why)


def option(value: str, says: str, description: str = "") -> Option:
    """One choice; plain text, cut to Slack's limits."""
    return Option(
        value=value,
        text=clip(says, _OPTION),
        description=clip(description, _OPTION) if description else None,
    )


def select(
    block_id: str,
    label: str,
    options: Sequence[Option],
    *,
    chosen_value: str | None = None,
    hint: str = "",
    dispatch: bool = False,
) -> Block:
    """A choice of one. With `dispatch` each choice is sent to us at once.

    Without a chosen value nothing is preselected; a value that is no longer offered counts as none.
    """
    initial = next((o for o in options if o.value == chosen_value), None)
    element = StaticSelectElement(action_id=block_id, options=list(options), initial_option=initial)
    return _input(block_id, label, element, hint=hint, dispatch=dispatch)


def text_field(
    block_id: str,
    label: str,
    *,
    value: str | None = None,
    multiline: bool = False,
    hint: str = "",
    optional: bool = True,
    longest: int = _LONGEST_TEXT,
) -> Block:
    """A line or, with `multiline`, several lines of text."""
    element = PlainTextInputElement(
        action_id=block_id,
        initial_value=clip(clean(value), longest) or None if value else None,
        multiline=multiline or None,
        max_length=longest,
    )
    return _input(block_id, label, element, hint=hint, optional=optional)


def number_field(block_id: str, label: str, *, value: int | None = None, hint: str = "") -> Block:
    """A whole number from 1; Slack itself refuses anything else before we see it."""
    element = NumberInputElement(
        action_id=block_id,
        is_decimal_allowed=False,
        initial_value=str(value) if value else None,
        min_value=1,
        max_value=10_000_000,
    )
    return _input(block_id, label, element, hint=hint, optional=True)


def date_field(
    block_id: str, label: str, *, value: date | None = None, hint: str = "", optional: bool = True
) -> Block:
    """A day."""
    element = DatePickerElement(action_id=block_id, initial_date=value.isoformat() if value else None)
    return _input(block_id, label, element, hint=hint, optional=optional)


def person_field(
    block_id: str, label: str, *, value: str | None = None, hint: str = "", optional: bool = True
) -> Block:
    """Somebody of the workspace."""
    element = UserSelectElement(action_id=block_id, initial_user=value)
    return _input(block_id, label, element, hint=hint, optional=optional)


def dialog(
    callback_id: str, title: str, blocks: Sequence[Block], *, submit: str | None, metadata: Mapping[str, Any]
) -> View:
    """A complete dialog.

    Args:
        submit: The word on the button that saves; None for a dialog that only shows.
        metadata: Ids only: what they stand for may change while the dialog is open.
    """
    return View(
        type="modal",
        callback_id=callback_id,
        title=clip(title, 24),
        submit=submit,
        close="Cancel" if submit else "Close",
        blocks=list(blocks),
        private_metadata=json.dumps(metadata, separators=(",", ":")),
    )


def loading_dialog(title: str) -> View:
    """Stands there while the data comes: a trigger lives three seconds, a slow database may not."""
    return note_dialog(title, "One moment…")


def note_dialog(title: str, words: str) -> View:
    """A dialog that only says something: in an open dialog nothing else can."""
    return dialog(ids.LOADING, title, sections([words]), submit=None, metadata={})


@reading()
def chosen(values: Values, block_id: str) -> str | None:
    """The value of the chosen option."""
    picked = _element(values, block_id).get("selected_option") or {}
    return picked.get("value")


@reading()
def typed_text(values: Values, block_id: str) -> str | None:
    """The text, without blanks around it; None when nothing was typed or the field isn't there."""
    return (_element(values, block_id).get("value") or "").strip() or None


def whole_number(values: Values, block_id: str) -> int | None:
    """The number, or None when it isn't a whole one above zero."""
    written = typed_text(values, block_id) or ""
    return int(written) or None if written.isascii() and written.isdigit() and len(written) <= 8 else None


@reading()
def picked_day(values: Values, block_id: str, zone: ZoneInfo) -> datetime | None:
    """Nine o'clock of the chosen day in `zone`."""
    picked = _element(values, block_id).get("selected_date")
    return datetime.combine(date.fromisoformat(picked), MORNING, zone) if picked else None


@reading()
def picked_person(values: Values, block_id: str) -> str | None:
    """The Slack id of the chosen person."""
    return _element(values, block_id).get("selected_user") or None


@reading()
def picked_file(values: Values, block_id: str) -> str | None:
    """Slack's id of the file."""
    files = _element(values, block_id).get("files") or []
    return str(files[0]["id"]) if files else None


def _element(values: Values, block_id: str) -> Mapping[str, Any]:
    element: Mapping[str, Any] = values.get(block_id, {}).get(block_id, {})
    return element


def _input(
    block_id: str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    return InputBlock(
        block_id=block_id,
        label=label,
        element=element,
        hint=plain_line(hint, 500) or None,
        optional=optional or None,
        dispatch_action=dispatch or None,
    )
