"""Somebody removed the app from the workspace, or took back its token."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.slack.reception import Reception

log = logging.getLogger("greenlight.slack")


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for both; their order is not defined, and either may come alone.

    Leads stay where they are: removing an app is no erasure. What can't be sent waits, and is sent when the
    app is back.
    """

    @app.event("app_uninstalled")
    async def app_removed(ack: AsyncAck) -> None:
        log.error("the app was removed from the workspace: install it again, what waits is sent then")
        await ack()

    @app.event("tokens_revoked")
    async def tokens_revoked(ack: AsyncAck, body: dict[str, Any]) -> None:
        bots = len(((body.get("event") or {}).get("tokens") or {}).get("bot") or [])
        if bots:  # people take theirs back too, and we hold none of those
            log.error("%d bot tokens were revoked: set SLACK_BOT_TOKEN to the new one and restart", bots)
        await ack()
