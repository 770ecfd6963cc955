"""Erasing while others work, and erasing what is easily overlooked."""

from __future__ import annotations

import asyncio
import json

import pytest

from handlers.flows.claim import claim_lead
from handlers.flows.erase import erase_found, erase_person, erase_when_due, order_by_admin
from handlers.flows.export import export_person
from handlers.flows.house_state import NotAllowed
from handlers.flows.merge import merge_leads
from handlers.flows.office import LeadErased
from handlers.flows.own_page import ask_erasure, keep_after_all, make_link
from handlers.flows.receive import observe, receive
from handlers.flows.suppression import NO_LEAD, Listed, list_as_json, read_list, reapply
from handlers.flows.whose import find_whose
from qualification.errors import Refused
from store.intake import FEW
from tests.behaviour.calls import everything_kept, hears, identify
from tests.office import open_office
from tests.postgres import when_somebody_waits
from tests.traces import in_file, in_rows

WAITS = {"action": "content_download", "message": None, "phone": None}


async def test_a_form_that_comes_in_during_the_first_erasure_brings_nothing_back(postgres_url: str) -> None:
    async with open_office(postgres_url) as desk:
        await desk.form()
        office, where = desk.office, desk.where
        found, rules = await find_whose(office, where, "L-1001"), await office.rules(where)

        async with office.store.begin(where) as work:
            await erase_found(work, rules, found, "UADAM", "request", desk.clock())
            late = asyncio.create_task(desk.form(message="Ada Lovelace again", action="pricing_request"))
            await when_somebody_waits(office.store, late)

        assert (await late).status == "not_a_lead"
        assert await in_rows(office.store) == set()


async def test_an_erasure_that_comes_during_a_form_takes_the_form_along(postgres_url: str) -> None:
    async with open_office(postgres_url) as desk:
        await desk.form(phone=None)
        office, where = desk.office, desk.where
        rules = await office.rules(where)
        found = await find_whose(office, where, "ada@acme.example")
        again = await desk.new(external_id="crm-1", consent={"granted": True, "purposes": ["contact"]})

        async with office.store.begin(where) as work:
            await receive(work, [again], rules, desk.clock())

            async def erases() -> object:
                async with office.store.begin(where) as mine:
                    return await erase_found(mine, rules, found, "UADAM", "request", desk.clock())

            late = asyncio.create_task(erases())
            await when_somebody_waits(office.store, late)

        await late
        assert await in_rows(office.store) == set()
        assert (await desk.form()).status == "not_a_lead"


