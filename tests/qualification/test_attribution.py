from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.attribution import Model, apportion, credit

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WON = MONDAY + 6 * WEEK


def percents(model: Model, touches: int, lead: int | None = None, sql: int | None = None) -> list[float]:
    """Shares of weekly touches; the lead was made (and the SQL) at the touch of that number."""
    moments = [None if at is None else MONDAY + at * WEEK for at in (lead, sql)]
    shares = credit([MONDAY + week * WEEK for week in range(touches)], model, WON, *moments)
    return [round(float(100 * share), 2) for share in shares]


def test_the_simple_models() -> None:
    assert percents("first", 3) == [100, 0, 0]
    assert percents("last", 3) == [0, 0, 100]
    assert percents("linear", 4) == [25, 25, 25, 25]


def test_u_gives_the_ends_forty_each() -> None:
    assert percents("u", 4) == [40, 10, 10, 40]
    assert percents("u", 2) == [50, 50]
    assert percents("u", 1) == [100]


def test_w_marks_first_lead_and_sql() -> None:
    assert percents("w", 5, lead=2, sql=4) == [30, 5, 30, 5, 30]
    assert percents("w", 3, lead=1, sql=2) == [33.33, 33.33, 33.33]
    assert percents("w", 2, lead=0, sql=1) == [66.67, 33.33]
    assert percents("w", 1, lead=0, sql=0) == [100]
    assert percents("w", 3, lead=2) == [42.86, 14.29, 42.86]
    assert percents("w", 2, lead=-1) == [85.71, 14.29]


def test_decay_halves_every_week() -> None:
    assert percents("decay", 3) == [14.29, 28.57, 57.14]


def test_decay_over_thirty_years_still_adds_up() -> None:
    assert credit([MONDAY, MONDAY + WEEK], "decay", MONDAY + 1565 * WEEK) == (Fraction(1, 3), Fraction(2, 3))


def test_touches_out_of_order_or_after_the_fact_are_a_mistake() -> None:
    for touches in ([], [MONDAY + WEEK, MONDAY], [WON + WEEK]):
        with pytest.raises(ValueError, match="order of time"):
            credit(touches, "linear", WON)


hours = st.lists(st.integers(0, 1000), min_size=1, max_size=8).map(sorted)


@given(
    hours,
    st.sampled_from(get_args(Model)),
    st.none() | st.integers(-5, 1000),
    st.none() | st.integers(-5, 1000),
)
def test_shares_add_up_to_one_exactly(
    touches: list[int], model: Model, lead: int | None, sql: int | None
) -> None:
    moments = [None if at is None else MONDAY + timedelta(hours=at) for at in (lead, sql)]
    shares = credit([MONDAY + timedelta(hours=at) for at in touches], model, WON, *moments)
    assert len(shares) == len(touches)
    assert sum(shares) == 1
    assert all(share >= 0 for share in shares)


@given(st.integers(0, 10**9), hours)
def test_money_cut_in_parts_adds_up(minor: int, touches: list[int]) -> None:
    shares = credit([MONDAY + timedelta(hours=at) for at in touches], "decay", WON)
    parts = apportion(minor, shares)
    assert sum(parts) == minor
    assert all(abs(part - minor * share) < 1 for part, share in zip(parts, shares, strict=True))


def test_the_cent_left_over_goes_to_the_earliest() -> None:
    assert apportion(100, [Fraction(1, 3)] * 3) == (34, 33, 33)
