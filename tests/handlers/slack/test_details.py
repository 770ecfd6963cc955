"""Details: the whole story of one lead, and the rare things to do with it."""

from __future__ import annotations

from datetime import timedelta

from tests.handlers.slack.desk import LEAD, came_in, card_text, claimed, echo, handed_over, menu, text_of
from tests.house import House, house


async def details(h: House, who: str) -> str:
    await menu(h, who, "details")
    return text_of(await h.slack.view(who))


async def test_details_tell_who_did_what_when_why_and_under_which_version(database_url: str) -> None:
    async with house(database_url) as h:
        await handed_over(h)
        await h.slack.click("ben", "Send back", channel="sales-alerts")
        await h.slack.submit("ben", {"Reason": "They have no date yet"})
        await h.quiet()

        said = await details(h, "maya")
        for expected in (
            "Ben Okafor: Moved it: SQL → MQL, sent back: “They have no date yet” · v1",
            "Ana Torres: Moved it: MQL → SQL · v1",
            "budget “can be found for a good case”",
            "Asked for a demo: “Need it by March” · v1",
            "ada@acme.example",
            "Title: executive or VP (+12)",
        ):
            assert expected in said, said


async def test_back_to_queue_is_the_owners_or_a_managers_to_press(database_url: str) -> None:
    async with house(database_url) as h:
        card = await claimed(h)
        await details(h, "ben")
        await h.slack.click("ben", "Back to queue")
        assert (await h.lead(LEAD)).owner == "UANA"
        assert "Only they or a manager can put it back." in text_of(await h.slack.view("ben"))

        await details(h, "maya")
        await h.slack.click("maya", "Back to queue")
        await h.quiet()
        assert (await h.lead(LEAD)).owner is None
        assert "Nobody has it yet" in text_of(await h.slack.view("maya"))
        assert "Nobody has it yet" in await card_text(h)
        assert (await h.thread(card["ts"]))[-1] == "Maya Lindqvist put it back into the queue."


async def test_the_echo_of_a_claim_puts_it_back_too(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        told = (await h.slack.told("ana"))[0]
        await h.slack.click("ana", "Back to queue", channel="leads", ts=told["ts"])

        assert (await h.lead(LEAD)).owner is None
        assert await echo(h, "ana") == "L-1001 is back in the queue."


async def test_undo_stands_in_details_while_it_works(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await details(h, "ana")
        await h.slack.click("ana", "Undo")
        await h.quiet()
        assert (await h.lead(LEAD)).owner is None
        assert "Claimed it (taken back)" in text_of(await h.slack.view("ana"))
        await h.slack.close("ana")

        await h.slack.click("ana", "Claim", channel="leads")
        h.clock.ahead += timedelta(minutes=11)
        assert "Undo" not in await details(h, "ana")


async def test_opting_out_ends_everything_and_stands_on_the_card(database_url: str) -> None:
    async with house(database_url) as h:
        await claimed(h)
        await details(h, "ana")
        await h.slack.click("ana", "Opt-out")
        await h.quiet()

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.reason, lead.permission.opted_out) == ("disqualified", "opted_out", True)
        assert "Nobody may." in text_of(await h.slack.view("ana"))
        assert "They asked not to be contacted." in await card_text(h)


async def test_won_is_pushed_onto_details_which_then_show_it(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        await details(h, "ben")
        await h.slack.click("ben", "Won")
        await h.slack.submit("ben", {"Amount": "12000 EUR"})
        await h.quiet()

        assert (await h.lead(LEAD)).stage == "customer"
        assert "Won: 12,000.00 EUR" in text_of(await h.slack.view("ben"))


async def test_a_lead_without_history_of_people_opens_too(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        said = await details(h, "ana")
        assert "The form or API: Came in" in said
        assert "Undo" not in said
