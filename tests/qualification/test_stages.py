"""Stages: every transition of design §4, every other one refused, and what each trigger does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qualification.errors import Refused
from qualification.events import CLOCK, IMPORT, RULE, Kind
from qualification.lead import Activity, Lead, Permission, Stage
from qualification.money import Money
from qualification.ownership import claim
from qualification.qualify import Call
from qualification.stages import (
    TRANSITIONS,
    UnknownReason,
    WrongStage,
    after_activity,
    come_back,
    disqualify,
    is_open,
    lost,
    move,
    nurture,
    opt_out,
    promote,
    send_back,
    won,
)
from tests.qualification.stories import MONDAY, RULES, Story, after, form

GOOD = Call({"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"})
LEGAL = {
    "lead": "mql nurture disqualified",
    "mql": "sql nurture disqualified",
    "sql": "customer lost mql nurture disqualified",
    "nurture": "mql disqualified",
    "lost": "mql",
    "disqualified": "mql",
    "customer": "",
}


def at(stage: Stage, **more) -> Lead:
    return Lead(1042, MONDAY, MONDAY, stage=stage, stage_since=MONDAY, **more)


def told(stage: Stage) -> Story:
    """A lead brought to a stage the way people do it, on Monday."""
    story = Story()
    story.comes_in(form("newsletter_signup" if stage is Stage.LEAD else "demo_request"))
    if stage in (Stage.SQL, Stage.CUSTOMER, Stage.LOST):
        story.qualifies("UANA", GOOD, after(0))
    if stage is Stage.CUSTOMER:
        story.does(won(story.now_is, "UANA", Money(1_200_000, "EUR"), after(0)))
    if stage is Stage.LOST:
        story.does(lost(story.now_is, "UANA", "price", after(0), RULES))
    if stage is Stage.NURTURE:
        story.does(claim(story.now_is, "UANA", after(0)))
        story.does(nurture(story.now_is, "UANA", after(days=30), after(0)))
    if stage is Stage.DISQUALIFIED:
        story.does(disqualify(story.now_is, "UANA", "no_need", after(0), RULES))
    assert story.now_is.stage is stage
    return story


@pytest.mark.parametrize("start", Stage)
@pytest.mark.parametrize("to", Stage)
def test_every_transition_of_the_design_and_no_other(start, to):
    if to.value in LEGAL[start.value].split():
        event = move(at(start), to, MONDAY, "UANA", reason="why", until=None)
        assert event.data == {"from": start, "to": to, "reason": "why"}
    else:
        with pytest.raises(WrongStage, match=r"L-1042 is .* From there it can't go to"):
            move(at(start), to, MONDAY, "UANA")


def test_every_stage_that_is_not_an_end_reaches_one():
    ends = {Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED}
    for stage in set(Stage) - ends:
        assert TRANSITIONS[stage] & ends or any(TRANSITIONS[s] & ends for s in TRANSITIONS[stage])


def test_the_gate_writes_both_entries_at_one_instant():
    story = Story()
    story.comes_in(form("event_badge"))
    story.qualifies("UANA", Call(GOOD.answers, inquiry=True), after(hours=2))
    lead = story.now_is
    assert (lead.stage, lead.mql_at, lead.sql_at) == (Stage.SQL, after(hours=2), after(hours=2))
    moves = [(e.data["from"], e.data["to"]) for e in story.events if e.kind is Kind.STAGE]
    assert moves == [("lead", "mql"), ("mql", "sql")]


def test_nurture_hands_the_lead_back_until_a_date():
    lead = told(Stage.NURTURE).now_is
    assert (lead.owner, lead.previous_owner, lead.until) == (None, "UANA", after(days=30))
    assert nurture(lead, "UANA", after(days=30), after(0)) == [], "twice does it once"
    with pytest.raises(WrongStage, match="in nurture already"):
        nurture(lead, "UANA", after(days=60), after(0))
    with pytest.raises(Refused, match="has passed"):
        nurture(at(Stage.MQL), "UANA", MONDAY, MONDAY)
    with pytest.raises(Refused, match="asked not to be contacted"):
        nurture(at(Stage.MQL, permission=Permission(opted_out=True)), "UANA", after(1), MONDAY)
    with pytest.raises(WrongStage):
        nurture(at(Stage.CUSTOMER), "UANA", after(1), MONDAY)


def test_the_date_brings_a_nurtured_lead_back_into_the_queue():
    story = told(Stage.NURTURE)
    assert come_back(story.now_is, CLOCK, after(days=29)) == []
    story.does(come_back(story.now_is, CLOCK, after(days=30)))
    lead = story.now_is
    assert (lead.stage, lead.cycle, lead.owner, lead.until, lead.reason) == (
        Stage.MQL,
        1,
        None,
        None,
        "came_back",
    )
    assert come_back(lead, CLOCK, after(days=31)) == [], "the timer rang twice"


@pytest.mark.parametrize(("reason", "days"), [("unreachable", 30), ("no_budget", 90), ("wrong_person", 30)])
def test_some_reasons_bring_a_closed_lead_back_in_a_new_cycle(reason, days):
    story = told(Stage.MQL)
    story.does(disqualify(story.now_is, "UANA", reason, after(0), RULES))
    lead = story.now_is
    assert (lead.reason, lead.until) == (reason, after(days=days))
    assert (lead.disqualified_at, lead.disqualified_by) == (MONDAY, "UANA")
    story.does(come_back(story.now_is, CLOCK, after(days=days)))
    assert (story.now_is.stage, story.now_is.cycle, story.now_is.disqualified_at) == (Stage.MQL, 2, None)


def test_the_other_reasons_never_do():
    for reason, code in RULES.disqualify_reasons.items():
        if not code.back_days:
            story = told(Stage.MQL)
            story.does(disqualify(story.now_is, "UANA", reason, after(0), RULES))
            assert story.now_is.until is None
            assert come_back(story.now_is, CLOCK, after(days=1000)) == []


def test_disqualify_twice_and_in_the_wrong_place():
    lead = told(Stage.DISQUALIFIED).now_is
    assert disqualify(lead, "UBEN", "no_need", after(1), RULES) == []
    with pytest.raises(WrongStage, match="disqualified already, for another reason"):
        disqualify(lead, "UBEN", "spam", after(1), RULES)
    with pytest.raises(
        UnknownReason, match=r"“boring” is no reason we know\. Choose one of: unreachable, no_need"
    ):
        disqualify(lead, "UBEN", "boring", after(1), RULES)
    with pytest.raises(WrongStage, match=r"L-1042 is a customer\. From there it can't go to disqualified"):
        disqualify(told(Stage.CUSTOMER).now_is, "UBEN", "spam", after(1), RULES)


def test_winning_keeps_the_amount_and_happens_once():
    lead = told(Stage.CUSTOMER).now_is
    assert (lead.won_at, lead.amount_minor, lead.currency) == (MONDAY, 1_200_000, "EUR")
    assert won(lead, "UBEN", Money(1_200_000, "EUR"), after(1)) == won(lead, "UBEN", None, after(1)) == []
    paid = r"a customer already, for 12,000\.00 EUR\. .* ten minutes with `/lead L-1042 undo`"
    with pytest.raises(WrongStage, match=paid):
        won(lead, "UBEN", Money(5, "EUR"), after(1))
    with pytest.raises(WrongStage, match="a customer already, without an amount"):
        won(lead.but(amount_minor=None), "UBEN", Money(5, "EUR"), after(1))
    with pytest.raises(WrongStage, match=paid):
        lost(lead, "UBEN", "price", after(1), RULES)
    with pytest.raises(WrongStage, match="is an MQL; only an SQL can be won"):
        won(told(Stage.MQL).now_is, "UBEN", None, after(1))
    with pytest.raises(WrongStage, match="is in nurture; only"):
        won(told(Stage.NURTURE).now_is, "UBEN", None, after(1))
    with pytest.raises(
        WrongStage, match=r"is disqualified \(\w+( \w+)*\), so it can't be won\. It opens again"
    ):
        won(told(Stage.DISQUALIFIED).now_is, "UBEN", None, after(1))


def test_losing_keeps_the_reason_and_happens_once():
    lead = told(Stage.LOST).now_is
    assert (lead.lost_at, lead.reason) == (MONDAY, "price")
    assert lost(lead, "UBEN", "price", after(1), RULES) == []
    with pytest.raises(UnknownReason, match=r"“rain” is no reason we know\. Choose one of: price"):
        lost(lead, "UBEN", "rain", after(1), RULES)
    with pytest.raises(WrongStage, match=r"is a lead; only an SQL can be lost\. To close it, use Disqualify"):
        lost(told(Stage.LEAD).now_is, "UBEN", "price", after(1), RULES)
    with pytest.raises(WrongStage, match="is lost; only"):
        lost(lead, "UBEN", "timing", after(1), RULES)


def test_sales_sends_an_sql_back_to_the_rep_who_approved_it():
    story = told(Stage.SQL)
    assert story.now_is.approved_by == "UANA"
    story.does(send_back(story.now_is, "UBEN", "fact-9", after(hours=1)))
    lead = story.now_is
    assert (lead.stage, lead.owner, lead.reason, lead.approved_by) == (Stage.MQL, "UANA", "sent_back", None)
    assert lead.sql_at == MONDAY, "it was an SQL once"
    with pytest.raises(WrongStage, match="is an MQL now, so there is nothing to send back"):
        send_back(lead, "UBEN", "fact-9", after(hours=2))


def test_an_imported_sql_that_nobody_approved_goes_back_to_the_queue():
    story = told(Stage.SQL)
    story.lead = story.now_is.but(approved_by=IMPORT)
    story.does(send_back(story.now_is, "UBEN", "fact-9", after(hours=1)))
    assert (story.now_is.stage, story.now_is.owner) == (Stage.MQL, None)


@pytest.mark.parametrize(("stage", "cycle"), [(Stage.NURTURE, 1), (Stage.LOST, 2), (Stage.DISQUALIFIED, 2)])
def test_a_direct_inquiry_opens_a_lead_again(stage, cycle):
    story = told(stage)
    story.comes_in(form("webinar_attended", at=after(days=1)))
    assert story.now_is.stage is stage, "only an inquiry does"
    story.comes_in(form("pricing_request", at=after(days=2)))
    lead = story.now_is
    assert (lead.stage, lead.cycle, lead.owner, lead.reason) == (Stage.MQL, cycle, None, "direct_inquiry")
    assert (lead.lost_at, lead.disqualified_at, lead.until) == (None, None, None)
    assert lead.mql_at == MONDAY, "when it first was one"


def test_an_inquiry_older_than_the_closing_opens_nothing():
    story = told(Stage.LOST)
    story.comes_in(form("pricing_request", at=after(days=-2)), now=after(days=2))
    assert story.now_is.stage is Stage.LOST


@pytest.mark.parametrize("reason", ["spam", "test", "duplicate", "opted_out"])
def test_what_was_closed_for_good_stays_closed(reason):
    story = told(Stage.MQL)
    story.does(disqualify(story.now_is, "UANA", reason, after(0), RULES))
    story.comes_in(form("demo_request", at=after(days=2), consent=None))
    assert story.now_is.stage is Stage.DISQUALIFIED
    assert len(story.now_is.activities) == 2, "but it is kept"


def test_a_customers_inquiry_is_a_touch():
    story = told(Stage.CUSTOMER)
    story.comes_in(form("demo_request", at=after(days=2)))
    assert (story.now_is.stage, story.now_is.owner) == (Stage.CUSTOMER, "UANA")


@pytest.mark.parametrize("stage", Stage)
def test_opting_out_holds_in_every_stage(stage):
    story = told(stage)
    story.does(opt_out(story.now_is, "UANA", after(hours=1)))
    lead = story.now_is
    ended = stage in (Stage.CUSTOMER, Stage.LOST)
    assert lead.stage is (stage if ended else Stage.DISQUALIFIED)
    assert lead.permission == Permission(basis="consent", opted_out=True)
    assert not is_open(lead)
    assert lead.until is None
    assert all(span.end for span in lead.owned)
    assert opt_out(lead, "UANA", after(hours=2)) == []
    assert disqualify(lead, "UANA", "opted_out", after(hours=2), RULES) == []


def test_nothing_moves_by_itself_after_an_opt_out():
    gone = Permission(opted_out=True)
    assert come_back(at(Stage.NURTURE, until=MONDAY, permission=gone), CLOCK, after(1)) == []
    asking = Activity("demo_request", after(1))
    lead = at(Stage.LEAD, activities=(asking,), permission=gone)
    assert promote(lead, RULES) == after_activity(lead, asking, RULES) == []


def test_promote_leaves_alone_what_is_no_lead_or_not_ready():
    assert promote(told(Stage.MQL).now_is, RULES) == []
    assert promote(told(Stage.LEAD).now_is, RULES) == []


def test_a_late_form_dates_the_mql_earlier():
    story = Story()
    story.comes_in(form("demo_request"))
    story.does(claim(story.now_is, "UANA", after(hours=1)))
    story.comes_in(form("free_trial", at=after(days=-1)), now=after(hours=2))
    lead = story.now_is
    assert (lead.mql_at, lead.stage_since, lead.created_at) == (after(days=-1),) * 3
    assert (story.events[-1].kind, story.events[-1].actor) == (Kind.REDATED, RULE)


def test_a_late_minus_takes_back_an_mql_nobody_has_seen_to():
    story = Story()
    story.comes_in(form("referral"))
    assert story.now_is.stage is Stage.MQL
    story.comes_in(form("careers_page", at=after(hours=-1)), now=after(hours=1))
    lead = story.now_is
    assert (lead.stage, lead.mql_at, lead.stage_since) == (Stage.LEAD, None, MONDAY)


def test_but_not_one_that_a_rep_works_on():
    story = Story()
    story.comes_in(form("referral"))
    story.does(claim(story.now_is, "UANA", after(hours=1)))
    story.comes_in(form("careers_page", at=after(hours=-1)), now=after(hours=2))
    assert (story.now_is.stage, story.now_is.mql_at) == (Stage.MQL, MONDAY)


def test_a_late_minus_moves_the_date_to_when_it_was_true():
    story = Story()
    story.comes_in(form("referral"))
    story.comes_in(form("chat", at=after(hours=3)))
    story.comes_in(form("careers_page", at=after(hours=-1)), now=after(hours=4))
    assert (story.now_is.stage, story.now_is.mql_at) == (Stage.MQL, after(hours=3))


def test_clocks_of_a_stage_survive_its_redating():
    story = told(Stage.NURTURE)
    story.comes_in(form("free_trial", at=after(days=-1)), now=after(hours=2))
    lead = story.now_is
    assert (lead.stage, lead.stage_since, lead.mql_at) == (Stage.NURTURE, MONDAY, MONDAY - timedelta(days=1))
