from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.guess import Guess, guess_lead

MAIL = """Hi team, this came in by mail:

Hello, we are looking for a lead tool for 40 people and need it by March. Could you call me?

Best regards,
Ada Lovelace
VP Engineering, Acme GmbH
<mailto:ada@acme.example|ada@acme.example> | <tel:+4930901820|+49 30 901820>
<https://www.acme.example|acme.example>"""


def test_a_pasted_mail_with_a_signature() -> None:
    assert guess_lead(MAIL, "DE") == Guess(
        email="ada@acme.example",
        phone="+4930901820",
        name="Ada Lovelace",
        company="Acme GmbH",
        title="VP Engineering",
        website="https://www.acme.example",
        message=(
            "Hi team, this came in by mail:\n\n"
            "Hello, we are looking for a lead tool for 40 people and need it by March. Could you call me?"
        ),
    )


def test_a_form_that_posts_labelled_lines() -> None:
    form = """*Name:* Ben Bit
*E-Mail:* <mailto:ben@bit.example|ben@bit.example>
*Company:* Bit & Sons
Role: Head of Sales
Phone: 030 901820
Website: bit.example
Message: Please send a quote
for ten seats
"""
    assert guess_lead(form, "DE") == Guess(
        email="ben@bit.example",
        phone="+4930901820",
        name="Ben Bit",
        company="Bit & Sons",
        title="Head of Sales",
        website="bit.example",
        message="Please send a quote\nfor ten seats",
    )


@pytest.mark.parametrize(
    ("said", "name", "title", "company"),
    [
        ("Ada Lovelace, CTO at Acme, ada@acme.example wants a demo", "Ada Lovelace", "CTO", "Acme"),
        ("Ada Lovelace | Head of Data | Acme | ada@acme.example", "Ada Lovelace", "Head of Data", "Acme"),
        ("Ada Lovelace at Acme, ada@acme.example", "Ada Lovelace", None, "Acme"),
        (
            "Met Ada Lovelace, VP Engineering at Acme Labs. She is keen",
            "Ada Lovelace",
            "VP Engineering",
            "Acme Labs",
        ),
        ("I'm Ada Lovelace from Acme and need a demo", "Ada Lovelace", None, "Acme"),
        ("Met Ada Lovelace, very keen at Acme", "Ada Lovelace", None, "Acme"),
        ("call from Ada O'Neil yesterday", "Ada O'Neil", None, None),
        (
            "lead: Jörg van der Berg (joerg@acme.example) from Acme Corp",
            "Jörg van der Berg",
            None,
            "Acme Corp",
        ),
        ("Please look\nRegards\nAda Lovelace\nAcme Ltd.\nDirector", "Ada Lovelace", "Director", "Acme Ltd"),
        ("Please look\nRegards\nthe team", None, None, None),
        ("mail from Acme Corp today", None, None, None),
        ("this is Great Software for ada@acme.example", None, None, None),
        ("Can you call Ada?", None, None, None),
        ("CTO at Acme, ada@acme.example", None, None, None),
    ],
)
def test_who_it_is_as_people_write_it(
    said: str, name: str | None, title: str | None, company: str | None
) -> None:
    found = guess_lead(said, "DE")
    assert (found.name, found.title, found.company) == (name, title, company)


def test_labels_win_over_what_the_text_suggests_and_the_first_label_wins() -> None:
    said = "Company: Bit\nCompany: Byte\nAda Lovelace, CTO, Acme GmbH, ada@acme.example"
    assert guess_lead(said, "DE").company == "Bit"


def test_two_of_a_kind_leave_the_choice_to_a_person() -> None:
    found = guess_lead(
        "a@acme.example or b@acme.example, 030 901820 or 030 901821, https://acme.example https://bit.example",
        "DE",
    )
    assert (found.email, found.phone, found.website) == (None, None, None)


def test_the_same_twice_is_one() -> None:
    found = guess_lead(
        "Ada@Gmail.com a.d.a@gmail.com 030 901820 +4930901820 www.acme.de https://acme.de/x", "DE"
    )
    assert (found.email, found.phone, found.website) == ("Ada@Gmail.com", "+4930901820", "www.acme.de")


def test_mentions_are_nobody_and_profiles_are_no_website() -> None:
    found = guess_lead("<@U123> <!channel> see <https://linkedin.com/in/ada|her profile> &amp; call", "DE")
    assert found == Guess(message="see https://linkedin.com/in/ada & call")


def test_a_label_with_nonsense_is_left_out() -> None:
    found = guess_lead(f"Website: soon\nE-Mail: later\nName: {'x' * 81}\nPhone: later", "DE")
    assert found == Guess()


def test_contact_data_alone_is_no_message() -> None:
    assert guess_lead("ada@acme.example\n030 901820", "DE").message is None


def test_national_numbers_need_a_country() -> None:
    assert guess_lead("030 901820 or so", "").phone is None
    assert guess_lead("+49 30 901820 or so", "").phone == "+4930901820"


NAMES = [
    "Ada Lovelace",
    "ada@acme.example",
    "<mailto:b@c.example|b>",
    "CTO",
    "Acme GmbH",
    "*bold*",
    "030 901820",
]
WORDS = [
    "at",
    "met",
    "we want it",
    "Company: Bit",
    "Message: now",
    "Regards",
    "\n",
    ",",
    "|",
    "(",
    ")",
    "<",
    ">",
]
pieces = st.sampled_from([*NAMES, *WORDS, "www.acme.de"])


def test_an_address_behind_a_labelled_value_is_no_part_of_it() -> None:
    assert guess_lead("Company: Bit <mailto:b@c.example|b>", "DE").company == "Bit"


@given(st.lists(pieces | st.text(max_size=8), max_size=15).map(" ".join))
def test_nothing_is_invented(text: str) -> None:
    found = guess_lead(text, "DE")
    # Markup and what nobody sees may stand between letters; every word that is seen must be there.
    shown = "".join(c for c in text if c.isprintable() and c not in "*_~`")
    for value in (found.email, found.name, found.company, found.title, found.website):
        if value is not None and value.isascii() and "&" not in text:
            assert [word for word in value.split() if word.strip("*_~`") not in shown] == []