async def test_a_lead_that_came_in_after_we_looked_is_erased_too(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(**WAITS)
        office, where = desk.office, desk.where
        found, rules = await find_whose(office, where, "ada@acme.example"), await office.rules(where)
        assert not found.leads
        came = await desk.form()
        assert came.status == "created"

        async with office.store.begin(where) as work:
            done = await erase_found(work, rules, found, "UADAM", "request", desk.clock())

        assert [one.lead for one in done] == [came.lead]
        assert await in_rows(office.store) == set()


async def test_a_click_on_the_newer_of_two_merged_numbers_and_an_erasure_never_wait_in_a_ring(
    postgres_url: str,
) -> None:
    async with open_office(postgres_url) as desk:
        office, where = desk.office, desk.where
        for name in "ab":
            await desk.form(email=f"{name}@acme.de", phone=None)
        await merge_leads(office, where, 1001, 1002, "UBEN")

        async with office.store.begin(where) as work:
            await work.leads.get(1002, lock=True)  # a click has come as far as the redirect
            erasing = asyncio.create_task(erase_person(office, where, "L-1001", "UADAM"))
            await when_somebody_waits(office.store, erasing)
            standing = await work.leads.standing(1002, lock=True)
            assert standing and standing.number == 1001

        assert len(await erasing) == 2
        with pytest.raises(LeadErased):
            await claim_lead(office, where, 1002, "UANA")


async def test_nothing_is_added_to_who_was_erased_whatever_names_them(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        office, where = desk.office, desk.where
        await erase_person(office, where, "L-1001", "UADAM")
        rules = await office.rules(where)
        seen = (await desk.new(action="pricing_page", email=None, phone=None)).but(about=1001)
        async with office.store.begin(where) as work:
            [verdict] = await receive(work, [seen.but(action="demo_request")], rules, desk.clock())
            await observe(work, [seen], rules, desk.clock(), {})
        assert (verdict.status, verdict.lead) == ("not_a_lead", None)
        assert len((await desk.lead(1001)).activities) == 1
        assert await in_rows(office.store) == set()


async def test_leads_are_locked_the_newest_first_however_they_are_named(postgres_url: str) -> None:
    """Somebody holds the newer of two; whoever wants both must not sit on the older one while they wait."""
    async with open_office(postgres_url) as desk:
        office, where = desk.office, desk.where
        for name in "ab":
            await desk.form(email=f"{name}@acme.de", phone=None)

        async def wants_both() -> None:
            async with office.store.begin(where) as work:
                await work.leads.many([1001, 1002], lock=True)
                has_both.set()

        has_both = asyncio.Event()
        async with office.store.begin(where) as work:
            await work.leads.get(1002, lock=True)
            other = asyncio.create_task(wants_both())
            await when_somebody_waits(office.store, other)
            await work.leads.get(1001, lock=True)
            assert not has_both.is_set()
        await other


async def test_whoever_keeps_the_data_between_look_and_erasure_is_heard(postgres_url: str) -> None:
    async with open_office(postgres_url) as desk:
        await desk.form()
        office, where = desk.office, desk.where
        token = (await make_link(office, where, 1001, "UADAM", "https://x.example")).rpartition("/")[2]
        await ask_erasure(office, where, token)

        async with office.at_lead(where, 1001) as at:
            [asked] = await at.work.privacy.erasures_of(1001)
            due = asyncio.create_task(erase_when_due(office, where, 1001, asked.id))
            await when_somebody_waits(office.store, due)
            await at.work.privacy.progress(asked.id, state="kept", receipt={"kept_for": "claim"})

        await due
        assert not (await desk.lead(1001)).erased


async def test_an_admins_click_only_orders_it_and_whoever_is_none_orders_nothing(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        office, where = desk.office, desk.where
        async with office.store.begin(where) as work:
            await work.house.set({"admins": ["UADAM"]})
        office.forget_rules()
        with pytest.raises(NotAllowed):
            await order_by_admin(office, where, 1001, "UANA")
        await order_by_admin(office, where, 1001, "UADAM")
        await order_by_admin(office, where, 1001, "UADAM")
        assert not (await desk.lead(1001)).erased, "nobody waits for that in a dialog"

        async with office.store.read(where) as work:
            ordered = await work.privacy.erasures_of(1001)
        for one in ordered:
            await erase_when_due(office, where, 1001, one.id)

        async with office.store.read(where) as work:
            done = await work.privacy.erasures_of(1001)
        assert [(one.state, one.by) for one in done] == [("erased", "UADAM"), *[("answered", "UADAM")] * 2]
        with pytest.raises(LeadErased):
            await order_by_admin(office, where, 1001, "UADAM")


async def test_it_happens_when_nobody_keeps_it(database_url: str) -> None:
    async with open_office(database_url) as desk:
        office, where = desk.office, desk.where
        for name in ("ada", "grace"):
            await desk.form(email=f"{name}@acme.example", phone=None)
        for number, kept in ((1001, True), (1002, False)):
            token = (await make_link(office, where, number, "UADAM", "https://x.example")).rpartition("/")[2]
            await ask_erasure(office, where, token)
            async with office.store.read(where) as work:
                [asked] = await work.privacy.erasures_of(number)
            if kept:
                await keep_after_all(office, where, number, "UADAM", "claim")
            await erase_when_due(office, where, number, asked.id)
            assert (await desk.lead(number)).erased is not kept


@pytest.mark.parametrize("written", ["Özlem Çelik", "ÖZLEM ÇELIK", "özlem çelik"])
async def test_a_name_with_umlauts_is_blackened_however_it_is_written(
    database_url: str, written: str
) -> None:
    async with open_office(database_url) as desk:
        await desk.form(email="anna@one.example", phone=None, message=f"Talk to {written}, she decides")
        await desk.form(email="oz@quix.example", phone=None, first_name="Özlem", last_name="Çelik")

        [done] = await erase_person(desk.office, desk.where, "L-1002", "UADAM")

        assert done.receipt["others"] == ["L-1001"]
        assert (await desk.lead(1001)).message == "Talk to [erased], she decides"


async def test_an_answer_that_names_them_goes_and_one_that_looks_alike_stays(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(email="oz@quix.example", phone=None, first_name="Özlem", last_name="Çelik")
        now = desk.clock()
        said = {
            "hers": "ÖZLEM ÇELIK is not welcome",
            "as JSON": json.dumps({"reasons": ["What is “Özlem Çelik”?"]}),
            "other": "Ozzlem Xcelik is welcome",
        }
        async with desk.office.store.begin(desk.where) as work:
            for key, text in said.items():
                await work.intake.keep_answer((key, "b", {"status": 202, "body": text}), now, now)

        await erase_person(desk.office, desk.where, "L-1001", "UADAM")

        async with desk.office.store.read(desk.where) as work:
            assert list(await work.intake.answers(list(said), now)) == ["other"]


async def test_who_is_named_in_a_merged_lead_is_gone_from_the_one_that_stands_for_it(sqlite_url: str) -> None:
    words = ("zelda@quix.example", "quixworth")
    async with open_office(sqlite_url) as desk:
        office, where = desk.office, desk.where
        await desk.form(email="anna@one.example", phone=None, message="hi")
        desk.clock.forward(60)
        wrote = "Please call Zelda Quixworth, zelda@quix.example, instead"
        await desk.form(email="anna.b@two.example", phone=None, message=wrote)
        desk.clock.forward(60)
        await desk.form(
            email="zelda@quix.example", phone=None, first_name="Zelda", last_name="Quixworth", message="x"
        )
        await merge_leads(office, where, 1001, 1002, "UANA")
        assert (await desk.lead(1001)).message == wrote

        await erase_person(office, where, "zelda@quix.example", "UADAM")

        assert (await desk.lead(1001)).message == "Please call [erased], [erased], instead"
        assert await in_rows(office.store, words) == set()
        assert await office.store.forget_deleted()
        assert in_file(sqlite_url, words) == set()


async def test_many_payloads_kept_raw_are_looked_through_and_what_came_since_too(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        office, where = desk.office, desk.where
        hers, other = b'{"email": "ada@acme.example", "x": 1}', b'{"email": "other@navy.example"}'
        async with office.store.begin(where) as work:
            for n in range(2 * FEW + 5):
                await work.intake.quarantined("leads", other if n % 5 else hers, "KeyError", desk.clock())
        found, rules = await find_whose(office, where, "L-1001"), await office.rules(where)
        assert len(found.quarantined) == 9
        async with office.store.begin(where) as work:
            await work.intake.quarantined("leads", hers, "KeyError", desk.clock())
            await work.intake.out_of_quarantine(found.quarantined[0].id)
            [done] = await erase_found(work, rules, found, "UADAM", "request", desk.clock())

        assert done.receipt["quarantine"] == 9, "one was taken out meanwhile, one came"
        async with office.store.read(where) as work:
            assert len(await work.intake.in_quarantine(100)) == 2 * FEW + 5 - 9
        assert await in_rows(office.store) == set()


async def the_list(url: str, *addresses: str) -> Listed:
    """A suppression list with these on it."""
    async with open_office(url) as desk:
        for address in addresses:
            await desk.form(email=address, phone=None)
            await erase_person(desk.office, desk.where, address, "UADAM")
        return read_list(await list_as_json(desk.office, desk.where))


async def test_everybody_on_the_list_goes_also_who_only_waits_or_said_who_they_are(
    sqlite_url: str, postgres_url: str
) -> None:
    addresses = ("one@x.example", "two@y.example", "three@z.example")
    listed = await the_list(sqlite_url, *addresses)
    async with open_office(postgres_url) as desk:
        office, where = desk.office, desk.where
        for address in addresses[:2]:
            assert (await desk.form(email=address, **WAITS)).status == "not_a_lead"
        await hears(desk, identify(desk.clock(), {"email": addresses[2]}, userId="u7"))
        await desk.form(email="stays@x.example", **WAITS)
        assert addresses[2] in await everything_kept(desk)

        assert await reapply(office, where, listed, dry=True) == [NO_LEAD] * 3
        assert await reapply(office, where, listed, by="shell:root") == [NO_LEAD] * 3

        assert await in_rows(office.store, addresses) == set()
        async with office.store.read(where) as work:
            assert await work.intake.waiting_length() == 1
            (waits,) = await work.intake.waiting_for(["stays@x.example"], [], work.moment())
            assert waits.new.email_key == "stays@x.example"
        assert await reapply(office, where, listed) == []


async def test_a_list_written_before_the_first_erasure_has_the_key_of_all_later_ones(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        office, where = desk.office, desk.where
        early = read_list(await list_as_json(office, where))
        await desk.form()
        await erase_person(office, where, "ada@acme.example", "UADAM")
        later = read_list(await list_as_json(office, where))
        assert later.secret == early.secret

        assert await reapply(office, where, early) == []
        assert (await desk.form()).status == "not_a_lead"


async def test_a_list_under_another_key_is_refused_and_our_own_stays_good(
    sqlite_url: str, postgres_url: str
) -> None:
    theirs = await the_list(postgres_url, "other@y.example")
    async with open_office(sqlite_url) as desk:
        office, where = desk.office, desk.where
        await the_list(sqlite_url, "ada@acme.example")
        office.forget_rules()
        for dry in (True, False):
            with pytest.raises(Refused, match="another key"):
                await reapply(office, where, theirs, dry=dry)
        assert (await desk.form(phone=None)).status == "not_a_lead"
        assert (await export_person(office, where, "ada@acme.example"))["on_suppression_list"]


async def test_a_title_that_names_somebody_names_them_no_longer(database_url: str) -> None:
    async with open_office(database_url) as desk:
        office, where = desk.office, desk.where
        await desk.form(email="q@wexford.example", phone=None, first_name="Quilla", last_name="Wexford")
        await desk.form(
            email="sam@other.example",
            phone=None,
            first_name="Sam",
            last_name="Reed",
            title="Assistant to Quilla Wexford",
            company="Quilla Wexford & Partners",
        )

        (done,) = await erase_person(office, where, "q@wexford.example", "UADAM")

        assert done.receipt["others"] == ["L-1002"]
        profile = (await desk.lead(1002)).profile
        assert (profile.title, profile.company) == ("Assistant to [erased]", "[erased] & Partners")
        assert (profile.name, profile.email) == ("Sam Reed", "sam@other.example")
        assert await in_rows(office.store, ("quilla", "q@wexford")) == set()
