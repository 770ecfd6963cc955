"""What visitors do, as the definition has it: which events count as what, and how much of it."""

from __future__ import annotations

from handlers.views.text import SECTION, clip, line
from qualification.definition import Action, Definition

NAME = 60
"""Most characters of an action's name."""
RULE = 200
"""Most characters of which events a rule is about."""


def behaviour_lines(definition: Definition) -> list[str]:
    """One line per action that events count as, then the limits of points and what never counts."""
    by_action: dict[str, list[str]] = {}
    for rule in definition.behaviour.rules:
        by_action.setdefault(rule.counts_as, []).append(line(rule.words, RULE))
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
