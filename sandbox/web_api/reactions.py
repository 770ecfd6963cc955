"""Emoji below a message."""

from __future__ import annotations

from typing import Any

from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.people import BOT_USER
from sandbox.web_api.call import Call
from sandbox.web_api.conversations import known

Json = dict[str, Any]


def add(call: Call) -> Json:
    """The app reacts; a second time is `already_reacted`."""
    message, name = _target(call), call.need("name", "invalid_name")
    users = message.reactions.setdefault(name, [])
    if BOT_USER in users:
        raise SlackError("already_reacted")
    users.append(BOT_USER)
    call.workspace.changed("message", channel=message.channel, ts=message.ts)
    return {}


def remove(call: Call) -> Json:
    """The app takes its reaction back."""
    message, name = _target(call), call.need("name", "invalid_name")
    users = message.reactions.get(name, [])
    if BOT_USER not in users:
        raise SlackError("no_reaction")
    users.remove(BOT_USER)
    if not users:
        del message.reactions[name]
    call.workspace.changed("message", channel=message.channel, ts=message.ts)
    return {}


def get(call: Call) -> Json:
    """The message with its reactions."""
    message = _target(call)
    return {"type": "message", "channel": message.channel, "message": message.as_slack([])}


def _target(call: Call) -> Message:
    return call.workspace.message(known(call).id, call.need("timestamp", "no_item_specified"))
