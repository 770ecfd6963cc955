"""A random firm, asked for every number there is, beside what a slow recount says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from qualification.kpi import KPIS
from store.kpi_fold import fold
from tests.kpi.firm import Firm
from tests.kpi.lives import MergingLife, busy_firm
from tests.kpi.people import people
from tests.kpi.reference import About, Cents, World, left_out
from tests.kpi.reference_money import RECOUNTED, split
from tests.kpi.reference_time import waited_by, windows

ROLLING = ("30d", "90d", "12m", "this month", "last week", "yesterday")
MODELS = ("first", "last", "linear", "u", "w", "decay")


@dataclass(frozen=True)
class Place:
    """Where and since when a firm lives, and the windows that are remarkable there."""

    zone: str
    start: datetime
    words: Sequence[str]


PLACES = (
    # The clocks go back at three, and the 25th has 25 hours.
    Place("Europe/Berlin", datetime(2026, 9, 20, 8, 30, tzinfo=UTC), ("2026-10-25..2026-10-25", "2026-10")),
    # They go forward at midnight: the 5th has none.
    Place("America/Santiago", datetime(2027, 8, 10, 15, tzinfo=UTC), ("2027-09-05..2027-09-05", "2027-09")),
    Place("Europe/Berlin", datetime(2028, 2, 12, 22, 30, tzinfo=UTC), ("2028-02-29..2028-02-29", "2028-02")),
    # They go back to midnight: the 1st has two.
    Place("America/Havana", datetime(2026, 10, 12, 15, tzinfo=UTC), ("2026-11-01..2026-11-01", "Q4 2026")),
    # Half an hour forward.
    Place("Australia/Lord_Howe", datetime(2027, 9, 15, 1, tzinfo=UTC), ("2027-10-03..2027-10-03", "2027-10")),
    Place("Asia/Kathmandu", datetime(2026, 12, 1, 4, tzinfo=UTC), ("Q4 2026", "2026-12-31..2027-01-01")),
)


async def agree(f: Firm, life: MergingLife, words: Sequence[str]) -> Counter[str]:
    """Ask everything over each of these windows, another split each time; what was asked, by KPI."""
    everyone, zone = people(await life.histories()), (await f.office.rules(f.where)).setup.zone
    asked, wrong = Counter[str](), list[str]()
    today = f.clock().astimezone(zone).date()
    begun = [one for one in words if windows(one, f.clock(), zone)[0].start <= today]
    for turn, one in enumerate(begun):
        w = World(everyone, life.bills(), life.seen, f.clock(), zone, one)
        for place, name in enumerate(RECOUNTED):
            ways = (*KPIS[name].dimensions, "")
            by = KPIS[name].always_by or ways[(turn + place) % len(ways)]
            if name in ("sources", "quality"):
                by = ways[turn % 2]
            # A year has the customers with many touches.
            models = MODELS if one == "12m" else MODELS[turn % len(MODELS) :][:1]
            for model in models if name == "sources" else ("first",):
                try:
                    await _agrees(f, name, replace(w, model=model), by)
                except AssertionError as no:
                    wrong.append(str(no).partition("\n")[0])
                asked[name] += 1
    assert not wrong, "\n".join(wrong)
    return asked


async def _agrees(f: Firm, name: str, w: World, by: str) -> None:
    model = w.model if name == "sources" else ""
    told: Any = (await f.asks(name, w.words, by, model)).answer.to_json()
    where = f"{name} {w.words} {by} {model}".strip()
    whole, so_far, _ = windows(w.words, w.now, w.zone)
    cut = so_far if name in ("overview", "lvr", "quality") else whole
    assert (told["from"], told["to"]) == (str(cut.start), str(cut.end)), where
    rows, total = split(name, w, by or None)
    _same(told["total"], total, f"{where}: total")
    found = {row["key"]: row for row in told["rows"]}
    assert set(found) == set(rows), (
        where,
        {key: found[key] for key in found.keys() - rows},
        rows.keys() - found,
    )
    for key, row in rows.items():
        _same(found[key], row, f"{where}: {key}")
    _reasons(told, where)
    if name == "funnel":
        assert (f"{left_out(w)} left out:" in told["text"]) == bool(left_out(w)), (where, told["text"])


def _same(found: Any, expected: Any, where: str) -> None:
    match expected:
        case Mapping():
            assert isinstance(found, Mapping), (where, found, expected)
            for name, part in expected.items():
                _same(found[name], part, f"{where}.{name}")
        case Cents():
            assert found is not None, (where, expected)
            assert found["currency"] == expected.currency, where
            assert abs(found["minor"] - expected.exact) <= expected.rounding, (where, found, expected)
        case About():
            assert expected.is_told_by(found), (where, found, waited_by(expected.waits, 0.5))
        case float():
            assert found is not None, (where, expected)
            assert abs(found - expected) <= 1e-9 * max(1, abs(expected)), (where, found, expected)
        case _:
            assert found == expected, (where, found, expected)


def _reasons(told: Any, where: str) -> None:
    """Whatever is not known says why."""
    for prefix, row in (("", told["total"]), *((f"{row['key']}.", row) for row in told["rows"])):
        for name, value in row.items():
            assert value is not None or f"{prefix}{name}" in told["missing"], (where, prefix, name)


async def live(database_url: str, place: Place, seed: int, steps: int) -> Counter[str]:
    """One firm's life, and every number half way, at its end, and once all is folded."""
    chance = Random(seed)
    async with busy_firm(database_url, chance, place.start, ZoneInfo(place.zone)) as (f, life):
        await life.go_on(steps // 2)
        asked = await agree(f, life, chance.sample(ROLLING, 1))
        await life.go_on(steps // 2)
        asked += await agree(f, life, (*place.words, *ROLLING[:4]))
        while await fold(f.office.store):
            pass
        return asked + await agree(f, life, chance.sample((*place.words, *ROLLING), 1))
