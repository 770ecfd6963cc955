"""The spine: a form comes in, a rep claims and qualifies, sales is alerted once."""

from __future__ import annotations

from tests.house import house


async def test_a_demo_request_becomes_an_sql_and_sales_is_told_once(database_url: str) -> None:
    async with house(database_url) as h:
        answer = await h.form()
        assert (answer["http"], answer["status"], answer["lead"]) == (202, "created", "L-1001")

        card = (await h.cards())[0]
        assert card["text"] == "Demo request: Ada Lovelace, VP Engineering, Acme"

        assert (await h.slack.click("ana", "Claim", channel="leads"))["status"] == 200
        assert (await h.lead(1001)).owner == "UANA"
        await h.quiet()
        await h.slack.click("ana", "Qualify", channel="leads")
        view = await h.slack.view("ana")
        assert view is not None
        for label, choice in {
            "Budget": "Can be found for a good case",
            "Authority": "One approval away",
            "Need": "Clear pain, searching",
            "Timeline": "This quarter",
        }.items():
            await h.slack.select("ana", label, choice)
            await h.quiet()
        view = await h.slack.view("ana")
        assert view["submit"]["text"] == "Save and hand over"
        sent = await h.slack.submit(
            "ana", {"Notes": "Wants it in March", "Next step": "Demo", "Hand to": "ben"}
        )
        assert sent["ack"] in ({}, "", None), sent
        lead = await h.lead(1001)
        assert lead.stage == "sql"

        alerts = await h.cards("sales-alerts")
        assert len(alerts) == 1
        assert "Ada Lovelace" in alerts[0]["text"]
        assert any("SQL" in line for line in await h.thread(card["ts"]))
        assert (await h.slack.seen_by("ben")) is not None
