"""What a lead is worth and why: fit, engagement with caps and decay, BANT with claims and contradictions."""

from __future__ import annotations

import pytest

from qualification.definition import parse_definition
from qualification.lead import Activity, Answers, Lead, Letter, Profile, Span, Stage
from qualification.ownership import claim
from qualification.qualify import Call
from qualification.scoring import (
    asked_at,
    bant,
    cooling,
    engagement,
    first_mql_moment,
    fit,
    is_direct_inquiry,
    letter_points,
    score,
    size_fit,
    title_fit,
)
from qualification.stages import won
from tests.qualification.stories import FIT, MONDAY, RULES, YAML, Story, after, form


def did(*actions: tuple[str, float], **more) -> Lead:
    """A lead that did these actions, each so many days after Monday."""
    activities = tuple(Activity(name, after(days=days)) for name, days in actions)
    return Lead(1042, MONDAY, MONDAY, activities=activities, **more)


@pytest.mark.parametrize(
    ("title", "points", "text"),
    [
        ("CEO", 12, "Title: executive or VP"),
        ("VP Engineering", 12, "Title: executive or VP"),
        ("Geschäftsführerin", 12, "Title: executive or VP"),
        ("Head of Sales", 10, "Title: head or director"),
        ("Director, IT", 10, "Title: head or director"),
        ("Product Manager", 7, "Title: manager"),
        ("Product Owner", 7, "Title: manager"),
        ("Assistant to the CEO", 3, "Title: individual"),
        ("Software Engineer", 3, "Title: individual"),
        ("Student", 3, "Title: student"),
        ("International relations", 6, "Title not placed"),
        ("Captain", 6, "Title not placed"),
        ("", 6, "Title unknown"),
        (None, 6, "Title unknown"),
    ],
)
def test_titles_by_rank(title, points, text):
    reason = title_fit(title, RULES)
    assert (reason.points, reason.text) == (points, text)


@pytest.mark.parametrize(
    ("employees", "points"),
    [(None, 5), (1, 3), (9, 3), (10, 7), (49, 7), (50, 10), (500, 10), (501, 7), (2000, 7), (2001, 3)],
)
def test_company_sizes(employees, points):
    assert size_fit(employees, RULES).points == points


def test_unknown_is_not_no():
    assert fit(Profile(), RULES)[0] == 15
    assert fit(FIT[30], RULES)[0] == 30
    named = {r.text for r in fit(Profile(industry="Fishing", country="BR", employees=3), RULES)[1]}
    assert named >= {
        "Industry outside our list",
        "Country outside our list",
        "3 people, outside our usual size",
    }


def test_lists_are_read_without_caring_for_case_and_space():
    assert fit(Profile(industry=" Software ", country="de"), RULES)[0] == 15 + 4


def test_free_mail_costs_four():
    assert fit(Profile(email="ada@gmail.com"), RULES)[0] == 11
    assert fit(Profile(email="no address"), RULES)[0] == 15


def test_a_gloomy_profile_is_worth_something_still():
    worst = Profile("a@web.de", title="Clerk", employees=1, industry="fishing", country="BR")
    assert fit(worst, RULES)[0] == 2


def test_reading_the_blog_for_a_week_is_worth_five():
    often = did(*[("blog_page", day / 10) for day in range(9)])
    points, reasons = engagement(often, RULES, after(days=1))
    assert points == 5
    assert [(r.points, r.text) for r in reasons] == [(5, "Read the blog")]


def test_points_halve_every_thirty_days():
    lead = did(("referral", 0))
    assert [engagement(lead, RULES, after(days=days))[0] for days in (0, 30, 60, 90)] == [20, 10, 5, 3]


def test_what_comes_later_does_not_count_yet():
    lead = did(("referral", 0), ("chat", 2))
    assert engagement(lead, RULES, after(days=1))[0] == 20


def test_engagement_stays_between_0_and_30():
    assert engagement(did(("demo_request", 0), ("free_trial", 0)), RULES, MONDAY)[0] == 30
    points, reasons = engagement(did(("unsubscribe", 0), ("chat", 0)), RULES, MONDAY)
    assert (points, len(reasons)) == (0, 2)


def test_an_unknown_action_is_said_and_not_scored():
    points, reasons = engagement(did(("moon_landing", 0), ("email_open", 0)), RULES, MONDAY)
    assert (points, [r.text for r in reasons]) == (0, ["Unknown action “moon_landing”, not scored"])


def test_an_inquiry_holds_while_somebody_works_on_it_but_not_for_ever():
    held = did(("demo_request", 0), owned=(Span(MONDAY),))
    alone = did(("demo_request", 0))
    assert engagement(held, RULES, after(days=30))[0] == 30
    assert engagement(held, RULES, after(days=60))[0] == 15
    assert engagement(alone, RULES, after(days=30))[0] == 15


