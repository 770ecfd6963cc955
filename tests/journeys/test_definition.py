"""Two people agree on other rules: proposed, tested against history, approved, in force, and taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from handlers.flows.definition_force import put_in_force
from handlers.flows.definition_proposals import approve
from qualification.errors import Refused
from qualification.lead import Stage
from qualification.yaml_lines import with_values
from tests.handlers.slack.desk import claimed, qualified, text_of
from tests.house import House, house
from tests.journeys.test_home import people_known
from tests.qualification.stories import YAML

STRICTER = {"SQL from (points of 100)": "95", "BANT answers an SQL needs (of 4)": "4"}


async def shown(h: House, who: str) -> str:
    """The answer to `/lead definition`."""
    answered = await h.slack.command(who, "/lead definition")
    return text_of(answered["ack"])


async def proposed(h: House, who: str, values: dict[str, Any]) -> dict[str, Any]:
    """Fill in the dialog; gives the proposal's message once its effect is known."""
    await shown(h, who)
    assert (await h.slack.click(who, "Propose a change", channel="leads"))["ok"]
    sent = await h.slack.submit(who, values)
    assert sent["ok"], sent
    await h.quiet()
    return await proposal(h)


async def proposal(h: House) -> dict[str, Any]:
    """The newest proposal's message."""
    return next(m for m in reversed(await h.cards()) if m["text"].startswith("Proposal"))


async def version(h: House) -> int:
    return (await h.bot.office.rules(h.bot.where)).definition.version


async def test_two_people_agree_on_a_stricter_gate_and_take_it_back(database_url: str) -> None:
    async with house(database_url) as h:
        await people_known(h)
        await claimed(h)
        await qualified(h)
        assert (await h.lead(1001)).stage is Stage.SQL
        message = await proposed(h, "ana", {**STRICTER, "Why": "Sales says half of them are too early"})
        told = text_of(message)
        assert "SQL from 95 points, not 75" in told
        assert "Sales says half of them" in told
        assert "1 of 1 lead would have gone another way" in told
        assert "1 × SQL → MQL" in told
        assert "SQLs: 1 → 0 (-1)" in told
        assert "|L-1001>" in told  # a link to its card
        assert "Waits for sales (a manager) and marketing (a marketer)" in told
        choice = {"action_id": "lead.more", "channel": "leads", "ts": message["ts"]}
        await h.slack.select("maya", None, "details:1001", **choice)
        assert "Details L-1001" in str(await h.slack.view("maya")), "also one without a card"
        await h.slack.close("maya")
        assert await version(h) == 1

        # Who holds no role can't; twice by one team is once.
        await h.slack.click("ana", "Approve as manager", channel="leads", ts=message["ts"])
        assert "Only a manager can approve for sales" in (await h.slack.seen_by("ana") or "")
        assert (await approve(h.bot.office, h.bot.where, 1, "UMAYA", "manager")).roles == ("manager",)
        assert (await approve(h.bot.office, h.bot.where, 1, "UMAYA", "manager")).roles == ()
        await h.quiet()
        assert "Approved for sales by Maya" in text_of(await proposal(h))
        assert await version(h) == 1
        await h.slack.click("mark", "Approve as marketer", channel="leads", ts=message["ts"])
        await h.quiet()
        assert await version(h) == 2
        assert "In force as version 2" in text_of(await proposal(h))

        news = (await h.cards())[-1]
        assert news["text"] == "Version 2 of the leads definition is in force"
        assert "Approved for sales by Maya" in text_of(news)
        assert "1 open lead scored anew: 0 became MQLs; no stage was lowered" in text_of(news)
        # What was decided stays decided, under the version of then.
        assert (await h.lead(1001)).stage is Stage.SQL
        async with h.bot.store.read(h.bot.where) as work:
            assert {event.version for event in await work.leads.history(1001)} == {1}
            versions = await work.proposals.versions()
        assert [(one.version, one.until is None) for one in versions] == [(2, True), (1, False)]
        assert versions[1].until == versions[0].at

        assert "Version 1" not in await shown(h, "maya")
        await h.slack.click("maya", "Versions", channel="leads")
        await h.quiet()
        view = await h.slack.view("maya")
        assert "Approved for sales by Maya" in text_of(view)
        assert "SQL from 95 points, not 75" in text_of(view)
        assert (await h.slack.click("maya", "Roll back"))["ok"]
        await h.quiet()
        assert await version(h) == 3
        news = (await h.cards())[-1]
        assert news["text"] == "Version 3 of the leads definition is in force"
        assert "Rolled back to what version 1 said" in text_of(news)
        assert "SQL from 75 points, not 95" in text_of(news)
        async with h.bot.store.read(h.bot.where) as work:
            first, last = await work.proposals.version(1), await work.proposals.version(3)
        assert first and last and first.text == last.text
        view = await h.slack.view("maya")
        assert "Says the same as the one in force" in text_of(view)
        assert text_of(view).count("Roll back") < 4, "to version 2, and not to what it is already"


