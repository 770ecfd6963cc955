"""Log call: what a rep did to reach the lead."""

from __future__ import annotations

import asyncio

from tests.handlers.slack.desk import LEAD, claimed, echo
from tests.house import house


async def test_after_the_claim_a_call_is_logged_and_the_thread_tells_it(database_url: str) -> None:
    async with house(database_url) as h:
        card = await claimed(h)
        await h.slack.click("ana", "Log call", channel="leads")
        await h.slack.submit("ana", {"What happened": "Called, no answer", "Note": "Try on Monday"})

        lead = await h.lead(LEAD)
        assert (lead.touches, lead.last_touch, lead.notes) == (1, "no_answer", "Try on Monday")
        assert lead.accepted_at is not None
        assert (await h.thread(card["ts"]))[-1] == "Ana Torres: called, no answer."
        assert await echo(h, "ana") == "Logged for L-1001: called, no answer."


async def test_the_same_dialog_sent_twice_logs_one_call(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Log call", channel="leads")
        filled = {"What happened": "Talked on the phone"}
        await asyncio.gather(*[h.slack.submit("ana", filled) for _ in range(2)])

        assert (await h.lead(LEAD)).touches == 1


async def test_without_a_choice_the_field_says_what_is_missing(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Log call", channel="leads")
        sent = await h.slack.submit("ana", {"Note": "hm"})
        assert sent["ok"] is False
        assert (await h.lead(LEAD)).touches == 0
