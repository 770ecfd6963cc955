"""The manifest says what the code does: commands, shortcuts, events and scopes, no more and no less."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from handlers.slack import PARTS
from sandbox.manifest import read
from tests.house import house

ROOT = Path(__file__).parents[1]
FILE = ROOT / "app.manifest.yml"
SCHEMA = ROOT.parent / "shared" / "schemas" / "manifest.schema.2.0.0.json"

# Every scope a method needs in the way we call it.
NEEDED = {
    "auth_test": (),
    "chat_postMessage": ("chat:write", "chat:write.public"),
    "chat_postEphemeral": ("chat:write",),
    "chat_update": ("chat:write",),
    "chat_delete": ("chat:write",),
    "chat_getPermalink": (),
    "conversations_list": ("channels:read", "groups:read"),
    "conversations_info": ("channels:read", "groups:read"),
    "conversations_history": ("channels:history", "groups:history", "im:history"),
    "conversations_replies": ("channels:history", "groups:history", "im:history"),
    "conversations_members": ("channels:read", "groups:read"),
    "conversations_open": ("im:write",),
    "files_upload_v2": ("files:write",),
    "files_info": ("files:read",),
    "usergroups_list": ("usergroups:read",),
    "users_info": ("users:read",),
    "users_conversations": ("channels:read", "groups:read"),
    "users_list": ("users:read", "users:read.email"),
    "users_lookupByEmail": ("users:read.email",),
    "views_open": (),
    "views_push": (),
    "views_publish": (),
    "views_update": (),
}


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load(FILE.read_text("utf-8"))


class Heard:
    """Stands where Bolt's app does and notes what is listened for."""

    def __init__(self) -> None:
        self.by_kind: dict[str, set[str]] = defaultdict(set)

    def __getattr__(self, kind: str) -> Any:
        def listen(what: Any, **_: Any) -> Any:
            self.by_kind[kind].add(what if isinstance(what, str) else str(what))
            return lambda listener: listener

        return listen


@pytest.fixture(scope="module")
def heard() -> dict[str, set[str]]:
    class Nobody:
        office = None

    heard = Heard()
    for part in PARTS:
        part.register(heard, Nobody())  # type: ignore[arg-type]
    return heard.by_kind


def test_commands_are_the_ones_we_listen_for(manifest: Any, heard: dict[str, set[str]]) -> None:
    commands = manifest["features"]["slash_commands"]
    assert {command["command"] for command in commands} == heard["command"]
    assert all(command["should_escape"] for command in commands)


def test_shortcuts_are_the_ones_we_listen_for(manifest: Any, heard: dict[str, set[str]]) -> None:
    shortcuts = manifest["features"]["shortcuts"]
    assert {shortcut["callback_id"] for shortcut in shortcuts} == heard["shortcut"]


def test_events_are_the_ones_we_listen_for(manifest: Any, heard: dict[str, set[str]]) -> None:
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == heard["event"]


def test_scopes_are_the_ones_the_code_uses(manifest: Any) -> None:
    used = {"commands"}
    for folder in ("bot", "handlers"):
        for file in (ROOT / folder).rglob("*.py"):
            source = file.read_text("utf-8")
            for method in re.findall(r"\bclient\.([a-z]+_[A-Za-z_0-9]+)\(", source):
                used.update(NEEDED[method])
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == used


def test_every_address_is_the_one_we_serve(manifest: Any) -> None:
    addresses = re.findall(r"^\s*(?:request_)?url: (\S+)$", FILE.read_text("utf-8"), re.MULTILINE)
    assert set(addresses) == {"https://YOUR-HOST/slack/events"}
    assert len(addresses) == len(manifest["features"]["slash_commands"]) + 2


def test_slack_takes_it(manifest: Any) -> None:
    if not SCHEMA.is_file():
        pytest.skip("Slack's schema is not here")
    jsonschema.validate(manifest, json.loads(SCHEMA.read_text("utf-8")))


def test_the_sandbox_reads_it() -> None:
    known = read(FILE)
    assert known.known
    assert known.shortcut("Lead actions") is not None


async def test_a_day_with_exactly_these_scopes(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        h.workspace.manifest = read(FILE)
        h.workspace.scopes = set(h.workspace.manifest.scopes)
        await h.form()
        card = (await h.cards())[0]
        await h.slack.click("ana", "Claim", channel="leads")
        await h.slack.command("ana", "/lead L-1001 reassign <@UBEN>")
        await h.slack.shortcut("ben", "Lead actions", channel="leads", ts=card["ts"])
        await h.slack.open_home("adam")
        await h.quiet()
        await h.slack.click("adam", "Change people and channels")
        await h.slack.command("mark", "/lead import")
        await h.quiet()
        await h.slack.submit("mark", {"File": {"name": "leads.csv", "content": "email\nbo@beta.example\n"}})
        await h.quiet()
        assert "1 row: " in str(await h.slack.view("mark"))
        await h.slack.command("maya", "/kpi")
        await h.quiet()
        assert await h.slack.told("ben") != []
        refused = [call for call in await h.slack.calls() if call["error"]]
        assert refused == []
