"""Undo: ten minutes, one's own step, while nothing rests on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qualification.errors import Refused
from qualification.events import CLOCK, Event, Kind
from qualification.history import fold
from qualification.lead import Lead, Stage
from qualification.money import Money
from qualification.ownership import claim, reassign, release, snooze, touch
from qualification.qualify import Call
from qualification.stages import come_back, disqualify, lost, nurture, promote, send_back, won
from qualification.undo import undo
from tests.qualification.stories import RULES, Story, after, form

SOON = timedelta(minutes=5)
FIVE_PAST = after(1) + SOON
ALL = {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"}


def fresh(action: str = "demo_request") -> Story:
    story = Story()
    story.comes_in(form(action))
    return story


def sql() -> Story:
    story = fresh()
    story.qualifies("UANA", Call(ALL), after(0), "earlier")
    return story


def undone(story: Story, step: str = "step", who: str = "UANA", now=FIVE_PAST) -> Lead:
    event = undo(story.events, step, who, now)
    assert event is not None
    story.events.append(Event(event.kind, event.at, event.actor, event.data, step="undo-" + step))
    folded = fold(story.events, story.facts)
    assert folded is not None
    story.lead = folded
    return folded


STEPS = {
    "claim": (fresh, lambda lead: claim(lead, "UANA", after(1))),
    "log": (fresh, lambda lead: touch(lead, "UANA", "call", after(1))),
    "snooze": (fresh, lambda lead: snooze(lead, "UANA", after(9), after(1))),
    "reassign": (sql, lambda lead: reassign(lead, "UANA", "UBEN", after(1))),
    "release": (sql, lambda lead: release(lead, "UANA", after(1))),
    "nurture": (sql, lambda lead: nurture(lead, "UANA", after(99), after(1))),
    "disqualify": (sql, lambda lead: disqualify(lead, "UANA", "spam", after(1), RULES)),
    "won": (sql, lambda lead: won(lead, "UANA", Money(500, "EUR"), after(1))),
    "lost": (sql, lambda lead: lost(lead, "UANA", "price", after(1), RULES)),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_taken_back_leaves_the_lead_as_it_was(name):
    start, act = STEPS[name]
    story = start()
    before = story.now_is
    story.does(act(before), "step")
    assert story.now_is.but(revision=0) != before.but(revision=0)

    after_undo = undone(story)
    assert after_undo.but(revision=before.revision) == before
    assert after_undo.revision == len(story.events)


def test_save_and_hand_over_is_one_step():
    story = fresh("event_badge")
    before = story.now_is
    story.qualifies("UANA", Call(ALL, inquiry=True, title="CEO", notes="x", next_step="y"), after(1), "step")
    assert story.now_is.stage is Stage.SQL
    assert undone(story).but(revision=before.revision) == before


def test_what_came_in_since_is_kept():
    story = fresh()
    story.does(disqualify(story.now_is, "UANA", "no_need", after(1), RULES), "step")
    story.comes_in(form("webinar_signup", at=after(1)))
    lead = undone(story)
    assert (lead.stage, len(lead.activities)) == (Stage.MQL, 2)


def test_the_rules_look_again_after_an_undo():
    story = fresh("newsletter_signup")
    story.does(nurture(story.now_is, "UANA", after(99), after(1)), "step")
    story.comes_in(form("referral", at=after(1)))
    assert story.now_is.stage is Stage.NURTURE
    lead = undone(story)
    assert lead.stage is Stage.LEAD
    story.does(promote(lead, RULES))
    assert (story.now_is.stage, story.now_is.mql_at) == (Stage.MQL, after(1))


def test_twice_does_it_once():
    story = fresh()
    story.does(claim(story.now_is, "UANA", after(1)), "step")
    undone(story)
    assert undo(story.events, "step", "UANA", after(1) + SOON) is None
    assert undo(story.events, "step", "UANA", after(99)) is None


def test_only_who_did_it():
    story = fresh()
    story.does(claim(story.now_is, "UANA", after(1)), "step")
    with pytest.raises(Refused, match=r"^<@UANA> did this, so only they can undo it"):
        undo(story.events, "step", "UBEN", after(1))


def test_only_for_ten_minutes():
    story = fresh()
    story.does(claim(story.now_is, "UANA", after(1)), "step")
    assert undo(story.events, "step", "UANA", after(1) + timedelta(minutes=10))
    with pytest.raises(Refused, match="ten minutes, and they are over"):
        undo(story.events, "step", "UANA", after(1) + timedelta(minutes=10, seconds=1))


def test_only_what_was_done():
    with pytest.raises(Refused, match="nothing to undo"):
        undo(fresh().events, "step", "UANA", after(1))


def test_not_once_somebody_built_upon_it():
    story = fresh()
    story.does(claim(story.now_is, "UANA", after(1)), "step")
    story.does(touch(story.now_is, "UBEN", "call", after(1)), "later")
    with pytest.raises(Refused, match=r"^<@UBEN> has changed L-1042 since"):
        undo(story.events, "step", "UANA", after(1))


def test_but_what_was_built_and_taken_back_is_no_hindrance():
    story = fresh()
    before = story.now_is
    story.does(claim(story.now_is, "UANA", after(1)), "step")
    story.does(touch(story.now_is, "UBEN", "call", after(1)), "later")
    undone(story, "later", "UBEN")
    assert undone(story).but(revision=before.revision) == before


def test_not_once_the_lead_asked_again():
    story = fresh()
    story.does(disqualify(story.now_is, "UANA", "no_need", after(1), RULES), "step")
    story.comes_in(form("call_request", at=after(1) + SOON))
    assert story.now_is.stage is Stage.MQL
    with pytest.raises(Refused, match="L-1042 has moved on by itself since"):
        undo(story.events, "step", "UANA", after(1) + SOON)


def test_not_once_its_date_came():
    story = fresh()
    story.does(nurture(story.now_is, "UANA", after(1) + SOON / 2, after(1)), "step")
    story.does(come_back(story.now_is, CLOCK, after(1) + SOON))
    with pytest.raises(Refused, match="by itself"):
        undo(story.events, "step", "UANA", after(1) + SOON)


def test_a_claim_can_go_although_the_lead_became_an_mql_meanwhile():
    story = fresh("newsletter_signup")
    story.does(claim(story.now_is, "UANA", after(1)), "step")
    story.comes_in(form(at=after(1)))
    lead = undone(story)
    assert (lead.stage, lead.owner, lead.owned) == (Stage.MQL, None, ())


@pytest.mark.parametrize(
    "act",
    [
        lambda lead: send_back(lead, "UANA", "fact-9", after(1)),
        lambda lead: disqualify(lead, "UANA", "opted_out", after(1), RULES),
        lambda lead: [Event(Kind.TAKEN, after(1), "UANA")],
    ],
)
def test_some_things_are_not_taken_back(act):
    story = sql()
    story.does(act(story.now_is), "step")
    with pytest.raises(Refused, match=r"This can't be undone\. Open L-1042"):
        undo(story.events, "step", "UANA", after(1))


def test_taking_an_sql_gives_it_to_whoever_takes_it():
    story = sql()
    story.does([Event(Kind.TAKEN, after(1), "UBEN")])
    assert (story.now_is.owner, story.now_is.taken_by) == ("UBEN", "UBEN")
