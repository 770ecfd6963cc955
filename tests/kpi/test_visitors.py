"""People who came and were no lead, against leads: from page calls to the answer."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from handlers.flows.disqualify import disqualify_lead
from handlers.flows.forget import forget_the_old
from qualification.kpi import Asked
from qualification.kpi_counts import VisitorCounts
from qualification.kpi_visitors import visitors
from qualification.lead import Stage
from qualification.past import Past
from qualification.periods import parse_period
from store.tables.watched import visitor_days
from tests.behaviour.calls import YES, call, hears, identify, page, track
from tests.kpi.crowd import saw
from tests.kpi.firm import BERLIN, Firm, firm

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def came(at: datetime, who: str, source: str = "", path: str = "/") -> dict[str, Any]:
    """A page view; only the first of a visit tells where from."""
    context = {"campaign": {"source": source}} if source else {}
    return call("page", at, anonymousId=who, context=context, properties={"path": path})


def by_source(told: Any) -> dict[str, tuple[Any, Any]]:
    return {row["key"]: (row["visitors"], row["leads"]) for row in told["rows"]}


async def asks(f: Firm, period: str = "30d") -> Any:
    return (await f.asks("visitors", period, "source")).answer.to_json()


async def test_people_count_once_and_leads_are_no_visitors(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        at = NOW - 5 * DAY
        await hears(
            f,
            came(at, "b-1", "google", "/pricing"), came(at + HOUR, "b-1"), came(at + DAY, "b-1", "linkedin"),
            came(at, "b-2", "linkedin"), came(at + DAY, "b-3"), saw(at, "b-4", "A"),
            page("/", at, anonymousId="r", context={"userAgent": "bingbot"}),
        )  # fmt: skip
        told = await asks(f)
        assert by_source(told) == {"google": (1, 0), "linkedin": (1, 0), "unknown": (2, 0)}
        assert told["total"]["visitors"] == 4

        consent = {"email": "ada@ada.example", "consent": YES}
        await hears(
            f,
            identify(at + 2 * DAY, consent, anonymousId="b-1"),
            track("Demo Requested", at + 2 * DAY, anonymousId="b-1"),
        )
        await hears(f, came(at + 3 * DAY, "b-1", "newsletter"))
        told = await asks(f)
        assert by_source(told) == {"google": (1, 1), "linkedin": (1, 0), "unknown": (2, 0)}
        assert told["total"]["visitors"] == 4, "what a lead looks at is no traffic"
        assert (told["total"]["rate"]["k"], told["total"]["rate"]["n"]) == (1, 4)
        assert told["text"].startswith(
            "4 visitors, 1 lead, last 30 days, UTC. 25.0% of visitors became leads"
        )


async def test_where_nobody_reports_there_is_no_rate_and_no_zero(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await f.lead("ada", source="linkedin")
        await f.lead("old", at=NOW - 3 * DAY, source="google", past=Past(Stage.LEAD))
        told = await asks(f)
        assert told["text"].startswith("No data: no tracker reports visitors")
        assert (told["total"]["visitors"], told["total"]["rate"]) == (None, None)
        assert told["missing"]["rate"] == told["missing"]["visitors"] == "no tracker reports visitors"

        await hears(f, came(NOW - HOUR, "b-1", "web"), came(NOW - HOUR, "b-2", "web"))
        await f.lead("bo", source="web")
        await f.lead("spam", source="web")
        await disqualify_lead(f.office, f.where, f.numbers["spam"], "UANA", "spam")
        told = await asks(f)
        assert by_source(told) == {"web": (2, 1), "linkedin": (None, 1)}
        assert (told["total"]["leads"], told["total"]["untracked"]) == (2, 1)
        assert (told["total"]["rate"]["k"], told["total"]["rate"]["n"]) == (1, 2)
        assert "In no rate, for nobody reports visitors from there: 1 from linkedin." in told["text"]
        assert "1 left out: 1 spam" in told["text"]


@pytest.mark.parametrize("seed", [1])
async def test_any_window_is_counted_as_by_hand_and_days_outlive_people(database_url: str, seed: int) -> None:
    chance = Random(seed)
    # The night of 25 October the clocks in Berlin go back.
    async with firm(database_url, NOW, BERLIN) as f:
        views = [
            (NOW - timedelta(minutes=chance.randrange(60 * 24 * 40)), f"b{chance.randrange(30)}",
             chance.choice(("", "", "google", "web")))
            for _ in range(150)
        ]  # fmt: skip
        views.sort()
        for start in range(0, len(views), 40):
            await hears(f, *(came(*view) for view in views[start : start + 40]))
        for period in ("2026-10", "30d", "7d", "2026-10-25..2026-10-25", "today"):
            window = parse_period(period, NOW, BERLIN)
            assert by_source(await asks(f, period)) == by_hand(views, window.start, window.end), period

        f.clock.moment += 91 * DAY
        await forget_the_old(f.office, f.where)
        async with f.office.store.read(f.where) as work:
            assert list(await work.execute(visitor_days.select())) == [], "nobody is kept for longer"
        told = await asks(f, "2026-11")
        november = {(view[0].astimezone(BERLIN).date(), view[1]) for view in views}
        days = sum(day >= date(2026, 11, 1) for day, _ in november)
        assert told["total"]["visitors"] == days, "each day's people are still known, who they were is not"
        assert "visitors are counted once for each day" in told["text"]


def by_hand(views: list[tuple[datetime, str, str]], start: date, end: date) -> dict[str, tuple[int, int]]:
    """Go through everybody's views in order: the first day with a known source names it."""
    sources: dict[str, str] = {}
    days: dict[tuple[str, date], str] = {}
    for at, who, source in views:
        day = at.astimezone(BERLIN).date()
        if start <= day < end:
            days[who, day] = days.get((who, day)) or source
    for (who, _), source in sorted(days.items(), key=lambda one: one[0][1]):
        sources[who] = sources.get(who) or source
    found: dict[str, int] = defaultdict(int)
    for source in sources.values():
        found[source or "unknown"] += 1
    return {source: (n, 0) for source, n in found.items()}


def test_the_worked_rate_and_more_leads_than_visitors() -> None:
    asked = Asked(parse_period("30d", NOW, BERLIN), "source")
    told = visitors(asked, [VisitorCounts("web", 1_000, 40), VisitorCounts("ads", 3, 5)])
    rate = told.rows[0]["rate"]
    assert (round(100 * rate.low, 3), round(100 * rate.high, 3)) == (2.951, 5.401)  # type: ignore[union-attr]
    assert told.rows[1]["rate"] is None
    assert told.missing["ads.rate"].startswith("more leads than visitors")
    assert told.total["rate"].k == 45  # type: ignore[union-attr]
