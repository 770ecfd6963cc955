"""The definition's lists screen on arrival: competitors, our own people, throw-away addresses, customers."""

from __future__ import annotations

from bot.settings import DEFINITION
from tests.house import House, house
from tests.journeys.test_same_person import said

LISTS = {
    "own_domains: []": "own_domains: [greenlight.example]",
    "competitor_domains: []": "competitor_domains: [rival.example]",
    "customer_domains: []": "customer_domains: [zuse.de]",
}
GOOD = {
    "Budget": "Approved and in range",
    "Authority": "Signs",
    "Need": "Deadline or measured cost",
    "Timeline": "Within 30 days",
}


async def with_lists(h: House) -> None:
    """Put a definition in force that names some domains."""
    text = DEFINITION.read_text(encoding="utf-8")
    for empty, named in LISTS.items():
        assert empty in text
        text = text.replace(empty, named)
    async with h.bot.office.store.begin(h.bot.where) as work:
        await work.house.put_in_force(text, "test", h.clock())
    h.bot.office.forget_rules()


async def test_the_card_says_from_whom_it_is_and_the_gate_holds(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await with_lists(h)
        await h.form(email="eve@mail.rival.example", phone=None, first_name="Eve")
        await h.form(email="x@mailinator.com", phone=None, first_name="Xenia")
        await h.form(email="me@greenlight.example", phone=None, first_name="Me")
        cards = [said(card) for card in await h.cards()]
        assert not [card for card in cards if "SREPS" in card], "no group is called for any of them"
        assert "*From a competitor: mail.rival.example*" in cards[0]
        assert "*From a throw-away address: mailinator.com*" in cards[1]
        assert "*From our own domain: greenlight.example*" in cards[2]

        await h.slack.command("ana", "/lead L-1001 qualify")
        await h.slack.submit("ana", GOOD)
        assert (await h.lead(1001)).stage == "mql", "the gate holds against a competitor"


async def test_a_customers_colleague_calls_nobody_and_their_rep_hears_of_it(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await with_lists(h)
        await h.form(email="konrad@zuse.de", phone=None, first_name="Konrad", last_name="Z")
        await h.slack.command("ben", "/lead L-1001 qualify")
        await h.slack.submit("ben", GOOD)
        await h.slack.command("ben", "/lead L-1001 won 500 EUR")
        await h.form(email="grete@zuse.de", phone=None, first_name="Grete", last_name="Y")
        card = said((await h.cards())[-1])
        assert "*Existing customer?* zuse.de" in card and "SREPS" not in card
        assert "Also from this company: L-1001, Customer, with" in card
        await h.quiet()
        told = await h.slack.messages("UBEN")
        assert any("writes from a customer of yours: asked for a demo" in m["text"] for m in told), told
