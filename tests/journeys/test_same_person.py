"""Same person? Asked in the thread, merged, undone, kept apart; and who else comes from the company."""

from __future__ import annotations

import json
from typing import Any

from bot.settings import DEFINITION
from handlers.flows.definition_effect import effect_of
from qualification.lead import Stage
from tests.house import House, house

WORK = {"email": "ada@acme.de", "phone": None, "company": "Acme"}
AGAIN = {"email": "a.lovelace@acme.de", "phone": "+49 30 901821", "company": "Acme GmbH"}


def said(message: dict[str, Any]) -> str:
    """Everything a message shows; Slack gives blocks without an id a new one each time."""
    blocks = [{k: v for k, v in block.items() if k != "block_id"} for block in message.get("blocks") or []]
    return json.dumps(blocks, ensure_ascii=False) + str(message["text"])


async def card_of(h: House, number: int) -> dict[str, Any]:
    """The first card that speaks of this number."""
    its = (f"L-{number} · ", f"L-{number} is now", f"L-{number}, ")
    return next(card for card in await h.cards() if any(words in said(card) for words in its))


async def question(h: House) -> dict[str, Any]:
    """The message that asks, in the newer lead's thread."""
    thread = await h.slack.messages("leads", thread_ts=(await h.cards())[1]["ts"])
    asks = ("person.merge", "merged them", "are two people")
    return next(m for m in thread if any(words in said(m) for words in asks))


async def two_of_one(h: House) -> None:
    """Ada writes from two addresses of one company."""
    await h.form(**WORK)
    await h.form(**AGAIN)
    await h.quiet()


async def test_asked_side_by_side_merged_and_the_other_card_points_there(database_url: str) -> None:
    async with house(database_url) as h:
        await two_of_one(h)
        asked = await question(h)
        shown = said(asked)
        assert "Same person?" in shown and "The same company" in shown and "Never contacted" in shown
        assert "ada@acme.de" in shown and "a.lovelace@acme.de" in shown, "or nobody could tell"
        assert shown.count("nobody has it") == 2
        await h.slack.click("ben", "Claim", channel="leads", ts=(await card_of(h, 1002))["ts"])
        await h.quiet()
        assert said(await question(h)).count("nobody has it") == 1, "as it stands now"

        for _ in range(2):  # doing it twice does it once
            press = {"action_id": "person.merge", "channel": "leads", "ts": asked["ts"]}
            assert (await h.slack.click("ana", **press))["status"] == 200
        await h.quiet()

        lead = await h.lead(1002)
        assert (lead.number, lead.owner, lead.merged) == (1001, "UBEN", (1002,))
        cards = {card["text"]: card for card in await h.cards()}
        assert "L-1002 is now L-1001" in cards, "its card points to the survivor"
        assert "Claim" not in said(cards["L-1002 is now L-1001"])
        assert "Is L-1002 too" in said(await card_of(h, 1001))
        assert "merged them: L-1002 is now L-1001" in said(await question(h))
        assert any("merged L-1002 into it" in text for text in await h.thread((await h.cards())[0]["ts"]))
        told = (await h.slack.command("ana", "/lead L-1002"))["ack"]
        assert "L-1002 is now L-1001" in json.dumps(told)


