"""What the bot does by itself once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.house import house


def words(message: dict[str, Any]) -> str:
    return str(message["blocks"])


async def test_a_card_that_time_changed_is_redrawn_at_night(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        before = (await h.cards())[0]
        h.clock.ahead += timedelta(days=20)
        await h.quiet()
        after = (await h.cards())[0]
        assert "60 of 60" in words(before)
        assert "60 of 60" not in words(after)


async def test_a_card_that_shows_the_same_is_left_alone(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        seen = len(await h.slack.calls(0, method="chat.update"))
        h.clock.ahead += timedelta(hours=10)
        await h.quiet()
        assert len(await h.slack.calls(0, method="chat.update")) == seen


async def test_leads_that_are_no_mql_come_in_one_morning_message(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        permitted = {"granted": True, "purposes": ["contact"]}
        for person in ("bo", "cy"):
            quiet = {"action": "newsletter_signup", "message": None, "consent": permitted, "phone": None}
            answer = await h.form(email=f"{person}@bolt.example", title=None, employees=None, **quiet)
            assert answer["stage"] == "lead"
        assert await h.cards() == []
        h.clock.ahead += timedelta(days=1)
        await h.quiet()
        digests = [card["text"] for card in await h.cards()]
        assert any("2 new leads" in text for text in digests), digests


async def test_what_was_kept_aside_goes_after_thirty_days(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        store = h.bot.store
        where = await store.workspace()
        async with store.begin(where) as work:
            await work.intake.quarantined("leads", b"{}", "KeyError (12ab)", h.clock())

        async def kept_when_later(days: int) -> int:
            h.clock.ahead += timedelta(days=days)
            await h.quiet()
            async with store.read(where) as work:
                return await work.intake.quarantine_length()

        assert await kept_when_later(29) == 1
        assert await kept_when_later(3) == 0


async def test_the_digest_of_a_burst_counts_everybody_who_waits(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        for number in range(7):
            await h.form(email=f"p{number}@acme.example", phone=None)
        await h.cards()
        async with h.bot.store.begin(h.bot.where) as work:
            await work.outbox.put("cards.digest", lane="post:leads")
        assert (await h.cards())[-1]["text"] == "7 leads are waiting, 7 of them asked us directly."
