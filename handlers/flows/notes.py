"""What people type beside a step, kept apart from the events so that it can be erased."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from qualification.events import Fact


def note_fact(text: str | None, now: datetime) -> Fact | None:
    """A note as a fact; None when nothing was typed."""
    return Fact(uuid4().hex, "note", now, {"text": text}) if text else None
