"""Our Kaplan–Meier against the one of lifelines, and counts against one row per person."""

from __future__ import annotations

from collections import Counter
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from qualification.statistics import Survival, kaplan_meier, kaplan_meier_counts

times = st.one_of(st.integers(0, 30), st.floats(0, 1000, allow_subnormal=False))
lives = st.lists(st.tuples(times, st.booleans()), min_size=1, max_size=80)
tallies = st.dictionaries(st.integers(0, 40), st.integers(0, 200), max_size=25)


def fitted(
    happened: dict[int, int] | Counter[float], censored: dict[int, int] | Counter[float]
) -> KaplanMeierFitter:
    """What the known library makes of the same counts, with its weights."""
    rows = [(t, True, n) for t, n in happened.items() if n] + [
        (t, False, n) for t, n in censored.items() if n
    ]
    return KaplanMeierFitter().fit([r[0] for r in rows], [r[1] for r in rows], weights=[r[2] for r in rows])


def assert_same(curve: Survival, known: KaplanMeierFitter) -> None:
    """Every step: the estimate, both ends of the interval, how many were watched; and the median."""
    table, band = known.event_table, known.confidence_interval_
    assert [step.at for step in curve.steps] == [t for t in table.index if table.observed[t] > 0]
    for step in curve.steps:
        assert step.survival == pytest.approx(known.survival_function_.iloc[:, 0][step.at], abs=1e-9)
        assert step.at_risk == table.at_risk[step.at]
        if step.survival > 1e-9:  # at nothing left there is no log(−log); we give a point, they give nothing
            assert step.low == pytest.approx(band.iloc[:, 0][step.at], abs=1e-9)
            assert step.high == pytest.approx(band.iloc[:, 1][step.at], abs=1e-9)
    # A fraction's rounding may tip "half" over in either: then the step before is the other's answer.
    if all(abs(step.survival - 0.5) > 1e-9 for step in curve.steps):
        median = known.median_survival_time_
        assert curve.median == (None if median == inf else median)


@given(lives)
@settings(max_examples=60, deadline=None)
def test_a_known_library_draws_the_same_curve(people: list[tuple[float, bool]]) -> None:
    durations, observed = [float(d) for d, _ in people], [seen for _, seen in people]
    assert_same(kaplan_meier(durations, observed), KaplanMeierFitter().fit(durations, observed))


@given(tallies, tallies)
@settings(max_examples=60, deadline=None)
def test_a_known_library_draws_the_same_curve_from_counts(
    happened: dict[int, int], censored: dict[int, int]
) -> None:
    if sum(happened.values()) + sum(censored.values()):
        assert_same(kaplan_meier_counts(happened, censored), fitted(happened, censored))


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
