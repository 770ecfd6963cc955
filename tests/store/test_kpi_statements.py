"""Spans and days at the ends of a window make up its days, each once, whichever are read."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from store.kpi_statements import by_spans
from store.tables.counting import SPAN

NOW = 740_000


@given(st.integers(NOW - 200, NOW + 40), st.integers(0, 150), st.integers(-5, 200))
def test_every_day_of_a_window_is_added_up_once(first: int, length: int, ago: int) -> None:
    parts = by_spans(first, first + length, NOW + ago)

    days: Counter[int] = Counter(range(parts["span"] * SPAN, parts["after"] * SPAN))
    for end in ("head", "tail"):
        for day in range(parts[end], parts[f"{end}_end"]):
            days[day] += parts[f"{end}_sign"]
    assert {day: n for day, n in days.items() if n} == dict.fromkeys(range(first, first + length), 1)


def test_a_quarter_that_ends_today_is_read_with_few_days() -> None:
    for today in range(NOW, NOW + SPAN):
        parts = by_spans(today - 89, today + 1, today)

        come = [min(parts[f"{end}_end"], today + 1) - parts[end] for end in ("head", "tail")]
        assert sum(come) <= SPAN // 2 + 1
