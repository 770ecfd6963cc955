"""Slack's pace for posting: about one message a second per channel, with a small burst."""

from __future__ import annotations

from collections.abc import Callable

BURST = 4.0
PER_SECOND = 1.0


class RateLimits:
    """A bucket per channel, only counted while `on`."""

    def __init__(self, clock: Callable[[], float], *, on: bool = False) -> None:
        self.on = on
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def must_wait(self, channel: str) -> int:
        """Whole seconds to wait before posting to this channel; 0 allows the post and counts it."""
        if not self.on:
            return 0
        now = self._clock()
        left, at = self._left.get(channel, (BURST, now))
        left = min(BURST, left + (now - at) * PER_SECOND)
        if left < 1:
            self._left[channel] = (left, now)
            return max(1, round(1 - left))
        self._left[channel] = (left - 1, now)
        return 0
