"""The short-lived things an interaction hands out: trigger ids and response addresses."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import SlackError
from sandbox.people import TEAM_ID

if TYPE_CHECKING:
    from sandbox.workspace import Workspace

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """Allows one dialog within three seconds."""

    person: str
    at: float
    used: bool = False


@dataclass
class ResponseAddress:
    """Five posts within thirty minutes, to where the interaction happened."""

    person: str
    channel: str
    at: float
    source_ts: str | None = None
    source_ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """All that were handed out and may still be redeemed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._triggers: dict[str, Trigger] = {}
        self._addresses: dict[str, ResponseAddress] = {}
        self._doors: set[str] = set()

    def door(self) -> str:
        """A ticket for one Socket Mode connection."""
        name = secrets.token_urlsafe(18)
        self._doors.add(name)
        return name

    def enter(self, name: str) -> bool:
        """Whether this ticket opens a connection; it does so once."""
        known = name in self._doors
        self._doors.discard(name)
        return known

    def trigger(self, person: str) -> str:
        """A new trigger id for what this person just did."""
        name = f"{secrets.randbelow(10**13):013d}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(person, self._workspace.clock())
        return name

    def redeem(self, trigger_id: str) -> str:
        """The person a dialog may now be opened for.

        Raises:
            SlackError: invalid_trigger_id, exchanged_trigger_id (used before), expired_trigger_id (over 3 s).
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._workspace.clock() - trigger.at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.person

    def address(
        self,
        person: str,
        channel: str,
        kind: str = "actions",
        *,
        source_ts: str | None = None,
        source_ephemeral: bool = False,
        thread_ts: str | None = None,
    ) -> str:
        """A new response_url."""
        key = secrets.token_urlsafe(18)
        self._addresses[key] = ResponseAddress(
            person, channel, self._workspace.clock(), source_ts, source_ephemeral, thread_ts
        )
        return f"{self._workspace.base_url}/{kind}/{TEAM_ID}/{key}"

    def use(self, key: str) -> ResponseAddress:
        """
        Raises:
            SlackError: expired_url, used_url (five posts made) or invalid_url.
        """
        found = self._addresses.get(key)
        if found is None:
            raise SlackError("invalid_url")
        if self._workspace.clock() - found.at > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if found.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        found.uses += 1
        return found
