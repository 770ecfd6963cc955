"""What would make this an MQL or an SQL: on design §4's rows, and never another word than the gate's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.definition import parse_definition
from qualification.gate import sql_gate
from qualification.lead import Permission, Profile, Stage
from qualification.qualify import Call
from qualification.scoring import score
from qualification.wanted import wanted
from tests.qualification.stories import FIT, RULES, YES, Story, after, form
from tests.qualification.test_definition import changed
from tests.qualification.test_worked_rows import BELOW_FLOOR, GOOD, NO_BUDGET, THREE_NINES

PHONE = 85
"""Characters that a phone shows in two rows of small print."""


def says(story: Story, hours: float = 0, definition=RULES) -> tuple[str, ...]:
    lead = story.now_is
    return wanted(lead, score(lead, definition, after(hours)), definition)


@pytest.mark.parametrize(
    ("fit", "action", "lines"),
    [
        (15, "demo_request", ["For an SQL: Need, two more BANT answers, 30 points"]),
        (20, "demo_request", ["For an SQL: Need, two more BANT answers, 25 points"]),
        (30, "newsletter_signup", ["A demo request or 10 more points of engagement make this an MQL"]),
        (15, "webinar_attended", ["A demo request or 5 more points of engagement make this an MQL"]),
        (15, "content_download", ["A demo request or 10 more points of engagement make this an MQL"]),
    ],
)
def test_before_the_call(fit, action, lines):
    story = Story()
    story.comes_in(form(action, profile=FIT[fit]))
    assert says(story) == tuple(lines)


@pytest.mark.parametrize(
    ("fit", "answers", "lines"),
    [
        (15, GOOD, []),
        (20, THREE_NINES, []),
        (30, NO_BUDGET, ["For an SQL: better Budget, 4 BANT points"]),
        (30, BELOW_FLOOR, ["For an SQL: better Budget and Need, 5 BANT points"]),
        (15, {"budget": "findable", "authority": "one_away"}, ["For an SQL: Need, 15 points"]),
        (
            15,
            {"need": "clear_pain", "authority": "one_away"},
            ["For an SQL: one more BANT answer, 12 points"],
        ),
    ],
)
def test_after_the_call(fit, answers, lines):
    story = Story()
    story.comes_in(form("demo_request", profile=FIT[fit]))
    story.qualifies("UANA", Call(answers), after(0))
    assert says(story) == tuple(lines)


def test_who_never_asked_us():
    story = Story()
    story.comes_in(form("event_badge", at=after(days=-400), profile=FIT[20]))
    story.qualifies("UANA", Call(GOOD), after(0))
    assert says(story) == (
        "A demo request or 15 more points of engagement make this an MQL",
        "For an SQL: a direct inquiry, 22 points",
    )


def test_who_can_never_be_one_is_said_once():
    story = Story()
    story.comes_in(form("demo_request", profile=Profile("a@mailinator.com", title="CEO")))
    assert says(story) == ("No SQL: this is a disposable address",)


def test_closed_stages_and_opt_outs_want_nothing():
    story = Story()
    story.comes_in(form("webinar_attended"))
    for stage in set(Stage) - {Stage.LEAD, Stage.MQL}:
        assert not wanted(story.now_is.but(stage=stage), score(story.now_is, RULES, after(0)), RULES)
    gone = story.now_is.but(permission=Permission(opted_out=True))
    assert not wanted(gone, score(gone, RULES, after(0)), RULES)


def test_another_definition_says_it_with_its_own_numbers():
    actions = {
        name: {"points": 10, "qualifies": True, "says": name.capitalize(), "inquiry": name == "visit"}
        for name in ("visit", "call")
    }
    other = parse_definition(
        changed(actions=actions, permission__by_request=[], behaviour=None, mql__score=60, mql__engagement=10)
    )
    story = Story(other)
    story.comes_in(form("call", profile=FIT[30]))
    assert says(story, definition=other) == ("20 more points of engagement make this an MQL",)
    story = Story(other)
    story.comes_in(form("call", profile=FIT[15]))
    assert says(story, definition=other) == ("An MQL needs a better fit: 60 points with engagement",)


LETTER = st.sampled_from([None, 0, 1, 2, 3, 4])
ACTION = st.sampled_from(["demo_request", "newsletter_signup", "webinar_attended", "contact_form"])


@settings(max_examples=80)
@given(
    action=ACTION,
    picks=st.tuples(LETTER, LETTER, LETTER, LETTER),
    fit=st.sampled_from(sorted(FIT)),
    inquiry=st.sampled_from([None, True, False]),
    days=st.integers(0, 90),
)
def test_something_is_wanted_for_an_sql_as_long_as_the_gate_does_not_hold(action, picks, fit, inquiry, days):
    story = Story()
    story.comes_in(form(action, profile=FIT[fit], consent=YES))
    options = {
        letter: question.options[pick].id
        for (letter, question), pick in zip(RULES.questions.items(), picks, strict=True)
        if pick is not None
    }
    story.qualifies("UANA", Call(options, inquiry=inquiry), after(0))
    lead, now = story.now_is, after(0) + timedelta(days=days)
    lines = wanted(lead, score(lead, RULES, now), RULES)
    assert len(lines) <= 2
    assert all(len(line) <= PHONE for line in lines), lines
    if lead.stage is Stage.MQL or (lead.stage is Stage.LEAD and options):
        assert any("SQL" in line for line in lines) is not sql_gate(lead, RULES, now).holds
