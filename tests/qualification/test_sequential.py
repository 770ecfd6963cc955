"""Verdicts that survive peeking: simulated a few thousand times, with seeds, or worked out by hand."""

from __future__ import annotations

from itertools import pairwise
from math import erfc, exp, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.sequential import (
    FEWEST,
    Look,
    always_valid_p,
    chi_square_tail,
    difference,
    holm,
    likelihood_ratio,
    people_needed,
    sample_ratio_p,
)

PEEKS, RUNS, PER_ARM, TAU = 50, 2_000, 5_000, 0.02


def looks(p1: float, p2: float, runs: int, seed: int, per_arm: int = PER_ARM) -> list[list[Look]]:
    """Experiments looked at fifty times, each time with as many people more."""
    chance, step = np.random.default_rng(seed), per_arm // PEEKS
    control = chance.binomial(step, p1, (runs, PEEKS)).cumsum(axis=1).tolist()
    other = chance.binomial(step, p2, (runs, PEEKS)).cumsum(axis=1).tolist()
    return [
        [Look(k1, step * i, k2, step * i) for i, (k1, k2) in enumerate(zip(a, b, strict=True), 1)]
        for a, b in zip(control, other, strict=True)
    ]


def decided(experiments: list[list[Look]], tau: float = TAU) -> float:
    """The share of experiments in which some look found a difference."""
    return sum(always_valid_p(one, tau) <= 0.05 for one in experiments) / len(experiments)


@pytest.mark.parametrize(("share", "tau"), [(0.01, TAU), (0.05, TAU), (0.1, TAU), (0.1, 0.1), (0.5, 0.1)])
def test_two_thousand_experiments_without_a_difference_find_one_in_at_most_a_twentieth(
    share: float, tau: float
) -> None:
    assert decided(looks(share, share, RUNS, seed=1), tau) <= 0.05


def test_a_usual_test_would_be_fooled_by_the_same_looks() -> None:
    def is_fooled(one: list[Look]) -> bool:
        for look in one:
            pooled = (look.k1 + look.k2) / (look.n1 + look.n2)
            s = sqrt(pooled * (1 - pooled) * 2 / look.n1)
            if s and abs(look.k2 - look.k1) / look.n1 / s > 1.96:
                return True
        return False

    assert sum(map(is_fooled, looks(0.1, 0.1, RUNS, seed=1))) / RUNS > 0.25


def test_ten_against_thirteen_percent_is_found_in_nine_of_ten() -> None:
    assert decided(looks(0.10, 0.13, 1_000, seed=2)) >= 0.90


def test_three_arms_are_fooled_no_more_often_than_two() -> None:
    chance, step = np.random.default_rng(3), PER_ARM // PEEKS
    fooled = 0
    for arms in chance.binomial(step, 0.1, (RUNS, 4, PEEKS)).cumsum(axis=2).tolist():
        control, *others = arms
        ps = [
            always_valid_p(
                (
                    Look(k1, step * i, k2, step * i)
                    for i, (k1, k2) in enumerate(zip(control, o, strict=True), 1)
                ),
                TAU,
            )
            for o in others
        ]
        fooled += min(holm(ps)) <= 0.05
    assert fooled / RUNS <= 0.05


def test_the_range_holds_the_truth_at_all_looks_together() -> None:
    missed = 0
    for one in looks(0.10, 0.12, RUNS, seed=4):
        ranges = [difference(look, TAU) for look in one if look.k1 + look.k2 >= FEWEST]
        missed += any(r is None or not r.low <= 0.02 <= r.high for r in ranges)
    assert missed / RUNS <= 0.05


def test_the_worked_ratio() -> None:
    # 100 and 150 of 1,000: shares of 101/1002 and 151/1002 make s² = 0.000218627, so z² = 11.435, r = 1.8296.
    look = Look(100, 1_000, 150, 1_000)
    assert likelihood_ratio(look, 0.02) == pytest.approx(23.97, abs=0.01)
    assert always_valid_p([look], 0.02) == pytest.approx(1 / likelihood_ratio(look, 0.02))
    assert likelihood_ratio(Look(0, 1_000, 9, 1_000), 0.02) == 1, "too few converted to say anything"
    assert likelihood_ratio(Look(0, 10**6, 10**6, 10**6), 0.02) == float("inf")
    with pytest.raises(ValueError, match="above 0"):
        likelihood_ratio(look, 0)


