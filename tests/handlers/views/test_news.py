"""One line on what happened, made from the events the rules really write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.views.event_words import actor_name
from handlers.views.news import history_line, thread_line
from qualification import ownership, stages
from qualification.events import CLOCK, RULE, Event, Fact, Kind
from qualification.history import apply
from qualification.lead import Activity, Lead, Profile, Stage
from qualification.qualify import Call, call_facts, save_call
from tests.handlers.views.people import DEFINITION, NASTY, NOW, ZONE, lead, owned, sql
from tests.handlers.views.slack_rules import assert_no_ping

CALL = Call(
    answers={"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"},
    hand_to="UBEN",
)
FRESH, MINE, SOLD = lead(), owned(lead()), sql()
LATER = NOW + timedelta(days=3)


def told(one: Lead, events: list[Event], facts: dict[str, dict[str, str]] | None = None) -> str | None:
    """The line about these events, with the lead as it is after them."""
    after = one
    for event in events:
        after = apply(after, event, facts or {})
    return thread_line(events, after, DEFINITION, ZONE)


def saved(one: Lead, call: Call) -> str | None:
    facts: list[Fact] = call_facts(one, call, NOW, lambda: "f1")
    return told(
        one, save_call(one, "UANA", call, NOW, DEFINITION, facts), {f.id: dict(f.data) for f in facts}
    )


def test_the_hand_over_is_one_line():
    modest = replace(owned(lead(Profile(email="a@b.de"))))
    assert saved(modest, CALL) == "<@UANA> qualified: MQL → SQL, 78 points. Handed to <@UBEN>."


def test_a_lead_that_becomes_mql_and_sql_at_once_is_told_once():
    assert saved(owned(lead(stage=Stage.LEAD)), CALL).startswith("<@UANA> qualified: lead → SQL, 93 points.")


def test_a_save_without_hand_over_says_how_far_it_is():
    assert (
        saved(owned(lead()), Call(answers={"need": "known"}))
        == "<@UANA> saved Qualify: 64 points, 1 of 4 BANT answers known."
    )


@pytest.mark.parametrize(
    ("one", "events", "line"),
    [
        (FRESH, ownership.claim(FRESH, "UANA", NOW), "<@UANA> claimed it."),
        (FRESH, ownership.touch(FRESH, "UANA", "call", NOW), "<@UANA>: talked on the phone and has it now."),
        (MINE, ownership.touch(MINE, "UANA", "no_answer", NOW), "<@UANA>: called, no answer."),
        (MINE, ownership.release(MINE, "UANA", NOW), "<@UANA> put it back into the queue."),
        (MINE, ownership.reassign(MINE, "UMAYA", "UBEN", NOW), "<@UMAYA> gave it to <@UBEN>."),
        (FRESH, stages.disqualify(FRESH, "UANA", "spam", NOW, DEFINITION), "<@UANA> closed it: spam."),
        (SOLD, stages.won(SOLD, "UBEN", stages.Money(1200000, "EUR"), NOW), "<@UBEN> won it: 12,000.00 EUR."),
        (SOLD, stages.won(SOLD, "UBEN", None, NOW), "<@UBEN> won it."),
        (SOLD, stages.lost(SOLD, "UBEN", "price", NOW, DEFINITION), "<@UBEN> marked it lost: price."),
        (SOLD, [Event(Kind.TAKEN, NOW, "UBEN")], "<@UBEN> took it over."),
        (FRESH, [Event(Kind.UNDONE, NOW, "UANA", {"step": "s1"})], "<@UANA> took back the last step."),
    ],
)
def test_each_thing_a_person_does_has_its_line(one, events, line):
    assert told(one, events) == line


def test_dates_are_told_in_each_readers_time():
    assert told(lead(), stages.nurture(lead(), "UANA", LATER, NOW)).startswith(
        "<@UANA> handed it back until <!date^"
    )
    assert "until <!date^" in told(lead(), ownership.snooze(lead(), "UANA", LATER, NOW))
    assert "closed it: no budget, back <!date^" in told(
        lead(), stages.disqualify(lead(), "UANA", "no_budget", NOW, DEFINITION)
    )


def test_what_sales_typed_when_sending_back_is_quoted_and_harmless():
    events = stages.send_back(sql(), "UBEN", "f9", NOW)
    line = told(sql(), events, {"f9": {"text": "No <!channel> budget"}})
    assert line == "<@UBEN> sent it back to <@UANA>: “No &lt;!channel&gt; budget”."


def test_the_rules_and_the_calendar_have_names():
    asked = Activity("demo_request", LATER)
    back = replace(lead(), stage=Stage.NURTURE, until=LATER, stage_since=NOW)
    reopened = stages.after_activity(replace(back, activities=(asked,)), asked, DEFINITION)
    arrived = Event(Kind.ACTIVITY, LATER, "intake", {"action": "demo_request"})
    assert told(back, [arrived, *reopened]) == "Asked for a demo. nurture → MQL."
    assert (
        told(back, stages.come_back(back, CLOCK, LATER)) == "The calendar brought it back: its date has come."
    )
    assert told(lead(stage=Stage.LEAD), [stages.move(lead(stage=Stage.LEAD), Stage.MQL, NOW, RULE)]) == (
        "The definition moved it: lead → MQL."
    )


def test_what_only_the_books_need_is_not_told():
    created = Event(Kind.CREATED, NOW, "intake", {"number": 1, "received_at": NOW.isoformat()})
    assert thread_line([created], lead(), DEFINITION, ZONE) is None
    assert thread_line([], lead(), DEFINITION, ZONE) is None
    assert told(lead(), [Event(Kind.CLOCK, NOW, RULE, {"due": LATER.isoformat()})]) is None
    assert told(lead(), [Event(Kind.ACTIVITY, NOW, "intake", {"action": "email_open"})]) is None


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_event_has_a_line_in_the_history(kind):
    data = {
        "action": NASTY, "kind": NASTY, "to": "disqualified" if kind is Kind.STAGE else NASTY, "from": "mql",
        "reason": NASTY, "until": LATER.isoformat(), "due": LATER.isoformat(), "answers": {"budget": "none"},
    }  # fmt: skip
    shown = history_line(Event(kind, NOW, NASTY, data, version=4), DEFINITION, ZONE, told=NASTY)
    assert shown.what
    assert shown.what[0] == shown.what[0].upper()
    assert shown.version == 4
    for part in (shown.when, shown.who, shown.what):
        assert_no_ping(part)


def test_history_says_what_was_answered():
    event = Event(Kind.ANSWERED, NOW, "UANA", {"answers": {"budget": "planned", "need": None}})
    assert history_line(event, DEFINITION, ZONE).what == "Saved Qualify: budget “planned this year”"


def test_actors():
    names = {
        actor: actor_name(actor)
        for actor in ("UANA", "rule", "clock", "intake", "intake:web", "WEBSITE", "W012AB", "")
    }
    assert names == {
        "UANA": "<@UANA>",
        "rule": "The definition",
        "clock": "The calendar",
        "intake": "The form or API",
        "intake:web": "The form or API",
        "WEBSITE": "WEBSITE",
        "W012AB": "<@W012AB>",
        "": "The form or API",
    }


def test_people_are_named_for_what_they_did_and_called_for_what_they_must_do():
    names = {"UANA": "Ana Torres", "UBEN": "Ben <!here>", "UMAYA": "Maya"}
    facts = call_facts(MINE, CALL, NOW, lambda: "f1")
    events = save_call(MINE, "UANA", CALL, NOW, DEFINITION, facts)
    after = MINE
    for event in events:
        after = apply(after, event, {f.id: f.data for f in facts})
    said = thread_line(events, after, DEFINITION, ZONE, names)
    assert said == "Ana Torres qualified: MQL → SQL, 93 points. Handed to <@UBEN>."
    given = ownership.reassign(MINE, "UMAYA", "UBEN", NOW)
    assert thread_line(given, FRESH, DEFINITION, ZONE, names) == "Maya gave it to <@UBEN>."
    assert_no_ping(actor_name("UBEN", names))
    assert history_line(given[0], DEFINITION, ZONE, names=names).who == "Maya"


def test_what_was_taken_back_stays_in_the_history_and_says_so():
    event = ownership.claim(FRESH, "UANA", NOW)[0]
    assert history_line(event, DEFINITION, ZONE, undone=True).what == "Claimed it (taken back)"
