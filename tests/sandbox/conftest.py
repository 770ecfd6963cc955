"""A fresh workspace, and a small app that lives in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Running, running
from tests.sandbox.tiny_app import TinyApp, over_http


@pytest.fixture
async def sandbox() -> AsyncIterator[Running]:
    async with running() as up:
        yield up


@pytest.fixture
def bot(sandbox: Running) -> AsyncWebClient:
    """The bot's own client, without the sdk's retries."""
    return AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url, retry_handlers=[])


@pytest.fixture
async def app(sandbox: Running) -> AsyncIterator[TinyApp]:
    async with over_http(sandbox) as tiny:
        yield tiny
