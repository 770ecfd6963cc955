"""Erasing a person leaves no trace of them: in the file, in any row, in Slack, in the logs."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path

import pytest

from handlers.flows.erase import erase_person
from handlers.flows.export import export_person
from handlers.flows.suppression import list_as_json, read_list, reapply
from qualification.errors import Refused
from store.store import Store
from tests.handlers.slack.desk import GOOD_CALL, came_in, menu, text_of
from tests.house import DEMO, KEY, House, house
from tests.journeys.test_same_person import AGAIN, question, two_of_one
from tests.office import open_office
from tests.traces import WORDS, in_file, in_rows, in_slack


async def lived(h: House) -> str:
    """Ada asked for a demo, was qualified and handed over, and stands in lists, notes and leftovers."""
    card = await came_in(h)
    for who in ("ana", "adam"):
        await h.slack.open_home(who)
    await h.slack.command("ana", "/lead find lovelace")
    await h.slack.click("ana", "Share", channel="leads")
    await h.slack.click("ana", "Claim", channel="leads", ts=card["ts"])
    await h.quiet()
    await h.slack.say("ben", "I know Ada Lovelace from school", thread_ts=card["ts"])
    await h.slack.click("ana", "Log call", channel="leads", ts=card["ts"])
    await h.slack.submit(
        "ana", {"What happened": "Talked on the phone", "Note": "Ada Lovelace, call 030 901820"}
    )
    await h.quiet()
    await h.slack.click("ana", "Qualify", channel="leads", ts=card["ts"])
    told = {
        **GOOD_CALL,
        "Notes": "Mrs Lovelace signs",
        "Next step": "Demo for Ada Lovelace",
        "Hand to": "ben",
    }
    await h.slack.submit("ana", told)
    await h.quiet()
    await h.form(
        email="grace@navy.example",
        phone="+49 30 445566",
        first_name="Grace",
        last_name="Hopper",
        company="Navy",
        message="Ada Lovelace (ada@acme.example, +49 (0)30 90 18 20) told me about you",
    )
    office, where = h.bot.office, h.bot.where
    async with office.store.begin(where) as work:
        body = b'{"leads": [{"email": "Ada@acme.example"}, {"email": "other@navy.example"}]}'
        await work.intake.quarantined("leads", body, "KeyError (1)", h.clock())
        await work.intake.quarantined("typeform", b"phone=%2B49+30+901820&x", "KeyError (2)", h.clock())
    headers = {"Authorization": "Bearer demo-key", "Idempotency-Key": "k1"}
    again = {"email": "ada@acme.example", "action": "product_page"}
    async with h.http.post(f"{h.url}/intake/leads", json=again, headers=headers) as answer:
        assert answer.status == 202
    await h.quiet()
    return str(card["ts"])


async def counts(h: House) -> str:
    """What managers are told."""
    said = ""
    for name in ("overview", "funnel", "conversion", "sources", "reps", "win"):
        said += text_of((await h.slack.command("maya", f"/kpi {name}"))["ack"])
        await h.quiet()
        said += text_of((await h.slack.told("maya"))[0])
    return re.sub(r"<!date[^>]*>", "", said)


async def test_nothing_of_a_person_is_left_anywhere(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with house(database_url) as h:
        ts = await lived(h)
        office, where = h.bot.office, h.bot.where
        assert {row.partition(".")[0] for row in await in_rows(office.store)} >= {
            "facts",
            "leads",
            "quarantine",
        }
        assert len(await in_slack(h)) > 6, "she is all over Slack"
        before = await h.lead(1001)
        counted = await counts(h)
        assert counted.count("How is this counted?") >= 6
        await h.slack.misbehave("chat.update", "429", times=1)

        done = await erase_person(office, where, "Ada@Acme.example", "UADAM")
        await h.quiet()

        assert [one.lead for one in done] == ["L-1001"]
        assert await in_slack(h) == []
        assert await in_rows(office.store) == set()
        if office.store.is_sqlite:
            assert in_file(database_url) == set()
        assert not [word for word in WORDS if word in caplog.text.lower()]

        assert await counts(h) == counted, "no number changes"
        after = await h.lead(1001)
        assert (after.erased, after.stage, after.sql_at, after.mql_at, len(after.activities)) == (
            True, before.stage, before.sql_at, before.mql_at, len(before.activities)
        )  # fmt: skip
        told = await h.slack.told("adam")
        receipt = text_of(told[0])
        assert receipt.startswith("L-1001 is erased, as asked, by")
        reply = next(m for m in await h.slack.messages("leads", thread_ts=ts) if m["user"] == "UBEN")
        assert reply["ts"] in receipt, "Ben's own reply is his to delete"
        assert "L-1002" in receipt
        kept = await h.slack.messages("leads")
        assert any("Grace Hopper" in text_of(m) for m in kept), "others stay"

        refused = await h.form()
        assert (refused["status"], refused["lead"]) == ("not_a_lead", None)
        assert "erase" in refused["reasons"][0]
        assert not [word for word in WORDS if word in str(refused).lower()]
        assert (await h.form(email=None))["status"] == "not_a_lead", "her number alone names her"
        colleague = await h.form(email="charles@acme.example", first_name="Charles", last_name="Babbage")
        assert colleague["status"] == "created", "a number beside another address is a switchboard's"
        clicked = await h.slack.command("ana", "/lead L-1001 claim")
        assert "this person's data was erased" in str(clicked["ack"])


async def test_an_older_backup_is_erased_again_by_the_list(sqlite_url: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    async with open_office(sqlite_url) as desk:
        await desk.form()
        await desk.form(email="grace@navy.example", phone=None, first_name="Grace", last_name="Hopper")
        await desk.office.store.forget_deleted()
        shutil.copyfile(sqlite_url.partition("///")[2], backup)
        await erase_person(desk.office, desk.where, "L-1001", "UADAM")
        kept = await list_as_json(desk.office, desk.where)
    assert not [word for word in WORDS if word in kept]

    restored = f"sqlite+aiosqlite:///{backup}"
    assert in_file(restored)
    async with open_office(restored) as desk:
        office, where = desk.office, desk.where
        assert await reapply(office, where, read_list(kept), dry=True) == ["L-1001"]
        assert in_file(restored)
        assert await reapply(office, where, read_list(kept), by="shell:root") == ["L-1001"]
        assert await office.store.forget_deleted()
        assert in_file(restored) == set()
        assert (await desk.lead(1001)).erased
        assert (await desk.lead(1002)).profile.email == "grace@navy.example"
        assert (await desk.form()).status == "not_a_lead"
        assert await reapply(office, where, None, by="shell:root") == []


async def test_an_older_backup_of_a_server_too(postgres_url: str) -> None:
    async with open_office(postgres_url) as desk:
        await desk.form()
        store, where = desk.office.store, desk.where
        async with store.begin(where) as work:
            facts = await work.privacy.facts(1001)
            lead = await work.leads.get(1001)
        assert lead
        await erase_person(desk.office, where, "+49 30 901820", "UADAM")
        kept = await list_as_json(desk.office, where)
        assert await in_rows(store) == set()
        await _bring_back(store, where, 1001, facts, lead, desk)
        assert await in_rows(store)
        assert await reapply(desk.office, where, read_list(kept), by="shell:root") == ["L-1001"]
        assert await in_rows(store) == set()


async def _bring_back(store: Store, where: str, number: int, facts, lead, desk) -> None:
    """What restoring does: the lead as it was before."""
    from sqlalchemy import delete

    from store.leads import Change
    from store.tables.leads import lead_events, leads

    rules = await desk.office.rules(where)
    async with store.begin(where) as work:
        await work.execute(delete(lead_events).where(lead_events.c.kind == "erased"))
        await work.execute(delete(leads).where(leads.c.number == number))
        change = Change(lead, (), facts)
        await work.leads.record_many([change], "", rules.definition, "DE", desk.clock())


async def test_a_reader_in_the_way_only_delays_the_log(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        store = h.bot.office.store
        async with store.read(h.bot.where) as reading:
            await reading.leads.get(1001)
            await erase_person(h.bot.office, h.bot.where, "L-1001", "UADAM")
            assert not await store.forget_deleted()
            assert in_file(sqlite_url)
        for _ in range(3):
            h.clock.ahead += h.clock.MINUTE
            h.bot.store.wake()
            await h.quiet()
        assert in_file(sqlite_url) == set()


async def test_an_admin_erases_from_details_and_nobody_else_can(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        assert "Erase…" not in str(await menu(h, "maya", "details"))
        pressed = await menu(h, "adam", "details")
        assert "There is no undo" in str(pressed)

        await h.slack.click("adam", "Erase…")
        await h.quiet()

        assert (await h.lead(1001)).erased
        assert "L-1001 is being erased" in text_of(await h.slack.view("adam"))
        assert await in_slack(h) == []
        assert in_file(sqlite_url) == set()
        assert "Nothing is left for you to delete" in text_of((await h.slack.told("adam"))[0])


async def test_a_colleague_at_the_same_switchboard_keeps_everything(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        wrote = "Call 030 901820 and ask for me, not for Ada Lovelace"
        await desk.form(
            email="charles@acme.example", first_name="Charles", last_name="Babbage", message=wrote
        )
        body = b'{"email": "charles@acme.example", "phone": "+49 30 901820"}'
        async with desk.office.store.begin(desk.where) as work:
            await work.intake.quarantined("leads", body, "KeyError (1)", desk.clock())

        await erase_person(desk.office, desk.where, "L-1001", "UADAM")

        charles = await desk.lead(1002)
        assert charles.profile.phone == "+49 30 901820"
        assert charles.message == "Call 030 901820 and ask for me, not for [erased]"
        async with desk.office.store.read(desk.where) as work:
            assert len(await work.intake.in_quarantine()) == 1
        with pytest.raises(Refused, match="nothing can be done"):
            await desk.office.at_lead(desk.where, 1001).__aenter__()
        assert (await desk.form(email="charles@acme.example", action="chat")).status == "updated"


async def test_one_person_under_two_numbers_is_erased_under_both(database_url: str) -> None:
    theirs = ("ada@acme.de", "a.lovelace@acme.de", "lovelace", "901821")
    async with house(database_url) as h:
        await two_of_one(h)
        asked = await question(h)
        await h.slack.click("ana", action_id="person.merge", channel="leads", ts=asked["ts"])
        await h.quiet()
        assert await in_slack(h, theirs)

        done = await erase_person(h.bot.office, h.bot.where, "a.lovelace@acme.de", "UADAM")
        await h.quiet()

        assert [one.lead for one in done] == ["L-1001", "L-1002"]
        assert await in_slack(h, theirs) == []
        assert await in_rows(h.bot.office.store, theirs) == set()
        assert (await h.form(**AGAIN))["status"] == "not_a_lead"


async def test_who_was_erased_is_gone_from_the_question_about_somebody_else(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_of_one(h)
        await question(h)
        await erase_person(h.bot.office, h.bot.where, "L-1001", "UADAM")
        await h.quiet()
        asked = [m["text"] for m in await h.slack.messages("leads", thread_ts=(await h.cards())[1]["ts"])]
        assert await in_slack(h, ("ada@acme.de", "a***@acme.de")) == []
        assert "L-1001: this person's data was erased." in asked


async def test_what_a_visitor_said_about_themselves_is_erased_and_exported_too(database_url: str) -> None:
    async with house(database_url) as h:
        told = {
            "type": "identify",
            "anonymousId": "v1",
            "traits": {"email": DEMO["email"], "name": "Ada Lovelace"},
        }
        headers = {"Authorization": f"Bearer {KEY}"}
        async with h.http.post(f"{h.url}/intake/events", json=told, headers=headers) as answer:
            assert answer.status == 200
        assert any("visitor_names" in row for row in await in_rows(h.bot.office.store))
        office, where = h.bot.office, h.bot.where
        assert "Lovelace" in str(await export_person(office, where, DEMO["email"]))

        await erase_person(office, where, DEMO["email"], "UADAM")
        await h.quiet()

        assert await in_rows(office.store) == set()
