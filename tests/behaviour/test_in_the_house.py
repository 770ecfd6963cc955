"""From a website's snippet to a card: the real bot, the real database, the sandbox's Slack."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from pathlib import Path

from bot.replay import replay
from tests.behaviour.calls import ADA, ANALYTICS, identify, page, track
from tests.house import KEY, house

PAGE = Path("docs/behaviour.md").read_text("utf-8")
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}


async def test_a_visitor_becomes_a_card_with_everything_they_did(database_url: str) -> None:
    async with house(database_url) as h:
        now = h.clock()
        batch = [
            page("/pricing", now - timedelta(minutes=9)),
            identify(now - timedelta(minutes=8), ADA, context=ANALYTICS),
            track("Demo Requested", now - timedelta(minutes=7)),
        ]
        url = f"{h.url}/intake/events/v1/batch"
        for _ in range(2):
            async with h.http.post(url, json={"batch": batch}, headers=BASIC) as answer:
                assert (answer.status, await answer.json()) == (200, {"success": True})
        (card,) = await h.cards()
        assert card["text"].startswith("Demo request: Ada Lovelace")
        assert "Saw the pricing page (+10)" in str(card)
        lead = await h.lead(1001)
        assert [a.action for a in lead.activities] == ["demo_request", "pricing_page"]
        assert (lead.captured_by, lead.claim_due is not None) == ("events", True)


async def test_a_browser_that_says_do_not_share_is_heard_with_any_page(database_url: str) -> None:
    async with house(database_url) as h:
        now = h.clock()
        batch = [
            page("/pricing", now - timedelta(minutes=9)),
            identify(now - timedelta(minutes=8), ADA, context=ANALYTICS),
            track("Demo Requested", now - timedelta(minutes=7)),
        ]
        url, objecting = f"{h.url}/intake/events/v1", {**BASIC, "Sec-GPC": "1"}
        async with h.http.post(f"{url}/batch", json={"batch": batch}, headers=BASIC) as answer:
            assert answer.status == 200
        assert (await h.lead(1001)).permission.profiling

        seen = page("/product/tour", now - timedelta(minutes=1))
        async with h.http.post(f"{url}/page", json=seen, headers=objecting) as answer:
            assert answer.status == 200

        lead = await h.lead(1001)
        assert (lead.permission.profiling, lead.permission.contact) == (False, True)
        assert lead.permission.objected_at is not None
        assert [a.action for a in lead.activities] == ["demo_request", "pricing_page"], (
            "that page is no one's"
        )


async def test_a_message_kept_aside_is_taken_in_again(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        raw = json.dumps(track("Demo Requested", h.clock() - timedelta(days=1), ADA)).encode()
        async with h.bot.store.begin(h.bot.where) as work:
            number = await work.intake.quarantined("events", raw, "KeyError (1)", h.clock())
        assert await replay(h.bot.office, h.bot.where, number) == 1
        assert (await h.lead(1001)).profile.email == ADA["email"]


async def test_the_example_on_the_page_does_what_it_says(sqlite_url: str) -> None:
    example = re.search(r"-d '(\{.*?\})'\n```", PAGE, re.DOTALL)
    assert example
    async with house(sqlite_url) as h:
        async with h.http.post(f"{h.url}/intake/events", data=example[1], headers=BASIC) as answer:
            assert await answer.json() == {"success": True}
        (card,) = await h.cards()
        assert "Saw the pricing page (+10)" in str(card)
