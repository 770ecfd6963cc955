"""First run: the admin code, then channels and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from handlers.flows.setup import SetUp
from handlers.views import ids
from handlers.views.fields import BadField, Values, chosen, dialog, option, select, text_field, typed_text
from handlers.views.message import context, sections
from handlers.views.shapes import reading
from handlers.views.text import line

_CHANNELS = {
    ids.SETUP_LEADS: ("leads_channel", "Leads channel", "Where cards are posted."),
    ids.SETUP_ALERTS: ("alerts_channel", "Sales alerts channel", "Where sales learns of every SQL."),
}
_PEOPLE = {
    ids.SETUP_ADMINS: ("admins", "Admins", "They change this, and hear when something is wrong."),
    ids.SETUP_MANAGERS: ("managers", "Managers", "They see everybody's numbers."),
    ids.SETUP_MARKETERS: ("marketers", "Marketers", "They enter what campaigns cost."),
}
_PRIVACY = {
    ids.SETUP_LEADS_PRIVACY: ("leads_privacy", "Leads channel shows"),
    ids.SETUP_ALERTS_PRIVACY: ("alerts_privacy", "Sales alerts channel shows"),
}
_LEVELS = {
    "auto": "By who can read it: masked for guests and other companies",
    "full": "Everything",
    "masked": "No addresses and numbers; Details has Reveal",
    "number": "The lead's number alone",
}
_PRIVATE = "Into a private channel the app has to be invited first: /invite @Greenlight."
_MOST_GROUPS = 99
_NO_GROUP = "-"


def code_dialog() -> View:
    """Asks for the admin code."""
    hint = "`python -m bot serve` printed it when it started."
    blocks = [text_field(ids.SETUP_CODE, "Admin code", hint=hint, optional=False, longest=40)]
    return dialog(ids.CODE_SAVED, "Set up", blocks, submit="Next", metadata={})


def read_code(values: Values) -> str:
    """What was typed; BadField when nothing was."""
    typed = typed_text(values, ids.SETUP_CODE)
    if typed is None:
        raise BadField(ids.SETUP_CODE, "Type the code.")
    return typed


def setup_dialog(state: SetUp, person: str, groups: Sequence[tuple[str, str]], *, has_code: bool) -> View:
    """Channels and people.

    Args:
        person: Who sets it up; they stand among the admins to begin with.
        groups: The workspace's user groups as (id, handle); none on plans without.
    """
    setup = state.rules.setup
    blocks: list[Block] = [*_decided(state)]
    for block_id, (name, label, hint) in _CHANNELS.items():
        if name not in state.fixed:
            blocks.append(_channel(block_id, label, hint, getattr(setup, name)))
    for block_id, (name, label, hint) in _PEOPLE.items():
        if name not in state.fixed:
            people = list(getattr(setup, name)) or ([person] if name == "admins" else [])
            blocks.append(_several(block_id, label, hint, people, optional=name != "admins"))
    if groups and "reps_group" not in state.fixed:
        offered = [option(_NO_GROUP, "Nobody"), *(option(g, f"@{handle}") for g, handle in groups)]
        blocks.append(
            select(
                ids.SETUP_REPS,
                "Reps' group",
                offered[: _MOST_GROUPS + 1],
                chosen_value=setup.reps_group or _NO_GROUP,
                hint="Called when somebody asks for a demo, a price, a quote or a call. Never otherwise.",
            )
        )
    for block_id, (name, label) in _PRIVACY.items():
        offered = [option(level, says) for level, says in _LEVELS.items()]
        blocks.append(select(block_id, label, offered, chosen_value=getattr(setup, name) or "auto"))
    blocks += context([_PRIVATE])
    return dialog(ids.SETUP_SAVED, "Set up Greenlight", blocks, submit="Save", metadata={"code": has_code})


@reading()
def read_setup(values: Values) -> dict[str, str | list[str] | None]:
    """What was chosen, by setting; only of the fields that stood there."""
    found: dict[str, str | list[str] | None] = {}
    for block_id, (name, _, _) in _CHANNELS.items():
        if block_id in values:
            found[name] = _element(values, block_id).get("selected_conversation")
    for block_id, (name, _, _) in _PEOPLE.items():
        if block_id in values:
            found[name] = list(_element(values, block_id).get("selected_users") or [])
    if ids.SETUP_REPS in values:
        group = chosen(values, ids.SETUP_REPS)
        found["reps_group"] = None if group in (None, _NO_GROUP) else group
    for block_id, (name, _) in _PRIVACY.items():
        if block_id in values:
            level = chosen(values, block_id)
            found[name] = None if level in (None, "auto") else level
    return found


def _decided(state: SetUp) -> list[Block]:
    """What the environment decides is shown, and can't be changed here."""
    names = {name: label for name, label, _ in (*_CHANNELS.values(), *_PEOPLE.values())}
    names["reps_group"] = "Reps' group"
    fixed = [f"{label}: {_worded(state, name)}" for name, label in names.items() if name in state.fixed]
    return sections(["*Set by the environment*", *fixed]) if fixed else []


def _worded(state: SetUp, name: str) -> str:
    value = getattr(state.rules.setup, name)
    if isinstance(value, tuple):
        return ", ".join(f"<@{user}>" for user in value) or "nobody who is here"
    return line(value)


def _channel(block_id: str, label: str, hint: str, value: str) -> Block:
    element = ConversationSelectElement(
        action_id=block_id,
        # A name that was set before is no id, and Slack takes only ids.
        initial_conversation=value if value[:1] in ("C", "G") and value.isupper() else None,
        filter=ConversationFilter(include=["public", "private"], exclude_bot_users=True),
    )
    return InputBlock(block_id=block_id, label=label, element=element, hint=hint)


def _several(block_id: str, label: str, hint: str, people: Sequence[str], *, optional: bool) -> Block:
    element = UserMultiSelectElement(action_id=block_id, initial_users=list(people) or None)
    return InputBlock(block_id=block_id, label=label, element=element, hint=hint, optional=optional or None)


def _element(values: Values, block_id: str) -> Mapping[str, Any]:
    element: Mapping[str, Any] = values.get(block_id, {}).get(block_id, {})
    return element
