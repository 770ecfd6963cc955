"""Our Kaplan–Meier against the one of lifelines, and counts against one row per person.

lifelines brings half a gigabyte of libraries with it, so what it drew for random people is kept beside this
file; `python -m tests.qualification.lifelines_curves` draws it anew where it is installed.
"""

from __future__ import annotations

import json
from collections import Counter
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.statistics import Survival, kaplan_meier, kaplan_meier_counts

CURVES = json.loads((Path(__file__).parent / "lifelines_curves.json").read_text(encoding="utf-8"))
tallies = st.dictionaries(st.integers(0, 40), st.integers(0, 200), max_size=25)


@pytest.mark.parametrize("known", CURVES["curves"], ids=range(len(CURVES["curves"])))
def test_a_known_library_draws_the_same_curve(known: dict[str, Any]) -> None:
    people = [(float(at), bool(seen), n) for at, seen, n in known["people"]]
    durations = [at for at, _, n in people for _ in range(n)]
    curve = kaplan_meier(durations, [seen for _, seen, n in people for _ in range(n)])
    happened, censored = Counter[float](), Counter[float]()
    for at, seen, n in people:
        (happened if seen else censored)[at] += n
    assert kaplan_meier_counts(happened, censored) == curve
    assert [step.at for step in curve.steps] == [step["at"] for step in known["steps"]]
    for ours, theirs in zip(curve.steps, known["steps"], strict=True):
        assert ours.survival == pytest.approx(theirs["survival"], abs=1e-9)
        assert ours.at_risk == theirs["at_risk"]
        if ours.survival > 1e-9:  # at nothing left there is no log(−log); we give a point, they give nothing
            assert (ours.low, ours.high) == pytest.approx((theirs["low"], theirs["high"]), abs=1e-9)
    # A fraction's rounding may tip "half" over in either: then the step before is the other's answer.
    if all(abs(step.survival - 0.5) > 1e-9 for step in curve.steps):
        assert curve.median == known["median"]


@given(tallies, tallies, st.integers(0, 50))
def test_counts_tell_what_a_row_per_person_tells(
    happened: dict[int, int], censored: dict[int, int], closed: int
) -> None:
    watched = {**censored, inf: closed}
    durations = [*Counter(happened).elements(), *Counter(watched).elements()]
    observed = [True] * sum(happened.values()) + [False] * sum(watched.values())
    assert kaplan_meier_counts(happened, watched) == kaplan_meier(durations, observed)


def test_a_million_leads_of_a_hundred_days_are_a_hundred_steps() -> None:
    curve = kaplan_meier_counts(dict.fromkeys(range(1, 101), 1_000), {30: 400_000, inf: 500_000})
    assert (curve.n, len(curve.steps)) == (1_000_000, 100)
    # 30,000 of a million by day 30; then 1,000 a day of the 570,000 that are still watched.
    assert curve.at(30) == pytest.approx(0.97)
    assert curve.at(100) == pytest.approx(0.97 * 500 / 570)


def test_impossible_counts_are_a_mistake() -> None:
    for happened, censored, words in (
        ({-1: 2}, {}, "negative"),
        ({1: -1}, {}, "negative"),
        ({}, {1: -1}, "negative"),
        ({inf: 1}, {}, "some time"),
    ):
        with pytest.raises(ValueError, match=words):
            kaplan_meier_counts(happened, censored)
    assert kaplan_meier_counts({}, {}) == Survival(0, ())
