"""Why a rate changed: worked by hand, and the parts always add up."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.kpi import KPIS
from qualification.kpi_entry import Wording
from qualification.kpi_why import Ratio, called, largest, rows, signed, told, why_changed

EVENTS = {"webinar": Ratio(50, 500), "linkedin": Ratio(10, 500)}
NOW = {"webinar": Ratio(20, 400), "linkedin": Ratio(12, 600)}
CONVERSION = KPIS["conversion"].why
assert CONVERSION is not None


def test_the_worked_example() -> None:
    """6.0% of 1,000 became 3.2% of 1,000: −2.8 points, as the docstring works it out."""
    change = why_changed(NOW, EVENTS)
    assert change is not None
    assert (change.before, change.this) == (Fraction(6, 100), Fraction(32, 1000))
    webinar, linkedin = change.parts
    assert (webinar.key, webinar.rate, webinar.mix) == ("webinar", Fraction("-0.0225"), Fraction("-0.0029"))
    assert (linkedin.key, linkedin.rate, linkedin.mix) == ("linkedin", 0, Fraction("-0.0026"))
    text = told(change, CONVERSION, lambda key: called(key, "leads", {}), "October 2026", "September 2026")
    assert text == (
        "Conversion: 3.2% (October 2026) against 6.0% (September 2026), −2.8 points. "
        "Most of it: webinar leads converted less: −2.3 points; "
        "fewer of them came (50.0% → 40.0% of all): −0.3 points."
    )
    table = rows(change, CONVERSION, {}, "Source")
    assert table[1] == ("webinar", "50.0% → 40.0%", "10.0% → 5.0%", "−0.3 pt", "−2.3 pt", "−2.5 pt")
    assert table[-1] == ("All", "100%", "6.0% → 3.2%", "−0.6 pt", "−2.3 pt", "−2.8 pt")


def test_who_comes_and_goes_is_mix_and_spend_without_leads_is_cost() -> None:
    change = why_changed({"a": Ratio(1, 10), "new": Ratio(4, 10)}, {"a": Ratio(1, 10)})
    assert change is not None
    new = next(part for part in change.parts if part.key == "new")
    assert new.rate == 0
    assert change.by == Fraction(3, 20)

    change = why_changed({"ads": Ratio(5_000, 10), "fair": Ratio(9_000, 0)}, {"ads": Ratio(5_000, 10)})
    assert change is not None
    assert [(part.key, part.mix, part.rate) for part in change.parts if part.rate] == [("fair", 0, 900)]


def test_nothing_before_is_nothing_to_compare_with() -> None:
    assert why_changed(NOW, {}) is None
    assert why_changed({"webinar": Ratio(0, 0)}, EVENTS) is None


def test_a_change_of_nothing_names_no_cause() -> None:
    change = why_changed(NOW, NOW)
    assert change is not None
    assert largest(change) == []
    text = told(change, CONVERSION, str, "this month", "October 2026")
    assert text == "Conversion: 3.2% (this month), and the same before (October 2026). Nothing changed."


def test_whose_leads_they_were_reads_as_people_say_it() -> None:
    assert called("webinar", "leads", {}) == "webinar leads"
    assert called("no campaign", "MQLs", {}) == "MQLs without a campaign"
    assert called("UANA", "leads", {"UANA": "ana"}) == "leads of ana"
    assert called("nobody", "leads", {}) == "leads that nobody has"
    assert signed(Fraction(210), Wording("", "", "", "", "EUR")) == "+2.10 EUR"


RATIOS = st.integers(0, 400).flatmap(lambda n: st.builds(Ratio, st.integers(0, n), st.just(n)))
COSTS = st.builds(Ratio, st.integers(0, 10**7), st.integers(0, 400))
KEYS = st.sampled_from(["webinar", "linkedin", "google", "no campaign", "fair"])


@settings(max_examples=100)
@given(st.one_of(*[st.tuples(*[st.dictionaries(KEYS, one)] * 2) for one in (RATIOS, COSTS)]))
def test_the_parts_add_up_to_the_change(windows: tuple[dict[str, Ratio], dict[str, Ratio]]) -> None:
    this, before = windows
    change = why_changed(this, before)
    bases = [sum(one.base for one in side.values()) for side in windows]
    assert (change is None) == (0 in bases)
    if change is None:
        return
    # By another way than the product's: the two rates, straight from their sums.
    now, then = [
        Fraction(sum(one.top for one in side.values()), base)
        for side, base in zip(windows, bases, strict=True)
    ]
    assert change.by == now - then
    assert sum(part.mix + part.rate for part in change.parts) == now - then
    assert {part.key for part in change.parts} == {*this, *before}


@settings(max_examples=100)
@given(st.dictionaries(KEYS, RATIOS, min_size=1), st.integers(2, 5))
def test_more_of_everything_alike_is_no_change(before: dict[str, Ratio], times: int) -> None:
    this = {key: Ratio(one.top * times, one.base * times) for key, one in before.items()}
    change = why_changed(this, before)
    assert change is None or largest(change) == []
