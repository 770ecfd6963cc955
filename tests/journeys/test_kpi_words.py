"""A manager who never read a manual asks for numbers in plain words."""

from __future__ import annotations

from typing import Any

from tests.house import House, house
from tests.journeys.test_kpi import asks


def buttons(message: dict[str, Any]) -> list[str]:
    elements = [one for block in message["blocks"] for one in block.get("elements", [])]
    return [one["text"]["text"] for one in elements if one["type"] == "button"]


async def two_sources(h: House) -> None:
    await h.form()
    await h.form(email="bo@beta.example", phone=None, source="google")


async def test_what_was_understood_stands_below_and_share_repeats_exactly_that(database_url: str) -> None:
    async with house(database_url) as h:
        await two_sources(h)
        told = await asks(h, "maya", "/kpi how many leads came from linkedin this month?")
        assert told["text"].startswith("1 lead → ")
        assert "Understood: funnel of leads from linkedin, created this month to date." in str(told["blocks"])

        await h.slack.click("maya", "Share", channel="leads", ts=told["ts"])
        await h.quiet()
        public = [m for m in await h.slack.messages("leads") if "shares" in str(m["blocks"][:1])]
        assert len(public) == 1
        assert "`/kpi funnel this month only source=linkedin`" in str(public[0]["blocks"][0])
        assert public[0]["text"] == told["text"]


async def test_unsure_it_asks_back_and_a_button_answers(database_url: str) -> None:
    async with house(database_url) as h:
        await two_sources(h)
        unsure = await asks(h, "maya", "/kpi leads from linkdin this month")
        assert unsure["text"].startswith("I don't know “linkdin” here. Did you mean one of these?")
        assert buttons(unsure)[0] == "Funnel of leads from linkedin, created this month to date"

        await h.slack.click("maya", buttons(unsure)[0], channel="leads", ts=unsure["ts"])
        await h.quiet()
        seen = [m for m in await h.slack.messages("leads", as_="maya") if m.get("ephemeral")]
        assert seen[-1]["text"].startswith("1 lead → ")
        assert "Share" in buttons(seen[-1])

        lost = await asks(h, "maya", "/kpi sing me a song")
        assert "Try `/kpi`" in lost["text"]
        assert buttons(lost) == [] if lost.get("blocks") else True


async def test_text_of_others_in_a_question_pings_nobody(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_sources(h)
        told = await asks(h, "ana", "/kpi conversion for <!channel> *leads*")
        assert "<!channel>" not in str(told["blocks"])
        assert "<!channel>" not in told["text"]


async def test_a_rep_asking_for_a_colleague_is_told_who_may(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_sources(h)
        told = await asks(h, "ana", "/kpi how is ben doing")
        assert told["text"].startswith("Numbers of other reps are for managers and admins")
        assert "<@UMAYA>" in told["text"]
        mine = await asks(h, "ana", "/kpi how am I doing")
        assert "Understood: what @ana did" in str(mine["blocks"])
