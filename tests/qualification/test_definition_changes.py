"""Two versions compared, in words for people who never saw the file."""

from __future__ import annotations

import pytest

from qualification.definition import Definition, parse_definition
from qualification.definition_changes import changes_between
from qualification.yaml_lines import with_values
from tests.qualification.stories import RULES, YAML


def said(text: str) -> list[str]:
    return changes_between(RULES, parse_definition(text, 2))


def test_the_same_rules_in_another_version_are_no_change() -> None:
    assert said(YAML) == []
    assert said(f"# words\n{YAML}") == []


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("mql.score", 40, "MQL from 40 points of fit and engagement, not 35"),
        ("sql.score", 80, "SQL from 80 points, not 75"),
        ("sql.letters", 4, "SQL with 4 BANT answers known, not 3"),
        ("sql.direct_inquiry", False, "An SQL no longer needs a direct inquiry"),
        ("engagement.half_life_days", 14, "Engagement is halved every 14 days, not 30 days"),
        ("permission.waits_days", 1, "Who gave no permission is kept for 1 day, not 7 days"),
        ("actions.demo_request.points", 25, "“Asked for a demo”: 30 → 25 points"),
        ("actions.webinar_signup.qualifies", False, "“Signed up for a webinar”: no longer makes a lead"),
        ("actions.email_click.cap", 10, "“Clicked in an e-mail”: at most 10 points"),
        ("fit.free_mail", -8, "A free-mail address: -8 points, not -4"),
        ("fit.title.unknown", 5, "Title unknown: 5 points, not 6"),
        ("fit.title.levels[4].points", 9, "Title head or director: 9 points, not 10"),
        ("bant.budget.options[4].points", 1, "Budget “Below our floor”: 2 → 1 points"),
        ("bant.budget.options[4].blocks_sql", False, "Budget “Below our floor”: no longer rules an SQL out"),
        ("reasons.disqualify.no_budget.back_days", 60, "Reason “No budget”: back after 60 days"),
        (
            "clocks.inquiry_to_claim_minutes",
            10,
            "A direct inquiry is claimed within 10 minutes, not 5 minutes",
        ),
        ("clocks.closes", "17:00", "We close at 17:00, not 18:00"),
        ("post_from", "lead", "Cards are posted from stage lead, not mql"),
    ],
)
def test_each_change_is_one_sentence(place: str, value: int | bool | str, says: str) -> None:
    (line,) = said(with_values(YAML, {place: value}))
    assert line == says


def test_what_is_new_and_what_is_gone_is_named() -> None:
    text = YAML.replace(
        "  chat:             {", '  fair:   {points: 9, qualifies: true, says: "Met us"}\n  talk:   {'
    )
    text = text.replace("industries: [software, saas,", "industries: [software, fishing,")
    text = text.replace('      - {id: someday, points: 0, says: "Someday"}\n', "")
    assert said(text) == [
        "New action: “Met us” (9)",
        "New action: “Chatted with us” (15)",
        "No action “Chatted with us” (15) any more",
        "Timeline: no answer “Someday” any more",
        "Industries: with fishing",
        "Industries: without saas",
    ]


def test_no_part_of_a_definition_can_change_unsaid() -> None:
    """A part without words of its own is named all the same."""
    from dataclasses import fields, replace

    for one in fields(Definition):
        if one.name == "version":
            continue
        other = replace(RULES, **{one.name: getattr(changed(), one.name)})
        assert (other == RULES) or changes_between(RULES, other), one.name


def changed() -> Definition:
    return parse_definition(
        YAML.replace("title: Our", "title: Their").replace("half_life_days: 30", "half_life_days: 10")
    )
