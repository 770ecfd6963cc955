"""One part of a YAML file, read strictly: whatever is missing, unknown or of the wrong kind is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from qualification.errors import Refused


class BadDefinition(Refused):
    """The definition contradicts itself or names something unknown. Says where and what.

    Args:
        reason: What is wrong, naming the place as `sql.score`.
        line: The line of the file, from 1; None where it has none.
        hint: What to write instead, "" where nobody can know.
    """

    def __init__(self, reason: str, line: int | None = None, hint: str = "") -> None:
        self.reason, self.line, self.hint = reason, line, hint
        where = f"Line {line}: " if line else ""
        super().__init__(f"{where}{reason}{' ' if hint else ''}{hint}")


LARGEST = 1_000_000_000
"""No number of ours is larger, in points, people, days or minutes."""

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=1_000_000)
"""What lasts less than a minute divides by nothing; what lasts longer than calendars has no end."""


def nearest(said: object, known: Iterable[str]) -> str:
    """ "Did you mean demo_request?" when something known is close, else ""."""
    near = get_close_matches(str(said), list(known), 1, 0.6)
    return f"Did you mean {near[0]}?" if near else ""


class Part:
    """A mapping in the file, with the place where it stands.

    Used as a context: leaving it refuses every key that nobody asked for, so that a misspelt one is not
    silently without effect.

    Args:
        lines: The line of every place, as `yaml_lines.read_yaml` gives it.
    """

    def __init__(self, value: object, where: str, lines: Mapping[str, int] | None = None) -> None:
        self._lines = lines or {}
        self._where = where
        if not isinstance(value, dict):
            what = f"{where or 'The definition'} must be a mapping of names to values."
            raise BadDefinition(what, self._lines.get(where))
        self._values: dict[str, Any] = value
        self._asked: dict[str, None] = {}

    def __enter__(self) -> Part:
        return self

    def __exit__(self, problem: type[BaseException] | None, *rest: object) -> None:
        unknown = self._unknown()
        if problem is None and unknown:
            hint = nearest(min(unknown), self._asked)
            raise self.bad(min(unknown), "is nothing the definition knows.", hint)

    def bad(self, name: str, reason: str, hint: str = "") -> BadDefinition:
        """The refusal of what stands under `name`, with its place and line."""
        at = self._at(name)
        return BadDefinition(f"{at} {reason}", self._lines.get(at, self._lines.get(self._where)), hint)

    def part(self, name: str) -> Part:
        """The mapping called `name`."""
        return Part(self._get(name), self._at(name), self._lines)

    def part_or_none(self, name: str) -> Part | None:
        """The mapping called `name`, or None where it is left out."""
        return self.part(name) if self._has(name) else None

    def parts(self, name: str) -> Mapping[str, Part]:
        """A mapping of names to mappings, none of the names known beforehand."""
        inner = self.part(name)
        found = {
            str(key): Part(value, inner._at(str(key)), self._lines) for key, value in inner._values.items()
        }
        if not found:
            raise self.bad(name, "is empty.")
        return found

    def parts_or_none(self, name: str) -> Mapping[str, Part]:
        """The same where it may be left out."""
        return self.parts(name) if self._has(name) else {}

    def listed(self, name: str) -> list[Part]:
        """A list of mappings."""
        values = self._get(name)
        if not isinstance(values, list) or not values:
            raise self.bad(name, "must be a list with at least one entry.")
        return [
            Part(value, f"{self._at(name)}[{place}]", self._lines) for place, value in enumerate(values, 1)
        ]

    def whole(self, name: str, at_least: int | None = None) -> int:
        """A whole number."""
        value = self._get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.bad(name, f"must be a whole number, not {_said(value)}.", _unquoted(value))
        if at_least is not None and value < at_least:
            raise self.bad(name, f"must be at least {at_least}, not {value}.")
        if abs(value) > LARGEST:
            raise self.bad(name, f"must be {LARGEST:,} at most.")
        return value

    def whole_or_none(self, name: str, at_least: int | None = None) -> int | None:
        """A whole number, or None where it is left out."""
        return self.whole(name, at_least) if self._has(name) else None

    def number(self, name: str) -> float:
        """A number above zero."""
        value = self._get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
            raise self.bad(name, f"must be a number above 0, not {_said(value)}.", _unquoted(value))
        if value > LARGEST:
            raise self.bad(name, f"must be {LARGEST:,} at most.")
        return float(value)

    def number_or_none(self, name: str) -> float | None:
        """A number above zero, or None where it is left out."""
        return self.number(name) if self._has(name) else None

    def lasts(self, name: str, unit: timedelta, shortest: timedelta = SHORTEST) -> timedelta:
        """How long something lasts, written as a number of units."""
        value = self.number(name)
        if value > LONGEST / unit:
            raise self.bad(name, f"must be {LONGEST / unit:,.0f} at most.")
        if value * unit < shortest:
            least = f"{shortest.total_seconds():g} seconds"
            raise self.bad(name, f"must last at least {least}, and {value:g} is less.")
        return value * unit

    def lasts_or_none(self, name: str, unit: timedelta, shortest: timedelta = SHORTEST) -> timedelta | None:
        """The same where it may be left out."""
        return self.lasts(name, unit, shortest) if self._has(name) else None

    def text(self, name: str) -> str:
        """Words."""
        value = self._get(name)
        if not isinstance(value, str) or not value.strip():
            hint = "" if value is None or isinstance(value, str | dict | list) else "Write it in quotes."
            raise self.bad(name, f"must be text, not {_said(value)}.", hint)
        return value

    def text_or_empty(self, name: str) -> str:
        """Words, or "" where they are left out."""
        return self.text(name) if self._has(name) else ""

    def yes(self, name: str, or_word: str = "") -> bool | str:
        """True or false (left out is false), or the one word that is allowed in their place."""
        value = self._get(name) if self._has(name) else False
        if isinstance(value, bool) or (or_word and value == or_word):
            return value
        raise self.bad(name, f"must be true or false, not {_said(value)}.", nearest(value, [or_word]))

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words, lower case."""
        values = self._get(name)
        if not isinstance(values, list):
            hint = f"Write [{values}]." if isinstance(values, str) else ""
            raise self.bad(name, f"must be a list of words, not {_said(values)}.", hint)
        odd = next((word for word in values if isinstance(word, list | dict)), None)
        if odd is not None:
            raise self.bad(name, f"must be a list of words, and one of them is {_said(odd)}.")
        # YAML reads a bare NO (Norway) as False: the one country whose code needs help.
        return tuple("no" if word is False else str(word).lower() for word in values)

    def words_or(self, name: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """A list of words, lower case, or `otherwise` where it is left out."""
        return self.words(name) if self._has(name) else otherwise

    def names(self) -> list[str]:
        """What the entries are called, in their order, none of it known beforehand."""
        odd = next((name for name in self._values if not isinstance(name, str)), None)
        if odd is not None:
            raise self.bad(str(odd), "must be text.", "Write it in quotes.")
        return list(self._values)

    def _has(self, name: str) -> bool:
        self._asked[name] = None
        return name in self._values

    def _get(self, name: str) -> Any:
        if not self._has(name):
            # Whoever misspelt it wrote it somewhere: that line is the one to look at.
            near = get_close_matches(name, self._unknown(), 1, 0.6)
            line = self._lines.get(self._at(near[0])) if near else self._lines.get(self._where)
            hint = f"You wrote {near[0]}: did you mean {name}?" if near else ""
            raise BadDefinition(f"The definition lacks {self._at(name)}.", line, hint)
        return self._values[name]

    def _unknown(self) -> list[str]:
        return [str(key) for key in self._values if key not in self._asked]

    def _at(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def _said(value: object) -> str:
    """A value in a sentence. What is no single word is not read out: a few lines can stand for terabytes."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    return repr(value)[:60]


def _unquoted(value: object) -> str:
    """What a number in quotes should have been."""
    digits = str(value).strip()
    is_number = isinstance(value, str) and digits.removeprefix("-").replace(".", "", 1).isdigit()
    return f"Write {digits} without quotes." if is_number else ""
