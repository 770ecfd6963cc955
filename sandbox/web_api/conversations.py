"""Channels, their history and their members."""

from __future__ import annotations

from typing import Any

from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.people import BOT_USER, TEAM_ID, Channel
from sandbox.web_api.call import Call, page
from sandbox.workspace import Workspace

Json = dict[str, Any]


def list_all(call: Call) -> Json:
    """Public channels unless `types` asks for others."""
    types = call.text("types", "public_channel").split(",")
    found = [c for c in call.workspace.channels.values() if type_of(c) in types]
    if call.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    some, cursor = page(found, call, 100, 1000)
    return {"channels": [as_slack(channel) for channel in some], "response_metadata": {"next_cursor": cursor}}


def info(call: Call) -> Json:
    """One channel."""
    return {"channel": as_slack(known(call))}


def history(call: Call) -> Json:
    """Messages newest first; replies stand in threads and are not among them."""
    channel = _readable(call)
    found = [
        m
        for m in call.workspace.messages[channel.id]
        if not m.ephemeral_for and (not m.is_reply or m.broadcast)
    ]
    return _listed(call, list(reversed(_between(call, found))))


def replies(call: Call) -> Json:
    """A thread: the parent, then its replies oldest first."""
    channel = _readable(call)
    ts = call.need("ts")
    message = call.workspace.any_message(channel.id, ts)
    if message is None or message.ephemeral_for:
        raise SlackError("thread_not_found")
    return _listed(call, [message, *_between(call, call.workspace.replies(message))])


def open_dm(call: Call) -> Json:
    """The direct message with one person."""
    users = [name for name in call.text("users").split(",") if name]
    if call.text("channel"):
        return {"channel": as_slack(known(call))}
    if len(users) != 1:
        raise SlackError("users_list_not_supplied" if not users else "method_not_supported_for_channel_type")
    person = call.workspace.people.get(users[0])
    if person is None or person.deleted:
        raise SlackError("user_not_found")
    already = any(c.im_with == person.id for c in call.workspace.channels.values())
    channel = call.workspace.dm(person)
    shown = as_slack(channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown, "no_op": already, "already_open": already}


def join(call: Call) -> Json:
    """The app enters a public channel."""
    channel = known(call)
    if channel.is_im or channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members:
        channel.members.append(BOT_USER)
        call.workspace.changed("state")
    return {"channel": as_slack(channel)}


def members(call: Call) -> Json:
    """Ids of everyone in a channel."""
    some, cursor = page(known(call).members, call, 100, 1000)
    return {"members": some, "response_metadata": {"next_cursor": cursor}}


def known(call: Call) -> Channel:
    """
    Raises:
        SlackError: channel_not_found, also for a private channel the app is not in.
    """
    channel = call.workspace.channels.get(call.text("channel"))
    if channel is None or (channel.is_private and BOT_USER not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def as_slack(channel: Channel) -> Json:
    """The channel object."""
    shown: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_private": channel.is_private,
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
    }
    if channel.is_im:
        return shown | {"user": channel.im_with, "is_user_deleted": False, "is_channel": False}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_general": False,
        "is_member": BOT_USER in channel.members,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def type_of(channel: Channel) -> str:
    """What `types` calls it."""
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _readable(call: Call) -> Channel:
    channel = known(call)
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Those after `oldest` and before `latest`; the bounds themselves only with `inclusive`."""
    oldest = _moment(call.text("oldest", "0"), "invalid_ts_oldest")
    latest = _moment(call.text("latest") or "99999999999", "invalid_ts_latest")
    edges = (oldest, latest) if call.flag("inclusive") else ()
    timed = [(_moment(message.ts, ""), message) for message in messages]
    return [message for at, message in timed if oldest < at < latest or at in edges]


def _moment(ts: str, error: str) -> tuple[int, int]:
    """Seconds and microseconds; whole numbers, for a float would blur neighbours."""
    seconds, _, fraction = ts.partition(".")
    if not seconds.isdigit() or (fraction and not fraction.isdigit()):
        raise SlackError(error)
    return int(seconds), int(fraction.ljust(6, "0")[:6]) if fraction else 0


def _listed(call: Call, messages: list[Message]) -> Json:
    workspace: Workspace = call.workspace
    some, cursor = page(messages, call, 100, 999)
    with_metadata = call.flag("include_all_metadata")
    return {
        "messages": [m.as_slack(workspace.replies(m), with_metadata=with_metadata) for m in some],
        "has_more": bool(cursor),
        "pin_count": 0,
        "response_metadata": {"next_cursor": cursor},
    }
