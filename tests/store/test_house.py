"""What a workspace set up is kept, and where its messages stand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.settings import DEFINITION
from store.house import Person
from store.store import Store
from store.tables.house import people
from tests.office import open_office

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ANA = Person("UANA", "ana", "Ana Torres", "ana@acme.example", "Europe/Berlin")


async def test_settings_are_kept_changed_and_forgotten(store: Store, here: str) -> None:
    async with store.begin(here) as work:
        await work.house.set({"leads_channel": "C1", "admins": ["UANA"]})
        await work.house.set({"leads_channel": "C2", "alerts_channel": None})
    async with store.read(here) as work:
        assert await work.house.settings() == {"leads_channel": "C2", "admins": ["UANA"]}
    async with store.begin(here) as work:
        await work.house.set({"leads_channel": None})
        assert await work.house.settings() == {"admins": ["UANA"]}


async def test_a_new_definition_rules_and_the_old_one_stays_readable(store: Store, here: str) -> None:
    text = DEFINITION.read_text(encoding="utf-8")
    async with store.begin(here) as work:
        with pytest.raises(LookupError, match="bot migrate"):
            await work.house.definition()
        assert await work.house.definition_text() is None
        assert await work.house.put_in_force(text, "installation", NOW) == 1
        assert (
            await work.house.put_in_force(text.replace("post_from: mql", "post_from: lead"), "UANA", NOW) == 2
        )

    async with store.read(here) as work:
        in_force, first = await work.house.definition(), await work.house.definition_version(1)
        assert (in_force.version, in_force.post_from) == (2, "lead")
        assert first is not None and (first.version, first.post_from) == (1, "mql")
        assert await work.house.definition_version(3) is None
        told = await work.house.definition_text()
    assert told is not None and (told[0], told[2], told[3]) == (2, "UANA", NOW)


async def test_people_are_learnt_and_leave(store: Store, here: str) -> None:
    ben = Person("UBEN", "ben", "Ben Okafor", "", "Europe/London")
    async with store.begin(here) as work:
        await work.house.remember([ben, ANA], NOW)
        await work.house.remember([Person("UBEN", "ben", "Ben O.", "", "Europe/London", active=False)], NOW)
    async with store.read(here) as work:
        assert [(p.name, p.active) for p in await work.house.people()] == [
            ("Ana Torres", True),
            ("Ben O.", False),
        ]
        assert await work.house.person("UANA") == ANA
        assert await work.house.person("UNOBODY") is None


async def test_one_card_of_a_lead_is_the_current_one(database_url: str) -> None:
    async with open_office(database_url) as desk:
        async with desk.office.store.begin(desk.where) as work:
            for ts in ("1.1", "1.2"):
                await work.cards.posted(1001, "card", "C1", ts, "drawn", NOW)
            await work.cards.posted(1001, "alert", "C2", "2.1", "drawn", NOW)
            for ts in ("3.1", "3.2"):
                await work.cards.posted(1001, "dm", "D1", ts, "drawn", NOW)

        async with desk.office.store.begin(desk.where) as work:
            current = await work.cards.current(1001, "card")
            assert current is not None and (current.channel, current.ts) == ("C1", "1.2")
            await work.cards.drawn(current.id, "anew")
            assert [card.drawn for card in await work.cards.showing("card")] == ["anew"]
            assert len(await work.cards.showing("dm")) == 2
            await work.cards.gone(current.id)
            assert await work.cards.current(1001, "card") is None
            assert await work.cards.lead_at("C1", "1.2") == 1001, "a thread under it is still about its lead"


async def test_a_team_is_named_once(store: Store, here: str) -> None:
    async with store.begin(here) as work:
        await work.house.name_team("T1")
        await work.house.name_team("T2")
    async with store.read(here) as work:
        assert await work.house.team() == "T1"


async def test_two_that_start_at_once_agree_on_what_is_first(store: Store, here: str) -> None:
    text = DEFINITION.read_text(encoding="utf-8")

    async def start(code: str) -> object:
        async with store.begin(here) as work:
            await work.house.seed_definition(text, "installation", NOW)
            return await work.house.set_first("admin_code", code)

    one, other = await asyncio.gather(start("one"), start("other"))
    assert one == other
    async with store.read(here) as work:
        assert (await work.house.settings())["admin_code"] == one
        found = await work.house.definition_text()
    assert found is not None
    assert found[0] == 1


async def test_of_a_big_firm_all_are_known_and_only_who_changed_is_written(store: Store, here: str) -> None:
    many = [replace(ANA, user=f"U{n:04}", name=f"Rep {n:04}", active=n > 5) for n in range(1_200)]
    async with store.begin(here) as work:
        await work.house.remember(many, NOW)
        await work.house.remember([*many[:-1], replace(many[-1], name="Zoe")], NOW + timedelta(hours=1))
        known = await work.house.people()
        seen = (await work.execute(select(people.c.user).where(people.c.seen_at > NOW))).scalars().all()
    assert len(known) == 1_200
    assert known[-1].active is False, "whoever left stands last"
    assert seen == ["U1199"]
    assert known[-7].name == "Zoe"
