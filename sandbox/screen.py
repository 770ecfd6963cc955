"""What stands on a person's screen, as scripts and the page read it."""

from __future__ import annotations

from typing import Any

from sandbox import answers, controls
from sandbox.controls import Wanted
from sandbox.dialogs import View
from sandbox.errors import ScreenError, SlackError
from sandbox.messages import Message
from sandbox.people import APP_ID, BOT_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, TEAM_NAME, Channel, Person
from sandbox.workspace import Workspace

Json = dict[str, Any]


def state(workspace: Workspace, *, socket: bool) -> Json:
    """Everything that is the same for everyone."""
    shortcuts = workspace.manifest.shortcuts
    bot = workspace.people[BOT_USER]
    return {
        "ok": True,
        "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN},
        "people": [_person(person) for person in workspace.people.values() if not person.is_bot],
        "channels": [_channel(channel) for channel in workspace.channels.values()],
        "commands": workspace.manifest.commands,
        "shortcuts": shortcuts,
        "usergroups": [
            {"id": group.id, "name": group.name, "handle": group.handle, "users": group.users}
            for group in workspace.groups.values()
        ],
        "bot": {
            "id": BOT_ID,
            "user_id": BOT_USER,
            "app_id": APP_ID,
            "name": bot.name,
            "real_name": bot.real_name,
        },
        "request_url": workspace.request_url,
        "socket": socket,
    }


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "email": person.email,
        "tz": person.tz,
        "deleted": person.deleted,
    }


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_im": channel.is_im,
        "im_with": channel.im_with,
        "is_archived": channel.is_archived,
        "members": channel.members,
    }


def messages(
    workspace: Workspace, channel_ref: str, person: Person | None, thread_ts: str | None
) -> list[Json]:
    """A channel without its thread replies, or one whole thread, oldest first.

    With `person`, that person's ephemerals too; a direct message only its own person may read.
    """
    channel = workspace.channel(channel_ref, person.id if person else None)
    if channel.is_im and person is not None and person.id not in channel.members:
        raise SlackError("channel_not_found")
    found = workspace.visible(channel.id, person.id if person else None)
    if thread_ts:
        found = [m for m in found if thread_ts in (m.ts, m.thread_ts)]
    else:
        found = [m for m in found if not m.is_reply or m.broadcast]
    return [seen(workspace, message) for message in found]


def seen(workspace: Workspace, message: Message) -> Json:
    """One message with its author's name."""
    return message.as_seen(workspace.name_of(message.user), workspace.replies(message))


def private(workspace: Workspace, person: Person) -> list[Json]:
    """What only this person was told: ephemerals, and the app's direct messages; newest first."""
    found = [
        message
        for channel in workspace.channels.values()
        for message in workspace.messages[channel.id]
        if message.ephemeral_for == person.id or (channel.im_with == person.id and message.bot)
    ]
    return [seen(workspace, message) for message in sorted(found, key=lambda m: m.ts, reverse=True)]


def view(workspace: Workspace, shown: View | None) -> Json | None:
    """A dialog or Home tab with what stands in it.

    Beyond Slack's own keys: `values` by label, `errors` by block_id, `errors_by_label`, `failure` (what the
    client says when a submission went wrong), `controls` (all words that can be pressed or filled), `depth`
    in the stack (0 for Home).
    """
    if shown is None:
        return None
    values: Json = {}
    wrong: dict[str, str] = {}
    for control in controls.controls(shown.blocks):
        label = control.labels[0] if control.labels else control.action_id
        held = shown.values.get(control.block_id, {}).get(control.action_id)
        if held is not None:
            values[label] = answers.shown(held, workspace)
        if control.block_id in shown.errors:
            wrong[label] = shown.errors[control.block_id]
    return shown.as_slack() | {
        "values": values,
        "errors": shown.errors,
        "errors_by_label": wrong,
        "failure": shown.failure,
        "controls": controls.offered(shown.blocks),
        "depth": [each.id for each in workspace.screens.stack(shown.person)].index(shown.id) + 1
        if not shown.is_home
        else 0,
    }


def place(
    workspace: Workspace,
    person: Person,
    channel_ref: str | None,
    ts: str | None,
    wanted: Wanted,
    *,
    stale: bool = False,
) -> Message | View:
    """Where the wanted control stands: a message when a channel is named, else the open dialog, else Home.

    Without a ts it is the newest message, thread replies and own ephemerals included, that has it.

    Raises:
        ScreenError: message_not_found, no_such_control or nothing_open.
    """
    if channel_ref:
        channel = workspace.channel(channel_ref, person.id)
        there = [message for message in workspace.visible(channel.id, person.id) if not message.deleted]
        if ts:
            return _by_ts(there, ts)
        for message in reversed(there):
            if _has(drawn(message, wanted, stale=stale), wanted):
                return message
        offered = sorted({label for message in there[-20:] for label in controls.offered(message.blocks)})
        raise ScreenError("no_such_control", wanted=wanted.describe(), there=offered)
    shown = workspace.screens.top(person.id) or workspace.screens.home(person.id)
    if shown is None:
        raise ScreenError("nothing_open", hint="name a channel, or open a dialog or Home first")
    return shown


def drawn(place: Message | View, wanted: Wanted, *, stale: bool = False) -> list[Json]:
    """What stands there; with `stale`, the newest earlier drawing when only that has the control."""
    if stale and isinstance(place, Message):
        for blocks in (place.blocks, *reversed(place.earlier)):
            if _has(blocks, wanted):
                return blocks
    return place.blocks


def _by_ts(there: list[Message], ts: str) -> Message:
    for message in there:
        if message.ts == ts:
            return message
    raise ScreenError("message_not_found", wanted=ts, there=[message.ts for message in there[-20:]])


def _has(blocks: list[Json], wanted: Wanted) -> bool:
    try:
        controls.find(blocks, wanted)
    except ScreenError as no:
        return no.error == "ambiguous_control"
    return True
