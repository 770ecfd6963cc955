"""What the app's manifest says it offers: commands, shortcuts, events, scopes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.people import DEFAULT_SCOPES

Json = dict[str, Any]


@dataclass(frozen=True)
class Manifest:
    """The parts of app.manifest.yml that change how the workspace behaves.

    Without a file every command is accepted and escaped, and only App Home is announced.
    """

    commands: list[Json] = field(default_factory=list)
    shortcuts: list[Json] = field(default_factory=list)
    events: tuple[str, ...] = ("app_home_opened",)
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    known: bool = False

    def command(self, name: str) -> Json | None:
        """The declared command, or None when it is unknown to the app."""
        return next((command for command in self.commands if command.get("command") == name), None)

    def shortcut(self, callback_id: str) -> Json | None:
        """By callback_id, or by the name people see."""
        for shortcut in self.shortcuts:
            if callback_id in (shortcut.get("callback_id"), shortcut.get("name")):
                return shortcut
        return None


def read(path: Path) -> Manifest:
    """The manifest in this file; one that says nothing when there is no file."""
    if not path.is_file():
        return Manifest()
    import yaml

    given: Json = yaml.safe_load(path.read_text("utf-8")) or {}
    features: Json = given.get("features") or {}
    settings: Json = given.get("settings") or {}
    scopes = ((given.get("oauth_config") or {}).get("scopes") or {}).get("bot")
    return Manifest(
        commands=list(features.get("slash_commands") or []),
        shortcuts=list(features.get("shortcuts") or []),
        events=tuple((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        scopes=tuple(scopes or DEFAULT_SCOPES),
        known=True,
    )
