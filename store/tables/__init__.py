"""Every table of the database, in one metadata."""

from __future__ import annotations

from store.tables import (
    behaviour,
    counting,
    house,
    intake,
    jobs,
    keys,
    leads,
    privacy,
    schedules,
    watched,
    workspaces,
)
from store.tables.base import metadata

__all__ = [
    "behaviour", "counting", "house", "intake", "jobs", "keys", "leads", "metadata", "privacy",
    "schedules", "watched", "workspaces",
]  # fmt: skip
