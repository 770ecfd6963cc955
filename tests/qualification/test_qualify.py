"""The Qualify dialog: what it saves, what it would do, and when it hands over."""

from __future__ import annotations

import pytest

from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.lead import Profile, Stage
from qualification.qualify import Call, call_facts, known_call, preview, save_call
from qualification.stages import WrongStage, lost, nurture, opt_out
from tests.qualification.stories import RULES, Story, after, form

ALL = {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"}
GOOD = Call(ALL, next_step="Send the offer", next_step_at=after(days=2), hand_to="UMARK", notes="Likes it")


def fresh(action: str = "demo_request") -> Story:
    story = Story()
    story.comes_in(form(action))
    return story


def test_saving_hands_over_while_the_gate_holds():
    story = fresh()
    events = story.qualifies("UANA", GOOD, after(1))
    assert [e.kind for e in events] == [Kind.CLAIMED, Kind.ANSWERED, Kind.STAGE]
    lead = story.now_is
    assert (lead.stage, lead.sql_at, lead.approved_by, lead.handed_to) == (
        Stage.SQL,
        after(1),
        "UANA",
        "UMARK",
    )
    assert (lead.notes, lead.next_step, lead.next_step_at) == ("Likes it", "Send the offer", after(days=2))
    assert (lead.owner, lead.accepted_at, lead.qualified_at) == ("UANA", after(1), after(1))


def test_two_letters_are_fine_and_the_rest_can_follow():
    story = fresh()
    story.qualifies("UANA", Call({"need": "clear_pain", "budget": "findable"}), after(1))
    assert story.now_is.stage is Stage.MQL
    story.qualifies("UANA", Call(ALL), after(2))
    assert story.now_is.stage is Stage.SQL


def test_a_letter_can_be_taken_back_to_not_asked_yet():
    story = fresh()
    story.qualifies("UANA", Call({"need": "clear_pain", "budget": "findable"}), after(1))
    story.qualifies("UANA", Call({"need": "clear_pain"}), after(2))
    assert story.now_is.answers.budget.confirmed is None
    assert story.now_is.answers.need.confirmed == "clear_pain"


def test_saving_the_same_twice_changes_nothing():
    story = fresh()
    call = Call({"need": "clear_pain"}, notes="hm")
    assert story.qualifies("UANA", call, after(1))
    assert story.qualifies("UANA", call, after(2)) == []
    assert story.qualifies("UANA", Call(), after(3)), "taking the answer back is a change"


def test_an_empty_dialog_saved_is_no_contact_and_at_most_a_claim():
    story = fresh()
    story.qualifies("UANA", Call(), after(1))
    assert (story.now_is.owner, story.now_is.accepted_at, story.now_is.qualified_at) == ("UANA", None, None)
    assert story.qualifies("UANA", Call(), after(2)) == []
    story.qualifies("UANA", Call(notes="Spoke to her, calls back on Monday"), after(3))
    assert (story.now_is.accepted_at, story.now_is.qualified_at) == (after(3), after(3))


def test_title_and_size_are_details_and_only_when_new():
    story = fresh()
    story.qualifies("UANA", Call(title="CTO", employees=80), after(1))
    assert (story.now_is.profile.title, story.now_is.profile.employees) == ("CTO", 80)
    assert call_facts(story.now_is, Call(title="CTO", employees=80, notes=""), after(2), lambda: "id") == []


def test_notes_can_be_emptied():
    story = fresh()
    story.qualifies("UANA", Call(notes="Wrong lead!"), after(1))
    story.qualifies("UANA", Call(notes=""), after(2))
    assert story.now_is.notes == ""


def test_the_next_steps_date_can_be_taken_out():
    story = fresh()
    story.qualifies("UANA", Call(next_step_at=after(9)), after(1))
    story.qualifies("UANA", Call(), after(2))
    assert story.now_is.next_step_at is None


def test_qualifying_a_nurtured_lead_brings_it_back():
    story = fresh()
    story.does(nurture(story.now_is, "UANA", after(days=30), after(1)))
    story.qualifies("UBEN", GOOD, after(days=10))
    assert (story.now_is.stage, story.now_is.owner) == (Stage.MQL, "UBEN"), "points decayed in between"
    assert story.now_is.reason == "qualified"


def test_an_sql_stays_one_when_its_dialog_is_saved_again():
    story = fresh()
    story.qualifies("UANA", GOOD, after(1))
    events = story.qualifies("UANA", Call({**ALL, "budget": "none"}), after(2))
    assert (story.now_is.stage, [e.kind for e in events]) == (Stage.SQL, [Kind.ANSWERED])


def test_closed_and_silent_leads_are_refused():
    story = fresh()
    story.qualifies("UANA", GOOD, after(1))
    story.does(lost(story.now_is, "UANA", "price", after(2), RULES))
    with pytest.raises(WrongStage, match=r"L-1042 is closed \(lost\)\. A new direct inquiry opens it again"):
        save_call(story.now_is, "UANA", GOOD, after(3), RULES, [])
    silent = fresh()
    silent.lead = silent.now_is.but(permission=silent.now_is.permission.__class__(opted_out=True))
    with pytest.raises(Refused, match="asked not to be contacted, so it can't be qualified"):
        save_call(silent.now_is, "UANA", GOOD, after(3), RULES, [])
    gone = fresh()
    gone.does(opt_out(gone.now_is, "UANA", after(1)))
    with pytest.raises(WrongStage):
        save_call(gone.now_is, "UANA", GOOD, after(3), RULES, [])


@pytest.mark.parametrize("answers", [{"budget": "barter"}, {"mood": "good"}])
def test_a_dialog_of_an_older_definition_is_refused(answers):
    with pytest.raises(Refused, match="made under an older definition"):
        save_call(fresh().now_is, "UANA", Call(answers), after(3), RULES, [])


def test_the_preview_shows_what_saving_would_do_and_saves_nothing():
    story = fresh("newsletter_signup")
    before = story.now_is
    nothing = preview(before, "UANA", Call(), after(1), RULES)
    assert (nothing.would_be, nothing.gate.holds, nothing.score.total) == (Stage.LEAD, False, 20)
    asked = preview(before, "UANA", Call(inquiry=True, title="CEO"), after(1), RULES)
    assert (asked.would_be, asked.score.total, asked.gate.holds) == (Stage.MQL, 51, False)
    full = preview(before, "UANA", Call(ALL, inquiry=True, notes="x"), after(1), RULES)
    assert (full.would_be, full.gate.missing, full.score.total) == (Stage.SQL, (), 78)
    assert story.now_is == before


def test_what_the_preview_promises_saving_keeps():
    for call in (
        Call(),
        GOOD,
        Call(ALL, inquiry=True),
        Call(title="CEO"),
        Call({"need": "none"}, inquiry=False),
    ):
        for action in ("newsletter_signup", "demo_request", "webinar_attended"):
            story = fresh(action)
            promised = preview(story.now_is, "UANA", call, after(1), RULES)
            story.qualifies("UANA", call, after(1))
            assert story.now_is.stage is promised.would_be


def test_free_text_and_details_are_facts_not_events():
    story = fresh()
    events = story.qualifies(
        "UANA", Call(ALL, title="Zwölfender", notes="geheim", next_step="anrufen"), after(1)
    )
    said = repr([e.data for e in events])
    assert not any(word in said for word in ("Zwölfender", "geheim", "anrufen"))


def test_an_answer_from_before_next_steps_had_dates_keeps_the_date():
    story = fresh()
    story.qualifies("UANA", Call(next_step_at=after(9)), after(1))
    story.does([Event(Kind.ANSWERED, after(2), "UANA", {"answers": {"need": "known"}})])
    assert (story.now_is.next_step_at, story.now_is.answers.need.confirmed) == (after(9), "known")
    assert story.now_is.profile == Profile(email="ada@acme.example", first_name="Ada", last_name="L")


def test_the_dialog_opens_with_what_a_rep_confirmed_and_not_with_what_a_form_claimed():
    story = Story()
    story.comes_in(form("demo_request", claims={"budget": "approved"}))
    story.qualifies("UANA", Call({"need": "clear_pain"}, inquiry=True, notes="hm", hand_to="UMARK"), after(1))

    opened = known_call(story.now_is)
    assert (opened.answers, opened.inquiry, opened.notes) == ({"need": "clear_pain"}, True, "hm")
    assert story.qualifies("UANA", opened, after(2)) == [], "saving it as it opened changes nothing"