async def test_one_press_counts_for_both_by_who_holds_both_roles(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_managers="maya", greenlight_marketers="maya") as h:
        await people_known(h)
        await proposed(h, "maya", {"Points of one rule": "Asked for a demo (30)", "Its new points": "25"})
        assert "“Asked for a demo”: 30 → 25 points" in text_of(await proposal(h))
        await h.slack.click("maya", "Approve as marketer", channel="leads", ts=(await proposal(h))["ts"])
        await h.quiet()
        assert "You hold both roles, so this counted for sales and marketing" in (
            await h.slack.seen_by("maya") or ""
        )
        assert await version(h) == 2
        assert "Approved for sales and marketing by Maya" in await shown(h, "maya")


async def test_what_was_proposed_against_an_older_version_is_refused(database_url: str) -> None:
    async with house(database_url) as h:
        await people_known(h)
        await proposed(h, "ana", STRICTER)
        await proposed(h, "mark", {"MQL from (fit and engagement)": "40"})
        office, where = h.bot.office, h.bot.where
        # Two of each at once: one of the two proposals wins, once.
        results = await asyncio.gather(
            *(
                approve(office, where, number, who, role)
                for number in (1, 2)
                for who, role in (("UMAYA", "manager"), ("UMARK", "marketer"))
            ),
            return_exceptions=True,
        )
        assert sum(getattr(one, "version", None) is not None for one in results) >= 1
        odd = [
            repr(one)[:600] for one in results if isinstance(one, Exception) and not isinstance(one, Refused)
        ]
        assert not odd, odd
        assert await version(h) == 2
        await h.quiet()
        states = sorted(
            "Outdated" in m["blocks"].__str__() for m in await h.cards() if "Proposal" in m["text"]
        )
        assert states == [False, True]
        async with h.bot.store.read(where) as work:
            both = [await work.proposals.get(number) for number in (1, 2)]
        stale = next(one.id for one in both if one and one.state == "outdated")
        with pytest.raises(Refused, match="propose it again"):
            await approve(office, where, stale, "UMAYA", "manager")


