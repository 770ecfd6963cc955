"""Whose word stays on each field when two leads become one: the definition's merge policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qualification.events import Event, Kind
from qualification.history import steps_gone
from qualification.history_inbound import Facts
from qualification.merge_policy import MergePolicy


@dataclass(frozen=True, slots=True)
class Told:
    """One lead's word on a field: what it says, since when, in which fact, and from which source."""

    number: int
    value: str | int
    at: datetime
    fact: str
    source: str


def chosen(
    histories: Mapping[int, Sequence[Event]], facts: Facts, policy: MergePolicy, choice: Mapping[str, int]
) -> dict[str, str]:
    """Field → the fact whose word stays, for every field that doesn't simply take the newest.

    Args:
        choice: Field → the number whose word somebody chose, where the policy asks.
    """
    kept: dict[str, str] = {}
    for name, rule in policy.fields.items():
        words = told(name, histories, facts)
        if not words or rule == "newest":
            continue
        kept[name] = _best(words, rule, policy.sources, choice.get(name)).fact
    return kept


def told(name: str, histories: Mapping[int, Sequence[Event]], facts: Facts) -> list[Told]:
    """Each lead's own newest word on a field, by its number."""
    found = [_own(number, name, events, facts) for number, events in sorted(histories.items())]
    return [one for one in found if one]


def _own(number: int, name: str, events: Iterable[Event], facts: Facts) -> Told | None:
    recorded = list(events)
    gone, best = steps_gone(recorded), None
    source = next((e.data.get("source") for e in recorded if e.kind is Kind.CREATED), None) or "unknown"
    for event in recorded:
        if event.kind not in (Kind.ACTIVITY, Kind.DETAILS) or event.step in gone:
            continue
        fact = str(event.data.get("fact", ""))
        value = facts.get(fact, {}).get(name)
        if value is not None and (best is None or (event.at, str(value)) >= (best.at, str(best.value))):
            best = Told(number, value, event.at, fact, source)
    return best


def _best(words: Sequence[Told], rule: str, sources: Sequence[str], chose: int | None) -> Told:
    """One total order for each rule, so that it doesn't matter who is merged first."""
    newest = max(words, key=lambda w: (w.at, str(w.value), w.number))
    match rule:
        case "oldest":
            return min(words, key=lambda w: (w.at, str(w.value), w.number))
        case "longest":
            return max(words, key=lambda w: (len(str(w.value)), w.at, str(w.value), w.number))
        case "source":
            last = len(sources)
            rank = {source: place for place, source in enumerate(sources)}
            return max(words, key=lambda w: (-rank.get(w.source, last), w.at, str(w.value), w.number))
        case "ask":
            return next((w for w in words if w.number == chose), newest)
    return newest