def test_only_the_time_with_an_owner_holds():
    ten_of_thirty = did(("demo_request", 0), owned=(Span(after(days=-5), after(days=10)),))
    assert engagement(ten_of_thirty, RULES, after(days=40))[0] == 15


def test_a_trial_decays_also_with_an_owner():
    assert engagement(did(("free_trial", 0), owned=(Span(MONDAY),)), RULES, after(days=30))[0] == 13


def test_an_answer_counts_in_full_a_claim_half_and_a_contradiction_shows_both():
    confirmed = letter_points("budget", Letter(confirmed="approved"), RULES)
    claimed = letter_points("budget", Letter(claimed="approved"), RULES)
    agreed = letter_points("budget", Letter("approved", "approved"), RULES)
    contradicted = letter_points("budget", Letter("approved", "none"), RULES)
    assert confirmed and claimed and agreed and contradicted
    assert (confirmed.points, confirmed.text) == (10, "Budget: approved and in range")
    assert (claimed.points, claimed.text) == (5, "Budget: they said approved and in range")
    assert agreed == confirmed
    assert (contradicted.points, contradicted.text) == (
        0,
        "Budget: none (they said: approved and in range)",
    )
    assert letter_points("budget", Letter(), RULES) is None


def test_a_half_point_rounds_up_once():
    claims = Answers(authority=Letter("one_away"), need=Letter("clear_pain"), timeline=Letter("this_quarter"))
    assert bant(claims, RULES)[0] == 14


def test_an_answer_the_definition_no_longer_has_is_not_known():
    lead = did(("demo_request", 0), answers=Answers(budget=Letter(confirmed="barter")))
    shown = score(lead, RULES, MONDAY)
    assert (shown.letters_known, shown.bant) == (0, 0)


def test_a_reps_word_on_the_inquiry_wins():
    asked, quiet = did(("demo_request", 0)), did(("newsletter_signup", 0))
    assert is_direct_inquiry(asked, RULES)
    assert not is_direct_inquiry(quiet, RULES)
    assert not is_direct_inquiry(asked.but(inquiry=False), RULES)
    assert is_direct_inquiry(quiet.but(inquiry=True), RULES)
    assert (asked_at(asked, RULES), asked_at(quiet, RULES)) == (MONDAY, None)


def test_an_inquiry_that_a_rep_withdraws_takes_its_points_with_it():
    story = Story()
    story.comes_in(form("newsletter_signup"))
    story.qualifies("UANA", Call(inquiry=True), after(hours=1))
    assert engagement(story.now_is, RULES, after(hours=1))[0] == 30
    assert story.now_is.stage is Stage.MQL
    story.qualifies("UANA", Call(inquiry=True, notes="yes"), after(days=1))
    assert story.now_is.inquiry_at == after(hours=1), "it was recorded the first time"
    story.qualifies("UANA", Call(inquiry=False), after(days=2))
    assert (engagement(story.now_is, RULES, after(days=2))[0], story.now_is.inquiry_at) == (5, None)


def test_nobody_is_an_mql_before_they_are_a_lead():
    lead = did(("pricing_page", -3), ("product_video", -3), ("pricing_page", -3), ("newsletter_signup", 0))
    assert first_mql_moment(lead, RULES) == MONDAY


def test_a_title_learned_later_can_make_the_mql():
    story = Story()
    story.comes_in(form("webinar_attended"))
    story.qualifies("UANA", Call(title="CEO", employees=100), after(hours=1))
    assert (story.now_is.stage, story.now_is.mql_at) == (Stage.MQL, after(hours=1))


def test_an_mql_that_decays_under_the_threshold_is_cooling_and_stays_an_mql():
    story = Story()
    story.comes_in(form("demo_request"))
    lead = story.now_is
    assert [cooling(lead, RULES, after(days=days)) for days in (0, 10, 60)] == [False, False, True]
    assert lead.stage is Stage.MQL


def test_who_came_by_the_fast_lane_alone_never_crossed_and_does_not_cool():
    poor = parse_definition(YAML.replace("mql: {score: 35", "mql: {score: 50"))
    story = Story(poor)
    story.comes_in(form("demo_request"))
    assert story.now_is.stage is Stage.MQL
    assert not cooling(story.now_is, poor, after(days=60))


def test_an_sql_cools_too_and_a_closed_lead_does_not():
    answers = {
        "budget": "findable",
        "authority": "one_away",
        "need": "clear_pain",
        "timeline": "this_quarter",
    }
    story = Story()
    story.comes_in(form("demo_request"))
    story.does(claim(story.now_is, "UANA", after(hours=1)))
    story.qualifies("UANA", Call(answers), after(hours=2))
    assert story.now_is.stage is Stage.SQL
    assert [cooling(story.now_is, RULES, after(days=days)) for days in (1, 60)] == [False, True]
    story.does(won(story.now_is, "UANA", None, after(days=3)))
    assert not cooling(story.now_is, RULES, after(days=60))
