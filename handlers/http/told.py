"""Single values as forms and programs write them, read strictly enough to trust and kindly enough to keep."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from qualification.arrival import too_far_ahead
from qualification.matching import clean_text

LONGEST = 3_000
"""Characters in one field (design §2)."""
YES = frozenset({"true", "yes", "y", "on", "1", "checked", "ja", "oui", "granted", "opt-in", "t"}) | {
    "agree",
    "agreed",
    "accept",
    "accepted",
    "i agree",
}
NO = frozenset({"false", "no", "n", "off", "0", "nein", "non", "denied", "opt-out", "f"})
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_PEOPLE = 10_000_000

_COUNT = re.compile(r"\d{1,3}(?:[., '’]\d{3})+(?!\d)|\d+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a body: where, as `consent.at`, and what to do about it."""

    path: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"path": self.path, "message": self.message}


class BadBody(Exception):
    """A body we can read but not take. `mistakes` has at least one."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(", ".join(m.path for m in mistakes))
        self.mistakes = mistakes


@dataclass(slots=True)
class Told:
    """The fields of one body, read one by one; what is wrong gathers in `mistakes`."""

    fields: Mapping[str, Any]
    prefix: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, name: str, message: str) -> None:
        self.mistakes.append(Mistake(f"{self.prefix}{printable(name)}", message))

    def text(self, name: str, *, lines: bool = False) -> str | None:
        """The cleaned text of a field, or None where there is none (or a mistake was noted)."""
        value = self.fields.get(name)
        if value is None:
            return None
        if type(value) is not str:
            if type(value) is not int:
                self.wrong(name, f"Must be text, not {kind_of(value)}")
                return None
            value = in_digits(value)
        if len(value) > LONGEST:
            self.wrong(name, f"Longer than {LONGEST:,} characters")
            return None
        return tidy(value, lines=lines)

    def count(self, name: str) -> int | None:
        """A number of people: 250, "250", "1,000", "50–200" (its lower end) or "ca. 50"."""
        value = self.fields.get(name)
        if value is None:
            return None
        if type(value) is float and math.isfinite(value) and value.is_integer():
            value = int(value)
        if type(value) is int:
            people: int | None = value
        elif type(value) is str:
            said = self.text(name)
            if said is None:
                return None
            people = _count(said)
        else:
            self.wrong(name, f"Must be a number, not {kind_of(value)}")
            return None
        if people is None or not 0 <= people <= MOST_PEOPLE:
            self.wrong(name, "Must be a number of people, as 250 or “50-200”")
            return None
        return people

    def moment(self, name: str, zone: ZoneInfo, now: datetime) -> datetime | None:
        """An instant in UTC; without a zone it is meant in `zone`. The year 2000 to five minutes from now."""
        if self.fields.get(name) is None:
            return None
        if type(self.fields[name]) is not str:
            self.wrong(name, f"Must be a time as “2026-11-02T09:30:00Z”, not {kind_of(self.fields[name])}")
            return None
        said = self.text(name)
        if said is None:
            return None
        try:
            return _instant(said, zone, now)
        except BadTime as bad:
            self.wrong(name, str(bad))
            return None


class BadTime(Exception):
    """A time we can't take. `str()` of it says why."""


def tidy(value: str, *, lines: bool = False) -> str | None:
    """Text without anything invisible, or None if nothing is left."""
    if value.isascii() and value.isprintable():  # most are: nothing to compose, nothing to take out
        if "  " not in value and value[:1] != " " and value[-1:] != " ":
            return value or None
        return " ".join(value.split()) or None
    return clean_text(value, LONGEST, lines=lines) or None


def yes_or_no(value: object) -> bool | None:
    """What a checkbox, a program or a spreadsheet means; None where it is neither yes nor no."""
    if isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().casefold()
        return True if word in YES else False if word in NO else None
    return None


def as_note(value: object) -> str | None:
    """Any value as the text we keep of it; None where there is nothing to keep.

    Raises:
        RecursionError: nested too deeply to write down.
    """
    match value:
        case None:
            return None
        case str():
            return tidy(value, lines=True)
        case bool():
            return "true" if value else "false"
        case int():
            return in_digits(value)
        case float():
            return repr(value)
        case _:
            return tidy(json.dumps(value, ensure_ascii=False, separators=(",", ":")), lines=True)


def in_digits(number: int) -> str:
    """A number as text. One too long for Python to print is longer than any field may be."""
    try:
        return str(number)
    except ValueError:
        return "9" * (LONGEST + 1)


def printable(name: str) -> str:
    """A field's name as it may be shown in an answer."""
    return tidy(name[:80]) or "?"


def kind_of(value: object) -> str:
    """A value's type in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def _count(said: str) -> int | None:
    if said.startswith(("-", "−")):
        return None
    match = _COUNT.search(said)
    if match is None or len(match[0]) > 15:
        return None
    return int("".join(c for c in match[0] if c.isdigit()))


def _instant(said: str, zone: ZoneInfo, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise BadTime("Must be a time as “2026-11-02T09:30:00Z”") from None
    # Judged by the year first: the ends of the calendar can't be moved to another zone.
    if moment.year < EARLIEST.year - 1:
        raise BadTime("Lies before the year 2000")
    if moment.year > now.year + 1:
        raise BadTime("Lies in the future")
    instant = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    if instant < EARLIEST:
        raise BadTime("Lies before the year 2000")
    if too_far_ahead(instant, now):
        raise BadTime("Lies in the future")
    return instant
