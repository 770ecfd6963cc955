"""What somebody looked at, as numbers need it: a page on a day, an arm of an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Exposure:
    """This person (a hash) saw this arm."""

    experiment: str
    """As `experiment_key` has it."""
    person: str
    arm: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitorDay:
    """This person (a hash), who is no lead, saw something of ours on this local day."""

    person: str
    day: date
    source: str
