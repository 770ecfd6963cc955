"""Many page views at once: the same lead as one by one and in any order, and a limit to what is kept."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.lead import Permission, Stage
from qualification.observed import MOST_KEPT, observed
from qualification.scoring import score
from tests.qualification.stories import MONDAY, WEEK, YES, Story, after, form
from tests.qualification.test_behaviour import CAPPED

OBSERVED = ("pricing_page", "product_page", "careers_page", "blog_page", "product_video", "unsubscribe")
DONE = st.lists(st.tuples(st.sampled_from(OBSERVED), st.integers(-100, 400)), min_size=1, max_size=14)


@settings(max_examples=50)
@given(done=DONE, seed=st.integers(0, 1000), days=st.integers(17, 60))
def test_all_at_once_is_the_same_as_one_by_one_in_order(done, seed, days):
    dice, now = random.Random(seed), after(days=days)
    unique = sorted(set(done), key=lambda d: (d[1], d[0]))
    views = [form(action, at=after(hours=hour), consent=None) for action, hour in unique]
    story = Story(CAPPED)
    first = form("webinar_signup", at=MONDAY, consent=YES)
    story.comes_in(first, now)
    lead = story.now_is
    for view in views:
        story.comes_in(view, now)
    shuffled = [*views, *views[:2]]
    dice.shuffle(shuffled)
    while shuffled:
        size = dice.randint(1, len(shuffled))
        arrival = observed(shuffled[:size], lead, now, CAPPED, WEEK)
        assert arrival.lead is not None
        lead = arrival.lead
        del shuffled[:size]
    told = story.now_is
    assert (lead.stage, lead.mql_at) == (told.stage, told.mql_at)
    assert score(lead, CAPPED, now) == score(told, CAPPED, now)
    assert sorted(a.at for a in lead.activities) == sorted(a.at for a in told.activities)


def test_a_new_mql_starts_the_clock_and_late_views_start_none():
    for days, clock in ((0, True), (3, False)):
        story = Story()
        story.comes_in(form("webinar_signup"))
        views = [form("pricing_page", at=after(hours=1))]
        arrival = observed(views, story.now_is, after(hours=1, days=days), story.definition, WEEK)
        assert arrival.lead is not None
        assert (arrival.lead.stage, arrival.lead.claim_due is not None) == (Stage.MQL, clock)


def test_without_permission_nothing_counts_and_nobody_moves():
    story = Story()
    story.comes_in(form("webinar_signup"))
    views = [form("pricing_page", at=after(hours=hour)) for hour in range(1, 5)]
    for permission in (Permission(contact=True), Permission(opted_out=True)):
        arrival = observed(
            views, story.now_is.but(permission=permission), after(days=1), story.definition, WEEK
        )
        assert arrival.lead is not None
        assert {a.uncounted for a in arrival.lead.activities[1:]} == {"profiling"}
        assert arrival.lead.stage is Stage.LEAD


def test_one_lead_keeps_so_much_and_no_more():
    story = Story()
    story.comes_in(form("newsletter_signup"))
    views = [form("blog_page", at=MONDAY + n * timedelta(seconds=1)) for n in range(MOST_KEPT + 9)]
    arrival = observed(views, story.now_is, after(days=1), story.definition, WEEK)
    assert arrival.lead is not None
    assert len(arrival.lead.activities) == MOST_KEPT
    again = observed(views, arrival.lead, after(days=1), story.definition, WEEK)
    assert (again.status, again.events) == ("duplicate", ())