async def test_a_file_with_a_mistake_is_refused_with_its_line(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        bad = YAML.replace("by_request: [demo_request,", "by_request: [demo_reqest,")
        await shown(h, "mark")
        await h.slack.click("mark", "Propose a change", channel="leads")
        file = {"Or the whole definition, as a file": {"name": "rules.yml", "content": bad}}
        await h.slack.submit("mark", {**file, "MQL from (fit and engagement)": "40"})
        view = await h.slack.view("mark")
        assert view is not None
        said = view["errors_by_label"]["Or the whole definition, as a file"]
        assert "the file or the fields, not both" in said, "a changed field is not dropped in silence"
        await h.slack.submit("mark", {"MQL from (fit and engagement)": "35", "Why": "A long story"})
        await h.quiet()
        told = text_of(await h.slack.view("mark"))
        line = bad[: bad.index("demo_reqest")].count("\n") + 1
        assert f"Line {line}: permission.by_request" in told
        assert "Did you mean demo_request?" in told

        assert "A long story" in str(await h.slack.view("mark")), "nobody types the reason twice"
        good = with_values(YAML, {"actions.referral.points": 25})
        await h.slack.submit(
            "mark", {"Or the whole definition, as a file": {"name": "rules.yml", "content": good}}
        )
        await h.quiet()
        assert "“Was referred”: 20 → 25 points" in text_of(await proposal(h))
        assert "A long story" in text_of(await proposal(h))


async def test_an_impossible_threshold_is_said_on_its_field(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        await shown(h, "ana")
        await h.slack.click("ana", "Propose a change", channel="leads")
        await h.slack.submit("ana", {"SQL from (points of 100)": "101"})
        view = await h.slack.view("ana")
        assert view is not None
        assert "the most there can be is 100" in view["errors_by_label"]["SQL from (points of 100)"]
        await h.slack.submit("ana", {"SQL from (points of 100)": "75"})
        view = await h.slack.view("ana")
        assert view is not None
        assert "Nothing is changed yet" in view["errors_by_label"]["Why"]


async def test_only_its_author_or_who_may_approve_withdraws_it(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        message = await proposed(h, "ana", STRICTER)
        await h.slack.click("ben", "Withdraw", channel="leads", ts=message["ts"])
        assert "Only who proposed it" in (await h.slack.seen_by("ben") or "")
        await h.slack.click("ana", "Withdraw", channel="leads", ts=message["ts"])
        await h.quiet()
        assert "Withdrawn; nothing changed" in text_of(await proposal(h))
        with pytest.raises(Refused, match="withdrawn"):
            await approve(h.bot.office, h.bot.where, 1, "UMAYA", "manager")


async def test_rules_that_let_more_in_make_mqls_from_now_on_and_fold_a_burst(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        quiet: dict[str, Any] = {
            "phone": None,
            "action": "newsletter_signup",
            "consent": True,
            "message": None,
        }
        for number in range(30):
            await h.form(email=f"p{number}@firm{number}.example", first_name=f"P{number}", **quiet)
        await h.quiet()
        before = len(await h.cards())
        assert (await h.lead(1001)).stage is Stage.LEAD
        h.clock.ahead += timedelta(hours=2)
        now = h.clock()
        text = with_values(YAML, {"mql.score": 30, "mql.engagement": 4})
        async with h.bot.store.begin(h.bot.where) as work:
            await put_in_force(work, h.bot.office, text, "UMAYA", approved={}, origin="test")
        h.bot.office.forget_rules()
        await h.quiet()

        leads = [await h.lead(1001 + number) for number in range(30)]
        assert {lead.stage for lead in leads} == {Stage.MQL}
        assert all(lead.mql_at and lead.mql_at >= now for lead in leads)  # not on the day they signed up
        assert all(lead.claim_due is None for lead in leads)
        cards = await h.cards()
        assert len(cards) - before == 2, [m["text"] for m in cards[before:]]  # the news and one digest
        assert any("30 open leads scored anew: 30 became MQLs" in text_of(m) for m in cards)
        # A later visit does not date it back to before these rules.
        await h.form(email="p0@firm0.example", first_name="P0", **{**quiet, "action": "webinar_signup"})
        assert (await h.lead(1001)).mql_at == leads[0].mql_at


async def test_why_tells_score_stage_and_rules_of_a_day_gone_by(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        await claimed(h)
        h.clock.ahead += timedelta(days=3)
        text = with_values(YAML, {"sql.score": 80, "actions.demo_request.points": 20})
        async with h.bot.store.begin(h.bot.where) as work:
            await put_in_force(work, h.bot.office, text, "UMAYA", approved={}, origin="test")
        h.bot.office.forget_rules()
        await h.quiet()
        h.clock.ahead += timedelta(days=1)
        await qualified(h)
        assert (await h.lead(1001)).stage is Stage.SQL

        async def why(at: str) -> str:
            return text_of((await h.slack.command("ana", f"/lead L-1001 why {at}"))["ack"])

        now, then = await why(""), await why("at 2026-11-18")
        assert "Asked for a demo (+20)" in now
        assert "SQL" in now and "Scored by definition 2" in now
        assert "As it stood" in then
        assert "Asked for a demo (+30)" in then
        assert "MQL" in then and "Scored by definition 1" in then
        assert "Need is not known yet" in then
        assert "Budget: can be found" not in then
        between = await why("yesterday")
        assert "MQL" in between and "Scored by definition 2" in between
        assert "Asked for a demo (+20)" in between
        for asked, says in (
            ("at 2026-11-17", "L-1001 was not here yet: it came in on 2026-11-18"),
            ("at 2027-01-01", "is still to come"),
            ("because", "I can't read “because” as a day"),
        ):
            refused = await h.slack.command("ana", f"/lead L-1001 why {asked}")
            assert says in refused["ack"]["text"], refused["ack"]
