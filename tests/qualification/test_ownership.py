"""Claim, back to queue, reassign, snooze, log a touch."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from qualification.errors import Refused
from qualification.events import Kind
from qualification.lead import Profile, Stage
from qualification.ownership import TOUCHES, AlreadyOwned, claim, reassign, release, snooze, take, touch
from qualification.qualify import Call
from qualification.stages import WrongStage, disqualify, nurture, opt_out
from tests.qualification.stories import FIT, RULES, Story, after, form


def fresh(action: str = "demo_request", **more) -> Story:
    story = Story()
    story.comes_in(form(action, **more))
    return story


def closed() -> Story:
    story = fresh()
    story.does(disqualify(story.now_is, "UANA", "no_need", after(0), RULES))
    return story


def nurtured() -> Story:
    story = fresh()
    story.does(nurture(story.now_is, "UANA", after(days=30), after(0)))
    return story


def silenced() -> Story:
    story = fresh("newsletter_signup")
    story.lead = story.now_is.but(permission=story.now_is.permission.__class__(opted_out=True))
    return story


def test_the_first_of_two_reps_gets_the_lead():
    story = fresh()
    story.does(claim(story.now_is, "UANA", after(1)))
    assert (story.now_is.owner, story.now_is.claimed_at, story.now_is.first_claimed_at) == (
        "UANA",
        after(1),
        after(1),
    )
    assert claim(story.now_is, "UANA", after(2)) == []
    with pytest.raises(AlreadyOwned) as refused:
        claim(story.now_is, "UBEN", after(2))
    assert str(refused.value) == "<@UANA> already has L-1042. Message them if you know the account."


def test_the_refusal_names_the_company_where_we_know_it():
    story = fresh(profile=Profile(email="ada@acme.example", company="Acme"))
    story.does(claim(story.now_is, "UANA", after(1)))
    with pytest.raises(AlreadyOwned, match="<@UANA> already has Acme"):
        claim(story.now_is, "UBEN", after(2))


def test_nobody_claims_what_is_closed_or_may_not_be_contacted():
    since = r"is closed: disqualified \(no need\) since 2 Nov 2026\. There is nothing to claim"
    with pytest.raises(WrongStage, match=since):
        claim(closed().now_is, "UANA", after(1))
    with pytest.raises(WrongStage, match="since 1 Nov 2026"):
        claim(closed().now_is, "UANA", after(1), ZoneInfo("Pacific/Midway"))
    with pytest.raises(WrongStage, match="is closed"):
        claim(closed().now_is.but(owner="UANA"), "UANA", after(1))
    with pytest.raises(WrongStage, match="asked not to be contacted"):
        claim(silenced().now_is, "UANA", after(1))


def test_claiming_a_nurtured_lead_takes_it_out_of_nurture():
    story = nurtured()
    story.does(claim(story.now_is, "UBEN", after(5)))
    lead = story.now_is
    assert (lead.stage, lead.owner, lead.reason, lead.until) == (Stage.MQL, "UBEN", "claimed", None)


def test_back_to_the_queue_by_the_owner_or_a_manager():
    story = fresh()
    assert release(story.now_is, "UANA", after(1)) == []
    story.does(claim(story.now_is, "UANA", after(1)))
    with pytest.raises(Refused, match=r"L-1042 is with <@UANA>\. Only they or a manager can put it back"):
        release(story.now_is, "UBEN", after(2))
    assert release(story.now_is, "UMAYA", after(2), by_manager=True)
    story.does(release(story.now_is, "UANA", after(2)))
    lead = story.now_is
    assert (lead.owner, lead.previous_owner, lead.claimed_at, lead.first_claimed_at) == (
        None,
        "UANA",
        None,
        after(1),
    )
    assert (lead.owned[0].start, lead.owned[0].end) == (after(1), after(2))


def test_reassigning_moves_the_lead_and_the_time_it_is_owned():
    story = fresh()
    story.does(claim(story.now_is, "UANA", after(1)))
    story.does(reassign(story.now_is, "UMAYA", "UBEN", after(2)))
    lead = story.now_is
    assert (lead.owner, lead.previous_owner, len(lead.owned)) == ("UBEN", "UANA", 2)
    assert reassign(lead, "UMAYA", "UBEN", after(3)) == []
    with pytest.raises(WrongStage, match=r"closed \(disqualified\), so nobody needs"):
        reassign(closed().now_is, "UMAYA", "UBEN", after(1))
    with pytest.raises(WrongStage, match="asked not"):
        reassign(silenced().now_is, "UMAYA", "UBEN", after(1))


def test_reassigning_a_nurtured_lead_takes_it_out_of_nurture():
    story = nurtured()
    story.does(reassign(story.now_is, "UMAYA", "UBEN", after(5)))
    assert (story.now_is.stage, story.now_is.owner, story.now_is.reason) == (Stage.MQL, "UBEN", "reassigned")


def test_snoozing_keeps_the_owner_and_is_over_by_a_claim():
    story = fresh()
    story.does(snooze(story.now_is, "UANA", after(24), after(1)))
    assert story.now_is.snoozed_until == after(24)
    assert snooze(story.now_is, "UANA", after(24), after(2)) == []
    story.does(claim(story.now_is, "UANA", after(3)))
    assert story.now_is.snoozed_until is None
    with pytest.raises(Refused, match="That time has passed"):
        snooze(story.now_is, "UANA", after(1), after(1))
    with pytest.raises(WrongStage, match=r"not being worked on \(nurture\)"):
        snooze(nurtured().now_is, "UANA", after(24), after(1))


@pytest.mark.parametrize("kind", TOUCHES)
def test_a_touch_claims_accepts_and_counts(kind):
    story = fresh()
    story.does(touch(story.now_is, "UANA", kind, after(1)))
    story.does(touch(story.now_is, "UANA", "mail", after(2)))
    lead = story.now_is
    assert (lead.owner, lead.accepted_at, lead.touches, lead.last_touch) == ("UANA", after(1), 2, "mail")
    assert (lead.first_touch_at, lead.last_touch_at) == (after(1), after(2))


def test_a_touch_by_somebody_else_leaves_the_owner():
    story = fresh()
    story.does(claim(story.now_is, "UANA", after(1)))
    events = touch(story.now_is, "UBEN", "call", after(2), note="fact-1")
    assert [(e.kind, dict(e.data)) for e in events] == [(Kind.TOUCHED, {"kind": "call", "note": "fact-1"})]
    story.facts["fact-1"] = {"text": "Calls back on Friday"}
    story.does(events)
    assert (story.now_is.owner, story.now_is.notes) == ("UANA", "Calls back on Friday")


def test_a_touch_of_a_nurtured_lead_is_only_noted():
    story = nurtured()
    story.does(touch(story.now_is, "UANA", "mail", after(1)))
    lead = story.now_is
    assert (lead.stage, lead.owner, lead.touches, lead.accepted_at) == (Stage.NURTURE, None, 1, None)


def test_what_is_no_touch_is_refused():
    with pytest.raises(
        Refused, match=r"“pigeon” is nothing we log\. Use one of: call, no_answer, mail, meeting"
    ):
        touch(fresh().now_is, "UANA", "pigeon", after(1))
    story = fresh()
    story.does(opt_out(story.now_is, "UANA", after(1)))
    with pytest.raises(WrongStage, match="asked not to be contacted"):
        touch(story.now_is, "UANA", "call", after(2))


def sql() -> Story:
    story = fresh(profile=FIT[30])
    answers = {
        "budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"
    }  # fmt: skip
    story.qualifies("UANA", Call(answers=answers, hand_to="UBEN"), after(1))
    assert story.now_is.stage is Stage.SQL
    return story


def test_the_first_in_sales_takes_an_sql_and_twice_is_once():
    story = sql()
    story.does(take(story.now_is, "UBEN", after(2)))
    assert (story.now_is.owner, story.now_is.taken_by) == ("UBEN", "UBEN")
    assert take(story.now_is, "UBEN", after(3)) == []
    with pytest.raises(Refused, match="<@UBEN> already took L-1042"):
        take(story.now_is, "UMARK", after(3))


def test_only_an_sql_that_may_be_contacted_is_taken():
    with pytest.raises(WrongStage, match="no longer an SQL"):
        take(fresh().now_is, "UBEN", after(1))
    lead = sql().now_is
    with pytest.raises(WrongStage, match="asked not to be contacted"):
        take(lead.but(permission=silenced().now_is.permission), "UBEN", after(2))


def test_what_sales_took_stays_with_sales_when_it_is_reassigned():
    story = sql()
    story.does(take(story.now_is, "UBEN", after(2)))
    story.does(reassign(story.now_is, "UMAYA", "UMARK", after(3)))
    assert (story.now_is.owner, story.now_is.taken_by) == ("UMARK", "UMARK")
