"""What holds for every lead, whatever happens to it and in whatever order we hear of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.arrival import NewLead
from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.history import apply, fold
from qualification.lead import LETTERS, Answers, Given, Lead, Letter, Profile, Stage, merged_profile
from qualification.money import Money
from qualification.ownership import claim, reassign, release, snooze, touch
from qualification.qualify import Call
from qualification.scoring import bant, engagement, fit, score
from qualification.stages import come_back, disqualify, lost, nurture, opt_out, promote, send_back, won
from qualification.undo import undo
from tests.qualification.stories import MONDAY, RULES, YES, Story, after, form

QUALIFYING = [name for name, action in RULES.actions.items() if action.qualifies]
LATER = after(days=120)

titles = st.sampled_from([None, "CEO", "Head of IT", "Manager", "Engineer", "Student", "Captain"])
profiles = st.builds(
    Profile,
    email=st.sampled_from(["ada@acme.example", "ada@gmail.com"]),
    first_name=st.sampled_from([None, "Zyxada"]),
    company=st.sampled_from([None, "Zyxcorp"]),
    title=titles,
    employees=st.sampled_from([None, 1, 20, 100, 5000]),
    industry=st.sampled_from([None, "software", "fishing"]),
    country=st.sampled_from([None, "DE", "BR"]),
)
answers = st.fixed_dictionaries(
    {}, optional={n: st.sampled_from([o.id for o in RULES.questions[n].options]) for n in LETTERS}
)
moments = st.integers(0, 24 * 90).map(lambda hours: after(hours=hours))


@st.composite
def submissions(draw: st.DrawFn, most: int = 6) -> list[NewLead]:
    """What one person did over a quarter: no two the same action at the same moment."""
    names = st.sampled_from([*RULES.actions, "moon_landing"])
    touches = draw(st.lists(st.tuples(names, moments), min_size=1, max_size=most, unique=True))
    touches.append((draw(st.sampled_from(QUALIFYING)), draw(moments)))
    return [
        form(
            action,
            at=at,
            profile=draw(profiles),
            source=draw(st.sampled_from([None, "google", "linkedin", "fair"])),
            campaign=draw(st.sampled_from([None, "spring", "autumn"])),
            message=draw(st.sampled_from([None, "Zyxmessage one", "Zyxmessage two"])),
            claims=draw(answers),
        )
        for action, at in dict.fromkeys(touches)
    ]


def received(arriving: list[NewLead]) -> Story:
    """All of it received in this order; what makes no lead yet is looked at again when there is one."""
    story, aside = Story(), []
    for new in arriving:
        if story.comes_in(new, now=LATER).status == "not_a_lead":
            aside.append(new)
    for new in aside:
        story.comes_in(new, now=LATER)
    return story


def outcome(lead: Lead) -> tuple[Any, ...]:
    shown = score(lead, RULES, LATER)
    return (
        shown,
        lead.stage,
        lead.stage_since,
        lead.mql_at,
        lead.created_at,
        (lead.source, lead.campaign, lead.variant, lead.captured_by),
        lead.profile,
        lead.message,
        lead.answers,
    )


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_the_order_in_which_we_hear_of_things_does_not_matter(data):
    arriving = data.draw(submissions())
    in_order = sorted(arriving, key=lambda new: new.occurred_at)
    shuffled = data.draw(st.permutations(arriving))
    assert outcome(received(shuffled).now_is) == outcome(received(in_order).now_is)


@settings(max_examples=80, deadline=None)
@given(arriving=submissions(), answered=answers, claimed=answers, day=st.integers(0, 400))
def test_scores_stay_in_their_bounds_and_add_up(arriving, answered, claimed, day):
    lead = received(arriving).now_is
    letters = {n: Letter(claimed.get(n), answered.get(n)) for n in LETTERS}
    shown = score(lead.but(answers=Answers(**letters)), RULES, after(days=day))
    assert 0 <= shown.fit <= 30
    assert 0 <= shown.engagement <= 30
    assert 0 <= shown.bant <= 40
    assert shown.total == shown.fit + shown.engagement + shown.bant
    assert shown.letters_known == len(answered)


@settings(deadline=None)
@given(profile=profiles, field=st.sampled_from(["title", "employees", "industry", "country"]))
def test_not_knowing_is_never_worse_than_knowing_it_does_not_fit(profile, field):
    unknown = fit(
        Profile(**{**{f.name: getattr(profile, f.name) for f in fields(Profile)}, field: None}), RULES
    )[0]
    worst = {"title": "Engineer", "employees": 1, "industry": "fishing", "country": "BR"}[field]
    bad = fit(
        Profile(**{**{f.name: getattr(profile, f.name) for f in fields(Profile)}, field: worst}), RULES
    )[0]
    assert unknown > bad


@settings(deadline=None)
@given(known=answers, letter=st.sampled_from(LETTERS))
def test_an_answer_more_never_takes_away_what_others_earned(known, letter):
    before = {n: Letter(confirmed=known.get(n)) for n in LETTERS}
    unknown = bant(Answers(**{**before, letter: Letter()}), RULES)[0]
    for option in RULES.questions[letter].options:
        assert bant(Answers(**{**before, letter: Letter(confirmed=option.id)}), RULES)[0] >= unknown
    assert bant(Answers(**{**before, letter: Letter(confirmed="no such option")}), RULES)[0] == unknown


@settings(max_examples=60, deadline=None)
@given(arriving=submissions(), hours=st.integers(0, 24 * 200))
def test_engagement_without_new_activity_only_falls(arriving, hours):
    lead = received(arriving).now_is
    worth = {name for name, action in RULES.actions.items() if action.points > 0}
    kept = lead.but(activities=tuple(a for a in lead.activities if a.action in worth))
    assert engagement(kept, RULES, LATER)[0] >= engagement(kept, RULES, LATER + timedelta(hours=hours))[0]


ACTS = {
    "claim": claim,
    "release": lambda lead, rep, now: release(lead, rep, now, by_manager=True),
    "reassign": lambda lead, rep, now: reassign(lead, rep, "UCLEO", now),
    "snooze": lambda lead, rep, now: snooze(lead, rep, now + timedelta(hours=5), now),
    "call": lambda lead, rep, now: touch(lead, rep, "call", now),
    "nurture": lambda lead, rep, now: nurture(lead, rep, now + timedelta(hours=50), now),
    "no budget": lambda lead, rep, now: disqualify(lead, rep, "no_budget", now, RULES),
    "spam": lambda lead, rep, now: disqualify(lead, rep, "spam", now, RULES),
    "opt out": opt_out,
    "won": lambda lead, rep, now: won(lead, rep, Money(100, "EUR"), now),
    "lost": lambda lead, rep, now: lost(lead, rep, "price", now, RULES),
    "send back": lambda lead, rep, now: send_back(lead, rep, "no-such-fact", now),
    "come back": lambda lead, rep, now: come_back(lead, "clock", now),
    "take": lambda lead, rep, now: [Event(Kind.TAKEN, now, rep)],
    "erase": lambda lead, rep, now: [Event(Kind.ERASED, now, rep)],
}


def lived(data: st.DataObject) -> Iterator[tuple[Story, Event]]:
    """A life at random: forms, dialogs, clicks and undos, an hour apart; gives each event as it comes."""
    story = Story()
    arriving = data.draw(submissions(most=4))
    story.comes_in(next(new for new in arriving if new.action in QUALIFYING), now=LATER)
    yield from ((story, event) for event in story.events)
    calls = st.builds(
        Call, answers, st.sampled_from([None, True, False]), titles, notes=st.sampled_from([None, "Zyxnote"])
    )
    things = st.one_of(st.sampled_from(list(ACTS)), st.sampled_from(arriving), calls, st.just("undo"))
    for hour, thing in enumerate(data.draw(st.lists(things, max_size=12))):
        now, rep = LATER + timedelta(hours=hour), data.draw(st.sampled_from(["UANA", "UBEN"]))
        count, step = len(story.events), f"step-{hour}"
        try:
            if isinstance(thing, NewLead):
                story.comes_in(thing, now=now)
            elif isinstance(thing, Call):
                story.qualifies(rep, thing, now, step)
            elif thing == "undo":
                last = story.events[-1]
                taken_back = undo(story.events, last.step or "none", last.actor, now - timedelta(minutes=55))
                story.does([taken_back] if taken_back else [], step)
                story.lead = fold(story.events, story.facts)
            else:
                story.does(ACTS[thing](story.now_is, rep, now), step)
                if thing == "erase":
                    story.facts.clear()
        except Refused as no:
            assert str(no)[0].isupper() or str(no)[0] in "<“"
        yield from ((story, event) for event in story.events[count:])


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_lead_kept_up_to_date_is_the_lead_computed_anew(data):
    *_, (story, _) = lived(data)
    assert fold(story.events, story.facts) == story.now_is
    assert story.now_is.revision == len(story.events)
    assert set(vars(story.now_is)) == {f.name for f in fields(Lead)}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_events_hold_nothing_personal_and_can_be_stored(data):
    for story, event in lived(data):
        told = json.dumps(dict(event.data)) + event.actor
        assert not any(secret in told for secret in ("Zyx", "@acme", "@gmail", "ada@")), story.events


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_lead_that_is_open_can_be_closed(data):
    *_, (story, _) = lived(data)
    lead = story.now_is
    if lead.stage not in (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED):
        story.does(disqualify(lead, "UANA", "no_need", LATER + timedelta(days=9), RULES))
        assert story.now_is.stage is Stage.DISQUALIFIED
        assert all(span.end for span in story.now_is.owned)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_rules_have_nothing_to_add_to_what_they_said(data):
    for story, _ in lived(data):
        lead = story.now_is
        if all(event.kind is not Kind.UNDONE for event in story.events) and not lead.erased:
            assert promote(lead, RULES) == []


def test_erasing_leaves_the_counts_and_nothing_of_the_person():
    story = Story()
    story.comes_in(form(message="Call me", extra={"dog": "Rex"}, external_id="crm-881"))
    assert (story.now_is.external_id, story.now_is.extra) == ("crm-881", (("dog", "Rex"),))
    story.qualifies("UANA", Call(title="CEO", notes="nice", next_step="call"), after(1))
    story.facts.clear()
    lead = story.does([Event(Kind.ERASED, after(2), "UADAM")])
    assert lead == fold(story.events, {})
    assert (lead.profile, lead.message, lead.notes, lead.next_step, lead.extra) == (
        Profile(),
        None,
        None,
        None,
        (),
    )
    assert (lead.erased, lead.mql_at, lead.source, len(lead.activities)) == (True, MONDAY, "unknown", 1)


def test_a_history_begins_with_created_and_has_it_once():
    with pytest.raises(ValueError, match="not claimed"):
        apply(None, Event(Kind.CLAIMED, MONDAY, "UANA"), {})
    story = Story()
    story.comes_in(form())
    with pytest.raises(ValueError, match="not created"):
        apply(story.now_is, story.events[0], {})
    assert fold([], {}) is None


def test_a_snooze_can_be_ended():
    story = Story()
    story.comes_in(form())
    story.does(snooze(story.now_is, "UANA", after(5), after(1)))
    assert story.does([Event(Kind.SNOOZED, after(2), "UANA")]).snoozed_until is None


def test_permission_is_added_to_what_was_given():
    story = Story()
    story.comes_in(form(consent=None))
    story.does([Event(Kind.PERMISSION, after(1), "UANA", {"marketing": True})])
    permission = story.now_is.permission
    assert (permission.contact, permission.marketing, permission.profiling) == (True, True, False)


def test_details_of_an_erased_fact_add_nothing():
    story = Story()
    story.comes_in(form())
    before = story.now_is.given
    story.does([Event(Kind.DETAILS, after(1), "UANA", {"fact": "gone"})])
    assert story.now_is.given == before


def test_the_newest_word_on_each_field_counts():
    older = Given(MONDAY, Profile(title="CEO", company="Acme"))
    newer = Given(after(1), Profile(title="CTO"))
    for told in ([older, newer], [newer, older]):
        assert merged_profile(told) == Profile(title="CTO", company="Acme")
    assert Lead(1, MONDAY, MONDAY, given=(older, newer)).profile_at(MONDAY).title == "CEO"
    assert merged_profile([]) == Profile()


def test_a_person_has_some_name():
    assert Profile("a@b.example", "1", "Ada", "L").name == "Ada L"
    assert Profile("a@b.example", "1").name == "a@b.example"
    assert (Profile(phone="1").name, Profile().name, Profile().name_only) == ("1", "Unknown", None)
    assert YES.granted
