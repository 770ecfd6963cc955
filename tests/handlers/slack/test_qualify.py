"""Qualify: live, resumable, told exactly what is missing, and kept when two reps save at once."""

from __future__ import annotations

import asyncio

from tests.handlers.slack.desk import GOOD_CALL, LEAD, came_in, claimed, echo, text_of
from tests.house import house

POOR_CALL = {"Budget": "None", "Authority": "One approval away", "Need": "Curious"}


async def test_the_gate_fails_and_the_dialog_says_exactly_what_is_missing(database_url: str) -> None:
    async with house(database_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        for label, choice in POOR_CALL.items():
            await h.slack.select("ana", label, choice)
            await h.quiet()
        view = await h.slack.view("ana")
        assert view is not None
        assert view["submit"]["text"] == "Save"
        said = text_of(view)
        assert "Saving keeps it an MQL." in said
        assert "Still missing for an SQL:" in said
        missing = [line for line in said.splitlines() if line.startswith("•")]
        assert any("Budget" in line for line in missing), missing
        assert any("Need" in line for line in missing), missing

        await h.slack.submit("ana")
        assert (await h.lead(LEAD)).stage == "mql"
        told = await echo(h, "ana")
        assert "L-1001 is an MQL. Missing for an SQL:" in told
        assert await h.cards("sales-alerts") == []


async def test_two_letters_are_fine_and_the_rest_follows_later(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.submit("ana", {"Need": "Clear pain, searching", "Notes": "Call again"})
        await h.quiet()
        await h.slack.click("ana", "Qualify", channel="leads")
        view = await h.slack.view("ana")
        assert view is not None
        assert view["values"]["Need"] == "Clear pain, searching"
        assert view["values"]["Notes"] == "Call again"
        await h.slack.submit("ana", {**GOOD_CALL, "Hand to": "ben"})
        assert (await h.lead(LEAD)).stage == "sql"


async def test_a_stale_dialog_says_what_changed_and_keeps_what_was_typed(database_url: str) -> None:
    async with house(database_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.click("ben", "Qualify", channel="leads")
        await h.slack.submit("ben", {"Budget": "Approved and in range"})
        sent = await h.slack.submit("ana", {"Need": "Clear pain, searching", "Notes": "Mine"})

        assert sent["ack"]["response_action"] == "update"
        view = await h.slack.view("ana")
        assert view is not None
        said = text_of(view)
        assert "This lead changed while you were typing." in said
        assert "Budget is now “Approved and in range”" in said
        assert view["values"]["Notes"] == "Mine"
        assert (await h.lead(LEAD)).answers.need.confirmed is None

        await h.slack.submit("ana", {"Budget": "Approved and in range"})
        lead = await h.lead(LEAD)
        assert (lead.answers.need.confirmed, lead.answers.budget.confirmed) == ("clear_pain", "approved")
        assert lead.notes == "Mine"


async def test_what_another_wrote_meanwhile_is_never_overwritten_unseen(database_url: str) -> None:
    written = {"Direct inquiry": "No", "Notes": "<!here> call on Friday", "Hand to": "ben"}
    async with house(database_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.click("ben", "Qualify", channel="leads")
        await h.slack.submit("ben", {**written, "Next step": "Send a quote"})
        sent = await h.slack.submit("ana", {"Need": "Clear pain, searching"})

        assert sent["ack"]["response_action"] == "update"
        said = text_of(await h.slack.view("ana"))
        assert "Direct inquiry is now “No”" in said
        assert "Notes are now “&lt;!here&gt; call on Friday”" in said
        assert "Hand to is now “Ben" in said
        assert "Next step is now “Send a quote”" in said
        metadata = sent["ack"]["view"]["private_metadata"]
        assert "Friday" not in metadata and "quote" not in metadata
        lead = await h.lead(LEAD)
        assert (lead.inquiry, lead.handed_to, lead.answers.need.confirmed) == (False, "UBEN", None)

        await h.slack.submit("ana", {**written, "Notes": "Mine"})
        lead = await h.lead(LEAD)
        assert (lead.notes, lead.handed_to, lead.answers.need.confirmed) == ("Mine", "UBEN", "clear_pain")


async def test_what_was_left_alone_in_a_stale_dialog_stays_as_the_other_saved_it(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.click("ben", "Qualify", channel="leads")
        await h.slack.submit("ben", {"Budget": "Planned this year", "Authority": "Signs", "Notes": "Ben's"})
        stale = await h.slack.submit("ana", {"Budget": "Approved and in range"})
        assert stale["ack"]["response_action"] == "update"
        await h.slack.submit("ana")

        lead = await h.lead(LEAD)
        assert lead.answers.budget.confirmed == "approved", "what ana chose, knowing what ben had said"
        assert (lead.answers.authority.confirmed, lead.notes) == ("signs", "Ben's"), "what she never touched"


async def test_a_next_step_in_another_century_is_refused_on_its_field(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        for day in ("1900-01-01", "9999-12-31"):
            sent = await h.slack.submit("ana", {"Next step date": day})
            assert "two years" in sent["ack"]["errors"]["qualify.next_step_date"]
        assert (await h.lead(LEAD)).next_step_at is None


async def test_a_lead_goes_to_nobody_who_could_not_be_told(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        for nobody in ("<@UNOBODY|x>", "<@UGREENLIGHT|greenlight>"):
            told = await h.slack.command("ana", f"/lead L-{LEAD} reassign {nobody}")
            assert "could not be told" in str(told["ack"])
        assert (await h.lead(LEAD)).owner == "UANA"


async def test_two_who_write_the_same_do_not_stand_in_each_others_way(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.click("ben", "Qualify", channel="leads")
        await h.slack.submit("ben", {"Hand to": "ben"})
        await h.slack.submit("ana", {"Hand to": "ben", "Notes": "Mine"})

        lead = await h.lead(LEAD)
        assert (lead.handed_to, lead.notes) == ("UBEN", "Mine")


async def test_the_same_save_twice_hands_over_once(database_url: str) -> None:
    async with house(database_url) as h:
        card = await came_in(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        filled = {**GOOD_CALL, "Hand to": "ben"}
        await asyncio.gather(*[h.slack.submit("ana", filled) for _ in range(2)])

        assert len(await h.cards("sales-alerts")) == 1
        assert len(await h.slack.told("ben")) == 1
        assert len([line for line in await h.thread(card["ts"]) if "qualified" in line]) == 1


async def test_nobody_is_told_what_they_just_did_themselves(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        card = await came_in(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.submit("ana", {**GOOD_CALL, "Hand to": "ana"})
        await h.quiet()

        lines = await h.thread(card["ts"])
        assert lines[-1].startswith("Ana Torres qualified: MQL → SQL")
        assert not any("<@UANA>" in line for line in lines)
        alert = (await h.cards("sales-alerts"))[0]
        assert "<@UANA>" not in text_of(alert) + alert["text"]
        told = [one["text"] for one in await h.slack.told("ana")]
        assert told == ["Saved. 93 points: L-1001 is an SQL now, sales is told."]


async def test_closed_meanwhile_the_refusal_stands_in_the_dialog(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await h.slack.click("ana", "Qualify", channel="leads")
        await h.slack.click("ben", action_id="lead.more", channel="leads", value=f"disqualify:{LEAD}")
        await h.slack.submit("ben", {"Reason": "Spam"})
        sent = await h.slack.submit("ana", GOOD_CALL)

        assert "L-1001 is closed" in sent["ack"]["errors"]["qualify.notes"]
