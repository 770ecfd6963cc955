"""A program asks as narrowly as a person does: one value by itself, one window against another."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.flows.kpi import ask
from handlers.flows.kpi_keys import make_key
from handlers.http.kpi import add_kpi_routes
from tests.kpi.firm import BERLIN, Firm, firm

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


@asynccontextmanager
async def served(f: Firm) -> AsyncIterator[tuple[TestClient[Any, Any], dict[str, str]]]:
    """The numbers over HTTP, and a manager's key."""
    app = web.Application()
    add_kpi_routes(app, f.office, f.where)
    key = await make_key(f.office, f.where, "UMAYA")
    async with TestClient(TestServer(app)) as client:
        yield client, {"Authorization": f"Bearer {key}"}


async def test_only_and_against_are_asked_for_as_in_the_command(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f, served(f) as (client, key):
        for month, leads in ((9, 2), (10, 3)):
            for number in range(leads):
                at = datetime(2026, month, 5, 12, tzinfo=UTC)
                await f.lead(f"b{month}x{number}", at=at, source="ads", campaign="black friday")
                await f.lead(f"o{month}x{number}", at=at, source="web")

        async def get(path: str, **asked: str) -> tuple[int, str]:
            async with client.get(f"/kpi/{path}", params=asked, headers=key) as answer:
                return answer.status, await answer.text()

        for only, short in (
            ("campaign=black friday", 'campaign="black friday"'),
            ("source=ads", "source=ads"),
        ):
            status, text = await get("funnel.json", period="2026-10", only=only, against="before")
            assert status == 200, text
            told = await ask(f.office, f.where, f"funnel 2026-10 only {short} against before", "UMAYA")
            assert json.loads(text) == json.loads(json.dumps(told.answer.to_json()))
            assert json.loads(text)["total"]["leads"] == 3
            assert json.loads(text)["against"]["from"] == "2026-09-01"
        status, text = await get("cpl.csv", period="2026-10", only="source=ads")
        assert (status, text.splitlines()[1].split(",")[0]) == (200, "all")

        for asked, why in (
            ({"only": "source=adds"}, "Did you mean one of these?"),
            ({"period": "90d only source=nosuch"}, "90d only source=nosuch"),
            ({"period": "90d share"}, "90d share"),
            ({"by": "source share"}, "“source share” is more than one word"),
            ({"against": "before share"}, "before share"),
            ({"exact": "perhaps"}, "`exact` is yes or no"),
            ({"only": "ads"}, "“ads” is no DIMENSION=VALUE such as source=linkedin"),
            ({"against": "yesteryear"}, "I can't read “yesteryear” as a period"),
            ({"first": "customers"}, "I know period, by, only, against, model, experiment"),
        ):
            status, text = await get("funnel.json", **asked)
            assert (status, why in text) == (422, True), text
        status, text = await get("ab.json", only="source=ads", experiment="form")
        assert (status, "nor `only` and `against`" in text) == (422, True), text
