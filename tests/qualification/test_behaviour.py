"""Events become actions by rules; caps and half-lives of one action; what no person did never counts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualification.definition import BadDefinition, parse_definition
from qualification.history import fold
from qualification.lead import Activity, Lead, Stage
from qualification.permission import Consent
from qualification.replay import Rules, replay
from qualification.scoring import engagement, score
from qualification.watching import MOST_WORDS, allowed_at, with_words
from tests.qualification.stories import FIT, MONDAY, RULES, YES, Story, after, form
from tests.qualification.test_definition import changed
from tests.qualification.test_replay import kept

CAPPED = parse_definition(
    changed(
        actions__product_page={
            "points": 2, "cap": 9, "cap_day": 3, "cap_lifetime": 8, "half_life_days": 7, "observed": True,
            "says": "Saw a product page",
        },
        actions__pricing_page={"points": 10, "cap_day": 10, "observed": True, "says": "Saw the prices"},
        actions__careers_page={"points": -10, "cap": 10, "observed": True, "says": "Saw the careers page"},
    )
)  # fmt: skip


def did(*actions: tuple[str, float], **more: object) -> Lead:
    done = tuple(Activity(action, after(days=days)) for action, days in actions)
    return replace(Lead(number=1, created_at=MONDAY, received_at=MONDAY, activities=done), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "properties", "action"),
    [
        ("page", {"path": "/pricing"}, "pricing_page"),
        ("page", {"path": "/Pricing/teams"}, "pricing_page"),
        ("page", {"path": "/products/x"}, "product_page"),
        ("page", {"path": "/about/pricing"}, None),
        ("page", {"path": ["/pricing"]}, None),
        ("page", {}, None),
        ("screen", {"path": "/pricing"}, None),
        ("Demo Requested", {}, "demo_request"),
        ("demo_requested", {}, "demo_request"),
        ("Demo  requested ", {}, "demo_request"),
        ("Product Video Watched", {"seconds": 3}, "product_video"),
        ("Page Left", {"seconds": 61.5}, "time_on_page_60s"),
        ("Page Left", {"seconds": "60"}, "time_on_page_60s"),
        ("Page Left", {"seconds": 59}, None),
        ("Page Left", {"seconds": "long"}, None),
        ("Email Replied", {"sentiment": "Positive"}, "positive_reply"),
        ("Email Replied", {"sentiment": "negative"}, None),
        ("Pricing Request", {}, "pricing_request"),  # called like the action itself
        ("Order Completed", {}, None),
    ],
)
def test_the_shipped_rules_know_the_usual_events(event, properties, action):
    assert RULES.behaviour.counts_as(event, properties, RULES.actions.keys()) == action


def test_a_definition_from_before_still_parses_and_has_no_rules():
    old = parse_definition(changed(behaviour=None))
    assert old.behaviour.rules == ()
    assert old.behaviour.counts_as("demo_request", {}, old.actions) == "demo_request"
    assert old.behaviour.uncounted("email_click", MONDAY, None, "Mimecast scanner") == "scanner"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"event": "page", "counts_as": "moon_page"}, "rules[1].counts_as names an action"),
        ({"event": "page"}, "lacks behaviour.rules[1].counts_as"),
        ({"event": "page", "counts_as": "blog_page", "wehre": {}}, "wehre is nothing"),
        ({"event": "page", "counts_as": "blog_page", "where": {"path": {}}}, "on path says nothing"),
        ({"event": "page", "counts_as": "blog_page", "where": {"path": {"is": "/"}}}, "path.is is nothing"),
        ({"event": "page", "counts_as": "blog_page", "where": {"s": {"at_least": "x"}}}, "must be a number"),
    ],
)  # fmt: skip
def test_a_rule_with_a_mistake_is_refused_with_its_place(rule, says):
    with pytest.raises(BadDefinition) as refused:
        parse_definition(changed(behaviour={"rules": [rule]}))
    assert says in str(refused.value)


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (compatible; Googlebot/2.1)", "BarracudaCentral", "curl/8"])
def test_scanners_and_robots_are_known(agent):
    assert RULES.behaviour.uncounted("pricing_page", MONDAY, None, agent) == "scanner"
    assert not RULES.behaviour.uncounted("pricing_page", MONDAY, None, "Mozilla/5.0 (X11; Linux) Firefox/140")


def test_a_click_within_two_seconds_of_delivery_is_a_machines():
    clicked = [MONDAY + timedelta(seconds=s) for s in (0, 1.9, 2, -1)]
    told = [RULES.behaviour.uncounted("email_click", at, MONDAY, None) for at in clicked]
    assert told == ["too_fast", "too_fast", "", ""]
    assert not RULES.behaviour.uncounted("pricing_page", MONDAY, MONDAY, None)


def test_what_does_not_count_is_kept_with_the_reason():
    story = Story()
    story.comes_in(form("newsletter_signup"))
    story.comes_in(form("email_click", at=after(hours=1), consent=None, uncounted="too_fast"))
    last = story.now_is.activities[-1]
    assert (last.counts, last.uncounted) == (False, "too_fast")
    assert score(story.now_is, RULES, after(hours=1)).engagement == 5

    shy = Story()
    shy.comes_in(form("demo_request", consent=None))
    shy.comes_in(form("pricing_page", at=after(hours=1), consent=None))
    assert [a.uncounted for a in shy.now_is.activities] == ["", "profiling"]


def test_a_day_and_a_lifetime_bring_so_much_and_no_more():
    a_day = did(*[("product_page", hour / 24) for hour in range(5)])
    assert engagement(a_day, CAPPED, after(hours=4))[0] == 3
    a_week = did(*[("product_page", day) for day in range(7)])
    # Two a day, four days; then nothing more, ever: the last ones are the oldest points that are left.
    assert engagement(a_week, CAPPED, after(days=6))[1][0].points == pytest.approx(
        sum(2 * 0.5 ** ((6 - day) / 7) for day in range(4))
    )


def test_each_action_halves_at_its_own_pace():
    lead = did(("product_page", 0), ("pricing_page", 0))
    assert [round(r.points, 2) for r in engagement(lead, CAPPED, after(days=7))[1]] == [8.51, 1.0]


def test_minus_points_have_caps_too():
    many = did(("careers_page", 0), ("careers_page", 0.1), ("careers_page", 0.2))
    assert engagement(many, CAPPED, after(days=0.2))[1][0].points == -10


def test_a_day_is_one_in_utc():
    around_midnight = did(("pricing_page", 14.4 / 24), ("pricing_page", 14.6 / 24))  # 23:54 and 00:06
    assert engagement(around_midnight, CAPPED, after(days=1))[0] == 20


ACTIONS = ("pricing_page", "product_page", "careers_page", "blog_page", "webinar_attended", "demo_request")
DONE = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 400)), min_size=1, max_size=14)


@settings(max_examples=40)
@given(done=DONE, seed=st.integers(0, 1000), days=st.integers(17, 60))
def test_late_and_out_of_order_events_give_the_same_score(done, seed, days):
    """Whatever order they arrive in, the score, the stage and its date end the same."""
    unique = sorted({(action, hour) for action, hour in done}, key=lambda d: (d[1], d[0]))
    forms = [form("newsletter_signup", at=MONDAY, consent=YES)]
    forms += [form(action, at=after(hours=hour), consent=None) for action, hour in unique]
    in_order, shuffled = Story(CAPPED), Story(CAPPED)
    for one in forms:
        in_order.comes_in(one, after(days=days))
    late = forms[1:]
    random.Random(seed).shuffle(late)
    for one in [forms[0], *late]:
        shuffled.comes_in(one, after(days=days))
    ends = [(s.now_is.stage, s.now_is.mql_at) for s in (in_order, shuffled)]
    assert ends[0] == ends[1]
    at = after(days=days)
    assert score(shuffled.now_is, CAPPED, at) == score(in_order.now_is, CAPPED, at)


@settings(max_examples=40)
@given(hours=st.lists(st.integers(0, 300), max_size=12), now=st.integers(300, 1000))
def test_the_caps_are_what_a_slow_second_opinion_says(hours, now):
    """Day by day and hour by hour, in fractions: no shared formula."""
    lead = did(*[("product_page", hour / 24) for hour in hours])
    raw: list[tuple[int, Fraction]] = []
    for hour in range(301):
        for _ in range(hours.count(hour)):
            day = (after(hours=hour) - MONDAY.replace(hour=0, minute=0)).days
            today = sum(p for h, p in raw if (after(hours=h) - MONDAY.replace(hour=0, minute=0)).days == day)
            left = min(Fraction(3) - today, Fraction(8) - sum(p for _, p in raw))
            raw.append((hour, min(Fraction(2), left)))
    left_now = sum(float(points) * 2 ** (-(now - hour) / (7 * 24)) for hour, points in raw)
    counted = engagement(lead, CAPPED, after(hours=now))[1]
    assert sum(r.points for r in counted) == pytest.approx(min(left_now, 9), abs=1e-6)


WORDS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["yes", "declines", "objects"])),
    max_size=5,
    unique_by=lambda word: word[0],
)
VIEWS = st.lists(
    st.tuples(st.sampled_from(ACTIONS[:4]), st.integers(0, 20), st.booleans()),
    min_size=1,
    max_size=8,
    unique_by=lambda view: view[:2],
)


# Told in an order that made the day of a replay, or of the lead itself, differ.
@example(words=[(5, "yes"), (0, "yes")], views=[("pricing_page", 5, True)], seed=558, fits=30)
@example(
    words=[(4, "yes"), (0, "yes"), (5, "objects"), (2, "objects"), (6, "yes")],
    views=[("pricing_page", 1, False)],
    seed=276,
    fits=30,
)
@example(
    words=[(3, "yes"), (5, "yes"), (0, "yes"), (6, "declines"), (1, "objects")],
    views=[
        *[("pricing_page", 0, True), ("pricing_page", 2, True)],
        *[("product_page", 3, True), ("careers_page", 6, True)],
    ],
    seed=942,
    fits=30,
)
@settings(max_examples=150)
@given(words=WORDS, views=VIEWS, seed=st.integers(0, 1000), fits=st.sampled_from((15, 30)))
def test_what_they_allowed_and_did_counts_the_same_in_any_order(words, views, seed, fits):
    """Words on profiling and views of pages, as they happened and shuffled: each counts by its own time."""

    def told(order):
        story = Story(CAPPED)
        story.comes_in(form("newsletter_signup", after(days=-1), FIT[fits], Consent(True)), after(hours=24))
        for new in order:
            story.comes_in(new, after(hours=24))
        assert fold(story.events, story.facts) == story.now_is
        again = replay(kept(story), Rules(CAPPED, CAPPED))
        assert again.now == again.then
        return story.now_is

    said = [
        form(
            "identify",
            after(hours=hour + 0.5),
            consent=Consent(True, ("profiling",)) if word == "yes" else None,
            objects=word == "objects",
            declined_at=after(hours=hour + 0.5) if word == "declines" else None,
            identifies=True,
        )
        for hour, word in words
    ]
    seen = [form(name, after(hours=hour), consent=None, unnamed=early) for name, hour, early in views]
    news = sorted([*said, *seen], key=lambda new: new.occurred_at)
    in_order, shuffled = told(news), told(random.Random(seed).sample(news, len(news)))
    assert shuffled.permission.said == in_order.permission.said
    assert shuffled.permission.profiling is in_order.permission.profiling
    assert score(shuffled, CAPPED, after(hours=24)) == score(in_order, CAPPED, after(hours=24))
    by_time = [sorted(lead.activities, key=repr) for lead in (shuffled, in_order)]
    assert by_time[0] == by_time[1]
    if in_order.permission.profiling:
        assert (shuffled.stage, shuffled.mql_at) == (in_order.stage, in_order.mql_at)
    elif shuffled.stage is Stage.MQL:
        # Who has taken it back since is moved up by nothing that we only hear of now.
        assert (in_order.stage, in_order.mql_at) == (Stage.MQL, shuffled.mql_at)


@settings(max_examples=60)
@given(words=WORDS, at=st.integers(0, 21), unnamed=st.booleans())
def test_a_moment_is_allowed_as_a_slow_second_opinion_says(words, at, unnamed):
    """Hour by hour, a switch that words turn on and off."""
    on, spoken = False, False
    for hour in range(at + 1):
        for when, word in words:
            if when == hour:
                on, spoken = word == "yes", True
    expected = on if spoken else unnamed and any(word == "yes" for _, word in words)
    said = with_words((), ((after(hours=when), word == "yes") for when, word in words))
    assert allowed_at(said, after(hours=at), unnamed=unnamed) == expected


def test_of_very_many_words_the_ones_that_change_something_stay():
    words = [(after(hours=hour), hour != 500) for hour in range(1000)]
    said = with_words((), words)
    assert len(said) <= MOST_WORDS
    assert [allowed_at(said, after(hours=h)) for h in (0, 499, 500, 501, 999)] == [
        *(True, True, False, True, True)
    ]
