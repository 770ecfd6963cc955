from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.statistics import (
    fisher,
    growth,
    kaplan_meier,
    mean_interval,
    median,
    percentile,
    two_counts,
    two_proportions,
    wilson,
)
from tests.qualification.reference import share_still_waiting, wilson_by_search

shares = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
lives = st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=40)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (100, 1000, 8.291, 12.015),
        (40, 1000, 2.951, 5.401),
        (0, 12, 0, 24.25),
        (3, 8, 13.68, 69.43),
        (12, 12, 75.75, 100),
    ],
)
def test_the_worked_intervals(k: int, n: int, low: float, high: float) -> None:
    digits = 3 if n == 1000 else 2
    assert [round(100 * end, digits) for end in wilson(k, n)] == [low, high]


@given(shares)
def test_a_search_for_the_same_interval_agrees(share: tuple[int, int]) -> None:
    low, high = wilson(*share)
    assert 0 <= low <= share[0] / share[1] <= high <= 1
    assert (low, high) == pytest.approx(wilson_by_search(*share), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [(0, 0), (1, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_has_no_interval(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(k, n)


def test_the_worked_comparison() -> None:
    test = two_proportions(40, 1000, 62, 1000)
    assert test is not None
    assert (round(test.z, 4), round(test.p, 4)) == (2.2361, 0.0253)


def test_nothing_can_be_said_when_nobody_or_everybody_converted() -> None:
    assert two_proportions(0, 10, 0, 20) is None
    assert two_proportions(10, 10, 20, 20) is None
    for wrong in ((1, 0, 1, 5), (1, 5, 1, 0), (6, 5, 1, 5), (1, 5, -1, 5)):
        with pytest.raises(ValueError, match="groups"):
            two_proportions(*wrong)


@given(shares, shares)
def test_changing_sides_changes_the_sign_only(one: tuple[int, int], other: tuple[int, int]) -> None:
    there, back = two_proportions(*one, *other), two_proportions(*other, *one)
    if there is None or back is None:
        assert there is back is None
    else:
        assert there.z == pytest.approx(-back.z)
        assert there.p == pytest.approx(back.p)


def test_a_textbook_curve() -> None:
    # 6-MP arm of Freireich et al. (1963), the worked example of most textbooks: median 23 weeks.
    weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = kaplan_meier(weeks, [True] * 9 + [False] * 12)
    assert [round(curve.at(t), 3) for t in (5, 6, 7, 10, 13, 16, 22, 23, 40)] == [
        1.0, 0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448, 0.448,
    ]  # fmt: skip
    assert curve.median == 23
    assert curve.quantile(0.9) is None
    assert (curve.n, curve.steps[0].at_risk) == (21, 21)
    # The log(−log) interval at 10 weeks, as statistics packages print it for these data.
    at_ten = next(step for step in curve.steps if step.at == 10)
    assert (round(at_ten.low, 3), round(at_ten.high, 3)) == (0.503, 0.889)


def test_when_it_happened_to_everybody_the_curve_ends_at_nothing() -> None:
    curve = kaplan_meier([1, 2], [True, True])
    assert [(step.survival, step.low <= step.survival <= step.high) for step in curve.steps] == [
        (0.5, True),
        (0, True),
    ]
    assert curve.median == 1
    assert curve.quantile(1) == 2


def test_half_is_half_although_fractions_multiply_to_a_hair_more() -> None:
    for n in range(2, 60, 2):
        assert kaplan_meier(range(1, n + 1), [True] * n).median == n / 2


def test_no_leads_and_nothing_happened_are_flat_curves_without_a_median() -> None:
    for curve in (kaplan_meier([], []), kaplan_meier([3, 5], [False, False])):
        assert (curve.at(100), curve.median, curve.steps) == (1.0, None, ())


def test_curves_from_broken_data_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="observed"):
        kaplan_meier([1.0], [])
    with pytest.raises(ValueError, match="negative"):
        kaplan_meier([-1.0], [True])


@given(lives, st.integers(0, 25))
def test_the_curve_by_hand_in_fractions_agrees(people: list[tuple[int, bool]], t: int) -> None:
    durations, observed = [d for d, _ in people], [seen for _, seen in people]
    curve = kaplan_meier(durations, observed)
    assert curve.at(t) == pytest.approx(float(share_still_waiting(durations, observed, t)))
    expected = next(
        (d for d in range(21) if share_still_waiting(durations, observed, d) <= Fraction(1, 2)), None
    )
    assert curve.median == expected
    assert all(0 <= step.low <= step.survival <= step.high <= 1 for step in curve.steps)


def test_medians_and_percentiles_are_exact() -> None:
    assert [median(values) for values in ([], [3], [4, 1], [9, 1, 5])] == [None, 3, 2.5, 5]
    ten = list(range(10, 0, -1))
    assert [percentile(ten, share) for share in (0.1, 0.5, 0.9, 0.91, 1)] == [1, 5, 9, 10, 10]
    assert percentile(range(1, 101), 0.55) == 55  # although 0.55 · 100 is 55.00000000000001
    assert percentile([], 0.9) is None
    for wrong in (0, 1.1):
        with pytest.raises(ValueError, match="percentile"):
            percentile(ten, wrong)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=50), st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]))
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(
    values: list[int], share: float
) -> None:
    enough = [v for v in values if sum(w <= v for w in values) >= share * len(values) - 1e-9]
    assert percentile(values, share) == min(enough)


