"""What a manager does with an answer: asks why, takes it along, shares it, looks who is behind it."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.flows.kpi_file import order_file
from handlers.flows.receive import take_in
from handlers.flows.shared_once import share_once, was_not_shared
from qualification.arrival import NewLead
from qualification.lead import Profile, Stage
from qualification.past import Past
from qualification.permission import Consent
from sandbox import block_limits
from tests.house import House, house
from tests.journeys.test_kpi import asks, chart, table


async def press(h: House, who: str, label: str, ts: str, channel: str = "leads") -> dict[str, Any]:
    """Press a button on a message, and get the last thing that person then sees for themselves."""
    await h.slack.click(who, label, channel=channel, ts=ts)
    await h.quiet()  # what was pressed
    await h.quiet()  # and what that had sent
    seen = await h.slack.messages(channel, as_=who)
    return [m for m in seen if m.get("ephemeral")][-1]


def labels(message: dict[str, Any]) -> list[str]:
    """What can be pressed below a message."""
    found = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]
    return [element["text"]["text"] for element in found if "text" in element]


async def files_of(h: House, who: str) -> list[tuple[str, str]]:
    """Name and content of the files somebody got from us by direct message, oldest first."""
    found = []
    for message in await h.slack.messages(who):
        for file in message.get("files") or []:
            async with h.http.get(file["permalink"]) as answer:
                found.append((file["name"], await answer.text()))
    return found


async def test_why_did_it_change_says_it_in_words_and_adds_up(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        day = h.clock.START.date()
        for n, (source, bought, days) in enumerate(
            [("webinar", 1, 80), ("webinar", 1, 80), ("web", 0, 80), ("webinar", 0, 40), ("web", 0, 40)]
        ):
            at = h.clock.START - timedelta(days=days)
            won = at + timedelta(days=3)
            past = Past(Stage.CUSTOMER, mql_at=at, sql_at=at, won_at=won) if bought else None
            new = NewLead(
                action="demo_request",
                occurred_at=at,
                profile=Profile(email=f"p{n}@acme{n}.example"),
                fact_id=f"f{n}",
                email_key=f"p{n}@acme{n}.example",
                source=source,
                consent=Consent(granted=True, purposes=("contact",), at=at),
                past=past,
            )
            await take_in(h.bot.office, h.bot.where, [new])
        first, last = day - timedelta(days=60), day - timedelta(days=10)
        assert "Why did it change?" not in labels(await asks(h, "maya", "/kpi velocity"))
        told = await asks(h, "maya", f"/kpi conversion {first}..{last}")
        why = await press(h, "maya", "Why did it change?", told["ts"])
        assert why["text"].startswith("Conversion: 0% (")
        assert "against 66.7% (" in why["text"]
        assert "webinar leads converted less: −58.3 points" in why["text"]
        assert table(why)[-1] == ["All", "100%", "66.7% → 0%", "−8.3 pt", "−58.3 pt", "−66.7 pt"]


async def test_rows_come_as_a_file_by_direct_message_once(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form(source="=cmd()")
        await h.form(email="bo@beta.example", phone=None, source="google")
        told = await asks(h, "maya", "/kpi funnel 90d by source")
        said = await press(h, "maya", "Export CSV", told["ts"])
        assert said["text"] == "The rows come as a file in your direct messages with me."
        assert (await press(h, "maya", "Export CSV", told["ts"]))["text"].startswith("That file was sent")
        ((name, content),) = await files_of(h, "maya")
        assert re.fullmatch(r"funnel-2026-11-18-[0-9a-f]{8}\.csv", name)

        key = (await asks(h, "maya", "/kpi key"))["text"].split("`")[1]
        bearer = {"Authorization": f"Bearer {key}"}
        async with h.http.get(f"{h.url}/kpi/funnel.csv?period=90d&by=source", headers=bearer) as answer:
            assert (await answer.read()).decode() == content
        rows = list(csv.DictReader(io.StringIO(content)))
        assert [(row["key"], row["leads"]) for row in rows] == [
            ("'=cmd()", "1"),
            ("google", "1"),
            ("all", "2"),
        ]


async def test_a_rep_s_file_holds_the_own_row_only(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        await h.slack.click("ana", "Claim", channel="leads")
        await h.form(email="bo@beta.example", phone=None)
        await h.quiet()
        await h.slack.command("ben", "/lead L-1002 claim")
        told = await asks(h, "ana", "/kpi reps")
        await press(h, "ana", "Export CSV", told["ts"])
        ((_, content),) = await files_of(h, "ana")
        assert [row["key"] for row in csv.DictReader(io.StringIO(content))] == ["UANA", "all"]


async def test_an_upload_that_broke_off_is_made_up_for_and_never_doubled(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        told = await asks(h, "maya", "/kpi funnel")
        # It reaches Slack, and the answer is lost on the way back.
        await h.slack.misbehave("files.completeUploadExternal", "drop", times=1)
        await h.slack.click("maya", "Export CSV", channel="leads", ts=told["ts"])
        await h.quiet()
        await h.quiet()
        h.clock.ahead += h.clock.MINUTE * 10
        await h.quiet()
        assert len(await files_of(h, "maya")) == 1


async def test_a_file_that_went_out_while_our_clock_was_fast_is_not_sent_again(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        slacks = h.workspace.clock
        h.workspace.clock = lambda: slacks() - timedelta(hours=1).total_seconds()
        await h.slack.misbehave("files.completeUploadExternal", "drop", times=1)
        # Not pressed: Slack's clock and ours are so far apart that no click comes through.
        assert await order_file(h.bot.office, h.bot.where, "funnel", "UMAYA", "here")
        await h.quiet()
        h.clock.ahead += h.clock.MINUTE * 10
        await h.quiet()
        assert len(await files_of(h, "maya")) == 1


async def test_who_asks_the_same_twice_gets_both_files_also_on_a_bad_day(sqlite_url: str) -> None:
    """A file that did not go out must not be taken for an earlier one that looks like it."""
    async with house(sqlite_url) as h:
        await h.form()
        for failures in (0, 1):
            told = await asks(h, "maya", "/kpi funnel")
            await h.slack.misbehave("files.completeUploadExternal", "500", times=failures)
            await press(h, "maya", "Export CSV", told["ts"])
        h.clock.ahead += h.clock.MINUTE * 10
        await h.quiet()
        first, second = await files_of(h, "maya")
        assert first[1] == second[1]
        assert first[0] != second[0]


async def test_share_is_once_also_after_a_restart(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        told = await asks(h, "maya", "/kpi funnel 90d")
        await h.slack.click("maya", "Share", channel="leads", ts=told["ts"])
        await h.quiet()
        # Nothing of it is in the process: the database is asked.
        assert await share_once(h.bot.office, h.bot.where, "UMAYA", "C1:1.0")
        assert not await share_once(h.bot.office, h.bot.where, "UMAYA", "C1:1.0")
        assert await share_once(h.bot.office, h.bot.where, "UBEN", "C1:1.0")
        await was_not_shared(h.bot.office, h.bot.where, "UMAYA", "C1:1.0")
        assert await share_once(h.bot.office, h.bot.where, "UMAYA", "C1:1.0")
        await h.slack.click("maya", "Share", channel="leads", ts=told["ts"])
        await h.quiet()
        public = [m for m in await h.slack.messages("leads") if "shares `/kpi" in str(m["blocks"])]
        assert len(public) == 1
        assert table(public[0])[0][0] == "Stage"


async def test_which_leads_shows_who_is_behind_it_as_far_as_the_channel_may(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        for n in range(22):
            await h.form(email=f"p{n}@acme{n}.example", phone=None, first_name=f"Person{n}")
        told = await asks(h, "maya", "/kpi funnel 90d")
        who = await press(h, "maya", "Which leads?", told["ts"])
        assert who["text"] == "Leads: 22 (last 90 days, Europe/Berlin)"
        rows = [b for b in who["blocks"] if b["type"] == "section" and b.get("accessory")]
        assert len(rows) == 20
        assert {row["accessory"]["text"]["text"] for row in rows} == {"Details"}
        assert "The newest 20 of 22." in str(who["blocks"])
        assert labels(who) == ["MQLs", "SQLs", "Customers"]
        none = await press(h, "maya", "Customers", who["ts"])
        assert none["text"].startswith("Customers: 0")
        assert "Nobody is behind this number." in str(none["blocks"])
        await h.slack.click("maya", "Details", channel="leads", ts=who["ts"], value="details:1007")
        await h.quiet()
        view = await h.slack.view("maya")
        assert view is not None
        assert "L-1007" in str(view)

        async with h.bot.store.begin(h.bot.where) as work:
            await work.house.set({"leads_privacy": "number"})
        h.bot.office.forget_rules()
        hidden = await press(h, "maya", "Which leads?", told["ts"])
        assert "Person" not in str(hidden["blocks"])


async def test_which_leads_of_a_split_opens_one_row(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        for n, source in enumerate(("linkedin", "google", "google")):
            await h.form(
                email=f"p{n}@acme{n}.example", phone=None, source=source, campaign='say "go" & <hi>' * (n + 1)
            )
        told = await asks(h, "maya", "/kpi funnel 90d by source")
        who = await press(h, "maya", "Which leads?", told["ts"])
        choice = {"action_id": "kpi.leads.of-one", "channel": "leads", "ts": who["ts"]}
        await h.slack.select("maya", None, "google (2)", **choice)
        await h.quiet()
        await h.quiet()
        one = [m for m in await h.slack.messages("leads", as_="maya") if m.get("ephemeral")][-1]
        assert one["text"] == "Leads: 2, leads from google (last 90 days, Europe/Berlin)"
        assert labels(one) == ["MQLs", "SQLs", "Customers"]

        why = await press(h, "maya", "Which leads?", (await asks(h, "maya", "/kpi funnel by campaign"))["ts"])
        choice["ts"] = why["ts"]
        await h.slack.select("maya", None, 'say "go" & <hi> (1)', **choice)
        await h.quiet()
        await h.quiet()
        one = [m for m in await h.slack.messages("leads", as_="maya") if m.get("ephemeral")][-1]
        assert one["text"].startswith("Leads: 1, leads of campaign say")


async def on_monday(h: House, weeks: int = 0) -> None:
    """It is a minute past nine on that Monday after the story's Wednesday."""
    monday = datetime(2026, 11, 23, 8, 1, tzinfo=UTC) + timedelta(weeks=weeks)
    h.clock.ahead += monday - h.clock()
    await h.quiet()


