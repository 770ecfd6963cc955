"""Posting, changing and removing messages."""

from __future__ import annotations

from sandbox import block_kit
from sandbox.errors import SlackError
from sandbox.messages import Json, Message
from sandbox.people import BOT_USER, Channel
from sandbox.web_api.call import Call

TEXT_LIMIT = 40_000
MARKDOWN_LIMIT = 12_000


def post_message(call: Call) -> Json:
    """A message into a channel, a thread, or the direct message of a person whose id is given."""
    workspace = call.workspace
    channel = _place(call)
    text, blocks = content(call)
    wait = workspace.limits.must_wait(channel.id)
    if wait:
        raise SlackError("ratelimited", retry_after=wait)
    message = workspace.post(
        channel.id,
        BOT_USER,
        text,
        blocks,
        thread_ts=_thread(call, channel),
        broadcast=call.flag("reply_broadcast") and bool(call.text("thread_ts")),
        metadata=_metadata(call),
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.as_slack([])}


def post_ephemeral(call: Call) -> Json:
    """A message only one person sees. The ts it answers is of no use elsewhere."""
    workspace = call.workspace
    channel = _place(call)
    person = workspace.people.get(call.need("user"))
    if person is None or person.deleted:
        raise SlackError("user_not_found")
    if person.id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = content(call)
    thread = call.text("thread_ts") or None
    message = workspace.post(channel.id, BOT_USER, text, blocks, thread_ts=thread, ephemeral_for=person.id)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """Change an own message; parts that are not given stay."""
    workspace = call.workspace
    channel = _known(call)
    message = _own(call, channel, "cant_update_message")
    text = call.text("text") if call.given.get("text") is not None else None
    blocks = call.structure("blocks", "invalid_blocks_format")
    metadata = _metadata(call)
    if text is None and blocks is None and metadata is None:
        raise SlackError("no_text")
    if blocks is not None:
        blocks = block_kit.accept_blocks(blocks)
    if not (text if text is not None else message.text) and not (
        blocks if blocks is not None else message.blocks
    ):
        raise SlackError("no_text")
    workspace.redraw(message, text[:TEXT_LIMIT] if text is not None else None, blocks, BOT_USER)
    if metadata is not None:
        message.metadata = metadata or None
    shown = message.as_slack(workspace.replies(message))
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    """Remove an own message."""
    channel = _known(call)
    message = _own(call, channel, "cant_delete_message")
    call.workspace.delete_message(channel.id, message.ts)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """An address a person can open: the page, at this message."""
    channel = _known(call)
    message = call.workspace.message(channel.id, call.need("message_ts"))
    thread = f"&thread={message.thread_ts}" if message.is_reply else ""
    link = f"{call.workspace.base_url}/#channel={channel.name}{thread}&ts={message.ts}"
    return {"channel": channel.id, "permalink": link}


def content(call: Call) -> tuple[str, list[Json]]:
    """Text and checked blocks of a new message.

    Raises:
        SlackError: no_text, markdown_text_conflict, msg_too_long, or what the blocks are refused for.
    """
    blocks = call.structure("blocks", "invalid_blocks_format")
    markdown = call.text("markdown_text")
    if markdown:
        if blocks or call.text("text"):
            raise SlackError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_LIMIT:
            raise SlackError("msg_too_long")
        return markdown, []
    accepted = block_kit.accept_blocks(blocks) if blocks else []
    text = call.text("text")
    if not text.strip() and not accepted and not call.given.get("attachments"):
        raise SlackError("no_text")
    return text[:TEXT_LIMIT], accepted


def _place(call: Call) -> Channel:
    """Where to post: a channel the app may write to, or a person's direct message."""
    workspace, ref = call.workspace, call.need("channel", "channel_not_found")
    if ref in workspace.people:
        person = workspace.people[ref]
        if person.deleted or person.is_bot:
            raise SlackError("user_not_found" if person.deleted else "cannot_dm_bot")
        return workspace.dm(person)
    channel = _known(call)
    if channel.im_with and workspace.people[channel.im_with].deleted:
        raise SlackError("user_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members:
        if channel.is_private:
            raise SlackError("channel_not_found")
        if "chat:write.public" not in workspace.scopes:
            raise SlackError("not_in_channel")
    return channel


def _known(call: Call) -> Channel:
    """A channel by id; postMessage also takes a public channel's name."""
    ref = call.need("channel", "channel_not_found").removeprefix("#")
    for channel in call.workspace.channels.values():
        if ref == channel.id or (ref == channel.name and not channel.is_im):
            return channel
    raise SlackError("channel_not_found")


def _thread(call: Call, channel: Channel) -> str | None:
    """The parent's ts; a tombstone still holds its thread."""
    ts = call.text("thread_ts")
    if not ts:
        return None
    message = call.workspace.any_message(channel.id, ts)
    if message is None or message.ephemeral_for:
        raise SlackError("thread_not_found")
    return message.thread_ts if message.is_reply else message.ts


def _own(call: Call, channel: Channel, error: str) -> Message:
    message = call.workspace.message(channel.id, call.need("ts", "message_not_found"))
    if not message.bot:
        raise SlackError(error)
    if channel.is_archived:
        raise SlackError("is_archived")
    return message


def _metadata(call: Call) -> Json | None:
    """
    Raises:
        SlackError: metadata_must_be_sent_as_json or invalid_metadata_format.
    """
    metadata = call.structure("metadata", "metadata_must_be_sent_as_json")
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    shaped = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
    if not shaped or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}
