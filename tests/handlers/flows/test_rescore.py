"""Open leads scored anew after other rules came into force: page by page, also after a crash in between."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from sqlalchemy import delete, select

from handlers.flows.definition_force import put_in_force
from handlers.flows.rescore import PAGE, Page, rescore_page, rescored
from qualification.lead import Stage
from qualification.yaml_lines import with_values
from store.tables.jobs import jobs
from store.tables.leads import leads
from tests.office import Desk, open_office
from tests.qualification.stories import YAML
from tests.store.rebuild import wrong_columns

LEADS = PAGE * 2 + 7


async def stocked(desk: Desk) -> None:
    """Newsletter readers, none an MQL, and one demo request that is."""
    people = [
        await desk.new(
            email=f"p{n}@firm{n}.example",
            phone=None,
            message=None,
            action="newsletter_signup" if n else "demo_request",
            consent={"granted": True, "purposes": ["contact"]},
        )
        for n in range(LEADS)
    ]
    await desk.take_in(*people)


async def next_page(desk: Desk) -> Page | None:
    """What the outbox would do next."""
    async with desk.office.store.begin(desk.where) as work:
        query = select(jobs.c.payload).where(jobs.c.topic == "definition.rescore").order_by(jobs.c.id.desc())
        payload = (await work.execute(query.limit(1))).scalar_one_or_none()
        await work.execute(delete(jobs).where(jobs.c.topic == "definition.rescore"))
    return Page(**payload) if payload else None


async def test_a_crash_between_pages_or_inside_one_loses_and_doubles_nothing(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await stocked(desk)
        office, where = desk.office, desk.where
        text = with_values(YAML, {"mql.score": 33, "mql.engagement": 4, "actions.demo_request.points": 20})
        async with office.store.begin(where) as work:
            version = await put_in_force(work, office, text, "UMAYA", approved={}, origin="test")
        office.forget_rules()
        desk.clock.forward(3600)
        pages = 0
        while page := await next_page(desk):
            pages += 1
            with pytest.raises(ZeroDivisionError):
                async with office.store.begin(where) as work:
                    await rescore_page(work, office, page)
                    raise ZeroDivisionError  # killed before the commit
            async with office.store.begin(where) as work:
                await rescore_page(work, office, Page(**asdict(page)))
        assert pages == 3

        rules = await office.rules(where)
        async with office.store.read(where) as work:
            told = await rescored(work, version)
            rows = (await work.execute(select(leads.c.number, leads.c.stage).order_by(leads.c.number))).all()
            for row in rows[::9]:
                assert not await wrong_columns(work, row.number, rules.definition, rules.setup.country)
                moves = [
                    e for e in await work.leads.history(row.number) if e.data.get("reason") == "new_rules"
                ]
                assert [(e.actor, e.version, e.at) for e in moves] == [("rule", version, desk.clock())] * (
                    row.number != rows[0].number
                )
        assert told == {"version": 2, "done": LEADS, "total": LEADS, "mqls": LEADS - 1, "ended": True}
        assert {row.stage for row in rows} == {Stage.MQL}
        # The demo request is worth less by these rules and stays an MQL from its own day.
        assert (await desk.lead(1001)).mql_at != desk.clock()


async def test_rules_that_came_since_have_a_job_of_their_own(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await stocked(desk)
        for score in (33, 34):
            async with desk.office.store.begin(desk.where) as work:
                text = with_values(YAML, {"mql.score": score, "mql.engagement": 4})
                await put_in_force(work, desk.office, text, "UMAYA", approved={}, origin="test")
        async with desk.office.store.begin(desk.where) as work:
            await rescore_page(work, desk.office, Page(2, 0))
        async with desk.office.store.read(desk.where) as work:
            assert await rescored(work, 2) is None
            assert (await work.leads.get(1002)).stage is Stage.LEAD  # type: ignore[union-attr]
