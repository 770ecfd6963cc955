"""Retention: seen before it happens, off until an admin turns it on, and what it keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from bot.cli import person_commands as typed
from handlers.flows.disqualify import disqualify_lead, opt_out_lead
from handlers.flows.merge import merge_leads
from handlers.flows.nurture import nurture_lead
from handlers.flows.retention import Retention, decide_retention, erase_the_old, see_retention, sweep
from handlers.views.retention import dry_run_lines, retention_dialog
from qualification.events import Event, Fact, Kind
from store.tables.jobs import jobs
from tests.behaviour.calls import YES, hears, identify
from tests.handlers.slack.desk import text_of
from tests.handlers.views.slack_rules import assert_dialog
from tests.house import house
from tests.office import Desk, open_office
from tests.traces import in_rows

NOTE = {"action": "content_download", "message": None, "phone": None, "title": None, "consent": True}


async def some(desk: Desk) -> None:
    """1001 never an MQL, 1002 disqualified, 1003 in nurture, 1004 opted out, 1005 an MQL nobody touched."""
    names = ("never", "closed", "nurtured", "optedout", "mql")
    for name in names:
        more = {} if name == "mql" else NOTE
        await desk.form(email=f"{name}@keep.example", **{"phone": None, **more})
    office, where = desk.office, desk.where
    await disqualify_lead(office, where, 1002, "UANA", "no_need")
    await nurture_lead(office, where, 1003, "UANA", desk.clock() + timedelta(days=9_000))
    await opt_out_lead(office, where, 1004, "UANA")


async def erased(desk: Desk) -> list[int]:
    return [number for number in range(1001, 1006) if (await desk.lead(number)).erased]


async def test_who_is_silent_long_enough_goes_and_nobody_else(database_url: str) -> None:
    async with open_office(database_url) as desk:
        office, where = desk.office, desk.where
        await some(desk)
        assert sum((await see_retention(office, where)).concerned.values()) == 0
        desk.clock.moment += timedelta(days=200)
        assert (await see_retention(office, where)).concerned == {"lead": 0, "disqualified": 2, "nurture": 0}
        assert await erase_the_old(office, where, only_if_on=True) == 0, "off until an admin turns it on"
        assert await erase_the_old(office, where) == 2
        assert await erased(desk) == [1002, 1004]
        assert (await desk.lead(1002)).stage == "disqualified", "counted as before"
        assert await in_rows(office.store, ("closed@", "optedout@")) == set()

        back = [await desk.form(email=f"{name}@keep.example", phone=None) for name in ("closed", "optedout")]
        assert [one.status for one in back] == ["created", "not_a_lead"], "an opt-out outlives the data"

        await desk.form(email="nurtured@keep.example", **{**NOTE, "action": "webinar_signup"})
        desk.clock.moment += timedelta(days=600)
        assert await erase_the_old(office, where) == 1
        assert await erased(desk) == [1001, 1002, 1004], "she was heard of since, and an MQL is never erased"


async def test_who_shares_an_old_address_stays_with_all_that_waits(database_url: str) -> None:
    async with open_office(database_url) as desk:
        office, where, now = desk.office, desk.where, desk.clock()
        await desk.form(email="ada@acme.de", **{**NOTE, "consent": YES})
        await hears(desk, identify(now, {"email": "ada@acme.de", "consent": YES}, userId="u7"))
        await hears(desk, identify(now + timedelta(seconds=1), {"email": "ada@new.de"}, userId="u7"))
        desk.clock.moment += timedelta(days=400)
        assert (await desk.form(email="bo@acme.de", phone=None)).lead == "L-1002"
        desk.clock.moment += timedelta(seconds=1)
        # As leads are from before an older address led to its lead: two that tell of one.
        async with office.at_lead(where, 1002) as at:
            told = Fact("told", "details", at.now, {"email": "ada@acme.de"})
            await at.record([Event(Kind.DETAILS, at.now, "import", {"fact": "told"})], [told])
        waits = {**NOTE, "consent": None, "email": "ada@new.de"}
        async with office.store.begin(where) as work:
            until = desk.clock() + timedelta(days=7)
            await work.intake.wait_for_permission([(await desk.new(**waits), "why", desk.clock(), until)])

        assert await erase_the_old(office, where) == 1

        assert (await desk.lead(1001)).erased
        assert not (await desk.lead(1002)).erased
        assert (await desk.lead(1002)).profile.email == "ada@acme.de"
        async with office.store.read(where) as work:
            assert await work.intake.waiting_length() == 1, "it has seven days of its own"


async def test_merged_numbers_go_together_and_only_when_all_are_silent(database_url: str) -> None:
    async with open_office(database_url) as desk:
        office, where = desk.office, desk.where
        for name in "abcd":
            await desk.form(email=f"{name}@keep.example", **NOTE)
        await merge_leads(office, where, 1001, 1002, "UANA")
        await merge_leads(office, where, 1003, 1004, "UANA")
        desk.clock.moment += timedelta(days=300)
        await desk.form(email="d@keep.example", **{**NOTE, "action": "webinar_signup"})
        desk.clock.moment += timedelta(days=100)

        assert (await see_retention(office, where)).concerned["lead"] == 1
        assert await erase_the_old(office, where) == 2

        async with office.store.read(where) as work:
            leads = await work.leads.many([1001, 1002, 1003, 1004])
        assert [lead.erased for lead in leads.values()] == [True, True, False, False]


async def test_a_night_that_is_cut_off_still_reaches_slack_in_one_pass(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        office, where = desk.office, desk.where
        for n in range(4):
            await desk.form(email=f"p{n}@keep.example", **NOTE)
        desk.clock.moment += timedelta(days=400)

        async with office.store.begin(where) as work:
            await work.connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON lead_events WHEN NEW.lead = 1003 "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        with pytest.raises(DBAPIError, match="disk full"):
            await erase_the_old(office, where)
        gone = [number for number in range(1001, 1005) if (await desk.lead(number)).erased]
        assert gone == [1001, 1002], "it was cut off"

        async with office.store.begin(where) as work:
            assert await work.outbox.waiting("erase.sweep") == 1
            assert await work.outbox.waiting("erase.slack") == 0
            await sweep(work)
            await sweep(work)
        async with office.store.read(where) as work:
            rows = (await work.execute(select(jobs.c.payload).where(jobs.c.topic == "erase.slack"))).scalars()
            assert [row["leads"] for row in rows] == [gone, gone], "now, and once more a little later"


async def test_an_admin_sees_the_dry_run_and_turns_it_on(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_admins="UADAM") as h:
        await h.form(**NOTE)
        await h.quiet()
        h.clock.ahead += timedelta(days=400)
        await h.slack.open_home("adam")
        await h.quiet()
        await h.slack.click("adam", "Retention…")
        said = text_of(await h.slack.view("adam"))
        assert "*1 would be erased now* (retention is off)" in said, said
        assert "1 never an MQL, silent for 12 months: L-1001" in said, said
        await h.slack.submit("adam", {"Never an MQL: months": "36"})
        assert "*0 would be erased now*" in text_of(await h.slack.view("adam"))
        on = {"Erase at night": "On: I have seen whom it concerns"}
        await h.slack.submit("adam", {"Never an MQL: months": "12", **on})
        said = text_of(await h.slack.view("adam"))
        assert "Off for now" in said, "twelve months were never tried out"
        assert "*1 would be erased now* (retention is off)" in said
        assert await erase_the_old(h.bot.office, h.bot.where, only_if_on=True) == 0
        await h.slack.submit("adam", on)
        assert "retention is on" in text_of(await h.slack.view("adam"))

        h.clock.ahead += timedelta(days=1)
        h.bot.store.wake()
        await h.quiet()
        assert (await h.lead(1001)).erased
        assert any("Retention: 1 lead erased" in text_of(m) for m in await h.slack.told("adam"))


async def test_the_command_shows_and_asks(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    async with open_office(sqlite_url) as desk:
        desk.clock.moment -= timedelta(days=2_000)
        await some(desk)
        desk.clock.moment += timedelta(days=2_000)
        await decide_retention_by_nobody(desk)
    assert await typed.retention(False) == 1
    said = capsys.readouterr().out
    assert "disqualified: 2 silent for 6 months\n  L-1002, L-1004\n" in said
    assert await typed.retention(True) == 0
    assert "Erased: 4." in capsys.readouterr().out


async def decide_retention_by_nobody(desk: Desk) -> None:
    from handlers.flows.house_state import NotAllowed

    with pytest.raises(NotAllowed):
        await decide_retention(desk.office, desk.where, "UANA", {"lead": 1}, on=True)


def test_of_very_many_the_first_are_named_and_the_rest_counted() -> None:
    months = {"lead": 12, "disqualified": 6, "nurture": 24}
    state = Retention(False, months, {"lead": range(1001, 11_001), "disqualified": (), "nurture": (7,)})
    lines = "\n".join(dry_run_lines(state))
    assert "L-1020 and 9,980 more" in lines
    assert "L-1021" not in lines
    assert_dialog(retention_dialog(state).to_dict())
