"""Experiments on forms and pages: which arm somebody sees, and what was agreed before it began."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from qualification.yaml_part import BadDefinition, Part, nearest

Outcome = Literal["lead", "mql", "sql", "customer"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
WITHIN = timedelta(days=14)
LONGEST_DAYS = 60
"""Days an outcome may take: who saw what is forgotten after 90, and must be judged before."""
SMALLEST = 0.02
"""Two points: what is looked for where nothing was agreed. Less takes more people than most have."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant, and what part of everybody is to see it (a fraction)."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """What was agreed. The first arm is the control; no arms: those that are heard of, in equal parts.

    Attributes:
        outcome: What counts as a conversion: becoming a lead, or this stage.
        within: How long after first seeing it.
        baseline: The share that converts today, where somebody said so.
        smallest: The smallest difference worth finding, as a fraction of people.
    """

    name: str
    arms: tuple[Arm, ...] = ()
    outcome: Outcome = "lead"
    within: timedelta = WITHIN
    baseline: float | None = None
    smallest: float = SMALLEST


def experiment_key(name: str) -> str:
    """A name as experiments are compared by: capitals, hyphens and underscores make no difference."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def arm_for(experiment: str, person: str, arms: Sequence[Arm]) -> str:
    """The arm that this person sees, always the same one.

    The first eight hexadecimal digits of SHA-256 over `experiment + ":" + person` (UTF-8), divided by 2^32,
    are a number from 0 up to 1; arms take their parts of that in the order given. Anybody can compute it;
    docs/experiments.md has it in JavaScript.

    Args:
        person: What stays the same for them: the anonymous id, or a lead's number.
    Raises:
        ValueError: there are no arms, or a share is not positive.
    """
    if not arms or min(arm.share for arm in arms) <= 0:
        raise ValueError("Each arm needs a share above 0.")
    whole = sum(arm.share for arm in arms)
    place = int(hashlib.sha256(f"{experiment}:{person}".encode()).hexdigest()[:8], 16) / 2**32 * whole
    until = 0.0
    for arm in arms:
        until += arm.share
        if place < until:
            return arm.name
    return arms[-1].name


def read_experiments(whole: Part) -> Mapping[str, Experiment]:
    """The part `experiments:` of the definition, by key; empty where there is none.

    Raises:
        BadDefinition: fewer than two arms, an outcome or a window we don't have, two of one name.
    """
    found: dict[str, Experiment] = {}
    for name, raw in whole.parts_or_none("experiments").items():
        key = experiment_key(name)
        if key in found:
            raise BadDefinition(f"experiments has “{name[:40]}” twice.")
        found[key] = _experiment(name, raw)
    return found


def _experiment(name: str, raw: Part) -> Experiment:
    with raw:
        outcome = raw.text_or_empty("outcome") or "lead"
        known = next((one for one in OUTCOMES if one == outcome), None)
        if known is None:
            raise raw.bad("outcome", f"must be one of {', '.join(OUTCOMES)}.", nearest(outcome, OUTCOMES))
        days = raw.whole_or_none("within_days", 1) or WITHIN.days
        if days > LONGEST_DAYS:
            raise raw.bad("within_days", f"must be {LONGEST_DAYS} at most.")
        return Experiment(
            name,
            _arms(raw),
            known,
            timedelta(days=days),
            _fraction(raw, "baseline"),
            _fraction(raw, "smallest") or SMALLEST,
        )


def _arms(raw: Part) -> tuple[Arm, ...]:
    """`arms: {A: 50, B: 50}`, the control first; parts of any whole, kept as fractions."""
    inner = raw.part_or_none("arms")
    if inner is None:
        return ()
    with inner:
        parts = {name: inner.number(name) for name in inner.names()}
    if len(parts) < 2:
        raise raw.bad("arms", "needs at least two, the control first.")
    whole = sum(parts.values())
    return tuple(Arm(name, part / whole) for name, part in parts.items())


def _fraction(raw: Part, name: str) -> float | None:
    value = raw.number_or_none(name)
    if value is not None and value >= 1:
        raise raw.bad(name, "must be a fraction below 1: 0.02 is two points of a hundred.")
    return value
