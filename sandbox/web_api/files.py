"""Uploading in three steps, and looking a file up."""

from __future__ import annotations

from typing import Any

from sandbox import block_kit
from sandbox.errors import SlackError
from sandbox.people import BOT_USER
from sandbox.web_api.call import Call

Json = dict[str, Any]


def get_upload_url_external(call: Call) -> Json:
    """Step one: an address for the bytes."""
    name = call.need("filename")
    call.need("length")
    file = call.workspace.files.announce(name, BOT_USER)
    return {"upload_url": f"{call.workspace.base_url}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload_external(call: Call) -> Json:
    """Step three: the files are there; share them when a channel is given."""
    workspace = call.workspace
    listed = call.structure("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: files"])
    files = [workspace.files.get(str(each.get("id"))) for each in listed]
    if any(file.content is None for file in files):
        raise SlackError("file_not_found")
    for file, each in zip(files, listed, strict=True):
        file.complete = True
        file.title = str(each.get("title") or file.name)
    shown = [workspace.files.as_slack(file) for file in files]
    places = [ref for ref in (call.text("channel_id") or call.text("channels")).split(",") if ref]
    blocks = call.structure("blocks", "invalid_blocks_format")
    accepted = block_kit.accept_blocks(blocks) if blocks else []
    for ref in places:
        channel = workspace.channels.get(ref)
        if channel is None:
            raise SlackError("channel_not_found")
        comment = call.text("initial_comment")
        thread = call.text("thread_ts") or None
        workspace.post(channel.id, BOT_USER, comment, accepted, thread_ts=thread, files=shown)
    workspace.changed("file")
    return {"files": shown}


def info(call: Call) -> Json:
    """One file."""
    file = call.workspace.files.get(call.text("file"))
    if not file.complete:
        raise SlackError("file_not_found")
    return {"file": call.workspace.files.as_slack(file), "comments": []}
