"""Something comes in: a lead, a further touch, the same again, a visitor, or nothing we may keep."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from qualification.arrival import too_far_ahead
from qualification.events import Event, Kind
from qualification.history import apply, fold
from qualification.lead import Permission, Profile, Stage
from qualification.ownership import claim
from qualification.past import Past
from qualification.permission import Allowed, Consent, rule_on_permission
from qualification.scoring import engagement, score
from tests.qualification.stories import MONDAY, NAMED, RULES, YES, Story, after, form

NO = Consent(granted=False)
NOBODY = Profile(first_name="Ada")


def test_a_demo_request_makes_a_lead_an_mql_and_starts_five_minutes():
    story = Story()
    arrival = story.comes_in(
        form(
            consent=None,
            message="By March",
            source="linkedin",
            campaign="spring",
            variant="B",
            captured_by="web",
        )
    )
    lead = story.now_is
    assert (arrival.status, lead.name, lead.stage, lead.mql_at) == ("created", "L-1042", Stage.MQL, MONDAY)
    assert (lead.source, lead.campaign, lead.variant, lead.captured_by) == ("linkedin", "spring", "B", "web")
    assert (lead.message, lead.message_at, lead.profile) == ("By March", MONDAY, NAMED)
    assert lead.permission == Permission(contact=True, basis="their request")
    assert lead.claim_due == MONDAY + timedelta(minutes=5)
    assert lead.revision == len(story.events) == 5


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (form(profile=NOBODY), "No contact data: a lead needs an e-mail address or a phone number"),
        (form("pricing_page"), "Saw the pricing page: that alone makes no lead"),
        (form("moon_landing"), "“moon_landing” is no action we know"),
        (form(consent=NO), "They did not give permission to contact them"),
    ],
)
def test_visitors_are_not_leads(new, why):
    arrival = Story().comes_in(new)
    assert (arrival.status, arrival.lead, arrival.events) == ("not_a_lead", None, ())
    assert arrival.reasons == (why,)


def test_without_a_word_on_permission_it_waits():
    story = Story()
    arrival = story.comes_in(form("webinar_signup", consent=None))
    assert (arrival.status, arrival.lead) == ("waiting", None)
    assert arrival.reasons == ("Waiting for permission: it is kept 7 days until they give it",)
    marketing_only = Consent(granted=True, purposes=("marketing",))
    assert story.comes_in(form("webinar_signup", consent=marketing_only)).status == "waiting"


def test_what_they_gave_once_holds_for_the_next_touch():
    story = Story()
    story.comes_in(form("demo_request", consent=None))
    assert story.comes_in(form("webinar_signup", at=after(days=1), consent=None)).status == "updated"
    assert Kind.PERMISSION not in {e.kind for e in story.events[5:]}, "nothing new about permission"


def test_the_same_form_twice_is_one_touch():
    story = Story()
    story.comes_in(form())
    arrival = story.comes_in(form(), now=after(hours=1))
    assert (arrival.status, arrival.events, arrival.lead) == ("duplicate", (), story.now_is)


def test_an_action_with_a_strange_name_is_kept_and_its_text_stays_personal():
    story = Story()
    story.comes_in(form())
    arrival = story.comes_in(form("Ada said: call +49 30 901820", at=after(hours=1)))
    assert arrival.status == "updated"
    assert arrival.reasons == ("“Ada said: call +49 30 901820” is no action we know: kept, not scored",)
    assert [a.action for a in story.now_is.activities] == ["demo_request", "other"]
    assert dict(story.now_is.extra) == {"action": "Ada said: call +49 30 901820"}
    assert story.comes_in(form("Ada said: no", at=after(hours=1))).status == "duplicate"


def test_a_plain_unknown_action_keeps_its_name():
    story = Story()
    story.comes_in(form())
    story.comes_in(form("moon_landing", at=after(hours=1), extra={"crater": "Tycho"}))
    assert story.now_is.activities[-1].action == "moon_landing"
    assert story.now_is.extra == (("crater", "Tycho"),)
    assert "Unknown action “moon_landing”, not scored" in [
        r.text for r in engagement(story.now_is, RULES, after(hours=2))[1]
    ]


def test_an_address_is_no_name_of_a_channel():
    story = Story()
    story.comes_in(
        form(source="ada@acme.example", campaign="b@b.example", variant="c@c", captured_by="d@d.example")
    )
    lead = story.now_is
    assert (lead.source, lead.campaign, lead.variant, lead.captured_by) == ("unknown", None, None, "")
    assert {event.actor for event in story.events} == {"intake", "rule"}


def test_somebody_we_know_takes_permission_back():
    story = Story()
    story.comes_in(form())
    arrival = story.comes_in(form("newsletter_signup", at=after(days=1), consent=NO))
    lead = story.now_is
    assert (arrival.status, lead.stage, lead.reason) == ("updated", Stage.DISQUALIFIED, "opted_out")
    assert (lead.permission.contact, lead.permission.opted_out) == (False, True)
    again = story.comes_in(form("newsletter_signup", at=after(days=2), consent=NO))
    assert (again.status, again.events, again.lead) == ("updated", (), lead)


def test_after_an_opt_out_a_form_is_kept_and_changes_nothing():
    story = Story()
    story.comes_in(form())
    story.comes_in(form("newsletter_signup", at=after(days=1), consent=NO))
    arrival = story.comes_in(form("call_request", at=after(days=2), consent=YES))
    assert arrival.reasons == ("They asked not to be contacted: kept, but nobody may call or write",)
    assert (story.now_is.stage, story.now_is.permission.contact) == (Stage.DISQUALIFIED, False)
    assert len(story.now_is.activities) == 2


def test_what_was_observed_scores_only_with_permission_to_profile():
    story = Story()
    story.comes_in(form("newsletter_signup", consent=Consent(granted=True)))
    story.comes_in(form("pricing_page", at=after(hours=1), consent=None))
    assert engagement(story.now_is, RULES, after(hours=1))[0] == 5
    story.comes_in(form("pricing_page", at=after(hours=2), consent=YES))
    assert engagement(story.now_is, RULES, after(hours=2))[0] == 15
    assert [a.counts for a in story.now_is.activities] == [True, False, True]


def test_permission_is_proven_by_wording_and_time():
    story = Story()
    story.comes_in(form(consent=Consent(True, ("contact",), "2026-05", after(hours=-1), "on the phone")))
    event = next(e for e in story.events if e.kind is Kind.PERMISSION)
    assert (event.at, event.data["text_version"]) == (after(hours=-1), "2026-05")
    assert story.now_is.permission.basis == "on the phone"


def test_what_was_typed_about_permission_stands_in_no_event():
    typed = "Ada said so, +49 30 901820"
    story = Story()
    arrival = story.comes_in(form(consent=Consent(True, ("contact",), "Ada's own wording", None, typed)))
    events = json.dumps([dict(event.data) for event in arrival.events])
    assert "901820" not in events
    assert "wording" not in events
    assert story.now_is.permission.basis == typed, "the words are shown as long as we keep them"

    told_nothing = fold(arrival.events, {})
    assert told_nothing
    assert told_nothing.permission.basis == "other"
    erased = apply(story.now_is, Event(Kind.ERASED, after(days=1), "rule", {}), {})
    assert erased.permission == Permission(basis="other", opted_out=True)


@pytest.mark.parametrize(
    ("action", "consent", "allowed", "basis"),
    [
        ("demo_request", None, Allowed.YES, "their request"),
        ("contact_form", None, Allowed.YES, "their request"),
        ("demo_request", Consent(True), Allowed.YES, "consent"),
        ("newsletter_signup", Consent(True), Allowed.YES, "consent"),
        ("newsletter_signup", None, Allowed.WAITING, ""),
        ("positive_reply", None, Allowed.WAITING, ""),
        ("demo_request", NO, Allowed.NO, ""),
    ],
)
def test_who_may_be_contacted(action, consent, allowed, basis):
    ruling = rule_on_permission(action, consent, None, RULES)
    assert (ruling.allowed, ruling.permission.basis) == (allowed, basis)
    assert not ruling.permission.marketing, "marketing always needs an opt-in"


def test_claims_count_half_and_unknown_claims_not_at_all():
    story = Story()
    story.comes_in(form(claims={"budget": "approved", "need": "a lot", "mood": "good"}))
    assert story.now_is.answers.budget.claimed == "approved"
    assert score(story.now_is, RULES, MONDAY).bant == 5


def test_the_later_claim_counts_whichever_came_first():
    older = form("chat", at=after(hours=-5), claims={"budget": "none", "need": "curious"}, message="old")
    newer = form(claims={"budget": "approved"}, message="new")
    for first, second in ((older, newer), (newer, older)):
        story = Story()
        story.comes_in(first, now=after(hours=1))
        story.comes_in(second, now=after(hours=1))
        assert (story.now_is.answers.budget.claimed, story.now_is.answers.need.claimed) == (
            "approved",
            "curious",
        )
        assert story.now_is.message == "new"


def test_the_first_touch_names_source_and_date_also_when_it_comes_late():
    story = Story()
    story.comes_in(form(source="google", campaign="brand", captured_by="web"))
    story.comes_in(
        form("event_badge", at=after(days=-3), source="fair", captured_by="scanner"), now=after(days=1)
    )
    lead = story.now_is
    assert (lead.created_at, lead.source, lead.campaign, lead.captured_by) == (
        after(days=-3),
        "fair",
        None,
        "scanner",
    )


def test_of_two_touches_at_one_instant_the_known_source_wins():
    known, unknown = form(source="google"), form("free_trial")
    for first, second in ((known, unknown), (unknown, known)):
        story = Story()
        story.comes_in(first)
        story.comes_in(second)
        assert story.now_is.source == "google"


def test_an_mql_gets_an_hour_and_an_inquiry_shortens_it():
    story = Story()
    story.comes_in(form("free_trial"))
    assert story.now_is.claim_due == after(hours=1)
    story.comes_in(form("demo_request", at=after(hours=0.25)))
    assert story.now_is.claim_due == MONDAY + timedelta(minutes=20)


def test_the_clock_runs_in_working_time_from_receipt():
    story = Story()
    friday_evening = after(days=4, hours=9)
    story.comes_in(form(at=friday_evening))
    assert story.now_is.claim_due == after(days=7) - timedelta(minutes=25)


def test_no_clock_for_a_late_form_an_owned_lead_or_one_that_is_no_mql():
    late, owned, cold = Story(), Story(), Story()
    late.comes_in(form(), now=after(days=2))
    assert (late.now_is.claim_due, late.now_is.late, late.now_is.clocked) == (None, True, False)
    cold.comes_in(form("newsletter_signup"))
    assert cold.now_is.claim_due is None
    owned.comes_in(form("newsletter_signup"))
    owned.does(claim(owned.now_is, "UANA", after(hours=1)))
    owned.comes_in(form(at=after(hours=2)))
    assert (owned.now_is.claim_due, owned.now_is.stage) == (None, Stage.MQL)


def test_a_lead_that_came_late_once_is_answered_in_time_when_it_asks_today():
    story = Story()
    story.comes_in(form("event_badge"), now=after(days=3))
    story.comes_in(form(at=after(days=7)))
    assert story.now_is.claim_due == after(days=7) + timedelta(minutes=5)


def test_an_older_touch_that_turns_up_makes_a_live_lead_no_late_one():
    story = Story()
    story.comes_in(form(at=after(days=5)))
    story.comes_in(form("webinar_attended"), now=after(days=5))
    lead = story.now_is
    assert (lead.created_at, lead.received_at) == (MONDAY, after(days=5))
    assert (lead.late, lead.clocked) == (False, True)


def test_who_came_late_or_by_file_is_waited_for_from_the_day_they_ask():
    late, imported = Story(), Story()
    late.comes_in(form("event_badge"), now=after(days=3))
    imported.comes_in(form("event_badge", past=Past()), now=after(days=3))
    for story in (late, imported):
        assert not story.now_is.clocked
        story.comes_in(form("pricing_page", at=after(days=6)))
        assert not story.now_is.clocked, "looking at a page asks for nothing"
        story.comes_in(form(at=after(days=7)))
        assert story.now_is.clocked
    assert (late.now_is.late, imported.now_is.imported) == (True, True), "but their speed is not counted"


def test_histories_from_before_lateness_was_written_down_read_as_ever():
    story = Story()
    story.comes_in(form(), now=after(days=2))
    old = [replace(e, data={k: v for k, v in e.data.items() if k != "late"}) for e in story.events]
    lead = fold(old, story.facts)
    assert lead is not None
    assert (lead.came_late, lead.late, lead.clocked) == (None, True, False)


def test_a_further_touch_of_an_mql_starts_nothing():
    story = Story()
    story.comes_in(form())
    story.comes_in(form("webinar_signup", at=after(hours=1)))
    assert [e.kind for e in story.events].count(Kind.CLOCK) == 1


def test_the_promise_to_the_first_claim_stands_once_it_was_claimed():
    story = Story()
    story.comes_in(form())
    story.does(claim(story.now_is, "UANA", after(hours=1)))
    story.lead = story.now_is.but(owner=None)
    story.comes_in(form("call_request", at=after(days=1)))
    assert story.now_is.claim_due == MONDAY + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("past", "stage", "mql", "sql"),
    [
        (Past(), Stage.MQL, 0, None),
        (Past(Stage.LEAD), Stage.LEAD, None, None),
        (Past(Stage.MQL), Stage.MQL, 0, None),
        (Past(Stage.MQL, mql_at=after(days=2)), Stage.MQL, 2, None),
        (Past(Stage.SQL, sql_at=after(days=5)), Stage.SQL, 0, 5),
        (Past(Stage.CUSTOMER, mql_at=after(days=1), won_at=after(days=9)), Stage.CUSTOMER, 1, 1),
        (Past(Stage.LOST, mql_at=after(days=1), sql_at=after(days=3)), Stage.LOST, 1, 3),
        (Past(Stage.DISQUALIFIED), Stage.DISQUALIFIED, None, None),
        (Past(Stage.DISQUALIFIED, sql_at=after(days=3)), Stage.DISQUALIFIED, 0, 3),
        (Past(Stage.NURTURE, mql_at=after(days=3)), Stage.NURTURE, 3, None),
    ],
)
def test_an_import_brings_its_past(past, stage, mql, sql):
    story = Story()
    arrival = story.comes_in(form(past=past), now=after(days=100))
    lead = story.now_is
    assert (arrival.status, lead.stage, lead.imported, lead.claim_due) == ("created", stage, True, None)
    assert lead.mql_at == (None if mql is None else after(days=mql))
    assert lead.sql_at == (None if sql is None else after(days=sql))
    assert lead.received_at == MONDAY
    assert not lead.clocked


def test_an_import_brings_owner_amount_and_reasons_we_know():
    customer, lost, spam, odd = Story(), Story(), Story(), Story()
    customer.comes_in(
        form(past=Past(Stage.CUSTOMER, "UANA", won_at=after(1), amount_minor=500, currency="EUR"))
    )
    assert (customer.now_is.owner, customer.now_is.amount_minor, customer.now_is.won_at) == (
        "UANA",
        500,
        after(1),
    )
    assert customer.now_is.owned[0].end == after(1)
    lost.comes_in(form(past=Past(Stage.LOST, reason="price")))
    spam.comes_in(form(past=Past(Stage.DISQUALIFIED, reason="spam")))
    odd.comes_in(form(past=Past(Stage.LOST, reason="Ada left the company")))
    assert [s.now_is.reason for s in (lost, spam, odd)] == ["price", "spam", "other"]


def test_an_import_with_an_owner_only_gives_the_lead_to_them():
    story = Story()
    story.comes_in(form("newsletter_signup", past=Past(owner="UANA")))
    assert (story.now_is.owner, story.now_is.stage) == ("UANA", Stage.LEAD)
    nurtured = Story()
    nurtured.comes_in(form(past=Past(Stage.NURTURE, owner="UANA")))
    assert nurtured.now_is.owner is None


def test_an_import_of_somebody_we_know_only_moves_forward():
    story = Story()
    story.comes_in(form(past=Past(Stage.SQL, owner="UANA", sql_at=after(days=2))))
    story.comes_in(form("chat", at=after(days=1), past=Past(Stage.MQL, owner="UBEN")), now=after(days=9))
    assert (story.now_is.stage, story.now_is.owner) == (Stage.SQL, "UANA")
    won = Past(Stage.CUSTOMER, won_at=after(days=1))
    story.comes_in(form("referral", at=after(days=1), past=won), now=after(days=9))
    assert (story.now_is.stage, story.now_is.won_at) == (Stage.CUSTOMER, after(days=2))
    story.comes_in(form("webinar_signup", past=Past(Stage.LOST)), now=after(days=9))
    assert story.now_is.stage is Stage.CUSTOMER


def test_an_import_needs_permission_like_anybody():
    assert Story().comes_in(form("event_badge", consent=None, past=Past())).status == "waiting"


def test_clocks_of_machines_differ_a_little():
    assert not too_far_ahead(MONDAY + timedelta(minutes=5), MONDAY)
    assert too_far_ahead(MONDAY + timedelta(minutes=6), MONDAY)
