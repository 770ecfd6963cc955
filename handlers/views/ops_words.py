"""What the bot does for others and why it may fail, in words for whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping

TASKS: Mapping[str, str] = {
    "card.post": "post a lead's card",
    "card.redraw": "redraw a lead's card",
    "cards.digest": "post the digest of new leads",
    "thread.say": "write in a card's thread",
    "thread.overdue": "remind in a card's thread",
    "alert.post": "alert sales",
    "alert.redraw": "redraw an alert",
    "dm.send": "send a direct message",
    "webhook.stage": "call the webhook",
    "erase.due": "erase somebody, as an admin ordered or they asked",
    "erase.slack": "erase somebody from our messages in Slack",
    "erase.forget": "empty the database's log after an erasure",
    "proposal.effect": "show what a proposed definition would change",
    "definition.told": "say that other rules are in force",
    "definition.rescore": "score the open leads by the new rules",
}
"""What could not be done, by the topic of its job."""
CAUSES: Mapping[str, str] = {
    "is_archived": "the channel is archived. Unarchive it, or choose another one in the app's Home",
    "channel_not_found": "the channel is gone, or I am not in it. Invite me, or choose another one",
    "not_in_channel": "I am not in the channel. Invite me with `/invite`",
    "missing_scope": "the app lacks a permission. `python -m bot check` says which",
}
"""Why, by Slack's own word."""
