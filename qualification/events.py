"""What happened to a lead: the append-only truth that everything else is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from qualification.value import value

RULE = "rule"
"""The actor of changes the definition makes by itself."""
CLOCK = "clock"
"""The actor of changes a date makes by itself."""
THEMSELVES = "themselves"
"""The actor of what the person did on their own page."""
IMPORT = "import"
"""The actor of what a file says happened, where it names nobody."""


def is_person(actor: str) -> bool:
    """Whether an event's actor is somebody in Slack, not a rule, a date, a form or a file."""
    return actor[:1] in ("U", "W") and actor.isalnum() and actor.isupper()


class Kind(StrEnum):
    """Types of events. Nothing personal stands in an event: contact data, names and texts are facts."""

    CREATED = "created"
    ACTIVITY = "activity"
    PERMISSION = "permission"
    DETAILS = "details"
    CLAIMED = "claimed"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    SNOOZED = "snoozed"
    TOUCHED = "touched"
    ANSWERED = "answered"
    STAGE = "stage"
    REDATED = "redated"
    RECOUNTED = "recounted"
    TAKEN = "taken"
    CLOCK = "clock"
    OPTED_OUT = "opted_out"
    REVEALED = "revealed"
    ERASED = "erased"
    UNDONE = "undone"
    MERGED = "merged"
    UNMERGED = "unmerged"


@value
class Event:
    """One thing that happened.

    `at` is when it happened in the lead's life (a late form keeps its own time), `seq` the order in which it
    was recorded. `step` groups the events of one thing a person did, which is what Undo takes back.
    """

    kind: Kind
    at: datetime
    actor: str
    data: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    step: str = ""
    seq: int = 0


@value
class Fact:
    """Something personal or free-text, kept apart from events so that erasing it leaves the counts.

    Kinds: `submission` (profile fields, message, extra), `details` (profile fields), `note` (text),
    `next_step` (text).
    """

    id: str
    kind: str
    at: datetime
    data: Mapping[str, Any]
