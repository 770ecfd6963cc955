"""What an experiment says, in words."""

from __future__ import annotations

from math import ceil

from qualification.experiment_judging import (
    ArmCounts,
    ExperimentCounts,
    Judged,
    compared,
    immature_of,
    rate_of,
)
from qualification.experiments import Experiment
from qualification.kpi import Asked
from qualification.kpi_words import counted, left_out, listed, percent, said
from qualification.sequential import FEWEST

_BECAME = {
    "lead": "became a lead",
    "mql": "became an MQL",
    "sql": "became an SQL",
    "customer": "became a customer",
}


def words_for(asked: Asked, counts: ExperimentCounts, judged: Judged, needed: int | None) -> str:
    """The verdict, what it still takes, and everything that is in no arm's numbers."""
    experiment, people = counts.experiment, sum(arm.seen + arm.immature for arm in judged.arms)
    if not people:
        return _nobody(asked, counts, needed)
    first = _verdict_words(judged)
    more = "" if judged.winner or judged.uneven else _more_words(judged, needed)
    days = counted(experiment.within.days, "day")
    young, apart = immature_of(judged), dict(counts.apart)
    return said(
        first,
        more,
        f"A conversion: {_BECAME[experiment.outcome]} within {days} of first seeing it.",
        f"{young:,} saw it too recently to count." if young else "",
        f"In no arm: {listed(apart, ' ')}." if any(apart.values()) else "",
        _unmatched(counts),
        _unagreed(counts, judged),
        left_out(asked.left_out),
    )


def _verdict_words(judged: Judged) -> str:
    control, winner = judged.control, judged.winner
    if judged.uneven:
        seen = " and ".join(f"{arm.key} {arm.seen + arm.immature:,}" for arm in judged.arms)
        planned = _planned(judged.experiment)
        return (
            f"No verdict: the arms were not shown as planned ({seen} people, {planned}); by chance that "
            "happens less than once in a thousand times. Something in the assignment or the tracking loses "
            "people: mend that, and begin anew under another name."
        )
    if winner is control:
        worse = " and ".join(_beside(judged, arm) for arm in judged.arms[1:])
        return f"Keep {control.key}: {worse}. You may act on that at any look."
    if winner is not None:
        others = [a.key for a in judged.arms if a is not winner and judged.verdict(a) == "better"]
        also = f" {' and '.join(others)} beat {control.key}, too; between them nothing is decided."
        return f"{_beside(judged, winner)}. You may act on that at any look.{also if others else ''}"
    if len(judged.arms) < 2:
        people = counted(control.seen + control.immature, "person", "people")
        return f"Only {control.key} was seen so far, by {people}."
    return f"Not decided: {'; '.join(_beside(judged, arm) for arm in judged.arms[1:])}."


def _planned(experiment: Experiment) -> str:
    if not experiment.arms:
        return "equal parts were assumed"
    return " and ".join(f"{arm.name} {percent(arm.share)}" for arm in experiment.arms) + " were meant"


def _beside(judged: Judged, arm: ArmCounts) -> str:
    """`B beats A: 13.0% against 10.0%, 1.2 to 4.8 points more`."""
    apart = compared(judged, arm)
    verb = {"better": "beats", "worse": "is worse than"}.get(judged.verdict(arm), "against")
    if apart is None:
        return f"nobody is past the outcome window for {arm.key} and {judged.control.key} yet"
    rates = f"{percent(rate_of(arm))} against {percent(rate_of(judged.control))}"
    low, high = f"{100 * apart.low:+.1f}", f"{100 * apart.high:+.1f}"
    people = f"of {arm.seen:,} and {judged.control.seen:,} people"
    return f"{arm.key} {verb} {judged.control.key}: {rates} {people}, {low} to {high} points"


def _more_words(judged: Judged, needed: int | None) -> str:
    points = f"{100 * judged.experiment.smallest:g} points"
    if needed is None:
        return (
            f"How many people it takes for {points} can be said once {FEWEST} of {judged.control.key} "
            "converted, or with `baseline` in the definition."
        )
    if not needed:
        return f"A difference of {points} would most likely have been found by now: it is likely smaller."
    seen = sorted({day for arm in judged.arms for day, _, _ in arm.days})
    people = sum(arm.seen for arm in judged.arms)
    pace = people / (seen[-1] - seen[0] + 1) if seen else 0
    wait = f", some {ceil(needed / pace):,} days at this pace" if pace else ""
    return f"You need about {_rounded(needed):,} more people to find {points}{wait}."


def _nobody(asked: Asked, counts: ExperimentCounts, needed: int | None) -> str:
    experiment = counts.experiment
    if not counts.agreed:
        known = ", ".join(counts.known)
        if not experiment.name and known:
            return f"Which experiment? I know {known}: ask `/kpi ab {counts.known[0]}`."
        if not experiment.name:
            return (
                "No data: no experiment runs. Agree on one in the definition (`experiments`), or have your "
                "website send “Experiment Viewed” to `/intake/events`."
            )
        return said(
            f"No data: nobody was seen in an experiment “{experiment.name[:60]}”, and none was agreed on.",
            f"I know {known}." if known else "No “Experiment Viewed” was heard so far.",
        )
    points = f"{100 * experiment.smallest:g} points"
    return said(
        f"No data: nobody has seen “{experiment.name[:60]}” yet.",
        f"You need about {_rounded(needed):,} people to find a difference of {points}."
        if needed is not None
        else f"To hear how many people {points} take, tell what share converts today (`baseline`).",
        _unmatched(counts),
        left_out(asked.left_out),
    )


def _rounded(n: int) -> int:
    """To two digits: it is an estimate, and looks like one."""
    size = int(10 ** max(0, len(str(n)) - 2))
    return ceil(n / size) * size


def _unmatched(counts: ExperimentCounts) -> str:
    n = counts.unmatched
    return (
        f"{counted(n, 'lead names', 'leads name')} this experiment but nobody we saw: send the request under "
        "the anonymous id that saw it."
        if n
        else ""
    )


def _unagreed(counts: ExperimentCounts, judged: Judged) -> str:
    ours = {arm.key for arm in judged.arms}
    others = {a.key: a.seen + a.immature for a in counts.arms if a.key not in ours}
    if others:
        return f"Not compared, for nobody agreed on them: {listed(others, ' ')}."
    return "" if counts.agreed else "It is not in the definition: equal parts and the first name as control."
