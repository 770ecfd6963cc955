"""Design §4: the worked rows, each told as it happens, with its total and its verdict in words."""

from __future__ import annotations

import pytest

from qualification.gate import sql_gate
from qualification.lead import Stage
from qualification.qualify import Call
from qualification.scoring import score
from tests.qualification.stories import FIT, RULES, Story, after, form

GOOD = {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"}
THREE_NINES = {k: GOOD[k] for k in ("authority", "need", "timeline")}
NO_BUDGET = {
    "budget": "none",
    "authority": "signs",
    "need": "known",
    "timeline": "six_to_twelve_months",
}
BELOW_FLOOR = {**NO_BUDGET, "budget": "below_floor", "need": "curious"}


@pytest.mark.parametrize(
    ("fit", "answers", "total", "missing"),
    [
        (15, GOOD, 78, ()),
        (20, THREE_NINES, 77, ()),
        (30, NO_BUDGET, 76, ("BANT points 16, 20 needed", "Budget is “none”")),
        (
            30,
            BELOW_FLOOR,
            75,
            ("BANT points 15, 20 needed", "Budget is “below our floor”", "Need is “curious”"),
        ),
    ],
)
def test_a_demo_request_and_a_call(fit, answers, total, missing):
    story = Story()
    story.comes_in(form("demo_request", profile=FIT[fit]))
    story.qualifies("UANA", Call(answers), after(0))

    shown = score(story.now_is, RULES, after(0))
    assert (shown.fit, shown.engagement, shown.total) == (fit, 30, total)
    assert sql_gate(story.now_is, RULES, after(0)).missing == missing
    assert story.now_is.stage is (Stage.MQL if missing else Stage.SQL)
    assert story.now_is.approved_by == (None if missing else "UANA")


def test_a_rep_may_record_the_inquiry_of_somebody_we_called_first():
    story = Story()
    story.comes_in(form("event_badge", at=after(days=-400), profile=FIT[20]))
    story.qualifies("UANA", Call(GOOD, inquiry=True), after(0))

    shown = score(story.now_is, RULES, after(0))
    assert (shown.fit, shown.engagement, shown.bant, shown.total) == (20, 30, 33, 83)
    assert story.now_is.stage is Stage.SQL


def test_without_the_inquiry_the_same_call_is_no_sql():
    story = Story()
    story.comes_in(form("event_badge", at=after(days=-400), profile=FIT[20]))
    story.qualifies("UANA", Call(GOOD), after(0))

    assert sql_gate(story.now_is, RULES, after(0)).missing == (
        "Score 53 of 75: 22 short",
        "No direct inquiry: did they ask for a demo, price, quote or call?",
    )
    assert story.now_is.stage is Stage.LEAD


def test_fit_alone_makes_no_mql():
    story = Story()
    story.comes_in(form("newsletter_signup", profile=FIT[30]))

    shown = score(story.now_is, RULES, after(0))
    assert (shown.total, shown.engagement, story.now_is.stage) == (35, 5, Stage.LEAD)


def test_half_fit_and_two_actions_make_an_mql():
    story = Story()
    story.comes_in(form("webinar_attended"))
    assert story.now_is.stage is Stage.LEAD
    story.comes_in(form("content_download", at=after(hours=1)))

    shown = score(story.now_is, RULES, after(hours=1))
    assert (shown.total, shown.engagement, story.now_is.stage) == (40, 25, Stage.MQL)
    assert story.now_is.mql_at == after(hours=1)


def test_a_message_puts_the_short_contact_form_on_the_fast_lane():
    silent, asking = Story(), Story()
    silent.comes_in(form("contact_form", consent=None))
    asking.comes_in(form("contact_form", consent=None, message="Do you deliver to Linz?"))

    assert score(asking.now_is, RULES, after(0)).total == 35
    assert asking.now_is.stage is Stage.MQL
    assert silent.now_is.stage is Stage.MQL, "15 + 20 is 35 anyway"
    assert asking.now_is.claim_due == after(hours=5 / 60)
    assert silent.now_is.claim_due == after(hours=1)
