"""Every button has a word: one lead's whole life, typed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.slack.lead_command import WORDS
from handlers.slack.lead_line import CARD, HOUSE_WORDS, LEAD_WORDS
from tests.house import House, house
from tests.journeys.test_home import people_known
from tests.journeys.test_lead_command import answer


def test_every_word_is_answered() -> None:
    assert set(WORDS) == {*HOUSE_WORDS, *LEAD_WORDS, CARD}


async def test_a_lead_worked_by_typing_from_log_to_won(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        assert "talked on the phone" in await answer(h, "ana", "/lead L-1001 log call wants it in March")
        lead = await h.lead(1001)
        assert (lead.owner, lead.touches, lead.notes) == ("UANA", 1, "wants it in March")

        assert "only an SQL can be won" in await answer(h, "ana", "/lead L-1001 won 12000 EUR")
        await qualified(h)
        assert "can mean 12,000.00 EUR or 12.00 EUR" in await answer(h, "ana", "/lead L-1001 won 12.000 EUR")
        assert (await h.lead(1001)).stage == "sql"
        for outcome in ("won", "lost"):
            await answer(h, "ana", f"/lead L-1001 {outcome}")
            assert (await h.slack.view("ana") or {})["callback_id"] == outcome
            await h.slack.close("ana")
        assert "is won for 12,000.00 EUR" in await answer(h, "ana", "/lead L-1001 won 12000 EUR")
        lead = await h.lead(1001)
        assert (lead.stage, lead.amount_minor, lead.currency) == ("customer", 12_000_00, "EUR")
        other = await answer(h, "ben", "/lead L-1001 won 15000 EUR")
        assert "a customer already, for 12,000.00 EUR" in other
        assert "`/lead L-1001 undo`" in other

        assert "Taken back" in await answer(h, "ana", "/lead L-1001 undo")
        assert (await h.lead(1001)).stage == "sql"
        assert "Did you mean `no_decision`" in await answer(h, "ana", "/lead L-1001 lost no decison")
        assert "marked lost: no decision" in await answer(h, "ana", "/lead L-1001 lost no decision yet")
        assert (await h.lead(1001)).stage == "lost"


async def qualified(h: House) -> None:
    await answer(h, "ana", "/lead L-1001 qualify")
    for label, choice in {
        "Budget": "Can be found for a good case",
        "Authority": "One approval away",
        "Need": "Clear pain, searching",
        "Timeline": "This quarter",
    }.items():
        await h.slack.select("ana", label, choice)
        await h.quiet()
    assert (await h.slack.submit("ana", {"Next step": "Demo"}))["ok"]
    assert (await h.lead(1001)).stage == "sql"


async def test_handing_over_and_putting_off(database_url: str) -> None:
    async with house(database_url) as h:
        await people_known(h)
        await h.form()
        assert "has L-1001 now and is told" in await answer(h, "ana", "/lead L-1001 reassign @ben")
        assert (await h.lead(1001)).owner == "UBEN"
        assert "Give it to whom?" in await answer(h, "ana", "/lead L-1001 reassign nobody-here")
        assert "sleeps until" in await answer(h, "ben", "/lead L-1001 snooze tomorrow")
        assert "I can't read “soonish” as a date" in await answer(h, "ben", "/lead L-1001 snooze soonish")
        assert "is in nurture" in await answer(h, "ben", "/lead L-1001 nurture in 2 weeks")
        assert (await h.lead(1001)).stage == "nurture"
        assert "Taken back" in await answer(h, "ben", "/lead L-1001 undo")
        assert "sleeps until" in await answer(h, "ben", "/lead L-1001 snooze 3h")
        asleep = (await h.lead(1001)).snoozed_until - h.clock()
        assert timedelta(hours=2, minutes=55) < asleep <= timedelta(hours=3)
        assert "Did you mean `no_budget`" in await answer(h, "ben", "/lead L-1001 disqualify nobudget")
        assert "is closed: no budget" in await answer(h, "ben", "/lead L-1001 disqualify no budget")
        assert "must not be contacted" in await answer(h, "ben", "/lead L-1001 optout")
        assert (await h.lead(1001)).permission.opted_out


async def test_a_closed_lead_says_that_it_is_closed_and_since_when(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await answer(h, "ana", "/lead L-1001 claim")
        await answer(h, "ana", "/lead L-1001 disqualify no_need")
        for who in ("ana", "ben"):
            told = await answer(h, who, "/lead L-1001 claim")
            assert "L-1001 is closed: disqualified (no need) since 18 Nov 2026" in told
        for outcome in ("won", "lost"):
            told = await answer(h, "ana", f"/lead L-1001 {outcome}")
            assert f"L-1001 is disqualified (no need), so it can't be {outcome}" in told
            assert await h.slack.view("ana") is None, "no dialog that could only refuse"


async def test_whose_leads_mine_shows(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        told = await answer(h, "ana", "/lead mine ben")
        assert "It shows your own leads" in told
        assert "managers see with `/kpi reps`" in told


@pytest.mark.parametrize(
    ("word", "callback"),
    [
        ("log", "log"),
        ("nurture", "nurture"),
        ("snooze", "snooze"),
        ("disqualify", "disqualify"),
        ("reassign", "reassign"),
        ("details", "details"),
    ],
)
async def test_a_word_without_the_rest_opens_its_dialog(sqlite_url: str, word: str, callback: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await answer(h, "ana", f"/lead L-1001 {word}")
        view = await h.slack.view("ana")
        assert view is not None
        assert view["callback_id"] == callback


async def test_in_a_thread_the_message_menu_has_what_commands_cannot_do(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        card = (await h.cards())[0]
        await h.slack.click("ben", "Claim", channel="leads")
        await h.slack.command("ben", "/lead L-1001 log mail sent prices")
        await h.quiet()
        in_thread = (await h.slack.messages("leads", thread_ts=card["ts"]))[-1]
        assert in_thread["ts"] != card["ts"]
        for ts in (card["ts"], in_thread["ts"]):
            await h.slack.shortcut("ben", "lead_actions", channel="leads", ts=ts)
            await h.bot.reception.finish_errands()
            view = await h.slack.view("ben")
            assert view is not None
            assert "Ada Lovelace" in str(view["blocks"])
            assert {"Log call", "Qualify", "Back to queue", "Nurture", "Details"} <= set(view["controls"])
            await h.slack.close("ben")

        await h.slack.shortcut("ben", "lead_actions", channel="leads", ts=card["ts"])
        await h.bot.reception.finish_errands()
        await h.slack.click("ben", "Nurture")
        await h.bot.reception.finish_errands()
        view = await h.slack.view("ben")
        assert view is not None
        assert view["callback_id"] == "nurture"
        await h.slack.submit("ben", {})
        assert (await h.lead(1001)).stage == "nurture"


async def test_claimed_in_the_dialog_the_dialog_goes_on(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        card = (await h.cards())[0]
        for who in ("ana", "ben"):
            await h.slack.shortcut(who, "lead_actions", channel="leads", ts=card["ts"])
            await h.bot.reception.finish_errands()
        await h.slack.click("ana", "Claim")
        await h.bot.reception.finish_errands()
        assert "Log call" in (await h.slack.view("ana") or {})["controls"]
        await h.slack.click("ben", "Claim")
        await h.bot.reception.finish_errands()
        assert "already has Acme" in str((await h.slack.view("ben") or {})["blocks"])


async def test_a_message_about_nobody_says_so(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.quiet()
        for text, told in (("lunch?", "about no lead"), ("L-1001 or L-1002?", "names several")):
            await h.slack.say("ben", text)
            ts = (await h.slack.messages("leads"))[-1]["ts"]
            await h.slack.shortcut("ben", "lead_actions", channel="leads", ts=ts)
            await h.bot.reception.finish_errands()
            assert told in str(await h.slack.seen_by("ben"))
        await h.slack.say("ben", "who knows L-1001?")
        ts = (await h.slack.messages("leads"))[-1]["ts"]
        await h.slack.shortcut("ben", "lead_actions", channel="leads", ts=ts)
        await h.bot.reception.finish_errands()
        assert "Ada Lovelace" in str(await h.slack.view("ben"))


async def test_home_opens_the_same_dialog(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await answer(h, "ana", "/lead L-1001 claim")
        await h.slack.open_home("ana")
        await h.quiet()
        await h.slack.click("ana", "Open")
        await h.bot.reception.finish_errands()
        view = await h.slack.view("ana")
        assert view is not None
        assert "Qualify" in view["controls"]
