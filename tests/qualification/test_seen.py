"""A lead as the screens show it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from qualification.lead import Stage
from qualification.qualify import Call
from qualification.seen import see
from qualification.stages import opt_out
from tests.qualification.stories import FIT, MONDAY, RULES, Story, after, form

BERLIN = ZoneInfo("Europe/Berlin")
ALL = {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"}


def fresh(action: str = "demo_request", **more) -> Story:
    story = Story()
    story.comes_in(form(action, **more))
    return story


def test_what_the_card_shows_of_a_demo_request():
    seen = see(fresh().now_is, RULES, MONDAY, BERLIN)
    assert (seen.asked_for, seen.asked_at, seen.inquiry, seen.open) == (
        "Asked for a demo",
        MONDAY,
        True,
        True,
    )
    assert (seen.score.total, seen.ready, seen.cooling) == (45, False, False)


def test_it_names_the_best_of_what_they_did():
    story = fresh("chat")
    story.comes_in(form("newsletter_signup", at=after(1)))
    assert see(story.now_is, RULES, after(1), BERLIN).asked_for == "Chatted with us"
    story.lead = story.now_is.but(activities=())
    assert see(story.now_is, RULES, after(1), BERLIN).asked_for == "Came in"


def test_a_gate_that_comes_to_hold_by_itself_is_ready_for_qualify():
    story = fresh("event_badge", profile=FIT[20])
    story.qualifies("UANA", Call(ALL), after(1))
    assert not see(story.now_is, RULES, after(1), BERLIN).ready
    story.comes_in(form(at=after(2)))
    assert see(story.now_is, RULES, after(2), BERLIN).ready
    assert story.now_is.stage is Stage.MQL, "only a saved Qualify hands over"
    story.qualifies("UANA", Call(ALL), after(3))
    assert story.now_is.stage is Stage.SQL
    assert not see(story.now_is, RULES, after(3), BERLIN).ready


def test_nobody_works_on_an_opted_out_lead():
    story = fresh()
    story.does(opt_out(story.now_is, "UANA", after(1)))
    assert not see(story.now_is, RULES, after(1), BERLIN).open


def test_who_got_a_lead_from_somebody_else_has_not_been_in_touch_yet():
    story = fresh()
    assert not see(story.now_is, RULES, MONDAY, BERLIN).contacted
    lead = story.now_is.but(owner="UANA", claimed_at=MONDAY)
    touched = lead.but(last_touch_at=MONDAY + timedelta(hours=1))
    qualified = lead.but(qualified_at=MONDAY + timedelta(hours=1))
    taken = qualified.but(owner="UBEN", claimed_at=MONDAY + timedelta(hours=2))
    contacted = [see(one, RULES, MONDAY, BERLIN).contacted for one in (lead, touched, qualified, taken)]
    assert contacted == [False, True, True, False]
