"""Dialogs and Home tabs: what is open on whose screen, and what they have typed there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox import answers, controls
from sandbox.errors import SlackError
from sandbox.messages import with_ids
from sandbox.people import APP_ID, BOT_ID, TEAM_ID

if TYPE_CHECKING:
    from sandbox.workspace import Workspace

Json = dict[str, Any]
STACK_LIMIT = 3  # a root and two pushes (docs.slack.dev/surfaces/modals)


@dataclass
class View:
    """One modal or Home tab. `values[block_id][action_id]` is what stands in its controls now."""

    id: str
    person: str
    given: Json
    blocks: list[Json]
    hash: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    failure: str | None = None

    @property
    def is_home(self) -> bool:
        return self.given.get("type") == "home"

    def as_slack(self) -> Json:
        """The view as the Web API and payloads show it."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "type": self.given["type"],
            "blocks": self.blocks,
            "private_metadata": self.given.get("private_metadata", ""),
            "callback_id": self.given.get("callback_id", ""),
            "external_id": self.given.get("external_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": self.given.get("title"),
            "submit": self.given.get("submit"),
            "close": self.given.get("close"),
            "clear_on_close": bool(self.given.get("clear_on_close", False)),
            "notify_on_close": bool(self.given.get("notify_on_close", False)),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }

    def redraw(self, given: Json) -> None:
        """Show a new definition; what was typed stays where block_id and action_id are the same."""
        before = self.values
        self.given = given
        self.blocks = with_ids(given["blocks"])
        self.hash = new_hash()
        self.errors, self.failure = {}, None
        self.values = {}
        for control in controls.controls(self.blocks):
            if not answers.holds_value(control.element):
                continue
            old = before.get(control.block_id, {}).get(control.action_id)
            keep = old is not None and answers.still_fits(control.element, old)
            value = old if keep and old is not None else answers.initial(control.element)
            self.values.setdefault(control.block_id, {})[control.action_id] = value


def new_hash() -> str:
    """A value no earlier drawing of any view had."""
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"


class Screens:
    """The stack of dialogs and the Home tab of every person."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def top(self, person: str) -> View | None:
        """The dialog in front, or None."""
        stack = self._stacks.get(person)
        return stack[-1] if stack else None

    def stack(self, person: str) -> list[View]:
        """All open dialogs of a person, root first."""
        return list(self._stacks.get(person, []))

    def home(self, person: str) -> View | None:
        """The Home tab last published for this person."""
        return self._homes.get(person)

    def open(self, person: str, given: Json) -> View:
        """A new root dialog; one that was open gives way to it."""
        self._unique(given, None)
        view = self._new(person, given, None)
        self._stacks[person] = [view]
        self._workspace.changed("view", user=person)
        return view

    def push(self, person: str, given: Json) -> View:
        """One more dialog on top.

        Raises:
            SlackError: push_limit_reached above three; view_not_found with nothing open.
        """
        stack = self._stacks.get(person)
        if not stack:
            raise SlackError("view_not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        self._unique(given, None)
        view = self._new(person, given, stack[-1])
        stack.append(view)
        self._workspace.changed("view", user=person)
        return view

    def update(self, view: View, given: Json, expected: str | None = None) -> View:
        """Redraw an open view.

        Raises:
            SlackError: hash_conflict when `expected` is no longer its hash.
        """
        if expected and expected != view.hash:
            raise SlackError("hash_conflict")
        self._unique(given, view)
        view.redraw(given)
        self._workspace.changed("home" if view.is_home else "view", user=view.person)
        return view

    def publish(self, person: str, given: Json, expected: str | None = None) -> View:
        """Show a Home tab; the same rules as update."""
        view = self._homes.get(person)
        if view is not None:
            return self.update(view, given, expected)
        if expected:
            raise SlackError("hash_conflict")
        view = self._new(person, given, None)
        self._homes[person] = view
        self._workspace.changed("home", user=person)
        return view

    def find(self, view_id: str | None, external_id: str | None) -> View:
        """An open view by id or external_id; closed ones are gone: `not_found`."""
        for view in self._everything():
            if view_id and view.id == view_id:
                return view
            if external_id and not view_id and view.given.get("external_id") == external_id:
                return view
        raise SlackError("not_found")

    def pop(self, person: str) -> None:
        """Close the dialog in front; the one below comes back as it was."""
        self._stacks.get(person, []) and self._stacks[person].pop()
        self._workspace.changed("view", user=person)

    def clear(self, person: str) -> None:
        """Close every dialog of a person."""
        self._stacks.pop(person, None)
        self._workspace.changed("view", user=person)

    def _everything(self) -> list[View]:
        return [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())

    def _unique(self, given: Json, mine: View | None) -> None:
        name = given.get("external_id")
        if name and any(
            view is not mine and view.given.get("external_id") == name for view in self._everything()
        ):
            raise SlackError("duplicate_external_id")

    def _new(self, person: str, given: Json, below: View | None) -> View:
        view_id = self._workspace.new_id("V")
        root = below.root_id if below else view_id
        view = View(view_id, person, given, [], "", root, below.id if below else None)
        view.redraw(given)
        return view
