"""The demo's history: real shapes, invented people, and a desk a newcomer can overlook."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.sample import sample_leads, seed
from bot.sample_convert import ORIGINAL, SAMPLE, convert, write
from handlers.flows.definition_effect import effect_of
from handlers.flows.office import Office, Setup
from qualification.definition import parse_definition
from qualification.lead import Stage
from qualification.yaml_lines import with_values
from store.store import Store
from tests.numbers import all_numbers

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DEFINITION = Path(__file__).parents[2] / "qualification" / "definition.yml"


def test_the_sample_is_small_dated_in_the_last_year_and_clearly_invented() -> None:
    rows = list(sample_leads(TODAY))
    assert 900 < len(rows) <= 1000
    for row in rows:
        assert row["email"].endswith("@sample.example")
        assert row["first_name"].startswith("Sample ")
        assert re.fullmatch(r"(\+44 20 7946 0\d{3})?", row["phone"]), "a range kept free for fiction"
        moments = [datetime.fromisoformat(row[name]) for name in row if name.endswith("_at") and row[name]]
        assert all(datetime(2025, 11, 22, tzinfo=UTC) < at < NOW for at in moments)
    licence = (SAMPLE.parent / "SAMPLE.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in licence
    assert "Moro" in licence


def test_the_won_rate_climbs_as_it_did_at_the_bank() -> None:
    people = [row for row in sample_leads(TODAY) if not row["external_id"].endswith("earlier")]
    half = len(people) // 2
    won = [sum(row["stage"] == "customer" for row in part) for part in (people[:half], people[half:])]
    assert 2 * won[0] < won[1]


@pytest.mark.skipif(not ORIGINAL.is_file(), reason="the original data is not beside the project")
def test_it_can_be_made_again_from_the_original(tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    write(convert(), again)
    assert again.read_text(encoding="utf-8") == SAMPLE.read_text(encoding="utf-8")


async def test_seeding_fills_every_stage_and_leaves_a_short_queue(store: Store, here: str) -> None:
    async with store.begin(here) as work:
        await work.house.put_in_force(DEFINITION.read_text(encoding="utf-8"), "seed", NOW)
    office = Office(store, Setup(), lambda: NOW)

    assert await seed(office, here, TODAY) == 860

    async with store.read(here) as work:
        queue = await work.lists.queue(NOW, (await office.rules(here)).definition)
        leads = await work.leads.many(await all_numbers(work))
        jobs = [
            t for t in ("card.post", "alert.post", "dm.send", "webhook.stage") if await work.outbox.waiting(t)
        ]
        spend = await work.intake.spend_touching(date(2025, 11, 1), TODAY)
    assert 8 <= len(queue) <= 14
    assert jobs == []
    assert len(spend) > 60
    assert {row.source for row in spend} <= {lead.source for lead in leads.values()}
    assert (min(row.from_day for row in spend), max(row.to_day for row in spend)) == (
        date(2025, 12, 1),
        TODAY,
    )
    stages = Counter(lead.stage for lead in leads.values())
    assert set(stages) == set(Stage)
    assert stages[Stage.CUSTOMER] > 50
    reasons = {lead.reason for lead in leads.values() if lead.stage is Stage.DISQUALIFIED}
    assert {"spam", "test", "no_budget", "unreachable"} <= reasons
    assert await seed(office, here, TODAY) == 0, "twice does it once"


async def test_a_proposal_in_the_demo_has_something_to_show(store: Store, here: str) -> None:
    text = DEFINITION.read_text(encoding="utf-8")
    async with store.begin(here) as work:
        await work.house.put_in_force(text, "seed", NOW)
    office = Office(store, Setup(), lambda: NOW)
    await seed(office, here, TODAY)

    stricter = parse_definition(with_values(text, {"sql.score": 80}), 2)
    effect = await effect_of(office, here, stricter)

    before, after = effect.precision(effect.then), effect.precision(effect.now)
    assert effect.told < 20, "whom no answer makes an SQL is told by the file"
    assert before.n > 100
    assert before.value and after.value and before.value < after.value, (
        "a stricter gate hands over better ones"
    )
    assert effect.recall(effect.now).k < effect.recall(effect.then).k, "and loses some"
    assert effect.now.alerts < effect.then.alerts
    same = await effect_of(office, here, parse_definition(text, 2))
    assert same.moving == 0, "what was decided is what the rules decide"
    async with store.read(here) as work:
        rows = {row["email"]: row for row in sample_leads(TODAY)}
        for lead in (await work.leads.many(await all_numbers(work))).values():
            row = rows[str(lead.profile.email)]
            if row["stage"] in ("sql", "customer", "lost", "disqualified"):
                assert lead.stage == row["stage"], lead.name
            if row["won_at"]:
                assert lead.won_at == datetime.fromisoformat(row["won_at"])
