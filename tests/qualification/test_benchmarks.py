"""Published ranges as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.benchmarks import MEASURES, SHIPPED, BadLine, Range, read_ranges, written
from qualification.money import Money

words = st.from_regex(r"[A-Za-z][A-Za-z ,×;]{0,20}[a-z]", fullmatch=True)
ends = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)).map(sorted)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    """Any range with up to two places after the point."""
    measure = draw(st.sampled_from(sorted(MEASURES)))
    low, high = draw(ends)
    unit = MEASURES[measure][1]
    made = {
        "%": lambda n: n / 10_000,
        "min": lambda n: float(n * 6),
        "money": lambda n: Money(n, "JPY"),
    }[unit]
    as_of = draw(st.sampled_from(["2007", "2026-11", "2026-11-22"]))
    return Range(measure, draw(words), made(low), made(high), draw(words), as_of)


def test_what_ships_is_what_the_page_of_numbers_names() -> None:
    told = {(one.measure, one.line.split(" | ")[2]) for one in read_ranges(SHIPPED)}
    assert told == {
        ("conversion", "1–3%"), ("conversion", "5–10%"), ("mql-sql", "13%"), ("mql-sql", "18–22%"),
        ("cpl", "20–100 USD"), ("cpl", "150–500 USD"), ("sales-ready", "25%"), ("nurtured-amount", "47%"),
        ("speed", "0–5 min"),
    }  # fmt: skip
    assert all(one.source and one.as_of for one in read_ranges(SHIPPED))


@given(st.lists(ranges(), max_size=10))
def test_what_is_written_is_read_again(some: list[Range]) -> None:
    again = read_ranges(written(some))
    assert written(again) == written(some)
    for one, other in zip(some, again, strict=True):
        assert (one.measure, one.whom, one.source, one.as_of) == (
            other.measure, other.whom, other.source, other.as_of,
        )  # fmt: skip
        assert other.low == (one.low if isinstance(one.low, Money) else pytest.approx(one.low))
        assert other.high == (one.high if isinstance(one.high, Money) else pytest.approx(one.high))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_ranges(text)
    except BadLine as no:
        assert str(no)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mql-sql | SaaS | 18–22%", "five parts"),
        ("churn | SaaS | 18–22% | me | 2026", "can't compare “churn”"),
        ("mql-sql | SaaS | 22–18% | me | 2026", "ends before it begins"),
        ("mql-sql | SaaS | 18–22 USD | me | 2026", "a percentage"),
        ("cpl | SaaS | 18–22% | me | 2026", "20–100 USD"),
        ("cpl | SaaS | 18–22 XXX | me | 2026", "20–100 USD"),
        ("speed | SaaS | 5% | me | 2026", "minutes"),
        ("mql-sql | SaaS | many | me | 2026", "can't read “many”"),
        ("mql-sql | SaaS | 18–22% | me | soon", "is no date"),
        ("mql-sql | SaaS | 99999999999% | me | 2026", "more than anybody means"),
        ("mql-sql | SaaS | 5% | me | 2026\n" * 31, "at most 30 lines"),
    ],
)
def test_a_line_that_can_t_be_read_says_which_and_why(line: str, words: str) -> None:
    with pytest.raises(BadLine, match=words):
        read_ranges(line)
