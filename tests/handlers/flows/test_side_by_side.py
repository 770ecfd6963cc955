"""Two leads beside each other: what they share is told by what is held, not by what is left of it to see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.flows.same_person import Pair, look_at_pair
from handlers.views.same_person import side_by_side
from qualification.masking import Level, as_shown
from qualification.same_person import Alike
from tests.office import Desk, open_office


async def pair_of(desk: Desk, one: dict[str, Any], other: dict[str, Any]) -> Pair:
    """Two leads somebody asks about."""
    await desk.form(**one)
    await desk.form(**other)
    async with desk.office.store.begin(desk.where) as work:
        await work.people.suggest([Alike(1001, 1002, "phone", 100)], desk.clock())
    pair = await look_at_pair(desk.office, desk.where, 1001, 1002)
    assert pair is not None
    return pair


def columns(pair: Pair) -> list[list[str]]:
    """The lines with the address and the number, of the older and the newer."""
    (block,) = side_by_side(pair)
    return [field["text"].split("\n")[2:4] for field in block.to_dict()["fields"]]


async def test_a_number_spelt_in_two_ways_is_one_number(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        one = {"email": "ada@acme.de", "phone": "+49 30 901820"}
        other = {"email": "anna@acme.de", "phone": "030 / 90 18 20", "first_name": "Anna"}
        older, newer = columns(await pair_of(desk, one, other))
        assert (older[0], newer[0]) == ("ada@acme.de", "anna@acme.de"), "as on their cards"
        assert "•" not in older[1] + newer[1]


async def test_where_addresses_are_masked_two_that_look_alike_are_not_one(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        one = {"email": "ada@acme.de", "phone": "+49 30 901820"}
        other = {"email": "anna@acme.de", "phone": "+49 30 777720", "first_name": "Anna"}
        pair = await pair_of(desk, one, other)
        assert pair.same == frozenset()
        masked = replace(
            pair, older=as_shown(pair.older, Level.MASKED), newer=as_shown(pair.newer, Level.MASKED)
        )
        unlike = ["a***@acme.de (not the same)", "+49 ••• 20 (not the same)"]
        assert columns(masked) == [unlike] * 2
        assert columns(pair) == [["ada@acme.de", "+49 30 901820"], ["anna@acme.de", "+49 30 777720"]]
