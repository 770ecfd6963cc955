"""What Slack sends to an app, shaped like the real thing."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox import answers, controls
from sandbox.controls import Control
from sandbox.dialogs import View
from sandbox.messages import Message
from sandbox.people import APP_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, Channel, Person
from sandbox.workspace import Workspace

Json = dict[str, Any]


def command(workspace: Workspace, person: Person, channel: Channel, name: str, text: str) -> Json:
    """A slash command; every value is text, for it travels as a form."""
    return {
        "token": "sandbox",
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": workspace.tickets.address(person.id, channel.id, "commands"),
        "trigger_id": workspace.tickets.trigger(person.id),
    }


def block_actions(
    workspace: Workspace, person: Person, control: Control, value: Json, place: Message | View
) -> Json:
    """A press or choice in a message or view; `value` is what the element adds to its action."""
    payload = _common(workspace, person, "block_actions") | {
        "trigger_id": workspace.tickets.trigger(person.id),
        "container": _container(place),
        "actions": [_action(workspace, control, value)],
    }
    if isinstance(place, View):
        return payload | {"view": place.as_slack()}
    channel = workspace.channels[place.channel]
    ephemeral = place.ephemeral_for is not None
    payload |= {
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "state": {"values": _state_of(place, person)},
        "response_url": workspace.tickets.address(
            person.id, channel.id, source_ts=place.ts, source_ephemeral=ephemeral, thread_ts=place.thread_ts
        ),
    }
    # Slack does not show an app its own ephemerals again.
    return payload if ephemeral else payload | {"message": place.as_slack(workspace.replies(place))}


def _state_of(message: Message, person: Person) -> Json:
    """What stands in a message's menus and fields for this person."""
    mine = message.chosen.get(person.id, {})
    values: Json = {}
    for control in controls.controls(message.blocks):
        if answers.holds_value(control.element):
            held = mine.get(control.block_id, {}).get(control.action_id) or answers.initial(control.element)
            values.setdefault(control.block_id, {})[control.action_id] = held
    return values


def _container(place: Message | View) -> Json:
    if isinstance(place, View):
        return {"type": "view", "view_id": place.id}
    shown: Json = {
        "type": "message",
        "message_ts": place.ts,
        "channel_id": place.channel,
        "is_ephemeral": place.ephemeral_for is not None,
    }
    return shown | ({"thread_ts": place.thread_ts} if place.thread_ts else {})


def _action(workspace: Workspace, control: Control, value: Json) -> Json:
    element = control.element
    action: Json = {
        "action_id": control.action_id,
        "block_id": control.block_id,
        "type": element["type"],
        "action_ts": workspace.new_ts(),
    }
    if element["type"] == "button":
        action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    return action | {key: held for key, held in value.items() if key != "type"}


def view_submission(workspace: Workspace, person: Person, view: View) -> Json:
    """Submit was pressed; `response_urls` only for selects that ask for one."""
    return _common(workspace, person, "view_submission") | {
        "trigger_id": workspace.tickets.trigger(person.id),
        "view": view.as_slack(),
        "response_urls": _response_urls(workspace, person, view),
    }


def _response_urls(workspace: Workspace, person: Person, view: View) -> list[Json]:
    found = []
    for block in view.blocks:
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        value = view.values[block["block_id"]][element["action_id"]]
        channel = value.get("selected_conversation") or value.get("selected_channel")
        if channel:
            address = workspace.tickets.address(person.id, channel, "app")
            ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
            found.append({**ids, "channel_id": channel, "response_url": address})
    return found


def view_closed(workspace: Workspace, person: Person, view: View, *, is_cleared: bool) -> Json:
    """A dialog with notify_on_close was cancelled; `is_cleared` when the whole stack went."""
    return _common(workspace, person, "view_closed") | {"view": view.as_slack(), "is_cleared": is_cleared}


def global_shortcut(workspace: Workspace, person: Person, callback_id: str) -> Json:
    """A shortcut from the composer: no channel."""
    return _common(workspace, person, "shortcut") | {
        "callback_id": callback_id,
        "trigger_id": workspace.tickets.trigger(person.id),
        "action_ts": workspace.new_ts(),
    }


def message_shortcut(workspace: Workspace, person: Person, callback_id: str, message: Message) -> Json:
    """A shortcut from a message's menu, with the whole message."""
    channel = workspace.channels[message.channel]
    address = workspace.tickets.address(person.id, channel.id, "app", thread_ts=message.thread_ts)
    return _common(workspace, person, "message_action") | {
        "callback_id": callback_id,
        "trigger_id": workspace.tickets.trigger(person.id),
        "action_ts": workspace.new_ts(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "message": message.as_slack(workspace.replies(message)),
        "response_url": address,
    }


def suggestion(
    workspace: Workspace, person: Person, control: Control, typed: str, place: Message | View
) -> Json:
    """The question of an external select: which options for what was typed?"""
    asked = {"action_id": control.action_id, "block_id": control.block_id, "value": typed}
    shown = {"view": place.as_slack()} if isinstance(place, View) else {}
    return _common(workspace, person, "block_suggestion") | asked | {"container": _container(place)} | shown


def event(workspace: Workspace, inner: Json) -> Json:
    """The envelope of an event."""
    return {
        "token": "sandbox",
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def _common(workspace: Workspace, person: Person, kind: str) -> Json:
    return {
        "type": kind,
        "token": "sandbox",
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "enterprise": None,
        "is_enterprise_install": False,
    }
