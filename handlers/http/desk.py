"""What the HTTP edge needs from the house, and the words both sides use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.flows.guessing import Guesses
from handlers.flows.receive import Verdict
from handlers.flows.repeats import Answer, Conflict, Name, Once
from qualification.arrival import NewLead
from qualification.definition import Definition
from store.intake import SpendRow


class Overloaded(Exception):
    """More is waiting than we can save soon. The caller is told to come back."""

    def __init__(self, retry_after: float = 1.0) -> None:
        """Args: retry_after: Seconds after which trying again makes sense."""
        super().__init__(f"Busy for about {retry_after:.1f} s")
        self.retry_after = retry_after


class StoreDown(Exception):
    """The database can't be reached: nothing was saved."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What broke something on our side, raw, for admins to see and replay; `why` quotes nothing of it."""

    source: str
    raw: bytes
    why: str


Parser = Callable[[bytes, Mapping[str, str]], Sequence[Mapping[str, object]]]
"""Reads one outside system's payload (raw body, headers) into lead bodies; any exception means unreadable."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The house, as seen from the intake edge. Every call may raise StoreDown; `submit` also Overloaded."""

    keys: Callable[[str, str], Awaitable[str | None]]
    """A presented key and what it is to open → its workspace, or None. Compare with `keys.matches`."""
    secrets: Callable[[str], Awaitable[Sequence[tuple[str | bytes, str]]]]
    """What is to be opened → (key or its digest, workspace) pairs, for signed requests."""
    signed_with: Callable[[str | bytes], Awaitable[None]]
    """The key or its digest by which a request was let in just now."""
    submit: Callable[[str, Sequence[NewLead]], Awaitable[Sequence[Verdict | Exception]]]
    """Workspace and leads → in the same order a verdict each, or what broke on our side over this one alone.

    What has a verdict is saved durably when it returns.
    """
    submit_once: Callable[[str, Sequence[NewLead], Once[Verdict]], Awaitable[Answer | Conflict]]
    """The same with the answer, in one transaction: the one given before, if this request was done before.

    Raises what one of the leads broke on our side; then nothing is saved.
    """
    recall: Callable[[str, Name], Awaitable[Answer | Conflict | None]]
    """Workspace and request → what was answered in the last 24 h; CONFLICT for another body."""
    keep: Callable[[str, Name, Answer, Sequence[Aside]], Awaitable[Answer | Conflict]]
    """Remember an answer for 24 h, and with it what it says is kept raw. The first answer stands: that one,
    with nothing of the other, is what comes back."""
    quarantine: Callable[[str, Aside], Awaitable[None]]
    """Workspace and what is kept for admins to see and replay."""
    spend: Callable[[str, Sequence[SpendRow]], Awaitable[int]]
    """Workspace and rows → how many were saved, all or none."""
    spend_once: Callable[[str, Sequence[SpendRow], Once[SpendRow]], Awaitable[Answer | Conflict]]
    """The same with the answer, as of `submit_once`."""
    definition: Callable[[str], Awaitable[Definition]]
    """The rules in force in a workspace."""
    country: str
    """ISO 3166 code that national phone numbers are read for."""
    currency: str
    zone: ZoneInfo
    """Times without a zone are meant in this one."""
    clock: Callable[[], datetime]
    parsers: Mapping[str, Parser] = field(default_factory=dict)
    """Outside systems by the name in `POST /intake/{source}`."""
    guesses: Guesses = field(default_factory=Guesses)
    """Who tried wrong keys lately."""
