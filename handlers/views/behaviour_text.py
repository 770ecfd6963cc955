"""What visitors do, as the definition has it: which events count as what, and how much of it."""

from __future__ import annotations

from handlers.views.text import SECTION, clip, line
from qualification.behaviour import Condition, EventRule
from qualification.definition import Action, Definition

NAME = 60
"""Most characters of an event's or a property's name."""


def behaviour_lines(definition: Definition) -> list[str]:
    """One line per action that events count as, then the limits of points and what never counts."""
    by_action: dict[str, list[str]] = {}
    for rule in definition.behaviour.rules:
        by_action.setdefault(rule.counts_as, []).append(_rule(rule))
    told = [
        f"• {line(definition.actions[name].says, NAME)}: {', '.join(rules)}"
        for name, rules in by_action.items()
        if name in definition.actions
    ]
    if not told:
        return []
    limits = [said for action in definition.actions.values() if (said := _limits(action))]
    if limits:
        told.append(f"Limits: {'; '.join(limits)}.")
    fast = definition.behaviour.fast_click.total_seconds()
    told.append(f"Never counted: robots, mail scanners, and clicks within {fast:g} seconds of delivery.")
    return [clip("\n".join(told), SECTION)]


def _rule(rule: EventRule) -> str:
    where = f" where {' and '.join(map(_says, rule.where))}" if rule.where else ""
    return f"“{line(rule.event, NAME)}”{where}"


def _says(condition: Condition) -> str:
    name = line(condition.name, NAME)
    said = [
        f"{name} {verb} “{line(str(value), NAME)}”"
        for verb, value in (
            ("is", condition.equals),
            ("begins with", condition.prefix),
            ("has", condition.contains),
        )
        if value is not None
    ]
    if condition.at_least is not None:
        said.append(f"{name} is at least {condition.at_least:g}")
    return " and ".join(said)


def _limits(action: Action) -> str:
    parts = [
        f"{most} {when}"
        for most, when in (
            (action.cap, "at a time"),
            (action.cap_day, "a day"),
            (action.cap_lifetime, "ever"),
        )
        if most is not None
    ]
    said = [f"at most {', '.join(parts)}"] if parts else []
    if action.half_life:
        said.append(f"halved every {action.half_life.total_seconds() / 86_400:g} days")
    return f"{line(action.says, NAME)} {' and '.join(said)}" if said else ""
