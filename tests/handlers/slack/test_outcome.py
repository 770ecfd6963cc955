"""What sales does with an SQL: take it, send it back, win it, lose it."""

from __future__ import annotations

import pytest

from tests.handlers.slack.desk import (
    GOOD_CALL,
    LEAD,
    came_in,
    card_text,
    claimed,
    echo,
    handed_over,
    qualified,
    text_of,
)
from tests.house import House, house


async def alert(h: House, place: int = -1) -> str:
    return text_of((await h.cards("sales-alerts"))[place])


async def test_sales_takes_it_and_the_second_one_is_told_kindly(database_url: str) -> None:
    async with house(database_url) as h:
        card = await handed_over(h)
        assert "approved by Ana Torres, for <@UBEN>" in await alert(h)
        await h.slack.click("ben", "Take it", channel="sales-alerts")
        await h.slack.click("mark", "Take it", channel="sales-alerts", stale=True)

        lead = await h.lead(LEAD)
        assert (lead.owner, lead.taken_by) == ("UBEN", "UBEN")
        assert "<@UBEN> already took L-1001" in await echo(h, "mark")
        assert "Taken by Ben Okafor" in await alert(h)
        assert "Taken by <@UBEN>" in await card_text(h)
        assert (await h.thread(card["ts"]))[-1] == "Ben Okafor took it over."


async def test_taking_it_from_the_message_to_whom_it_was_handed(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        told = (await h.slack.told("ben"))[0]
        assert told["text"] == "<@UANA> handed Ada Lovelace, VP Engineering, Acme over to you."
        await h.slack.click("ben", "Take it", channel=told["channel"], ts=told["ts"])

        assert (await h.lead(LEAD)).taken_by == "UBEN"


async def test_sent_back_with_a_reason_its_rep_is_told_and_a_second_hand_over_alerts_once_more(
    database_url: str,
) -> None:
    async with house(database_url) as h:
        card = await came_in(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.submit("ana", {**GOOD_CALL, "Hand to": "ben", "Notes": "Wants SSO"})
        await h.quiet()
        await h.slack.click("ben", "Send back", channel="sales-alerts")
        blank = await h.slack.submit("ben", {"Reason": "   "})
        assert not blank["ok"] or "Say why" in blank["ack"]["errors"]["send_back.reason"]
        await h.slack.submit("ben", {"Reason": "They have no date yet"})
        await h.quiet()

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.owner) == ("mql", "UANA")
        assert await echo(h, "ben") == "L-1001 is an MQL again. Ana Torres has it and is told why."
        assert "They have no date yet" in text_of((await h.slack.told("ana"))[0])
        assert "Sent back by Ben Okafor" in await alert(h)
        assert "*Sent back because*\n>They have no date yet" in await alert(h)
        assert lead.notes == "Wants SSO", "the rep's own notes stay what they were"
        assert "sent it back to <@UANA>: “They have no date yet”" in (await h.thread(card["ts"]))[-1]

        await qualified(h)
        assert len(await h.cards("sales-alerts")) == 2
        assert "Sent back because" not in await alert(h)
        assert "Take it" in await alert(h)
        assert "was handed over again" in await alert(h, 0)
        assert "Take it" not in await alert(h, 0)


async def test_there_is_nothing_to_send_back_twice(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        for who in ("ben", "mark"):
            await h.slack.click(who, "Send back", channel="sales-alerts")
        await h.slack.submit("ben", {"Reason": "No date"})
        late = await h.slack.submit("mark", {"Reason": "No budget"})

        assert late["ack"]["errors"] == {
            "send_back.reason": "L-1001 is an MQL now, so there is nothing to send back."
        }


async def test_won_for_an_amount_and_taken_back(database_url: str) -> None:
    async with house(database_url) as h:
        card = await handed_over(h)
        await h.slack.click("ben", "Won", channel="leads")
        await h.slack.submit("ben", {"Amount": "12000 EUR"})

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.amount_minor, lead.currency) == ("customer", 1_200_000, "EUR")
        assert await echo(h, "ben") == "L-1001 is won for 12,000.00 EUR. Congratulations!"
        assert "Won: 12,000.00 EUR" in await card_text(h)
        assert "Won by Ben Okafor" in await alert(h)
        assert (await h.thread(card["ts"]))[-1] == "Ben Okafor won it: 12,000.00 EUR."

        told = (await h.slack.told("ben"))[0]
        await h.slack.click("ben", "Undo", channel="leads", ts=told["ts"])
        assert (await h.lead(LEAD)).stage == "sql"
        assert "Nobody has taken it yet" in await alert(h)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (
            "12.000",
            "“12.000” can mean 12,000.00 EUR or 12.00 EUR. Please write it as 12000 EUR or 12 EUR.",
        ),
        ("a lot", "I can't read an amount in “a lot”. Write it like 12000 EUR, 1,234.50 USD or 12k."),
    ],
)
async def test_an_amount_in_doubt_asks_back_on_the_field(sqlite_url: str, typed: str, asked: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        await h.slack.click("ana", "Won", channel="leads")
        sent = await h.slack.submit("ana", {"Amount": typed})
        assert sent["ack"]["errors"] == {"won.amount": asked}
        assert (await h.lead(LEAD)).stage == "sql"

        await h.slack.submit("ana", {"Amount": "12000"})
        assert (await h.lead(LEAD)).amount_minor == 1_200_000


async def test_lost_with_a_reason(database_url: str) -> None:
    async with house(database_url) as h:
        card = await handed_over(h)
        await h.slack.click("ben", "Lost", channel="leads")
        await h.slack.submit("ben", {"Reason": "Price", "Note": "A third cheaper elsewhere"})

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.reason) == ("lost", "price")
        assert await echo(h, "ben") == "L-1001 is marked lost: price."
        assert "Lost: price" in await card_text(h)
        assert "marked it lost: price" in (await h.thread(card["ts"]))[-1]


async def test_what_is_no_sql_can_not_be_won(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await qualified(h)
        await h.slack.click("ben", "Won", channel="leads")
        told = next(one for one in await h.slack.told("ana") if "Undo" in text_of(one))
        await h.slack.click("ana", "Undo", channel="leads", ts=told["ts"])
        sent = await h.slack.submit("ben", {"Amount": "1 EUR"})

        assert "only an SQL can be won" in sent["ack"]["errors"]["won.amount"]
