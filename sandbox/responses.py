"""What the app says in answer to one person: acknowledgement texts and response_url posts."""

from __future__ import annotations

from typing import Any

from sandbox import block_kit
from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.people import BOT_USER
from sandbox.tickets import ResponseAddress
from sandbox.workspace import Workspace

Json = dict[str, Any]


def say(workspace: Workspace, person: str, channel: str, body: Json, thread_ts: str | None = None) -> Message:
    """A new message: seen by the person alone unless `response_type` is in_channel.

    Raises:
        SlackError: no_text, or what the blocks are refused for.
    """
    blocks = block_kit.accept_blocks(body["blocks"]) if body.get("blocks") else []
    text = str(body.get("text") or "")
    if not text and not blocks and not body.get("attachments"):
        raise SlackError("no_text", ["[ERROR] text or blocks required"])
    public = body.get("response_type") == "in_channel"
    thread = body.get("thread_ts") or (None if public else thread_ts)
    return workspace.post(
        channel, BOT_USER, text, blocks, thread_ts=thread, ephemeral_for=None if public else person
    )


def respond(workspace: Workspace, where: ResponseAddress, body: Json) -> None:
    """Carry out one post to a response_url: replace, delete, or say something new.

    A new message is ephemeral by default. An ephemeral original is replaced but never becomes public.

    Raises:
        SlackError: no_text, message_not_found, or what the blocks are refused for.
    """
    if body.get("delete_original"):
        _remove(workspace, _original(workspace, where))
    elif body.get("replace_original"):
        original = _original(workspace, where)
        blocks = block_kit.accept_blocks(body["blocks"]) if body.get("blocks") else []
        text = str(body.get("text") or "")
        if not text and not blocks:
            raise SlackError("no_text", ["[ERROR] text or blocks required"])
        workspace.redraw(original, text, blocks, BOT_USER)
    else:
        say(workspace, where.person, where.channel, body, where.thread_ts)


def _original(workspace: Workspace, where: ResponseAddress) -> Message:
    message = workspace.any_message(where.channel, where.source_ts)
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    return message


def _remove(workspace: Workspace, message: Message) -> None:
    if message.ephemeral_for:
        workspace.remove(message)
        workspace.changed("ephemeral", channel=message.channel, ts=message.ts, user=message.ephemeral_for)
    else:
        workspace.delete_message(message.channel, message.ts)
