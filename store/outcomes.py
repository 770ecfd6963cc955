"""A job as its delivery sees it, and what may become of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.work import Work

LONGEST_HOLD = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job.

    Attributes:
        attempts: this one included. Above 1, an earlier attempt may have reached the outside world: look
            before you post again, from `first_claimed` on.
        trace: the request it goes back to (`store/trace.py`).
    """

    id: int
    workspace: str
    topic: str
    payload: dict[str, Any] = field(hash=False)
    attempts: int
    first_claimed: datetime
    dedup: str | None
    once: str | None
    lane: str | None
    token: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """It happened. `save` keeps what came of it, in the transaction that closes the job or not at all."""

    save: Callable[[Work], Awaitable[None]] | None = None


# The other three may be returned or raised: most are met deep inside a delivery.
@dataclass(slots=True)
class Hold(Exception):
    """Asked to wait: the job's whole lane stands still, and the attempt doesn't count.

    Args:
        seconds: the other side's `Retry-After`; an hour of it counts, so that nobody stops us for ever.
    """

    seconds: float

    def __post_init__(self) -> None:
        """Cut it short."""
        self.seconds = min(LONGEST_HOLD, self.seconds)


@dataclass(slots=True)
class Retry(Exception):
    """It failed in a way that may pass.

    Args:
        reason: for the operator; nothing about a person.
        after: seconds to wait at least, for instance until the other side's index has caught up.
    """

    reason: str
    after: float = 0.0


@dataclass(slots=True)
class Dead(Exception):
    """It can never work (no such channel): don't try again, tell the operator.

    Args:
        reason: for the operator; nothing about a person.
    """

    reason: str


Outcome = Done | Hold | Retry | Dead


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up, as the operator sees it."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int
    error: str | None
    finished: datetime
