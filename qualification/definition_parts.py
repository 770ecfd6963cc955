"""What a definition is made of: actions, fit, BANT questions, reasons, clocks and lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from qualification.calendar import WorkWeek

PLAIN_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+){0,5}")
"""A name as programs write them; anything longer may be a text, or somebody's address."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person did, and what it is worth."""

    name: str
    points: int
    says: str
    qualifies: bool = False
    inquiry: bool = False
    fast: bool = False
    needs_message: bool = False
    """Inquiry and fast lane hold only when a message came with it."""
    observed: bool = False
    cap: int | None = None
    """The most that counts at a time, of what is left after decay."""
    cap_day: int | None = None
    """The most that one day (UTC) can bring."""
    cap_lifetime: int | None = None
    """The most that it can ever bring."""
    half_life: timedelta | None = None
    """Its own half-life; None follows the definition's."""

    def is_inquiry(self, with_message: bool) -> bool:
        """Whether this is a direct inquiry."""
        return self.inquiry and (with_message or not self.needs_message)

    def is_fast(self, with_message: bool) -> bool:
        """Whether this goes straight to MQL."""
        return self.fast and (with_message or not self.needs_message)


@dataclass(frozen=True, slots=True)
class TitleLevel:
    """Titles of one rank. The words are lower case and match as whole words."""

    name: str
    points: int
    words: tuple[str, ...]
    knock_out: bool = False
    """Never handed to sales, as a student."""
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Compiled once per definition: every intake lead and import row is matched against it.
        either = "|".join(re.escape(word) for word in self.words)
        object.__setattr__(self, "pattern", re.compile(rf"(?<!\w)(?:{either})(?!\w)"))


@dataclass(frozen=True, slots=True)
class SizeRange:
    start: int
    end: int
    points: int
    says: str


@dataclass(frozen=True, slots=True)
class Fit:
    """Points for who they are, 0 to `max`."""

    max: int
    title_unknown: int
    levels: tuple[TitleLevel, ...]
    size_unknown: int
    size_other: int
    sizes: tuple[SizeRange, ...]
    industry: tuple[int, int, int]
    """Points when listed, when not, when unknown."""
    country: tuple[int, int, int]
    """Points when served, when not, when unknown."""
    free_mail: int


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a BANT question."""

    id: str
    points: int
    says: str
    blocks_sql: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One BANT letter."""

    letter: str
    asks: str
    options: tuple[Option, ...]

    def option(self, option_id: str | None) -> Option | None:
        """The option with this id, or None when nothing (or nothing known) is chosen."""
        for option in self.options:  # four: a loop is faster than a generator
            if option.id == option_id:
                return option
        return None


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """Why a lead is closed, and what follows."""

    id: str
    says: str
    back_days: int | None = None
    left_out: bool = False
    final: bool = False
    """A later direct inquiry does not reopen it."""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Answer times in working hours, and when we work."""

    days: tuple[int, ...]
    opens: str
    closes: str
    inquiry_to_claim: timedelta
    mql_to_claim: timedelta
    claim_to_touch: timedelta
    late_after: timedelta

    def week(self, zone: ZoneInfo) -> WorkWeek:
        """The working hours in the workspace's zone."""
        return WorkWeek(
            zone, frozenset(self.days), time.fromisoformat(self.opens), time.fromisoformat(self.closes)
        )


@dataclass(frozen=True, slots=True)
class Lists:
    """Domains, industries and countries the rules look up; all lower case."""

    own_domains: frozenset[str]
    competitor_domains: frozenset[str]
    disposable_domains: frozenset[str]
    industries: frozenset[str]
    countries: frozenset[str]
    customer_domains: frozenset[str] = frozenset()
