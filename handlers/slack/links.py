"""Buttons that open an address. Slack reports the press all the same, and warns if nobody answers."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.slack.reception import Reception
from handlers.views import ids


def register(app: AsyncApp, reception: Reception) -> None:
    """Acknowledge, and do nothing."""

    @app.action(ids.OPEN_CRM)
    async def crm_opened(ack: AsyncAck) -> None:
        await ack()

    @app.action(ids.OPEN_CARD)
    async def card_opened(ack: AsyncAck) -> None:
        await ack()
