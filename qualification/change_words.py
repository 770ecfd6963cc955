"""How a difference is said: what it is now, and what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_LISTED = 8
_FLAG = {True: "yes", False: "no"}


def said(words: str, old: object, new: object) -> list[str]:
    """`words` with what it is now, and what it was; nothing where that is the same."""
    return [f"{words.format(shown(new))}, not {shown(old)}"] if old != new else []


def shown(value: object) -> str:
    """A value as people write it: `None` is "none", a share is in percent."""
    match value:
        case None:
            return "none"
        case bool():
            return _FLAG[value]
        case timedelta():
            return span(value)
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.6g}"
    return str(value)


def span(time: timedelta, largest: str = "day") -> str:
    """A length of time in the largest unit that it is whole in: "90 minutes", "1 hour".

    Args:
        largest: For working time "hour": twenty-four working hours are no day.
    """
    seconds = time.total_seconds()
    units = [unit for unit, _ in _UNITS]
    for unit, size in _UNITS[units.index(largest) :]:
        if seconds and seconds % size == 0:
            count = int(seconds // size)
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"


def renamed(old: str, new: str) -> list[str]:
    """That it is called something else now."""
    return [f"called “{old}” before"] if old != new else []


def turned(flags: Iterable[tuple[bool, bool, str]]) -> list[str]:
    """What of (was, is, words) holds now and did not, or the other way round."""
    return [words if now else f"no longer {words}" for was, now, words in flags if was != now]


def named(
    old: Mapping[str, T],
    new: Mapping[str, T],
    compare: Callable[[T, T], str],
    says: Callable[[T], str],
    noun: str,
) -> list[str]:
    """What changed, what is new and what is gone, of things that are found by name."""
    gone = [f"No {noun} {says(old[name])} any more" for name in old if name not in new]
    fresh = [f"New {noun}: {says(new[name])}" for name in new if name not in old]
    changed = [compare(old[name], new[name]) for name in old if name in new and old[name] != new[name]]
    return [*changed, *fresh, *gone]


def words_changed(noun: str, old: Iterable[str], new: Iterable[str]) -> list[str]:
    """What came to a list and what left it."""
    added, gone = sorted(set(new) - set(old)), sorted(set(old) - set(new))
    lines = [f"{noun}: with {few(added)}"] if added else []
    return [*lines, *([f"{noun}: without {few(gone)}"] if gone else [])]


def few(words: list[str]) -> str:
    """The first of them, and how many more."""
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    return f"{', '.join(words[:_LISTED])}{more}"
