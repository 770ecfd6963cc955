"""May we score what somebody only looked at? By what they had said about it at that moment, not since.

Words and visits reach us in any order: a view made before somebody agreed does not count, also when we hear
of it afterwards, and one made after it counts, also when we hear of the agreement last.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from qualification.events import RULE, Event, Kind
from qualification.lead import Activity, Lead, Permission

NAMED, UNNAMED = "named", "unnamed"
"""How what was observed came to us (`Activity.watched`)."""
PROFILING = "profiling"
"""Why something observed does not count (`Activity.uncounted`)."""
MOST_WORDS = 100
"""Words that are kept of one person: by then nobody cares for each of them."""
Said = tuple[tuple[datetime, bool], ...]
_EVER = datetime.min.replace(tzinfo=UTC)


def said_by(held: Permission) -> Said:
    """What they said so far, oldest first. Who agreed before that was written down did so for ever."""
    return held.said or (((_EVER, True),) if held.profiling else ())


def with_words(said: Said, words: Iterable[tuple[datetime, bool]]) -> Said:
    """These words among the others. Of two at one instant the no comes last, so it holds."""
    everything = sorted({*said, *words}, key=lambda word: (word[0], not word[1]))
    if len(everything) > MOST_WORDS:  # what only repeats the word before and the one after
        last = len(everything) - 1
        everything = [
            word
            for place, word in enumerate(everything)
            if place in (0, last) or not everything[place - 1][1] == word[1] == everything[place + 1][1]
        ][-MOST_WORDS:]
    return tuple(everything)


def allows(said: Said) -> bool:
    """Whether their last word is a yes."""
    return bool(said) and said[-1][1]


def allowed_at(said: Said, at: datetime, *, unnamed: bool = False) -> bool:
    """Whether what was observed at that moment may be scored.

    Args:
        unnamed: It was done under an anonymous id. That is nobody's until they are named with their consent,
            and who agrees then agrees to what led there; unless they had said no before it was done.
    """
    before = [yes for when, yes in said if when <= at]
    return before[-1] if before else unnamed and any(yes for _, yes in said)


def heard_since(before: Permission, after: Permission, at: datetime) -> datetime:
    """From which moment on it can matter what they said by now.

    Who allows again what they had taken back is judged by all of it: what we heard meanwhile of the time when
    they allowed it first moved nobody up.

    Args:
        at: When they said it.
    """
    if after.profiling and not before.profiling:
        return _EVER
    return min([at, *(when for when, _ in set(after.said).difference(before.said))])


def both_said(one: Permission, other: Permission) -> Said:
    """What two leads that are one person said: a no of either is a no of the person."""
    words, theirs = said_by(one), said_by(other)
    moments = sorted({when for when, _ in (*words, *theirs)})
    return tuple((at, allowed_at(words, at) and allowed_at(theirs, at)) for at in moments)


def recounted(lead: Lead, at: datetime) -> list[Event]:
    """What counts now, or counts no more, after we heard what they had said at the time.

    Args:
        at: When they said it.
    """
    changed: dict[str, list[Activity]] = {}
    for one in lead.activities:
        if one.watched and one.uncounted in ("", PROFILING):
            allowed = allowed_at(lead.permission.said, one.at, unnamed=one.watched == UNNAMED)
            why = "" if allowed else PROFILING
            if why != one.uncounted:
                changed.setdefault(why, []).append(one)
    return [recount(these, why, at) for why, these in sorted(changed.items())]


def recount(touches: Iterable[Activity], why: str, at: datetime) -> Event:
    """These touches do not count because of `why`; "" when they do after all."""
    told = sorted([one.action, one.at.isoformat()] for one in touches)
    return Event(Kind.RECOUNTED, at, RULE, {"touches": told, "uncounted": why})
