"""What we answered is remembered for a day, and then the key is free again."""

from __future__ import annotations

from datetime import timedelta

from tests.office import Desk, open_office

DAY = timedelta(hours=24)


async def remember(desk: Desk, body: str) -> tuple[str, object] | None:
    """Keep an answer under the one key, and read what the key gives now."""
    now = desk.clock()
    async with desk.office.store.begin(desk.where) as work:
        await work.intake.keep_answer(("key", body, {"status": 202}), now, now - DAY)
        return (await work.intake.answers(["key"], now - DAY)).get("key")


async def test_a_key_keeps_its_first_answer_for_a_day_and_takes_a_new_one_after(database_url: str) -> None:
    async with open_office(database_url) as desk:
        assert await remember(desk, "first") == ("first", {"status": 202})
        desk.clock.forward(3600)
        assert await remember(desk, "second") == ("first", {"status": 202})
        desk.clock.forward(24 * 3600)
        assert await remember(desk, "third") == ("third", {"status": 202}), "the sweep had not come by yet"
