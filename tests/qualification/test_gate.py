"""The SQL gate: each thing that can be missing, said in words."""

from __future__ import annotations

import pytest

from qualification.definition import parse_definition
from qualification.gate import sql_gate
from qualification.lead import Activity, Answers, Given, Lead, Letter, Profile
from tests.qualification.stories import FIT, MONDAY, RULES, YAML

GOOD = Answers(
    budget=Letter(confirmed="approved"),
    authority=Letter(confirmed="signs"),
    need=Letter(confirmed="deadline"),
    timeline=Letter(confirmed="within_30_days"),
)


def lead(profile: Profile = FIT[30], answers: Answers = GOOD, action: str = "demo_request", **more) -> Lead:
    return Lead(
        1042,
        MONDAY,
        MONDAY,
        given=(Given(MONDAY, profile),),
        activities=(Activity(action, MONDAY),),
        answers=answers,
        **more,
    )


def missing(of: Lead, definition=RULES) -> tuple[str, ...]:
    return sql_gate(of, definition, MONDAY).missing


def test_all_is_there():
    assert missing(lead()) == ()
    assert sql_gate(lead(), RULES, MONDAY).holds


def test_points():
    low = lead(FIT[15], Answers(GOOD.budget, GOOD.authority, Letter(confirmed="known")))
    assert missing(low) == ("Score 69 of 75: 6 short",)


def test_a_direct_inquiry():
    said = ("No direct inquiry: did they ask for a demo, price, quote or call?",)
    assert missing(lead(action="free_trial")) == said
    assert missing(lead(inquiry=False)) == said
    relaxed = parse_definition(YAML.replace("direct_inquiry: true", "direct_inquiry: false"))
    assert missing(lead(action="free_trial"), relaxed) == ()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (
            Answers(need=GOOD.need, budget=GOOD.budget),
            "2 of 4 BANT answers known, 3 needed: ask about Authority or Timeline",
        ),
        (
            Answers(need=GOOD.need),
            "1 of 4 BANT answers known, 3 needed: ask about Budget, Authority or Timeline",
        ),
        (
            Answers(need=GOOD.need, budget=Letter(claimed="approved"), timeline=GOOD.timeline),
            "2 of 4 BANT answers known, 3 needed: ask about Budget or Authority",
        ),
    ],
)
def test_three_letters(answers, says):
    assert says in missing(lead(answers=answers))


def test_one_letter_left_to_ask():
    strict = parse_definition(YAML.replace("letters: 3", "letters: 4"))
    three = Answers(GOOD.budget, GOOD.authority, GOOD.need)
    assert missing(lead(answers=three), strict) == (
        "3 of 4 BANT answers known, 4 needed: ask about Timeline",
    )


def test_enough_bant():
    thin = Answers(Letter(confirmed="findable"), Letter(confirmed="user"), Letter(confirmed="known"))
    assert "BANT points 12, 20 needed" in missing(lead(answers=thin))


@pytest.mark.parametrize(
    ("letter", "option", "says"),
    [
        ("budget", "none", "Budget is “none”"),
        ("budget", "below_floor", "Budget is “below our floor”"),
        ("need", "none", "Need is “none”"),
        ("need", "curious", "Need is “curious”"),
    ],
)
def test_answers_that_end_it(letter, option, says):
    answers = Answers(
        **{
            **{n: GOOD.letter(n) for n in ("budget", "authority", "need", "timeline")},
            letter: Letter(confirmed=option),
        }
    )
    assert missing(lead(answers=answers)) == (says,)


def test_a_need_nobody_asked_about():
    three = Answers(GOOD.budget, GOOD.authority, timeline=GOOD.timeline)
    assert missing(lead(answers=three)) == ("Need is not known yet",)
    claimed = Answers(GOOD.budget, GOOD.authority, Letter(claimed="deadline"), GOOD.timeline)
    assert missing(lead(answers=claimed)) == ("Need is not known yet",)


KNOWN_DOMAINS = YAML.replace("own_domains: []", "own_domains: [greenlight.test]").replace(
    "competitor_domains: []", "competitor_domains: [rival.test]"
)


@pytest.mark.parametrize(
    ("email", "title", "says"),
    [
        ("a@greenlight.test", "CEO", "This is our own domain"),
        ("a@mail.greenlight.test", "CEO", "This is our own domain"),
        ("a@rival.test", "CEO", "This is a competitor's domain"),
        ("a@Mailinator.com", "CEO", "This is a disposable address"),
        ("a@tempmail.com", "CEO", "This is a disposable address"),
        ("a@stud.uni.test", "CEO", "This is a student's address"),
        ("a@acme.example", "Student", "Their title says student"),
        ("a@acme.example", "Director of Student Services", None),
        ("a@acme.example", "Intern", None),
        (None, "CEO", None),
    ],
)
def test_people_nobody_sells_to(email, title, says):
    rules = parse_definition(KNOWN_DOMAINS)
    profile = Profile(email=email, title=title, employees=100, industry="software", country="DE")
    assert missing(lead(profile), rules) == ((says,) if says else ())
