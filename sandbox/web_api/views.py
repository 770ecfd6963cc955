"""Opening, stacking and redrawing dialogs, and publishing Home tabs."""

from __future__ import annotations

from typing import Any

from sandbox import block_kit
from sandbox.dialogs import View
from sandbox.errors import SlackError
from sandbox.web_api.call import Call

Json = dict[str, Any]


def open_modal(call: Call) -> Json:
    """A dialog for whoever the trigger belongs to, within 3 s and once."""
    view = _modal(call)
    person = call.workspace.tickets.redeem(_trigger(call))
    return _shown(call.workspace.screens.open(person, view))


def push(call: Call) -> Json:
    """One more on top of the open dialog, three at most."""
    view = _modal(call)
    person = call.workspace.tickets.redeem(_trigger(call))
    return _shown(call.workspace.screens.push(person, view))


def update(call: Call) -> Json:
    """Redraw a view by view_id or external_id; a `hash` that is no longer current is refused."""
    screens = call.workspace.screens
    if not call.text("view_id") and not call.text("external_id"):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: view_id"])
    view = screens.find(call.text("view_id") or None, call.text("external_id") or None)
    given = block_kit.accept_view(
        call.structure("view", "invalid_arguments"), "home" if view.is_home else "modal"
    )
    return _shown(screens.update(view, given, call.text("hash") or None))


def publish(call: Call) -> Json:
    """A person's Home tab."""
    person = call.workspace.people.get(call.need("user_id"))
    if person is None or person.deleted:
        raise SlackError("user_not_found")
    given = block_kit.accept_view(call.structure("view", "invalid_arguments"), "home")
    return _shown(call.workspace.screens.publish(person.id, given, call.text("hash") or None))


def _trigger(call: Call) -> str:
    return call.text("trigger_id") or call.need("interactivity_pointer")


def _modal(call: Call) -> Json:
    return block_kit.accept_view(call.structure("view", "invalid_arguments"), "modal")


def _shown(view: View) -> Json:
    return {"view": view.as_slack()}