async def digests(h: House) -> list[dict[str, Any]]:
    """What was sent to the alerts channel on a schedule."""
    return [m for m in await h.slack.messages("sales-alerts") if "scheduled by <@UMAYA>" in str(m["blocks"])]


async def test_a_digest_comes_every_monday_until_it_is_stopped(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        said = await asks(h, "maya", "/kpi funnel 90d by source schedule weekly #sales-alerts")
        assert "comes every Monday at 09:00 into" in said["text"]
        assert "first on 2026-11-23" in said["text"]
        refused = await asks(h, "ben", "/kpi funnel schedule weekly")
        assert refused["text"].startswith("Numbers on a schedule are for managers and admins")

        await on_monday(h)
        (first,) = await digests(h)
        assert first["text"].startswith("1 lead → 1 MQL")
        assert table(first)[1][0] == "linkedin"
        assert labels(first) == ["Why did it change?", "Which leads?", "Export CSV", "How is this counted?"]

        await on_monday(h, 1)
        quiet = (await h.slack.messages("sales-alerts"))[-1]
        assert quiet["text"] == "No lead came in or moved on in the last week."
        await on_monday(h, 2)
        assert (await h.slack.messages("sales-alerts"))[-1]["ts"] == quiet["ts"]

        listed = await asks(h, "maya", "/kpi schedules")
        assert "quiet since 2026-11-30" in str(listed["blocks"])
        await h.slack.click("maya", "Stop", channel="leads", ts=listed["ts"])
        await h.quiet()
        await h.form(email="bo@beta.example", phone=None)
        await on_monday(h, 3)
        assert len(await digests(h)) == 1, "none since it was stopped"


async def test_schedule_is_a_button_with_a_dialog_and_home_stops_it(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        told = await asks(h, "maya", "/kpi funnel 90d")
        await h.slack.click("maya", "Schedule", channel="leads", ts=told["ts"])
        done = await h.slack.submit(
            "maya", {"How often": "On the first of every month", "Channel": "CALERTS"}
        )
        assert "comes on the first of every month" in str(done["ack"]["view"]["blocks"])
        await h.slack.close("maya")
        await h.slack.open_home("maya")
        await h.quiet()
        await h.slack.click("maya", "Scheduled numbers")
        await h.quiet()
        view = await h.slack.view("maya")
        assert view is not None
        assert "/kpi funnel 90d" in str(view["blocks"])
        await h.slack.click("maya", "Stop")
        await h.quiet()
        view = await h.slack.view("maya")
        assert view is not None
        assert "Nothing is sent on a schedule." in str(view["blocks"])


async def test_a_workspace_without_charts_gets_the_digest_all_the_same(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await asks(h, "maya", "/kpi funnel schedule weekly <#CALERTS|sales-alerts>")
        monkeypatch.setattr(block_limits, "CHARTS_PER_MESSAGE", 0)
        await on_monday(h)
        (first,) = await digests(h)
        assert chart(first) is None
        assert table(first)[1][0] == "Leads"
        assert [r for r in h.workspace.refusals if "chat.postMessage" in str(r)], (
            "it was offered a chart first"
        )
        h.workspace.refusals.clear()