async def test_undo_restores_both_card_and_thread_and_the_question(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form(**WORK)
        await h.quiet()
        await h.form(**AGAIN)
        await h.quiet()
        # The first card was drawn before the colleague came, and names them from its next redraw on.
        async with h.bot.store.begin(h.bot.where) as work:
            await work.outbox.put_once("card.redraw", "card:1001", lead=1001)
        before = [said(card) for card in await h.cards()]
        asked = await question(h)
        await h.slack.click("ana", "Merge", channel="leads", ts=asked["ts"])
        await h.quiet()
        assert [said(card) for card in await h.cards()] != before

        await h.slack.click("ana", "Undo", channel="leads")

        assert [said(card) for card in await h.cards()] == before
        assert "Keep apart" in said(await question(h)), "as if nobody had said anything"
        assert (await h.lead(1002)).number == 1002
        thread = await h.thread((await h.cards())[1]["ts"])
        assert any("split it from L-1001 again" in text for text in thread), thread


async def test_who_was_told_of_a_merge_is_told_when_it_is_taken_back(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_of_one(h)
        await h.form(**AGAIN, action="pricing_request", title="Director")
        await h.quiet()
        cards = await h.cards()
        pointer = next(card for card in cards if "Go to the current card" in said(card))
        assert "Ada" not in said(pointer), "it is never drawn again, so it says nothing that may change"
        await h.slack.click("ben", "Claim", channel="leads", ts=cards[-1]["ts"])
        await h.quiet()
        asked = next(
            m for m in await h.slack.messages("leads", thread_ts=cards[1]["ts"]) if "merge" in said(m)
        )
        await h.slack.click("ana", "Merge", channel="leads", ts=asked["ts"])
        await h.quiet()
        assert any("merged L-1002, which you had" in said(dm) for dm in await h.slack.told("ben"))

        await h.slack.click("ana", "Undo", channel="leads")
        await h.quiet()

        assert (await h.lead(1002)).owner == "UBEN"
        assert any("split L-1002 off again, and you have it" in said(dm) for dm in await h.slack.told("ben"))


async def test_kept_apart_is_remembered_and_never_asked_again(database_url: str) -> None:
    async with house(database_url) as h:
        await two_of_one(h)
        asked = await question(h)
        await h.slack.click("ana", "Keep apart", channel="leads", ts=asked["ts"])
        await h.quiet()
        assert "are two people" in said(await question(h))
        await h.form(**AGAIN, action="pricing_request")
        await h.quiet()
        assert "Keep apart" not in said(await question(h))
        assert (await h.lead(1002)).number == 1002


async def test_in_details_it_is_asked_too_and_split_again_long_after(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_of_one(h)
        await h.slack.command("ana", "/lead L-1002 details")
        await h.quiet()
        assert "Same person?" in json.dumps(await h.slack.view("ana"))
        await h.slack.click("ana", "Merge")
        await h.quiet()
        view = json.dumps(await h.slack.view("ana"))
        assert "L-1002 is this person too" in view and "Details L-1001" in view

        h.clock.ahead += 60 * 24 * h.clock.MINUTE
        await h.slack.click("maya", "Claim", channel="leads")
        await h.slack.click("ana", "Split again")
        await h.quiet()
        assert "this person too" not in json.dumps(await h.slack.view("ana"))
        first, second = await h.lead(1001), await h.lead(1002)
        assert (first.owner, second.owner, second.number) == ("UMAYA", None, 1002)
        assert "are two people" in said(await question(h)), "and never asked again"


async def test_sales_is_alerted_once_for_one_person(database_url: str) -> None:
    async with house(database_url) as h:
        await two_of_one(h)
        for number in (1001, 1002):
            await h.slack.command("ana", f"/lead L-{number} qualify")
            await h.quiet()
            await h.slack.submit(
                "ana",
                {
                    "Budget": "Approved and in range",
                    "Authority": "Signs",
                    "Need": "Deadline or measured cost",
                    "Timeline": "Within 30 days",
                },
            )
            await h.quiet()
        assert len(await h.cards("sales-alerts")) == 2
        assert (await h.lead(1002)).stage is Stage.SQL
        asked = await question(h)
        await h.slack.click("ana", "Merge", channel="leads", ts=asked["ts"])
        await h.quiet()
        alerts = [said(card) for card in await h.cards("sales-alerts")]
        assert len(alerts) == 2
        assert "Take" in alerts[0] and "Take" not in alerts[1], "the other one points to it"


async def test_the_card_names_who_else_comes_from_the_company(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        for n, name in enumerate(("Bob", "Carla", "Dora", "Emil")):
            await h.form(email=f"{name}@acme.de", first_name=name, last_name=f"Number{n}", phone=None)
        await h.slack.command("ben", "/lead L-1002 claim")
        await h.form(email="eve@gmail.com", first_name="Eve", last_name="Free", phone=None)
        await h.form(**WORK)
        shown = said(await card_of(h, 1006))
        assert "Also from this company: L-1001, MQL; L-1002, MQL, with" in shown and "and 2 more" in shown
        assert "Also from" not in said(await card_of(h, 1005)), "free mail is no company"


async def test_colleagues_behind_one_switchboard_stay_two_people(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form(**{**WORK, "phone": "+49 30 901820"})
        await h.form(email="bob@acme.de", phone="+49 30 901820", first_name="Bob", last_name="Ross")
        card = await card_of(h, 1002)
        assert not [t for t in await h.thread(card["ts"]) if "Same person" in t]
        assert (await h.lead(1002)).number == 1002


async def test_where_the_policy_asks_whoever_merges_chooses(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        text = DEFINITION.read_text(encoding="utf-8")
        text = text.replace("last_name: longest}", "last_name: longest, title: ask, company: oldest}")
        async with h.bot.office.store.begin(h.bot.where) as work:
            await work.house.put_in_force(text, "test", h.clock())
        h.bot.office.forget_rules()
        await h.form(**WORK)
        h.clock.ahead += h.clock.MINUTE
        await h.form(**AGAIN, title="CTO")
        await h.quiet()
        await h.slack.click("ana", "Merge", channel="leads", ts=(await question(h))["ts"])
        assert (await h.lead(1002)).number == 1002, "nothing is merged before the choice"
        await h.slack.submit("ana", {"Title": "VP Engineering (L-1001)"})
        profile = (await h.lead(1002)).profile
        assert (profile.title, profile.company) == ("VP Engineering", "Acme")

        await h.slack.command("ana", "/lead L-1002 undo")
        await h.quiet()
        first, second = await h.lead(1001), await h.lead(1002)
        assert (first.profile.title, second.profile.title) == ("VP Engineering", "CTO")
        assert "Keep apart" in said(await question(h))


async def test_other_rules_and_former_days_know_of_merged_leads(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await two_of_one(h)
        asked = await question(h)
        await h.slack.click("ana", action_id="person.merge", channel="leads", ts=asked["ts"])
        await h.quiet()
        office, where = h.bot.office, h.bot.where
        rules = await office.rules(where)

        effect = await effect_of(office, where, rules.definition)

        assert effect.as_json()["fixed"] == 1
        assert effect.as_json()["leads"] == 1
        why = await h.slack.command("ana", "/lead L-1002 why at today")
        assert "L-1001: why it ha" in str(why["ack"])
