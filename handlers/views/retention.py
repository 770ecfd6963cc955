"""Retention in Home: how long data is kept, whom that would concern now, and turning it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.views import View

from handlers.flows.retention import Retention
from handlers.views import ids
from handlers.views.fields import BadField, Values, chosen, dialog, number_field, option, select, whole_number
from handlers.views.message import sections

_FIELDS: Mapping[str, tuple[str, str]] = {
    ids.RETENTION_LEAD: ("lead", "Never an MQL: months"),
    ids.RETENTION_DISQUALIFIED: ("disqualified", "Disqualified: months"),
    ids.RETENTION_NURTURE: ("nurture", "In nurture: months"),
}
_NAMES = {"lead": "never an MQL", "disqualified": "disqualified", "nurture": "in nurture"}
_NAMED = 20
"""Leads named of each stage; `python -m bot erase --retention` names all."""
_EXPLAINS = (
    "Who has been silent this long is erased at night, at most 500 a night. Counts stay. There is no undo, "
    "and they may come back by themselves. SQLs, customers and lost leads are never erased this way."
)


_UNSEEN = (
    "*Off for now.* You changed the months, so here is whom the new ones concern. To erase them, save once "
    "more with On."
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an admin chose."""

    months: Mapping[str, int]
    on: bool


def retention_dialog(state: Retention, *, unseen: bool = False) -> View:
    """The months, the dry run by what was saved last, and the switch.

    Args:
        unseen: Somebody turned it on for months whose dry run they had not seen.
    """
    blocks = [
        *sections([_EXPLAINS, *([_UNSEEN] if unseen else []), *dry_run_lines(state)]),
        *(number_field(block, label, value=state.months[stage]) for block, (stage, label) in _FIELDS.items()),
        select(
            ids.RETENTION_ON,
            "Erase at night",
            [option("off", "Off"), option("on", "On: I have seen whom it concerns")],
            chosen_value="on" if state.on else "off",
            hint="Saved with Off, this dialog shows whom other months would concern.",
        ),
    ]
    return dialog(
        ids.RETENTION_SAVED, "Retention", blocks, submit="Save", metadata={"months": dict(state.months)}
    )


def dry_run_lines(state: Retention) -> list[str]:
    """Whom it would concern tonight."""
    lines = [
        f"• {state.concerned[stage]:,} {says}, silent for {state.months[stage]} months"
        f"{_named(state.who[stage])}"
        for stage, says in _NAMES.items()
    ]
    state_now = f"retention is {'on' if state.on else 'off'}"
    return [f"*{sum(state.concerned.values()):,} would be erased now* ({state_now}):", *lines]


def _named(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    left = len(numbers) - _NAMED
    more = f" and {left:,} more (`erase --retention` at the shell names all)" if left > 0 else ""
    return f": {', '.join(f'L-{number}' for number in numbers[:_NAMED])}{more}"


def was_shown(wanted: Decision, metadata: Mapping[str, Any]) -> bool:
    """Whether the dialog it was chosen in showed whom these months concern."""
    return wanted.months == metadata.get("months")


def read_retention(values: Values) -> Decision:
    """Raises BadField where a number of months is missing."""
    months = {}
    for block, (stage, _) in _FIELDS.items():
        count = whole_number(values, block)
        if count is None or count > 600:
            raise BadField(block, "A number of months from 1 to 600.")
        months[stage] = count
    return Decision(months, chosen(values, ids.RETENTION_ON) == "on")
