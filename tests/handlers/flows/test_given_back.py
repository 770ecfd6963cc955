"""A merge that was wrong: what somebody handed in under their own address is theirs after the split."""

from __future__ import annotations

from handlers.flows.claim import claim_lead
from handlers.flows.erase import erase_person
from handlers.flows.export import export_person
from handlers.flows.merge import merge_leads, split_leads
from handlers.flows.qualify import Call, save_qualify
from handlers.flows.suppression import list_as_json, read_list, reapply
from handlers.flows.whose import find_whose
from qualification.lead import Stage
from tests.office import Desk, open_office
from tests.store.rebuild import wrong_columns

SAM = {"email": "sam.jones@samco.de", "first_name": "Sam", "last_name": "Jones", "company": "Samco"}
SUE = {**SAM, "email": "s.jones@samco.de", "title": None}
BOTH = {"granted": True, "purposes": ["contact", "marketing"]}


async def wrongly_merged(desk: Desk) -> str:
    """Sam and Sue share a desk's phone and a name; Sam wanted a paper and news, Sue nothing but an answer."""
    await desk.form(**SAM, action="content_download", message=None, consent=BOTH)
    desk.clock.forward(3600)
    await desk.form(**SUE, action="newsletter_signup", message=None, consent={"granted": True})
    desk.clock.forward(3600)
    return (await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")).saved.step


async def split(desk: Desk, step: str) -> None:
    await split_leads(desk.office, desk.where, 1001, step, "UANA", for_good=True)
    async with desk.office.store.read(desk.where) as work:
        rules = await desk.office.rules(desk.where)
        for number in (1001, 1002):
            assert not await wrong_columns(work, number, rules.definition, rules.setup.country)


async def test_a_form_sent_after_the_merge_goes_back_to_whose_address_it_carries(database_url: str) -> None:
    async with open_office(database_url) as desk:
        step = await wrongly_merged(desk)
        asked = await desk.form(**{**SUE, "first_name": "Susan", "title": "CFO"}, message="A quote, please")
        assert (asked.lead, asked.stage) == ("L-1001", "mql")
        desk.clock.forward(60)

        await split(desk, step)

        sam, sue = await desk.lead(1001), await desk.lead(1002)
        assert (sam.stage, sam.profile.first_name, sam.message) == (Stage.LEAD, "Sam", None)
        assert (sue.stage, sue.profile.first_name, sue.profile.title) == (Stage.MQL, "Susan", "CFO")
        assert sue.message == "A quote, please"
        assert [a.action for a in sue.activities] == ["newsletter_signup", "demo_request"]
        assert (sam.permission.marketing, sue.permission.marketing) == (True, False), "each their own word"
        assert (await desk.form(**SUE, action="call_request")).lead == "L-1002"


async def test_erasing_one_of_them_leaves_the_other_whole_and_nothing_of_the_first(database_url: str) -> None:
    async with open_office(database_url) as desk:
        step = await wrongly_merged(desk)
        await desk.form(**SUE, message="A quote, please")
        await desk.form(**SUE, message="No more, please", consent={"granted": False})
        await desk.form(**SAM, action="webinar_attended", message=None)
        desk.clock.forward(60)
        await split(desk, step)

        whose = await find_whose(desk.office, desk.where, "s.jones@samco.de")
        assert [lead.number for lead in whose.leads] == [1002]
        assert "s.jones@" not in str(await export_person(desk.office, desk.where, "sam.jones@samco.de"))
        await erase_person(desk.office, desk.where, "L-1002", "UADAM")

        assert not (await find_whose(desk.office, desk.where, "s.jones@samco.de")).held
        sam = await desk.lead(1001)
        assert not sam.erased and sam.profile.email == "sam.jones@samco.de"
        again = await reapply(
            desk.office, desk.where, read_list(await list_as_json(desk.office, desk.where)), dry=True
        )
        assert again == []


async def test_both_in_one_request_are_told_apart(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        step = await wrongly_merged(desk)
        await desk.take_in(
            await desk.new(**SAM, action="chat", message="Hi"),
            await desk.new(**SUE, action="quote_request", message="How much?"),
        )
        desk.clock.forward(60)
        await split(desk, step)
        sam, sue = await desk.lead(1001), await desk.lead(1002)
        assert [a.action for a in sam.activities] == ["content_download", "chat"]
        assert [a.action for a in sue.activities] == ["newsletter_signup", "quote_request"]


async def test_an_opt_out_while_they_were_one_holds_for_both(database_url: str) -> None:
    async with open_office(database_url) as desk:
        step = await wrongly_merged(desk)
        await desk.form(**SUE, consent={"granted": False})
        desk.clock.forward(60)
        await split(desk, step)
        sam, sue = await desk.lead(1001), await desk.lead(1002)
        assert sam.permission.opted_out and sue.permission.opted_out


async def test_what_a_rep_made_of_their_form_stays_dated(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        step = await wrongly_merged(desk)
        await desk.form(**SUE)
        crossed = (await desk.lead(1001)).mql_at
        await claim_lead(desk.office, desk.where, 1001, "UBEN")
        rules = await desk.office.rules(desk.where)
        answers = {name: question.options[0].id for name, question in rules.definition.questions.items()}
        lead = await desk.lead(1001)
        call = Call(answers=answers, inquiry=True)
        await save_qualify(desk.office, desk.where, 1001, "UBEN", call, lead.revision, {})
        assert (await desk.lead(1001)).stage is Stage.SQL
        desk.clock.forward(60)
        await split(desk, step)
        sam, sue = await desk.lead(1001), await desk.lead(1002)
        assert (sam.stage, sam.owner, sam.mql_at) == (Stage.SQL, "UBEN", crossed)
        assert (sue.stage, sue.owner) == (Stage.MQL, None)