counts = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts, st.floats(0.001, 0.2))
def test_the_range_leaves_out_nothing_exactly_when_the_ratio_decides(
    one: tuple[int, int], other: tuple[int, int], tau: float
) -> None:
    look = Look(*one, *other)
    ratio, apart = likelihood_ratio(look, tau), difference(look, tau)
    assert apart is not None
    if look.k1 + look.k2 >= FEWEST and abs(ratio - 20) > 1e-6:
        assert (ratio > 20) == (not apart.low <= 0 <= apart.high)
    assert -1 <= apart.low <= apart.value <= apart.high <= 1
    assert likelihood_ratio(Look(*other, *one), tau) == pytest.approx(ratio), "either may be called control"


@given(st.lists(counts, min_size=1, max_size=20))
def test_what_was_found_stays_found(days: list[tuple[int, int]]) -> None:
    all_looks = [Look(k, n, n - k, n) for k, n in days]
    ps = [always_valid_p(all_looks[:i], TAU) for i in range(1, len(all_looks) + 1)]
    assert all(later <= earlier for earlier, later in pairwise(ps))


def test_nobody_in_an_arm_decides_nothing() -> None:
    assert difference(Look(0, 0, 5, 10), TAU) is None
    assert likelihood_ratio(Look(0, 0, 50, 100), TAU) == 1
    assert always_valid_p([], TAU) == 1


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([0.02]) == [0.02]
    assert holm([]) == []


def tail_by_hand(x: float, degrees: int) -> float:
    """The closed form: of a Poisson for even degrees, of the normal curve and half steps for odd ones."""
    even = degrees % 2 == 0
    term, steps = (1.0, degrees // 2) if even else (sqrt(2 * x / pi), (degrees - 1) // 2)
    total = 0.0
    for step in range(steps):
        total += term
        term *= x / (2 * step + 2 if even else 2 * step + 3)
    return (0.0 if even else erfc(sqrt(x / 2))) + exp(-x / 2) * total


@given(st.floats(0, 200), st.integers(1, 12))
def test_the_chi_square_is_its_closed_form(x: float, degrees: int) -> None:
    assert chi_square_tail(x, degrees) == pytest.approx(tail_by_hand(x, degrees), rel=1e-9, abs=1e-300)


def test_a_lost_tenth_is_noticed_and_chance_is_not() -> None:
    assert sample_ratio_p([5_000, 4_500], [0.5, 0.5]) < 0.001
    assert sample_ratio_p([5_000, 4_950], [0.5, 0.5]) > 0.5
    assert sample_ratio_p([900, 100], [0.9, 0.1]) == 1
    assert sample_ratio_p([0, 0], [0.5, 0.5]) == 1
    chance = np.random.default_rng(5)
    alarms = sum(
        sample_ratio_p(list(seen), [0.5, 0.3, 0.2]) < 0.001
        for seen in chance.multinomial(3_000, [0.5, 0.3, 0.2], 2_000).tolist()
    )
    assert alarms <= 8  # two are expected
    for wrong in (([1], [1.0]), ([1, 2], [1.0]), ([1, 2], [1.0, 0.0])):
        with pytest.raises(ValueError, match="share"):
            sample_ratio_p(*wrong)


@pytest.mark.parametrize(("baseline", "effect"), [(0.1, 0.03), (0.05, 0.02), (0.02, 0.01), (0.2, 0.05)])
def test_as_many_people_as_we_say_find_it_four_times_out_of_five(baseline: float, effect: float) -> None:
    people = people_needed(baseline, effect)
    found = looks(baseline, baseline + effect, 1_000, seed=6, per_arm=people // 2)
    assert 0.78 <= decided(found, effect) <= 0.90


def test_more_arms_and_uneven_shares_need_more() -> None:
    plain = people_needed(0.1, 0.03)
    assert people_needed(0.1, 0.03, (1 / 3, 1 / 3), 3) > plain
    assert people_needed(0.1, 0.03, (0.9, 0.1)) > plain
    for wrong in ((0, 0.1), (0.9, 0.2), (0.1, 0)):
        with pytest.raises(ValueError, match="shares"):
            people_needed(*wrong)
