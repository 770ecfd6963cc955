"""Arms of an experiment side by side: who differs from the control, and whether they may be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qualification.experiments import Arm, Experiment
from qualification.sequential import (
    ALPHA,
    FEWEST,
    Difference,
    Look,
    always_valid_p,
    difference,
    holm,
    people_needed,
    sample_ratio_p,
)

UNEVEN = 0.001
"""The chance of arms this uneven below which the assignment or the tracking must be broken.

Source: the usual threshold of sample-ratio checks; every look is another chance of a false alarm.
"""


@dataclass(frozen=True, slots=True)
class ArmCounts:
    """An arm: per day of first seeing it (day, people, of them converted), only those past the outcome
    window; younger ones are `immature`."""

    key: str
    days: tuple[tuple[int, int, int], ...] = ()
    immature: int = 0

    @property
    def seen(self) -> int:
        """People past the outcome window."""
        return sum(n for _, n, _ in self.days)

    @property
    def conversions(self) -> int:
        return sum(k for _, _, k in self.days)


@dataclass(frozen=True, slots=True)
class ExperimentCounts:
    """Everybody who saw an experiment, each once, under the arm they saw first.

    Attributes:
        arms: In no order; also arms that were not agreed on.
        agreed: What the definition says about it; False where it says nothing.
        apart: People in no arm's numbers, by why.
        unmatched: Leads that name this experiment, but nobody was seen who they could be.
        known: Other experiments that there are, for who misspelt the name.
    """

    experiment: Experiment
    agreed: bool
    arms: tuple[ArmCounts, ...]
    apart: tuple[tuple[str, int], ...] = ()
    unmatched: int = 0
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The arms in order, the control first, and what can be said about the others against it."""

    experiment: Experiment
    arms: tuple[ArmCounts, ...]
    ps: tuple[float, ...]
    """Always valid and adjusted for how many arms there are; one for each arm but the control."""
    ratio: float
    """How likely arms this uneven are."""

    @property
    def control(self) -> ArmCounts:
        return self.arms[0]

    @property
    def uneven(self) -> bool:
        return self.ratio < UNEVEN

    def verdict(self, arm: ArmCounts) -> str:
        """`control`, `better`, `worse`, `open`; or `none` where the arms can't be compared."""
        if self.uneven:
            return "none"
        if arm is self.control:
            return "control"
        if self.ps[self.arms.index(arm) - 1] > ALPHA:
            return "open"
        return "better" if rate_of(arm) > rate_of(self.control) else "worse"

    @property
    def winner(self) -> ArmCounts | None:
        """The arm to keep: better than the control, or the control where all others are worse."""
        better = [arm for arm in self.arms if self.verdict(arm) == "better"]
        if better:
            return max(better, key=rate_of)
        others = [self.verdict(arm) for arm in self.arms[1:]]
        return self.control if others and all(one == "worse" for one in others) else None


def judged_of(counts: ExperimentCounts) -> Judged:
    """The arms as agreed, or those that were heard of in equal parts; the control is the first."""
    heard = {arm.key: arm for arm in counts.arms}
    agreed = counts.experiment.arms or tuple(Arm(key, 1.0) for key in sorted(heard))
    arms = tuple(heard.get(arm.name, ArmCounts(arm.name)) for arm in agreed)
    ps = [always_valid_p(_looks(arms[0], arm), counts.experiment.smallest) for arm in arms[1:]]
    seen = [arm.seen + arm.immature for arm in arms]
    ratio = sample_ratio_p(seen, [arm.share for arm in agreed]) if len(agreed) > 1 else 1.0
    return Judged(counts.experiment, arms, tuple(holm(ps)), ratio)


def _looks(control: ArmCounts, arm: ArmCounts) -> Iterator[Look]:
    """As if somebody had looked after each day's people had had their time: asking twice changes nothing."""
    days: dict[int, list[int]] = {}
    for place, one in enumerate((control, arm)):
        for day, n, k in one.days:
            found = days.setdefault(day, [0, 0, 0, 0])
            found[2 * place] += k
            found[2 * place + 1] += n
    so_far = [0, 0, 0, 0]
    for day in sorted(days):
        so_far = [a + b for a, b in zip(so_far, days[day], strict=True)]
        yield Look(*so_far)


def rate_of(arm: ArmCounts) -> float:
    """The share that converted; 0 while there is nobody."""
    return arm.conversions / arm.seen if arm.seen else 0.0


def immature_of(judged: Judged) -> int:
    """Who saw it too recently to be judged."""
    return sum(arm.immature for arm in judged.arms)


def compared(judged: Judged, arm: ArmCounts) -> Difference | None:
    """By how much an arm differs from the control now; None while one of them has nobody."""
    control = judged.control
    look = Look(control.conversions, control.seen, arm.conversions, arm.seen)
    return difference(look, judged.experiment.smallest)


def needed_for(judged: Judged) -> int | None:
    """How many more people must see it until the smallest difference worth finding would be found.

    From the control's rate once enough converted, else from what was agreed; None where neither is known or
    it is decided. 0: the difference is likely smaller than that.
    """
    control, experiment = judged.control if judged.arms else ArmCounts(""), judged.experiment
    if judged.winner or judged.uneven:
        return None
    baseline = rate_of(control) if control.conversions >= FEWEST else experiment.baseline
    if baseline is None or not 0 < baseline < 1 or not 0 < baseline + experiment.smallest < 1:
        return None
    parts = [arm.share for arm in experiment.arms] or [1 / max(2, len(judged.arms))] * 2
    arms = max(2, len(experiment.arms) or len(judged.arms))
    # The rarest arm takes longest.
    whole = people_needed(baseline, experiment.smallest, (parts[0], min(parts[1:])), arms)
    return max(0, whole - sum(arm.seen + arm.immature for arm in judged.arms))


def by_arm(rows: Sequence[tuple[str, int, int, int, int]]) -> tuple[ArmCounts, ...]:
    """Arms from rows of (arm, day, people past the window, of them converted, younger ones)."""
    found: dict[str, ArmCounts] = {}
    for arm, day, seen, converted, young in sorted(rows):
        one = found.setdefault(arm, ArmCounts(arm))
        days = (*one.days, (day, seen, converted)) if seen else one.days
        found[arm] = replace(one, days=days, immature=one.immature + young)
    return tuple(found.values())
