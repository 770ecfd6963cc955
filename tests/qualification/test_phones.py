"""The short way to a phone number's key says what the library says, or nothing."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from qualification.phones import phone_key

FORMS = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
KINDS = tuple(range(11))
"""Every kind the library has an example of, from fixed line to voicemail."""


def by_the_library(written: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if valid else None


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_countrys_numbers_are_read_as_the_library_reads_them(country: str) -> None:
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(country, kind)
        for form in FORMS if example else ():
            written = phonenumbers.format_number(example, form)
            for read_for in (country, "DE", "US"):
                assert phone_key(written, read_for) == by_the_library(written, read_for), written


beginnings = st.sampled_from(
    [
        "",
        "+",
        "+49",
        "+490",
        "+0",
        "+1",
        "+44",
        "+39",
        "+7",
        "+55",
        "+52",
        "00",
        "0049",
        "011",
        "0",
        "1",
        "8",
        "49",
    ]
)
rest = st.text(st.sampled_from("0123456789 -./()+"), min_size=1, max_size=14)
countries = st.sampled_from(
    ["DE", "US", "CA", "GB", "GG", "IT", "FR", "RU", "BR", "MX", "AR", "AU", "XX", ""]
)


@example("+0", "4918012945", "DE")
@example("+", "4903012345678", "DE")
@given(beginnings, rest, countries)
def test_whatever_is_typed_the_short_way_never_disagrees(start: str, rest: str, country: str) -> None:
    assert phone_key(start + rest, country) == by_the_library((start + rest).strip(), country)
