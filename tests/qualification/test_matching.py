from __future__ import annotations

import unicodedata

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from qualification.matching import (
    SPECIAL_ENDINGS,
    clean_text,
    email_key,
    phone_key,
    phone_key_for,
    same_name,
)


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("Ada@Acme.example", "ada@acme.example"),
        ("  ada@acme.example\u200b ", "ada@acme.example"),
        ("ada.l+news@acme.example", "ada.l+news@acme.example"),
        ("A.d.a+news@Gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        ("ada.l@outlook.com", "ada.l@outlook.com"),
        ("ada@MÜLLER.de", "ada@xn--mller-kva.de"),
        ("ada@xn--mller-kva.de", "ada@xn--mller-kva.de"),
    ],
)
def test_one_person_has_one_key_however_the_address_is_written(raw: str, key: str) -> None:
    assert email_key(raw) == key


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "ada",
        "ada@",
        "@acme.example",
        "a da@acme.example",
        "ada@localhost",
        "ada@b.invalid",
        "+x@gmail.com",
    ],
)
def test_what_is_no_address_has_no_key(raw: str) -> None:
    assert email_key(raw) is None


letters = st.text(st.sampled_from("ab1.-_+"), min_size=1, max_size=8)
hosts = st.lists(st.text(st.sampled_from("ab1-_"), min_size=1, max_size=6), min_size=1, max_size=3)
endings = st.sampled_from(
    ["de", "example", "test", "invalid", "local", "c", "arpa", "onion", "xn--p1ai", "co1"]
)


@given(letters, hosts, endings)
def test_the_short_way_and_the_full_check_agree_on_every_address(
    local: str, host: list[str], ending: str
) -> None:
    written = f"{local}@{'.'.join(host)}.{ending}"
    try:
        valid = validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        assert email_key(written) is None
    else:
        assert email_key(written) == f"{valid.local_part}@{valid.ascii_domain}".lower()


def test_the_short_way_leaves_every_special_ending_to_the_full_check() -> None:
    assert {f".{name}" for name in SPECIAL_USE_DOMAIN_NAMES} <= set(SPECIAL_ENDINGS)


def test_a_megabyte_is_no_address() -> None:
    assert email_key("a" * 1_000_000 + "@acme.example") is None
    assert email_key("a" * 400 + "@acme.example") is None


def test_phones_meet_in_one_spelling() -> None:
    spellings = [
        "+49 30 901820",
        "030 901820",
        "(030) 90 18 20",
        "tel:+49-30-901820",
        "0049 30 901820",
        "+49\u200e30901820",
    ]
    assert {phone_key(spelling, "DE") for spelling in spellings} == {"+4930901820"}
    assert phone_key("(212) 555-0123", "us") == "+12125550123"


@pytest.mark.parametrize("raw", ["", "call me", "123", "+49", "+999 12345678", "0" * 61])
def test_a_phone_that_is_none_has_no_key(raw: str) -> None:
    assert phone_key(raw, "DE") is None


def test_without_a_known_country_only_international_numbers_are_read() -> None:
    assert phone_key("+49 30 901820", "") == "+4930901820"
    assert phone_key("030 901820", "") is None
    assert phone_key("030 901820", "XX") is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (None, "Ada Lovelace"),
        ("", ""),
        ("Ada", "Ada Lovelace"),
        ("Ada L", "Ada Lovelace"),
        ("Lovelace, Ada", "ada lovelace"),
        ("Dr. Ada King Lovelace", "Ada Lovelace"),
        ("José Müller", "Jose Muller"),
        ("Jörg Weiß", "Jörg Weiss"),
        ("A. Anna", "Ada A."),
    ],
)
def test_names_that_could_be_one_person(a: str | None, b: str | None) -> None:
    assert same_name(a, b)
    assert same_name(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Ada Lovelace", "Ben Lovelace"), ("Ada", "Ben"), ("B. Lovelace", "Ada Lovelace"), ("Ann", "Anna")],
)
def test_names_of_two_people_at_one_switchboard(a: str, b: str) -> None:
    assert not same_name(a, b)
    assert not same_name(b, a)


@given(st.text(max_size=40), st.text(max_size=40))
def test_names_conflict_both_ways_or_not_at_all(a: str, b: str) -> None:
    assert same_name(a, b) == same_name(b, a)
    assert same_name(a, a)


def test_what_people_paste_becomes_plain_text() -> None:
    assert clean_text("  Ada\u202e \u200bLove\u00adlace\t\n King ", 80) == "Ada Lovelace King"
    assert clean_text("e\u0301", 80) == "é"
    assert clean_text("one\r\ntwo\u2028\n\n\n three  four\n", 80, lines=True) == "one\ntwo\n\nthree four"
    assert clean_text("\ud800broken", 80) == "broken"


def test_what_is_cut_off_is_shown() -> None:
    assert clean_text("abcdef", 6) == "abcdef"
    assert clean_text("abcdefg", 6) == "abcde…"
    assert clean_text("abcd efg", 6) == "abcd…"


def test_every_control_character_goes() -> None:
    kept_signs = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # Arabic and Syriac signs that are seen
    for number in [*range(0x3000), *range(0xFE00, 0x10000), *range(0xE0000, 0xE0080)]:
        character = chr(number)
        if unicodedata.category(character) in {"Cc", "Cf"} and not "\u0600" <= character <= "\u0605":
            expected = character if character in kept_signs else ""
            assert clean_text(f"a{character}", 9).strip("a") == expected, hex(number)


@given(st.text(max_size=80), st.integers(1, 40), st.booleans())
def test_cleaning_twice_changes_nothing_and_the_limit_holds(text: str, limit: int, lines: bool) -> None:
    once = clean_text(text, limit, lines=lines)
    assert len(once) <= limit
    assert clean_text(once, limit, lines=lines) == once
    once.encode("utf-8")  # raises on what no database takes


@given(st.text(max_size=60))
def test_anything_is_an_address_or_none(text: str) -> None:
    key = email_key(text)
    assert key is None or email_key(key) == key
    assert (phone_key(text, "DE") or "+").startswith("+")


def test_a_national_number_is_read_for_the_persons_own_country_first() -> None:
    assert (
        phone_key_for("020 7946 0958", "GB", "DE") == phone_key("+44 20 7946 0958", "DE") == "+442079460958"
    )
    assert phone_key_for("030 901820", None, "DE") == phone_key_for("030 901820", "US", "DE") == "+4930901820"
