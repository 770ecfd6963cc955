"""The stand-in website hands a form in as a real website's server would."""

from __future__ import annotations

import aiohttp

from sandbox.server import running
from sandbox.website import Website
from tests.house import KEY, house

FORM = {"email": "grace@harbor.example", "first_name": "Grace", "action": "demo_request", "message": ""}


async def test_what_a_visitor_sends_becomes_a_lead(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        website = Website(f"{h.url}/intake/leads", KEY)
        async with running(website=website) as place, aiohttp.ClientSession() as visitor:
            async with visitor.get(f"{place.url}/website") as page:
                assert "Ask for a demo" in await page.text()
            async with visitor.post(f"{place.url}/website", data=FORM) as page:
                assert "created, L-1001" in await page.text()
            async with visitor.post(f"{place.url}/website", data={**FORM, "email": "<b>no"}) as page:
                text = await page.text()
                assert "Not accepted (422)" in text
                assert "<b>" not in text
        assert (await h.cards())[0]["text"].startswith("Demo request: Grace")


async def test_without_a_bot_it_says_so() -> None:
    for website in (Website("", ""), Website("http://127.0.0.1:9/intake/leads", KEY)):
        async with (
            running(website=website) as place,
            aiohttp.ClientSession() as visitor,
            visitor.post(f"{place.url}/website", data=FORM) as page,
        ):
            assert "Not sent" in await page.text()
