"""An experiment from a website's tracker to a manager's answer, by every door."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.cli.kpi_command import show_kpi
from handlers.flows.kpi_keys import make_key
from tests.behaviour.calls import identify, track
from tests.house import KEY, House, house
from tests.journeys.test_kpi import asks, chart, table
from tests.kpi.crowd import saw


async def tell(h: House, *calls: dict[str, Any]) -> None:
    """As Segment's libraries send it."""
    async with h.http.post(
        f"{h.url}/intake/events",
        data=json.dumps({"batch": calls}),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    ) as answer:
        assert (answer.status, await answer.json()) == (200, {"success": True})


async def reads(h: House, what: str) -> tuple[int, str]:
    """A program with a manager's key."""
    key = await make_key(h.bot.office, h.bot.where, "UMAYA")
    async with h.http.get(f"{h.url}/kpi/{what}", headers={"Authorization": f"Bearer {key}"}) as answer:
        return answer.status, await answer.text()


async def test_every_door_tells_the_same_of_an_experiment(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with house(database_url) as h:
        at = h.clock() - timedelta(days=15)
        for arm, asked in (("A", 2), ("B", 4)):
            for n in range(12):
                browser = f"{arm}-{n}"
                calls = [saw(at, browser, arm)]
                if n < asked:
                    who = {"email": f"{browser}@acme{n}{arm}.example".lower()}
                    calls += [
                        identify(at, who, anonymousId=browser),
                        track("Demo Requested", at + timedelta(hours=1), anonymousId=browser),
                    ]
                await tell(h, *calls)
        await tell(h, saw(h.clock(), "late-1", "A"))

        told = await asks(h, "maya", "/kpi ab signup-form")
        assert told["text"].startswith("Not decided: B against A: 33.3% against 16.7% of 12 and 12 people, ")
        assert "1 saw it too recently to count." in told["text"]
        assert table(told)[0] == [
            "Variant", "Saw it", "Too young", "Converted", "Rate", "Difference", "p, at any look", "Verdict",
        ]  # fmt: skip
        assert [row[:5] for row in table(told)[1:]] == [
            ["A", "12", "1", "2", "16.7%"],
            ["B", "12", "0", "4", "33.3%"],
            ["All", "24", "1", "6", "25.0%"],
        ]
        assert [row[-1] for row in table(told)[1:]] == ["control", "open", "–"]
        assert chart(told) is not None
        assert (await asks(h, "ana", "/kpi ab"))["text"] == told["text"], "everybody may ask"
        assert "25 visitors, 6 leads" in (await asks(h, "maya", "/kpi visitors"))["text"]

        status, body = await reads(h, "ab.json?experiment=signup-form")
        by_program = json.loads(body)
        assert (status, by_program["text"]) == (200, told["text"])
        assert [row["seen"] for row in by_program["rows"]] == [12, 12]
        status, body = await reads(h, "ab.csv?experiment=signup-form")
        first, second, total = csv.DictReader(io.StringIO(body))
        assert (first["key"], second["rate_k"], total["seen"], second["verdict"]) == ("A", "4", "24", "open")
        assert second["lift_low"].startswith("-")
        assert (await reads(h, "ab.json?experiment=x&period=30d"))[0] == 422
        assert (await reads(h, "funnel.json?experiment=x"))[0] == 422

        monkeypatch.setenv("DATABASE_URL", database_url)
        assert await show_kpi("ab", as_json=True, experiment="signup-form") == 0
        at_terminal = json.loads(capsys.readouterr().out)
        assert at_terminal["rows"] == by_program["rows"]
        assert await show_kpi("ab signup-form") == 0
        assert "Variant" in capsys.readouterr().out
