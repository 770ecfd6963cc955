"""What somebody promised before a merge is asked for after it, whichever number it was promised under."""

from __future__ import annotations

from datetime import timedelta

from tests.handlers.slack.desk import text_of
from tests.house import House, house
from tests.journeys.test_same_person import question, two_of_one


async def later(h: House, **more: float) -> None:
    """Time goes by, and what was due then is sent."""
    h.clock.ahead += timedelta(**more)
    h.bot.store.wake()
    await h.quiet()


async def told(h: House, who: str, word: str) -> list[str]:
    return [text for message in await h.slack.told(who) if word in (text := text_of(message))]


async def merge_them(h: House) -> None:
    await h.slack.click("maya", "Merge", channel="leads", ts=(await question(h))["ts"])
    await h.quiet()
    assert (await h.lead(1002)).number == 1001


async def test_the_owner_who_came_with_the_newer_number_is_reminded(database_url: str) -> None:
    async with house(database_url) as h:
        await two_of_one(h)
        await h.slack.command("ben", "/lead L-1002 claim")
        await h.quiet()
        await merge_them(h)
        card = (await h.cards())[0]
        lines = len(await h.thread(card["ts"]))

        await later(h, days=3)

        assert len(await told(h, "ben", "waiting to hear from you")) == 1
        assert len(await h.thread(card["ts"])) == lines + 1, "and the survivor's thread says so"


async def test_who_was_in_touch_after_the_merge_is_left_alone(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_of_one(h)
        await h.slack.command("ben", "/lead L-1002 claim")
        await h.quiet()
        await merge_them(h)
        await h.slack.command("ben", "/lead L-1001 log call")
        await later(h, days=3)
        assert await told(h, "ben", "waiting to hear from you") == []


async def test_a_next_step_agreed_under_the_newer_number_is_not_forgotten(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_of_one(h)
        await h.slack.command("ben", "/lead L-1002 qualify")
        day = (h.clock() + timedelta(days=2)).date().isoformat()
        await h.slack.submit("ben", {"Next step": "Send the offer", "Next step date": day})
        await h.quiet()
        await merge_them(h)
        before = len(await told(h, "ben", "Send the offer"))
        await later(h, days=2, hours=12)
        assert len(await told(h, "ben", "Send the offer")) == before + 1
