"""Numbers at the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.cli.kpi_command import show_kpi
from qualification.errors import Refused
from tests.kpi.firm import firm


async def test_words_and_a_table_or_json(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    async with firm(sqlite_url, datetime.now(UTC)) as f:
        await f.lead("ada", source="linkedin\x1b[2J")
        await f.lead("bo", source="google")

    assert await show_kpi("funnel", "90d", "source") == 0
    said = capsys.readouterr().out
    assert said.startswith("2 leads → 2 MQL → 0 SQL → no customers (last 90 days, UTC).")
    assert "google            1     1     0          0          0%" in said
    assert "\x1b" not in said

    assert await show_kpi("funnel", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["total"]["leads"] == 2

    with pytest.raises(Refused, match="I can't read"):
        await show_kpi("funnel", "soon")


async def test_a_whole_question_in_quotes(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    async with firm(sqlite_url, datetime.now(UTC)) as f:
        await f.lead("ada", source="linkedin")
        await f.lead("bo", source="google")

    assert await show_kpi("how many leads came from LinkedIn this month?") == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "Understood: funnel of leads from linkedin, created this month to date.\n\n1 lead →"
    )

    assert await show_kpi("funnel only source=linkedin", as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["only"], told["total"]["leads"]) == ({"dimension": "source", "value": "linkedin"}, 1)

    with pytest.raises(Refused, match="kpi 'funnel this month only source=linkedin'"):
        await show_kpi("leads from linkdin this month")
    with pytest.raises(Refused, match="don't know who you are"):
        await show_kpi("how fast am I")