def test_growth_needs_something_to_grow_from() -> None:
    assert growth(12, 10) == pytest.approx(0.2)
    assert growth(5, 10) == -0.5
    assert growth(5, 0) is None


@pytest.mark.parametrize(
    ("n", "t"), [(2, 12.706), (3, 4.303), (4, 3.182), (5, 2.776), (10, 2.262), (30, 2.045), (10_000, 1.960)]
)
def test_a_mean_is_as_sure_as_student_s_table_says(n: int, t: float) -> None:
    # Squares that make the standard error 1: the ends are the quantiles of any table.
    ends = mean_interval(50.0 * n, n * (n - 1) + 2_500.0 * n, n)
    assert ends == pytest.approx((50 - t, 50 + t), abs=0.002 * t)
    assert mean_interval(50.0, 2_500.0, 1) is None


def fisher_by_counting(k1: int, n1: int, k2: int, n2: int) -> float:
    """Twice the share of all ways to draw that set the first at least so far off, on the side it is on."""
    both = k1 + k2
    ways = {k: comb(n1, k) * comb(n2, both - k) for k in range(max(0, both - n2), min(n1, both) + 1)}
    higher = k1 * n2 >= k2 * n1
    tail = sum(n for k, n in ways.items() if (k >= k1 if higher else k <= k1))
    return min(1.0, float(2 * Fraction(tail, comb(n1 + n2, both))))


@given(shares, shares)
def test_the_exact_test_agrees_with_counting_all_draws(one: tuple[int, int], other: tuple[int, int]) -> None:
    p = fisher(*one, *other)
    assert p == pytest.approx(fisher_by_counting(*one, *other), rel=1e-6, abs=1e-12)
    assert p == pytest.approx(fisher(*other, *one), rel=1e-9)


@given(st.integers(0, 300), st.integers(1, 50), st.integers(0, 300), st.integers(1, 50))
def test_two_counts_agree_with_counting_all_ways_to_share(k1: int, size1: int, k2: int, size2: int) -> None:
    n, part = k1 + k2, Fraction(size1, size1 + size2)
    higher = k1 * size2 >= k2 * size1
    tail = sum(
        comb(n, k) * part**k * (1 - part) ** (n - k) for k in (range(k1, n + 1) if higher else range(k1 + 1))
    )
    expected = min(1.0, float(2 * tail))
    assert two_counts(k1, size1, k2, size2) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_the_worked_exact_tests() -> None:
    assert fisher(23, 189, 1, 67) == pytest.approx(0.009732, abs=1e-6)
    assert fisher(1, 1, 3, 200) == pytest.approx(8 / 201), "one of one proves little"
    # Of 25 leads for equal money 20 or more come from one of the two by chance: 68,406 of 2^25 ways, twice.
    assert two_counts(20, 100, 5, 100) == pytest.approx(2 * 68_406 / 2**25)
    for wrong in ((1, 0, 1, 1), (2, 1, 1, 1), (-1, 5, 1, 1)):
        with pytest.raises(ValueError, match="Both groups"):
            fisher(*wrong)
    for size in (0, -1):
        with pytest.raises(ValueError, match="size"):
            two_counts(1, size, 1, 1)
