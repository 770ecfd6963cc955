"""Two versions compared, in words for people who never saw the file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qualification.behaviour import Condition, EventRule
from qualification.definition import Definition, parse_definition
from qualification.definition_changes import changes_between
from qualification.merge_policy import MergePolicy
from qualification.yaml_lines import with_values
from tests.qualification.each_change import each_change
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
def test_each_change_is_one_sentence(place: str, value: Any, says: str) -> None:
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


FULL = replace(
    RULES,
    legal={"*": {"marketing": "consent"}},
    behaviour=replace(
        RULES.behaviour, rules=(EventRule("page", "blog_page", (Condition("path", "/blog"),)),)
    ),
    merge=MergePolicy({"company": "source", "title": "ask"}, ("crm", "form")),
)
"""Our rules, with something in every part."""
SILENT = ("other words", "details", "Changed: ", "another order")


def test_working_days_are_named() -> None:
    text = YAML.replace("work_days: [mon, tue, wed, thu, fri]", "work_days: [mon, sat]")
    assert said(text) == ["We work on Monday, Saturday, not Monday, Tuesday, Wednesday, Thursday, Friday"]


def test_where_the_first_match_wins_another_order_is_a_change() -> None:
    rules, levels = RULES.behaviour.rules, RULES.fit.levels
    swapped = replace(
        RULES,
        behaviour=replace(RULES.behaviour, rules=(rules[1], rules[0], *rules[2:])),
        fit=replace(RULES.fit, levels=(*levels[:-2], levels[-1], levels[-2])),
    )
    first, second = changes_between(RULES, swapped)
    assert first == (
        "Rules for events are tried in another order, from “page” where path begins with “/product” on"
    )
    assert second.startswith("Titles are looked for in this order: manager, individual, executive or VP")


def test_every_part_that_can_change_is_said_with_what_it_is_now() -> None:
    """Two teams approve by these sentences, so none may hide a number, a flag or a rule."""
    seen = 0
    for place, other, says in each_change(FULL, Definition):
        lines = changes_between(FULL, other)
        assert lines, place
        told = " / ".join(lines)
        assert says in told, f"{place}: {told}"
        assert not [word for word in SILENT if word in told], f"{place}: {told}"
        seen += 1
    assert seen > 300, "the walk went through the whole definition"
