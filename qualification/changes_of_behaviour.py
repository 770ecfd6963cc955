"""What visitors do, whose word stays in a merge, and what the law calls a permission: compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qualification.behaviour import EventRule
from qualification.change_words import said, words_changed
from qualification.merge_policy import MergePolicy

if TYPE_CHECKING:
    from qualification.definition import Definition

Legal = Mapping[str, Mapping[str, str]]


def behaviour_changes(old: Definition, new: Definition) -> list[str]:
    """Which events count as what, and what no person did."""
    return [
        *_rules(old, new),
        *said("Clicks within {} of delivery never count", old.behaviour.fast_click, new.behaviour.fast_click),
        *words_changed("Never counted, mail scanners", old.behaviour.scanners, new.behaviour.scanners),
        *words_changed(
            "Website consents that let us score", old.behaviour.profiling, new.behaviour.profiling
        ),
    ]


def _rules(old: Definition, new: Definition) -> list[str]:
    before, after = _by_event(old), _by_event(new)
    lines = [
        f"{_when(key)} counts as {_action(new, after[key])}, not {_action(old, was)}"
        for key, was in before.items()
        if key in after and (was, _action(old, was)) != (after[key], _action(new, after[key]))
    ]
    lines += [
        f"New rule: {_when(key)} counts as {_action(new, name)}"
        for key, name in after.items()
        if key not in before
    ]
    lines += [
        f"No rule any more: {_when(key)} counted as {_action(old, name)}"
        for key, name in before.items()
        if key not in after
    ]
    stayed, now = [key for key in before if key in after], [key for key in after if key in before]
    moved = next((key for key, was in zip(now, stayed, strict=True) if key != was), None)
    return (
        [*lines, f"Rules for events are tried in another order, from {_when(moved)} on"] if moved else lines
    )


Tried = tuple[EventRule, int]
"""A rule without what it counts as, and the how manieth of its kind it is."""


def _by_event(definition: Definition) -> dict[Tried, str]:
    found: dict[Tried, str] = {}
    for rule in definition.behaviour.rules:
        bare = EventRule(rule.event, "", rule.where)
        found[bare, sum(key[0] == bare for key in found)] = rule.counts_as
    return found


def _when(key: Tried) -> str:
    return key[0].words


def _action(definition: Definition, name: str) -> str:
    action = definition.actions.get(name)
    return f"“{action.says}”" if action else name


def merge_changes(old: MergePolicy, new: MergePolicy) -> list[str]:
    """Whose word stays when two leads turn out to be one person."""
    names = dict.fromkeys((*old.fields, *new.fields))
    return [
        *(
            line
            for name in names
            for line in said(
                f"Merging keeps of {name.replace('_', ' ')}: {{}}",
                old.fields.get(name, "newest"),
                new.fields.get(name, "newest"),
            )
        ),
        *said(
            "Merging trusts sources in this order: {}",
            ", ".join(old.sources) or "none",
            ", ".join(new.sources) or "none",
        ),
    ]


def legal_changes(old: Legal, new: Legal) -> list[str]:
    """What the law calls a permission, by country and purpose."""
    places = [
        (country, purpose)
        for country in dict.fromkeys((*old, *new))
        for purpose in dict.fromkeys((*old.get(country, {}), *new.get(country, {})))
    ]
    return [
        line
        for country, purpose in places
        for line in said(
            f"Legal basis of {purpose} {'everywhere else' if country == '*' else f'in {country}'}: {{}}",
            old.get(country, {}).get(purpose, "none"),
            new.get(country, {}).get(purpose, "none"),
        )
    ]
