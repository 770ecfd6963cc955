"""How we answer a click: by the address Slack sent with it, over connections that stay open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession
from slack_bolt.async_app import AsyncBoltContext, AsyncRespond
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient


class Respond(AsyncRespond):
    """Bolt's own opens a connection for every answer, which costs more than the answer."""

    def __init__(self, response_url: str, session: ClientSession) -> None:
        super().__init__(response_url=response_url)
        self._client = AsyncWebhookClient(response_url, session=session)

    async def __call__(  # type: ignore[override]  # the same words, not written out
        self, text: str | dict[str, Any] = "", **message: Any
    ) -> WebhookResponse:
        """Say it. `message` is what a message of Slack's may have: blocks, response_type and the like."""
        return await self._client.send_dict({"text": text, **message})


def answers_by(session: ClientSession) -> Callable[..., Awaitable[None]]:
    """Give every listener a `respond` that goes by this session."""

    async def keep_open(context: AsyncBoltContext, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002
        if context.response_url:
            context["respond"] = Respond(context.response_url, session)
        await next()

    return keep_open
