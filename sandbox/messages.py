"""A message: what is kept of it and how it looks from outside."""

from __future__ import annotations

import secrets
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from sandbox.people import APP_ID, BOT_ID, TEAM_ID

Json = dict[str, Any]


@dataclass
class Message:
    """One message. `ephemeral_for` names the only person who sees it; such a message has no usable ts."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    bot: bool = False
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    ephemeral_for: str | None = None
    deleted: bool = False
    pings: list[str] = field(default_factory=list)
    # The last drawings before this one: somebody may press a button the moment it is taken away.
    earlier: list[list[Json]] = field(default_factory=list)
    # Per person, what stands in the message's own menus: block_id, action_id, value.
    chosen: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def as_slack(self, replies: list[Message], *, with_metadata: bool = True) -> Json:
        """The message as the Web API and payloads show it.

        `replies` are the messages of its own thread, oldest first; only a parent has any.
        """
        if self.deleted:
            return {
                "type": "message",
                "subtype": "tombstone",
                "user": "USLACKBOT",
                "hidden": True,
                "text": "This message was deleted.",
                "ts": self.ts,
                "thread_ts": self.ts,
            }
        shown: Json = {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
            "team": TEAM_ID,
        }
        if self.bot:
            shown |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": {"id": BOT_ID, "name": "greenlight"}}
        if self.blocks:
            shown["blocks"] = deepcopy(self.blocks)
        if self.edited:
            shown["edited"] = self.edited
        if self.files:
            shown["files"] = deepcopy(self.files)
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()
            ]
        if self.metadata and with_metadata:
            shown["metadata"] = deepcopy(self.metadata)
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.broadcast:
            shown["subtype"] = "thread_broadcast"
        if replies and not self.is_reply:
            shown |= {
                "thread_ts": self.ts,
                "reply_count": len(replies),
                "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
                "latest_reply": replies[-1].ts,
            }
        return shown

    def as_seen(self, name: str, replies: list[Message]) -> Json:
        """The message as the page and scripts read it: always every key."""
        return {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "bot": self.bot,
            "name": name,
            "text": "This message was deleted." if self.deleted else self.text,
            "blocks": [] if self.deleted else self.blocks,
            "thread_ts": self.thread_ts,
            "reply_count": 0 if self.is_reply else len(replies),
            "reactions": [{"name": key, "users": users} for key, users in self.reactions.items()],
            "edited": self.edited,
            "files": self.files,
            "ephemeral": self.ephemeral_for is not None,
            "metadata": self.metadata,
            "pings": self.pings,
            "deleted": self.deleted,
        }


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a block_id and every control an action_id, as Slack fills them in.

    An id made here is new each time: a view that wants to keep typed values must name its blocks itself.
    """
    filled = deepcopy(blocks)
    for block in filled:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        if block.get("type") == "carousel":
            block["elements"] = with_ids(block["elements"])
            continue
        parts = [
            block.get("element"),
            block.get("accessory"),
            *(block.get("elements") or []),
            *(block.get("actions") or []),
        ]
        for part in parts:
            if isinstance(part, dict) and _acts(part) and not part.get("action_id"):
                part["action_id"] = secrets.token_urlsafe(4)
        if isinstance(block.get("child_blocks"), list):
            block["child_blocks"] = with_ids(block["child_blocks"])
    return filled


def _acts(element: Json) -> bool:
    kind = str(element.get("type", ""))
    passive = kind in ("image", "mrkdwn", "plain_text", "url") or (
        kind.startswith("rich_text_") and kind != "rich_text_input"
    )
    return not passive
