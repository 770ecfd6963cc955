"""Claim: one owner, whoever asks and however many."""

from __future__ import annotations

import asyncio

from tests.handlers.slack.desk import LEAD, came_in, card_text, echo
from tests.house import house


async def test_twenty_reps_claim_at_once_and_one_has_it(database_url: str) -> None:
    async with house(database_url) as h:
        for n in range(20):
            await h.slack.act("add_person", name=f"rep{n}")
        card = await came_in(h)
        answers = await asyncio.gather(
            *[h.slack.click(f"rep{n}", "Claim", channel="leads", stale=True) for n in range(20)]
        )
        assert {answer["status"] for answer in answers} == {200}
        owner = (await h.lead(LEAD)).owner
        assert owner is not None
        said = [await echo(h, f"rep{n}") for n in range(20)]
        assert said.count("L-1001 is yours.") == 1
        kindly = f"<@{owner}> already has Acme. Message them if you know the account."
        assert said.count(kindly) == 19
        assert f"With <@{owner}>" in await card_text(h)
        assert await h.thread(card["ts"]) == []


async def test_claiming_twice_claims_once(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        await asyncio.gather(*[h.slack.click("ana", "Claim", channel="leads") for _ in range(2)])
        await h.quiet()

        assert [one["text"] for one in await h.slack.told("ana")] == ["L-1001 is yours."]
