"""A manager asks for the numbers."""

from __future__ import annotations

from typing import Any

from tests.house import House, house


async def asks(h: House, who: str, line: str) -> dict[str, Any]:
    """Type a command and get what that person sees as its answer."""
    await h.slack.command(who, line)
    await h.quiet()
    seen = await h.slack.messages("leads", as_=who)
    return [m for m in seen if m.get("ephemeral")][-1]


def table(message: dict[str, Any]) -> list[list[str]]:
    """The cells of the message's table, its head first."""
    found = next(block for block in message["blocks"] if block["type"] == "table")
    return [[cell["text"] for cell in row] for row in found["rows"]]


def chart(message: dict[str, Any]) -> dict[str, Any] | None:
    """The message's chart, if it has one."""
    return next((b for b in message["blocks"] if b["type"] == "data_visualization"), None)


async def test_a_manager_gets_a_sentence_a_chart_and_a_table(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        await h.form(
            email="bo@beta.example",
            phone=None,
            source="google",
            action="newsletter_signup",
            message=None,
            consent={"granted": True, "purposes": ["contact"]},
        )
        told = await asks(h, "maya", "/kpi funnel 90d by source")
        assert told["text"].startswith(
            "2 leads → 1 MQL → 0 SQL → no customers (last 90 days, Europe/Berlin)."
        )
        assert table(told) == [
            ["Source", "Leads", "MQLs", "SQLs", "Customers", "Conversion"],
            ["google", "1", "0", "0", "0", "0%"],
            ["linkedin", "1", "1", "0", "0", "0%"],
            ["All", "2", "1", "0", "0", "0%"],
        ]
        drawn = chart(told)
        assert drawn is not None
        assert drawn["chart"]["axis_config"]["categories"] == ["google", "linkedin"]

        assert "2 leads" in (await asks(h, "maya", "/kpi"))["text"]
        for line in ("conversion", "cpl", "sources", "velocity", "speed by source", "reps", "sla", "quality"):
            assert (await asks(h, "maya", f"/kpi {line}"))["text"], line
