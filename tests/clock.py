"""A clock that tests turn by hand, so that nothing sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Stands still until it is turned."""

    def __init__(self, moment: datetime = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.moment

    def forward(self, seconds: float) -> None:
        """Turn it on."""
        self.moment += timedelta(seconds=seconds)
