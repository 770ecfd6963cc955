from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.errors import Refused
from qualification.money import (
    CURRENCIES,
    DIGITS,
    LARGEST,
    AmbiguousAmount,
    Money,
    format_money,
    minor_digits,
    parse_amount,
)

amounts = st.builds(Money, st.integers(1, LARGEST), st.sampled_from(sorted(CURRENCIES)))


@pytest.mark.parametrize(
    ("typed", "minor", "currency"),
    [
        ("12000 EUR", 12_000_00, "EUR"),
        ("12000", 12_000_00, "EUR"),
        ("eur 12000", 12_000_00, "EUR"),
        ("€12000", 12_000_00, "EUR"),
        ("12000€", 12_000_00, "EUR"),
        ("12000,-", 12_000_00, "EUR"),
        ("12k", 12_000_00, "EUR"),
        ("1.5k usd", 1_500_00, "USD"),
        ("$1.2m", 1_200_000_00, "USD"),
        ("3 Mio. Euro", 3_000_000_00, "EUR"),
        ("1.234,56 EUR", 1_234_56, "EUR"),
        ("1,234.56 GBP", 1_234_56, "GBP"),
        ("1.234.567", 1_234_567_00, "EUR"),
        ("12,34,567 INR", 1_234_567_00, "INR"),
        ("12 000 EUR", 12_000_00, "EUR"),
        ("12\u202f000\u00a0EUR", 12_000_00, "EUR"),
        ("12'000 CHF", 12_000_00, "CHF"),
        ("12,5", 12_50, "EUR"),
        (".50", 50, "EUR"),
        ("0.500", 50, "EUR"),
        ("12345.60", 12_345_60, "EUR"),
        ("12.000 JPY", 12_000, "JPY"),
        ("¥12,000", 12_000, "JPY"),
        ("12.345 KWD", 12_345, "KWD"),
        ("200 kr", 200_00, "SEK"),
    ],
)
def test_amounts_as_people_write_them(typed: str, minor: int, currency: str) -> None:
    assert parse_amount(typed, "EUR") == Money(minor, currency)


def test_a_shared_sign_means_the_workspaces_own_money() -> None:
    assert parse_amount("$200", "CAD") == Money(200_00, "CAD")
    assert parse_amount("200 dollars", "EUR") == Money(200_00, "USD")
    assert parse_amount("200", "JPY") == Money(200, "JPY")


@pytest.mark.parametrize(
    "typed", ["12.000", "12,000", "12.000 EUR", "12,000 usd", "€12.000", "1.500k", "12,000 KWD"]
)
def test_a_thousandfold_doubt_is_asked_back(typed: str) -> None:
    with pytest.raises(AmbiguousAmount) as asked:
        parse_amount(typed, "EUR")
    larger, smaller = asked.value.readings
    assert larger.minor == 1_000 * smaller.minor


def test_the_question_offers_two_spellings_that_are_understood() -> None:
    with pytest.raises(AmbiguousAmount) as asked:
        parse_amount("12.500 EUR", "USD")
    assert str(asked.value) == (
        "“12.500 EUR” can mean 12,500.00 EUR or 12.50 EUR. Please write it as 12500 EUR or 12.50 EUR."
    )
    assert parse_amount("12500 EUR", "USD") == asked.value.readings[0]
    assert parse_amount("12.50 EUR", "USD") == asked.value.readings[1]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "can't read an amount"),
        ("a lot", "can't read an amount"),
        ("12 or 13", "can't read an amount"),
        ("1.2.3", "can't read the number"),
        ("1,2,3.4.5", "can't read the number"),
        ("12 34 EUR", "can't read the number"),
        ("0", "more than zero"),
        ("0.000", "more than zero"),
        ("-5 EUR", "more than zero"),
        ("EUR −5", "more than zero"),
        ("12 XYZ", "don't know the currency “XYZ”"),
        ("١٢ EUR", "can't read an amount"),
        ("12 EUR USD", "more than one currency"),
        ("€12 USD", "more than one currency"),
        ("12.3456 EUR", "EUR has 2 decimals"),
        ("12.5 JPY", "JPY has 0 decimals"),
        ("99999999999999999", "too large"),
    ],
)
def test_what_is_no_amount_is_refused_in_plain_words(typed: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        parse_amount(typed, "EUR")


def test_amounts_are_shown_with_their_own_decimals() -> None:
    assert format_money(Money(1_234_50, "EUR")) == "1,234.50 EUR"
    assert format_money(Money(12_000, "JPY")) == "12,000 JPY"
    assert str(Money(12_345, "KWD")) == "12.345 KWD"
    assert format_money(Money(-5, "EUR")) == "-0.05 EUR"


def test_every_exception_is_a_currency() -> None:
    assert set(DIGITS) <= CURRENCIES
    assert [minor_digits(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]


@given(amounts)
def test_what_we_show_can_be_typed_back(money: Money) -> None:
    assert parse_amount(format_money(money), "EUR") == money


@given(st.text(max_size=40))
def test_anything_typed_is_an_amount_or_a_refusal(typed: str) -> None:
    try:
        assert parse_amount(typed, "EUR").minor > 0
    except Refused as refusal:
        assert str(refusal)
