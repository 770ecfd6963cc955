"""`python -m bot check` as an admin reads it: what is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.cli.check import findings
from bot.settings import Settings
from sandbox.server import running
from store.store import Store

GOOD: dict[str, Any] = {
    "slack_bot_token": "xoxb-sandbox",
    "slack_signing_secret": "sandbox-secret",
    "greenlight_intake_key": "0123456789abcdef0123456789abcdef",
    "greenlight_leads_channel": "leads",
    "greenlight_alerts_channel": "#sales-alerts",
    "greenlight_admins": "UADAM",
    "greenlight_managers": "UMAYA",
    "greenlight_marketers": "UMARK",
    "greenlight_reps_group": "SREPS",
}


async def told(url: str, **changed: Any) -> dict[str, tuple[str, str]]:
    """What check says, by subject, of a sound installation with these settings instead."""
    async with running() as place:
        chosen = {"database_url": url, "slack_api_url": place.api_url, **GOOD, **changed}
        if chosen["slack_api_url"] is None:
            chosen["slack_api_url"] = "http://127.0.0.1:9/api/"
        found = [finding async for finding in findings(Settings(_env_file=None, **chosen))]
        return {finding.about: (finding.state, finding.says) for finding in found}


@pytest.fixture
async def seeded(sqlite_url: str) -> str:
    """A database somebody has served from before."""
    store = Store(sqlite_url)
    async with store.begin(await store.workspace()) as work:
        text = (Path(__file__).parents[2] / "qualification" / "definition.yml").read_text()
        await work.house.put_in_force(text, "installation", store.moment())
    await store.close()
    return sqlite_url


async def test_a_sound_installation_has_nothing_wrong(seeded: str) -> None:
    said = await told(seeded)
    assert {about for about, (state, _) in said.items() if state == "wrong"} == set()
    assert said["token"][0] == said["scopes"][0] == said["clock"][0] == said["leads channel"][0] == "ok"


@pytest.mark.parametrize(
    ("changed", "about", "state", "words"),
    [
        ({"slack_bot_token": ""}, "token", "wrong", "OAuth & Permissions"),
        ({"slack_bot_token": "xoxb-other"}, "token", "wrong", "Reinstall"),
        ({"slack_app_token": "abc"}, "Socket Mode", "wrong", "connections:write"),
        ({"slack_signing_secret": ""}, "delivery", "wrong", "SLACK_SIGNING_SECRET"),
        ({"slack_api_url": None}, "Slack", "warning", "can't be reached"),
        ({"greenlight_leads_channel": "nowhere"}, "leads channel", "wrong", "/invite"),
        ({"greenlight_alerts_channel": ""}, "alerts channel", "warning", "App Home"),
        ({"greenlight_managers": "nobody@else.example"}, "managers", "warning", "GREENLIGHT_MANAGERS"),
        ({"greenlight_reps_group": "SNONE"}, "reps group", "wrong", "no user group"),
        ({"greenlight_intake_key": "secret"}, "intake", "warning", "guess"),
        ({"greenlight_crm_url": "https://crm.example/{email}"}, "CRM", "warning", "{external_id}"),
        ({"greenlight_webhook_url": "http://x.example"}, "webhook", "warning", "SECRET"),
        ({"greenlight_webhook_url": "http://169.254.169.254/hook"}, "webhook", "wrong", "never connected"),
        ({"database_url": "postgresql+asyncpg://127.0.0.1:9/none"}, "database", "wrong", "DATABASE_URL"),
    ],
)
async def test_what_is_wrong_is_said_with_its_mend(
    seeded: str, changed: dict[str, Any], about: str, state: str, words: str
) -> None:
    said = await told(seeded, **changed)
    assert said[about][0] == state
    assert words in said[about][1]


async def test_a_name_that_is_no_setting_is_told(
    seeded: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("GREENLIGHT_TIMZONE=Europe/Berlin\nTIMZONE=Europe/Rome\n")
    state, says = (await told(seeded))["settings"]
    assert state == "warning"
    assert says == "GREENLIGHT_TIMZONE is no setting and does nothing. Is GREENLIGHT_TIMEZONE meant?"


async def test_another_definition_file_is_a_warning_never_applied(seeded: str, tmp_path: Path) -> None:
    other = tmp_path / "definition.yml"
    other.write_text(
        (Path(__file__).parents[2] / "qualification" / "definition.yml").read_text() + "\n# ours\n"
    )
    said = await told(seeded, greenlight_definition=str(other))
    assert said["definition"][0] == "warning"


async def test_a_database_in_memory_or_a_container_is_warned_about(
    seeded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNO", "web.1")
    assert "Heroku" in (await told(seeded))["disk"][1]
