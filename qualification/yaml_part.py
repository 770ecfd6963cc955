"""One part of a YAML file, read strictly: whatever is missing, unknown or of the wrong kind is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualification.errors import Refused


class BadDefinition(Refused):
    """The definition contradicts itself or names something unknown. Says where and what."""


class Part:
    """A mapping in the file, with the place where it stands.

    Used as a context: leaving it refuses every key that nobody asked for, so that a misspelt one is not
    silently without effect.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise BadDefinition(f"{where or 'The definition'} must be a mapping of names to values.")
        self._values: dict[str, Any] = value
        self._where = where
        self._asked: set[str] = set()

    def __enter__(self) -> Part:
        return self

    def __exit__(self, problem: type[BaseException] | None, *rest: object) -> None:
        unknown = [str(key) for key in self._values if key not in self._asked]
        if problem is None and unknown:
            raise BadDefinition(f"{self._at(min(unknown))} is nothing the definition knows.")

    def part(self, name: str) -> Part:
        """The mapping called `name`."""
        return Part(self._get(name), self._at(name))

    def parts(self, name: str) -> Mapping[str, Part]:
        """A mapping of names to mappings, none of the names known beforehand."""
        inner = self.part(name)
        found = {str(key): Part(value, inner._at(str(key))) for key, value in inner._values.items()}
        if not found:
            raise BadDefinition(f"{self._at(name)} is empty.")
        return found

    def parts_or_none(self, name: str) -> Mapping[str, Part]:
        """The same where it may be left out."""
        return self.parts(name) if self._has(name) else {}

    def listed(self, name: str) -> list[Part]:
        """A list of mappings."""
        values = self._get(name)
        if not isinstance(values, list) or not values:
            raise BadDefinition(f"{self._at(name)} must be a list with at least one entry.")
        return [Part(value, f"{self._at(name)}[{place}]") for place, value in enumerate(values, 1)]

    def whole(self, name: str, at_least: int | None = None) -> int:
        """A whole number."""
        value = self._get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadDefinition(f"{self._at(name)} must be a whole number, not {value!r}.")
        if at_least is not None and value < at_least:
            raise BadDefinition(f"{self._at(name)} must be at least {at_least}, not {value}.")
        return value

    def whole_or_none(self, name: str, at_least: int | None = None) -> int | None:
        """A whole number, or None where it is left out."""
        return self.whole(name, at_least) if self._has(name) else None

    def number(self, name: str) -> float:
        """A number above zero."""
        value = self._get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
            raise BadDefinition(f"{self._at(name)} must be a number above 0, not {value!r}.")
        return float(value)

    def text(self, name: str) -> str:
        """Words."""
        value = self._get(name)
        if not isinstance(value, str) or not value.strip():
            raise BadDefinition(f"{self._at(name)} must be text, not {value!r}.")
        return value

    def text_or_empty(self, name: str) -> str:
        """Words, or "" where they are left out."""
        return self.text(name) if self._has(name) else ""

    def yes(self, name: str, or_word: str = "") -> bool | str:
        """True or false (left out is false), or the one word that is allowed in their place."""
        value = self._get(name) if self._has(name) else False
        if isinstance(value, bool) or (or_word and value == or_word):
            return value
        raise BadDefinition(f"{self._at(name)} must be true or false, not {value!r}.")

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words, lower case."""
        values = self._get(name)
        if not isinstance(values, list):
            raise BadDefinition(f"{self._at(name)} must be a list of words, not {values!r}.")
        # YAML reads a bare NO (Norway) as False: the one country whose code needs help.
        return tuple("no" if word is False else str(word).lower() for word in values)

    def _has(self, name: str) -> bool:
        self._asked.add(name)
        return name in self._values

    def _get(self, name: str) -> Any:
        if not self._has(name):
            raise BadDefinition(f"The definition lacks {self._at(name)}.")
        return self._values[name]

    def _at(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name
