"""`export` and `erase` as an admin types them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from bot.cli import person_commands as typed
from handlers.flows.whose import Nobody
from qualification.errors import Refused
from tests.office import open_office
from tests.traces import WORDS, in_file


@pytest.fixture
async def database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where Ada and Grace asked for a demo."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    async with open_office(sqlite_url) as desk:
        consent = {"granted": True, "purposes": ["contact", "marketing"], "text_version": "2026-05"}
        await desk.form(consent={**consent, "form": "demo", "page": "https://x.example/demo?e=ada"})
        await desk.form(email="grace@navy.example", phone=None, first_name="Grace", last_name="Hopper")
    return sqlite_url


async def test_everything_held_is_exported_for_people_and_for_machines(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await typed.export("ada@acme.example", False, None) == 0
    said = capsys.readouterr().out
    for expected in ("Lead: L-1001", "First name: Ada", "Wording: 2026-05", "Page: https://x.example/demo\n"):
        assert expected in said, said

    out = tmp_path / "ada.json"
    assert await typed.export("030 901820", False, out) == 0
    assert "personal data" in capsys.readouterr().out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (lead,) = json.loads(out.read_text())["leads"]
    assert (lead["lead"], lead["profile"]["email"]) == ("L-1001", "ada@acme.example")
    assert [r["purpose"] for r in lead["permission"]["receipts"]] == ["contact", "marketing"]
    assert [fact["kind"] for fact in lead["told"]] == ["submission"]
    assert [event["what"] for event in lead["history"]][:3] == ["created", "permission", "activity"]

    for who, says in (("nobody@acme.example", "Nothing is held"), ("L-77", "There is no L-77")):
        with pytest.raises(Nobody, match=says):
            await typed.export(who, False, None)
    with pytest.raises(Refused, match="phone number or lead number"):
        await typed.export("what", False, None)


async def test_erase_says_what_it_would_do_asks_and_does_it_once(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await typed.erase("ada@acme.example", False) == 1, "nobody agreed"
    assert "L-1001: mql, came in" in capsys.readouterr().out
    assert in_file(database)

    assert await typed.erase("ada@acme.example", True) == 0
    assert "gone from the file and from its log" in capsys.readouterr().out
    assert in_file(database) == set()

    assert await typed.erase("L-1001", True) == 0
    assert "L-1001 was erased" in capsys.readouterr().out
    assert await typed.erase("ada@acme.example", True) == 0
    assert "suppression list" in capsys.readouterr().out
    assert await typed.export("ada@acme.example", False, None) == 0
    assert "On suppression list: yes" in capsys.readouterr().out
    with pytest.raises(Nobody):
        await typed.erase("nobody@acme.example", True)

    kept = tmp_path / "list.json"
    assert await typed.show_list(kept) == 0
    assert not [word for word in WORDS if word in kept.read_text()]
    assert await typed.again(kept, True) == 0
    assert "Nothing had to be erased" in capsys.readouterr().out
    kept.write_text("{}")
    with pytest.raises(Refused, match="no suppression list"):
        await typed.again(kept, True)


async def test_a_file_others_could_read_is_ours_alone_once_it_holds_something_personal(
    database: str, tmp_path: Path
) -> None:
    out = tmp_path / "ada.json"
    out.write_text("something longer that must be gone" * 1_000)
    out.chmod(0o644)
    assert await typed.export("ada@acme.example", False, out) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert json.loads(out.read_text())["leads"][0]["lead"] == "L-1001"
