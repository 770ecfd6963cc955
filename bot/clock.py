"""The moment, as everything outside tests reads it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)
