"""One typed command with everything that answering it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.office import Office
from handlers.slack.lead_line import Asked
from handlers.slack.reception import Reception
from handlers.views.message import Message


@dataclass(frozen=True, slots=True)
class Typed:
    """Who typed what, where."""

    reception: Reception
    client: AsyncWebClient
    where: str
    rep: str
    trigger: str
    channel: str
    asked: Asked
    body: Mapping[str, Any]

    @property
    def office(self) -> Office:
        return self.reception.office

    @property
    def place(self) -> dict[str, str]:
        """What a dialog remembers, so that its echo comes back to where the command was typed."""
        return {"channel": self.channel} if self.channel else {}

    @property
    def number(self) -> int:
        """The lead a per-lead word is about; the parser never lets one through without."""
        assert self.asked.number is not None
        return self.asked.number

    @classmethod
    def read(
        cls, body: Mapping[str, Any], asked: Asked, reception: Reception, client: AsyncWebClient
    ) -> Typed:
        """From a slash command's payload."""
        return cls(
            reception=reception,
            client=client,
            where=reception.where(body),
            rep=str(body.get("user_id") or ""),
            trigger=str(body.get("trigger_id") or ""),
            channel=str(body.get("channel_id") or ""),
            asked=asked,
            body=body,
        )


Word = Callable[[Typed], Awaitable[Message | None]]
"""Answers one word; None when a dialog opened instead."""
