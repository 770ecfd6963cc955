"""What a listener reads from Slack's payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.views.shapes import reading
from qualification.errors import Refused


@dataclass(frozen=True, slots=True)
class Click:
    """A button, menu or select somebody used."""

    rep: str
    value: str
    trigger: str
    channel: str | None = None
    ts: str | None = None

    @property
    def number(self) -> int:
        """The L-number the control carries: "1042", or "nurture:1042" in a menu."""
        return lead_number(self.value.rpartition(":")[2])

    @property
    def choice(self) -> str:
        """What was chosen in a menu: "nurture" of "nurture:1042"."""
        return self.value.partition(":")[0]

    @classmethod
    @reading()
    def read(cls, body: Mapping[str, Any]) -> Click:
        """From a block_actions payload."""
        action = (body.get("actions") or [{}])[0]
        chosen = action.get("selected_option") or {}
        container = body.get("container") or {}
        return cls(
            rep=_user(body),
            value=str(action.get("value") or chosen.get("value") or ""),
            trigger=str(body.get("trigger_id") or ""),
            channel=container.get("channel_id"),
            ts=container.get("message_ts"),
        )


@dataclass(frozen=True, slots=True)
class Submission:
    """A dialog somebody saved, or changed a choice in."""

    rep: str
    view_id: str
    hash: str
    values: Mapping[str, Any]
    metadata: Mapping[str, Any]

    @property
    def number(self) -> int:
        """The L-number the dialog is about."""
        return lead_number(str(self.metadata.get("lead", "")))

    @classmethod
    @reading()
    def read(cls, body: Mapping[str, Any]) -> Submission:
        """From a view_submission, or a block_actions payload that came from a dialog."""
        view = body.get("view") or {}
        return cls(
            rep=_user(body),
            view_id=str(view.get("id", "")),
            hash=str(view.get("hash", "")),
            values=(view.get("state") or {}).get("values") or {},
            metadata=_metadata(view.get("private_metadata")),
        )


def lead_number(text: str) -> int:
    """The number in "L-1042" or "1042".

    Raises:
        Refused: it is none.
    """
    digits = text.strip().upper().removeprefix("L-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise Refused(f"“{text[:30]}” is no lead number. They look like L-1042.")
    return int(digits)


def _user(body: Mapping[str, Any]) -> str:
    return str((body.get("user") or {}).get("id") or body.get("user_id") or "")


def _metadata(text: object) -> Mapping[str, Any]:
    try:
        read = json.loads(str(text or "{}"))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
