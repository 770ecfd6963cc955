"""`/lead …` is one small language: every word of it, its slips of the finger, and what it never guesses."""

from __future__ import annotations

import pytest

from handlers.slack.lead_line import (
    HOUSE_WORDS,
    LEAD_WORDS,
    Asked,
    UnknownWord,
    must_stand_alone,
    read_line,
    read_person,
    read_reason,
    read_touch,
)
from qualification.errors import Refused


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Asked("help")),
        ("   ", Asked("help")),
        ("?", Asked("help")),
        ("L-1042", Asked("card", 1042)),
        ("l1042", Asked("card", 1042)),
        ("1042", Asked("card", 1042)),
        ("#1042", Asked("card", 1042)),
        ("find Ada Lovelace", Asked("find", None, "Ada Lovelace")),
        ("FIND  acme ", Asked("find", None, "acme")),
        ("search acme", Asked("find", None, "acme")),
        ("my", Asked("mine")),
        ("L-1042 claim", Asked("claim", 1042)),
        ("claim L-1042", Asked("claim", 1042)),
        ("L-1042 Qualify.", Asked("qualify", 1042)),
        ("L-1042 log call  they want a demo", Asked("log", 1042, "call  they want a demo")),
        ("log 1042 mail", Asked("log", 1042, "mail")),
        ("L-1042 nurture in 2 weeks", Asked("nurture", 1042, "in 2 weeks")),
        ("L-1042 won 12.000,50 EUR", Asked("won", 1042, "12.000,50 EUR")),
        ("L-1042 score", Asked("why", 1042)),
        ("L-1042 opt-out", Asked("optout", 1042)),
        ("L-1042 reassign <@UBEN>", Asked("reassign", 1042, "<@UBEN>")),
    ],
)
def test_what_a_line_means(typed, asked):
    assert read_line(typed) == asked


@pytest.mark.parametrize("word", HOUSE_WORDS)
def test_every_house_word_is_read(word):
    assert read_line(word).word == word


@pytest.mark.parametrize("word", LEAD_WORDS)
def test_every_lead_word_is_read_in_either_order(word):
    assert read_line(f"L-7 {word} x") == read_line(f"{word} L-7 x") == Asked(word, 7, "x")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("quue", "Did you mean `/lead queue`?"),
        ("fnd acme", "Did you mean `/lead find`?"),
        ("serch acme", "Did you mean `/lead find`?"),
        ("L-1042 qualfy", "Did you mean `/lead L-1042 qualify`?"),
        ("L-1042 nuture monday", "Did you mean `/lead L-1042 nurture`?"),
        ("L-1042 disqulify spam", "Did you mean `/lead L-1042 disqualify`?"),
        ("claim", "Type its number first: `/lead L-1042 claim`."),
        ("qualfy", "Type its number first: `/lead L-1042 qualify`."),
        ("acme", "type `/lead find acme`"),
        ("L-1042 xyzzy", "`/lead help` lists"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_word_and_never_carried_out(typed, hint):
    with pytest.raises(UnknownWord) as no:
        read_line(typed)
    assert hint in str(no.value)


@pytest.mark.parametrize(
    ("typed", "either", "other"),
    [
        ("won 1000", "`/lead L-1042 won 1000`", "`/lead L-1000 won`"),
        ("won 12 000 EUR", "`/lead L-1042 won 12 000 EUR`", "`/lead L-12 won 000 EUR`"),
        ("nurture 15 Jan", "`/lead L-1042 nurture 15 Jan`", "`/lead L-15 nurture Jan`"),
        ("snooze 2 weeks", "`/lead L-1042 snooze 2 weeks`", "`/lead L-2 snooze weeks`"),
    ],
)
def test_an_amount_or_a_date_is_no_lead_s_number(typed, either, other):
    with pytest.raises(UnknownWord) as no:
        read_line(typed)
    assert str(no.value).startswith("Which lead?")
    assert either in str(no.value)
    assert other in str(no.value)
    word, _, rest = typed.partition(" ")
    assert read_line(f"{word} #7 {rest}") == Asked(word, 7, rest)


@pytest.mark.parametrize("word", ["mine", "queue", "health", "L-7 claim", "L-7 optout"])
def test_nothing_that_was_typed_is_dropped_in_silence(word):
    must_stand_alone(read_line(word))
    with pytest.raises(Refused, match=f"nothing with “ben”.* type `/lead {word}`"):
        must_stand_alone(read_line(f"{word} ben"))


def test_words_that_take_something_take_it():
    for typed in ("find ben", "new Ben Berg", "help me", "L-7 lost price", "L-7 log call ben", "L-7"):
        must_stand_alone(read_line(typed))


def test_what_was_typed_cannot_call_anybody():
    with pytest.raises(UnknownWord) as no:
        read_line("<!channel>`*boom*")
    assert "<" not in str(no.value)
    assert "*boom" not in str(no.value)


@pytest.mark.parametrize(
    ("rest", "touch"),
    [
        ("", None),
        ("call", ("call", None)),
        ("Call they want a demo", ("call", "they want a demo")),
        ("call no answer", ("no_answer", None)),
        ("no answer", ("no_answer", None)),
        ("e-mail sent prices", ("mail", "sent prices")),
        ("meeting Tuesday", ("meeting", "Tuesday")),
    ],
)
def test_touches(rest, touch):
    assert read_touch(rest) == touch


def test_something_else_is_no_touch():
    with pytest.raises(Refused, match="log meeting"):
        read_touch("calling Ada")


def test_reasons_are_read_with_their_note():
    codes = ("no_budget", "no_need", "spam")
    assert read_reason("no_budget", codes) == ("no_budget", None)
    assert read_reason("No budget until spring", codes) == ("no_budget", "until spring")
    assert read_reason("no-need", codes) == ("no_need", None)
    with pytest.raises(Refused, match="Did you mean `no_budget`"):
        read_reason("nobudget", codes)
    with pytest.raises(Refused, match="Choose one of: no_budget, no_need, spam"):
        read_reason("weather", codes)


def test_a_person_is_a_mention():
    assert read_person("<@UBEN>") == read_person(" <@UBEN|ben> ") == "UBEN"
    assert read_person("ben") is None
    assert read_person("<@UBEN> and <@UANA>") is None
