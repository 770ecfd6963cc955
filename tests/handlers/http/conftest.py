from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.http.intake import add_routes
from tests.handlers.http.office import KEY, Office

Door = TestClient[web.Request, web.Application]
Post = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
async def door(office: Office) -> AsyncIterator[Door]:
    app = web.Application()
    add_routes(app, office.desk())
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
def post(door: Door) -> Post:
    """Post to an intake path with the right key; gives status and the JSON that came back."""

    async def send(
        path: str = "leads", headers: dict[str, str] | None = None, **body: Any
    ) -> tuple[int, Any]:
        allowed = {"Authorization": f"Bearer {KEY}", **(headers or {})}
        answer = await door.post(f"/intake/{path}", headers=allowed, **body)
        assert answer.content_type == "application/json"
        return answer.status, await answer.json()

    return send
