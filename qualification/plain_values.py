"""Sources, campaigns, variants and people within a sentence: exactly as the workspace knows them, or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from qualification.kpi import Dimension
from qualification.kpi_only import Only
from qualification.plain_vocabulary import DIMENSION_WORDS

LONGEST_PHRASE = 6
"""Words of the longest name that is looked for."""
SIMILAR = 0.75


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may own leads: Slack id, handle, full name."""

    user: str
    handle: str
    name: str = ""


@dataclass(frozen=True)
class Known:
    """What the workspace knows by name; `me` is who asks, None at a terminal."""

    values: Mapping[Dimension, Sequence[str]] = field(default_factory=dict)
    people: Sequence[Colleague] = ()
    me: str | None = None

    def named(self) -> dict[str, list[Only]]:
        """Every way to name a value, as plain words, and what it may mean."""
        found: dict[str, list[Only]] = {}
        for dimension, values in self.values.items():
            for value in values:
                _add(found, value, (dimension, value))
        for one in self.people:
            first = one.name.split(" ")[0]
            for way in dict.fromkeys((one.handle, one.name, first, one.user)):
                _add(found, way, ("rep", one.user))
        return found

    def called(self, only: Only) -> str:
        """How we call a value: people by their handle."""
        dimension, value = only
        if dimension != "rep":
            return value
        return next((f"@{one.handle or one.name}" for one in self.people if one.user == value), value)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Words of the text (from, up to) that name a value, and what they may mean."""

    start: int
    end: int
    meant: tuple[Only, ...]


def plain(value: str) -> str:
    """A name as words: lower case, without hyphens and the like."""
    return " ".join(re.sub(r"[^\w&+@']+|_", " ", value.casefold()).split())


def _add(found: dict[str, list[Only]], way: str, only: Only) -> None:
    words = plain(way).lstrip("@")
    if words and only not in found.setdefault(words, []):
        found[words].append(only)


def mentioned(
    words: Sequence[str], named: Mapping[str, Sequence[Only]], is_ordinary: Callable[[str], bool]
) -> list[Mentioned]:
    """The values that these words name, the longest names first, none within another.

    Names that are ordinary words ("a", "will", "may") only count next to their dimension's word ("variant a",
    "the spring campaign"), as a possessive ("will's") or with an @.
    """
    taken: set[int] = set()
    found = []
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            span = range(start, start + length)
            meant = _meant([words[at] for at in span], named)
            if not meant or taken & set(span):
                continue
            before = _dimension(words[start - 1]) if start else None
            after = _dimension(words[start + length]) if start + length < len(words) else None
            beside = before or after
            narrowed = [only for only in meant if only[0] == beside] if beside else []
            ordinary = length == 1 and (len(words[start]) < 3 or is_ordinary(words[start]))
            sure = words[start].startswith("@") or words[start + length : start + length + 1] == ["'s"]
            if ordinary and not narrowed and not (sure and any(only[0] == "rep" for only in meant)):
                continue
            taken |= set(span)
            first = start - 1 if narrowed and before else start
            last = start + length + (1 if narrowed and after and not before else 0)
            found.append(Mentioned(first, last, tuple(narrowed or meant)))
    return sorted(found, key=lambda one: one.start)


def _meant(words: Sequence[str], named: Mapping[str, Sequence[Only]]) -> Sequence[Only]:
    phrase = " ".join(words).lstrip("@")
    for way in (phrase, phrase.removesuffix("s"), f"{phrase}s"):
        if way in named and (way == phrase or len(phrase) > 3):
            return named[way]
    return ()


def _dimension(word: str) -> Dimension | None:
    return DIMENSION_WORDS.get(word) or DIMENSION_WORDS.get(word.removesuffix("s"))


def similar(words: Iterable[str], named: Mapping[str, Sequence[Only]], most: int = 3) -> list[Only]:
    """Values whose name is much like one of these words, or contains it; the likeliest first."""
    found: list[Only] = []
    for word in words:
        if len(word) < 3:
            continue
        close = get_close_matches(word, list(named), n=most, cutoff=SIMILAR)
        holding = [way for way in named if word in way.split() or word.removesuffix("s") in way.split()]
        for way in [*close, *holding]:
            found += [only for only in named[way] if only not in found]
    return found[:most]
