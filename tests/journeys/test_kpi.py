"""A manager asks for the numbers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.house import House, house
from tests.journeys.test_import_by_command import named


async def asks(h: House, who: str, line: str) -> dict[str, Any]:
    """Type a command and get what that person sees as its answer."""
    await h.slack.command(who, line)
    await h.quiet()
    seen = await h.slack.messages("leads", as_=who)
    return [m for m in seen if m.get("ephemeral")][-1]


def table(message: dict[str, Any]) -> list[list[str]]:
    """The cells of the message's table, its head first."""
    found = next(block for block in message["blocks"] if block["type"] == "table")
    return [[cell["text"] for cell in row] for row in found["rows"]]


def chart(message: dict[str, Any]) -> dict[str, Any] | None:
    """The message's chart, if it has one."""
    return next((b for b in message["blocks"] if b["type"] == "data_visualization"), None)


async def test_a_manager_gets_a_sentence_a_chart_and_a_table(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        await h.form(
            email="bo@beta.example",
            phone=None,
            source="google",
            action="newsletter_signup",
            message=None,
            consent={"granted": True, "purposes": ["contact"]},
        )
        told = await asks(h, "maya", "/kpi funnel 90d by source")
        assert told["text"].startswith(
            "2 leads → 1 MQL → 0 SQL → no customers (last 90 days, Europe/Berlin)."
        )
        assert table(told) == [
            ["Source", "Leads", "MQLs", "SQLs", "Customers", "Conversion"],
            ["google", "1", "0", "0", "0", "0%"],
            ["linkedin", "1", "1", "0", "0", "0%"],
            ["All", "2", "1", "0", "0", "0%"],
        ]
        drawn = chart(told)
        assert drawn is not None
        assert drawn["chart"]["axis_config"]["categories"] == ["google", "linkedin"]

        assert "2 leads" in (await asks(h, "maya", "/kpi"))["text"]
        for line in ("conversion", "cpl", "sources", "velocity", "speed by source", "reps", "sla", "quality"):
            assert (await asks(h, "maya", f"/kpi {line}"))["text"], line


async def test_numbers_of_reps_are_for_managers_and_a_rep_sees_the_own_row(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        await h.slack.click("ana", "Claim", channel="leads")
        await h.form(email="bo@beta.example", phone=None)
        await h.quiet()
        await h.slack.command("ben", "/lead L-1002 claim")

        everybody = table(await asks(h, "maya", "/kpi reps"))
        assert [row[:2] for row in everybody] == [
            ["Rep", "Claimed"],
            ["ana", "1"],
            ["ben", "1"],
            ["All", "2"],
        ]

        own = await asks(h, "ana", "/kpi reps")
        assert [row[:2] for row in table(own)] == [["Rep", "Claimed"], ["ana", "1"], ["All", "1"]]
        assert any("your own row" in str(block) and "<@UMAYA>" in str(block) for block in own["blocks"])

        refused = await asks(h, "mark", "/kpi funnel by rep")
        assert refused["text"].startswith("Numbers of single reps are for managers and admins.")
        assert "<@UMAYA>" in refused["text"]


async def test_what_cannot_be_read_gets_examples(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        unsure = await asks(h, "ana", "/kpi funel")
        assert unsure["text"] == "I don't know “funel” here. Did you mean one of these? `/kpi funnel 90d`"
        assert "Try today" in (await asks(h, "ana", "/kpi cpl last decade"))["text"]
        assert "can't be split by variant" in (await asks(h, "ana", "/kpi cpl by variant"))["text"]
        assert "`conversion`" in str((await asks(h, "ana", "/kpi help"))["blocks"])
        nothing = await asks(h, "ana", "/kpi conversion")
        assert nothing["text"].startswith("No data: no leads were created in this window")
        assert chart(nothing) is None


async def test_share_shows_it_to_the_channel_once_and_says_who_did(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        told = await asks(h, "maya", "/kpi funnel")
        for _ in range(2):
            await h.slack.click("maya", "Share", channel="leads", ts=told["ts"])
        await h.quiet()
        public = [m for m in await h.slack.messages("leads") if "became customers" in m["text"]]
        assert len(public) == 1
        assert "<@UMAYA> shares `/kpi funnel`" in str(public[0]["blocks"][0])
        assert "Share" not in [
            e["text"]["text"]
            for b in public[0]["blocks"]
            for e in b.get("elements", [])
            if e["type"] == "button"
        ]

        await h.slack.click("ben", "How is this counted?", channel="leads", ts=public[0]["ts"])
        await h.quiet()
        view = await h.slack.view("ben")
        assert view is not None
        assert "ever reached each stage" in str(view["blocks"])


async def test_a_workspace_that_refuses_charts_gets_tables_from_then_on(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.slack.misbehave("response_url", "500", times=1)
        first = await asks(h, "maya", "/kpi funnel")
        assert chart(first) is None
        assert table(first)[1] == ["Leads", "1", "–", "100%"]
        assert chart(await asks(h, "maya", "/kpi funnel")) is None


async def test_a_marketer_enters_spend_and_learns_what_a_lead_costs(database_url: str) -> None:
    async with house(database_url) as h:
        for number in range(4):
            await h.form(email=f"lead{number}@acme{number}.example", phone=None)
        await h.slack.command("ana", "/kpi spend")
        await h.quiet()
        assert await h.slack.view("ana") is None
        told_ana = [m["text"] for m in await h.slack.messages("leads", as_="ana") if m["ephemeral"]]
        assert told_ana[-1].startswith("What campaigns cost is entered by marketers and managers.")

        await h.slack.command("mark", "/kpi spend")
        view = await h.slack.view("mark")
        assert view is not None
        today = h.clock().astimezone(h.bot.settings.setup.zone).date().isoformat()
        days = {"First day": today, "Last day, included": today}
        bad = await h.slack.submit("mark", {**days, "Amount": "a lot"})
        assert "spend.amount" in bad["ack"]["errors"]
        await h.slack.submit("mark", {**days, "Amount": "100 EUR"})
        await h.quiet()
        said = str((await h.slack.view("mark") or {})["blocks"])
        assert "linkedin · spring-webinar" in said
        assert "A lead from linkedin cost 25.00 EUR in these days: 100.00 EUR for 4." in said

        told = await asks(h, "maya", "/kpi cpl by source")
        assert told["text"].startswith("A lead cost 25.00 EUR: 100.00 EUR for 4 leads")
        assert "Spend is entered for 1 of 30 days only." in told["text"]


async def test_a_program_reads_numbers_with_a_managers_key(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form(source="=HYPERLINK(1)")
        refused = await asks(h, "ana", "/kpi key")
        assert "for managers and admins" in refused["text"]
        shown = await asks(h, "maya", "/kpi key")
        key = shown["text"].split("`")[1]

        async def get(path: str, key: str = key) -> tuple[int, str]:
            headers = {"Authorization": f"Bearer {key}"}
            async with h.http.get(f"{h.url}{path}", headers=headers) as answer:
                return answer.status, await answer.text()

        status, body = await get("/kpi/funnel.json?period=90d&by=source")
        told = json.loads(body)
        assert status == 200
        assert list(told) == [
            "kpi",
            "basis",
            "from",
            "to",
            "timezone",
            "by",
            "definition_versions",
            "rows",
            "total",
            "missing",
            "text",
        ]
        assert told["total"]["leads"] == 1
        assert told["total"]["lead_to_mql"]["k"] == 1
        assert told["definition_versions"] == [1]

        status, body = await get("/kpi/funnel.csv?period=90d&by=source")
        assert status == 200
        assert body.splitlines()[0].startswith("key,leads,mqls,sqls,customers,lead_to_mql,lead_to_mql_low")
        assert body.splitlines()[1].startswith("'=hyperlink(1)")

        assert (await get("/kpi/funnel.json", key="demo-key"))[0] == 401
        assert (await get("/kpi/nothing.json"))[0] == 404
        assert (await get("/kpi/funnel.json?period=soon"))[0] == 422
        assert (await get("/kpi/funnel.json?perod=90d"))[0] == 422

        newer = (await asks(h, "maya", "/kpi key"))["text"].split("`")[1]
        assert [(await get("/kpi/funnel.json", key=one))[0] for one in (key, newer)] == [200, 200]
        h.clock.ahead += timedelta(hours=24)
        assert [(await get("/kpi/funnel.json", key=one))[0] for one in (key, newer)] == [401, 200]
        await asks(h, "maya", "/kpi key revoke")
        assert (await get("/kpi/funnel.json", key=newer))[0] == 401


async def test_who_is_no_marketer_any_more_reads_the_names_of_those_who_are(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_marketers="") as h:
        await h.form()
        await h.quiet()
        await named(h, "mark")
        await h.slack.command("mark", "/kpi spend")
        await h.bot.reception.finish_errands()
        await named(h, "ana")
        wrong = await h.slack.submit("mark", {"Amount": "10"})
        (said,) = wrong["ack"]["errors"].values()
        assert "Ana Torres" in said
        assert "<@" not in said
