from __future__ import annotations

import pytest

from qualification.kpi import share
from qualification.kpi_compare import at_equal_age
from qualification.kpi_counts import ConversionTimes
from qualification.kpi_words import chance


def test_a_young_cohort_is_not_blamed_for_its_age() -> None:
    # Both bought alike; the older one had months more to add late customers.
    this = ConversionTimes("all", {10: 20}, {5: 4}, {10: 16})
    before = ConversionTimes("all", {100: 20}, {5: 4, 60: 8}, {})
    fair = at_equal_age(this, before)
    assert fair is not None
    assert fair.days == 10
    assert fair.this == fair.before == share(4, 20)
    assert fair.text.startswith("10 days after creation: 20.0%, likely 8.1–41.6% (4 of 20), against 20.0%")
    assert "may well be chance (p = 1.000)" in fair.text


def test_the_worked_difference_is_unlikely_to_be_chance() -> None:
    this = ConversionTimes("all", {30: 1000}, {1: 62}, {})
    before = ConversionTimes("all", {60: 1000}, {1: 40}, {})
    fair = at_equal_age(this, before)
    assert fair is not None
    assert fair.test is not None
    assert (round(fair.test.z, 4), round(fair.test.p, 4)) == (2.2361, 0.0253)
    assert "unlikely to be chance (p = 0.025)" in fair.text


def test_nobody_bought_is_no_test() -> None:
    cohort = ConversionTimes("all", {30: 5}, {}, {30: 5})
    fair = at_equal_age(cohort, cohort)
    assert fair is not None
    assert fair.test is None
    assert fair.text.endswith("may well be chance.")


@pytest.mark.parametrize(("ages", "earlier"), [({6: 1}, {50: 1}), ({}, {50: 1}), ({50: 1}, {}), ({}, {})])
def test_too_young_or_empty_is_not_compared(ages: dict[float, int], earlier: dict[float, int]) -> None:
    assert (
        at_equal_age(ConversionTimes("all", ages, {}, ages), ConversionTimes("all", earlier, {}, {})) is None
    )


def test_next_to_no_chance_is_no_zero() -> None:
    assert (chance(0.0253), chance(0.0004)) == ("p = 0.025", "p < 0.001")
