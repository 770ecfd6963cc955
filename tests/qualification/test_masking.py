"""What stays readable of an address or a number where only part of it may be shown."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.views.text import clean
from qualification.masking import Level, masked_email, masked_phone, masked_text, masked_word

_LETTERS = string.ascii_lowercase + string.digits
_LOCAL = st.text(_LETTERS + "!#$%&'*+-/=?^_{|}~.äø", min_size=1, max_size=12).filter(
    lambda local: any(char in _LETTERS for char in local)
)
_DOMAIN = st.builds(
    "{}.{}".format, st.text(_LETTERS + "-ü", min_size=1, max_size=8), st.sampled_from(["de", "example"])
)
_ADDRESS = st.builds("{}@{}".format, _LOCAL, _DOMAIN)
_BETWEEN = st.sampled_from(
    [" ", "\n", "\r\n", "\t", ",", ";", "/", "|", "(", ")", "<", ">", '"', ":", "\u00a0", " or "]
)
_PIECES = st.lists(
    st.one_of(_ADDRESS.map(lambda one: (one, True)), _BETWEEN.map(lambda one: (one, False))), max_size=12
)
"""Addresses, and what may stand between them; whether it is one."""


@pytest.mark.parametrize(
    ("wrote", "shown"),
    [
        ("ada@acme.example\nbob@other.example", "a***@acme.example\nb***@other.example"),
        ("mail ada@acme.example,bob@other.example", "mail a***@acme.example,b***@other.example"),
        ("see ada@acme.example/bob@other.example", "see a***@acme.example/b***@other.example"),
        ("<mailto:ada@acme.example|ada@acme.example>", "<mailto:a***@acme.example|a***@acme.example>"),
        ("o'neil@acme.example", "o***@acme.example"),
        ("?email=ada%40acme.example&x=1", "?email=a***%40acme.example&x=1"),
        ("ada\x1f@acme.example", "a***@acme.example"),
        ("@ada knows, at 5 @ the office", "@ada knows, at 5 @ the office"),
    ],
)
def test_every_address_in_a_text_is_masked_and_nothing_else_changes(wrote: str, shown: str) -> None:
    assert masked_text(wrote, "DE") == shown


@given(st.text(max_size=60))
def test_any_text_can_be_masked_and_masked_again(text: str) -> None:
    assert isinstance(masked_text(masked_text(text, "DE"), "DE"), str)


@given(_PIECES)
@settings(max_examples=100, deadline=None)
def test_no_address_of_a_text_survives(pieces: list[tuple[str, bool]]) -> None:
    shown = masked_text("".join(piece for piece, _ in pieces), "DE")
    for address in (piece for piece, is_one in pieces if is_one):
        assert address not in shown
        assert clean(address) not in clean(shown), "what is not seen is taken out of a text that is shown"


def test_masking_twice_is_masking_once() -> None:
    assert masked_email(masked_email("ada@acme.example")) == "a***@acme.example"
    for number in ("+49 30 901820", "+358 9 123456", "030 901820", "911"):
        assert masked_phone(masked_phone(number)) == masked_phone(number)
    assert "901820" not in masked_phone("••• 030 901820"), "whatever somebody typed"


def test_one_word_on_a_field_as_a_place_may_see_it() -> None:
    assert masked_word("email", "ada@acme.example", Level.MASKED) == "a***@acme.example"
    assert masked_word("phone", "+49 30 901820", Level.MASKED) == "+49 ••• 20"
    assert masked_word("title", "CTO, ada@acme.example", Level.MASKED) == "CTO, a***@acme.example"
    assert masked_word("employees", 250, Level.MASKED) == "250"
    assert [masked_word("title", "CTO", level) for level in (Level.FULL, Level.NUMBER)] == ["CTO", "•••"]
