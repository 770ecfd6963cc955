"""Permission by purpose: the proof of each, what withdraws it, and what wins over what."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.definition import parse_definition
from qualification.events import Event, Kind
from qualification.history import fold
from qualification.permission import Consent, withdrawal
from qualification.receipts import receipts_of
from qualification.scoring import engagement
from qualification.stages import opt_out
from tests.qualification.stories import FIT, RULES, YAML, Story, after, form

ALL = ("contact", "marketing", "profiling", "sharing")


def test_each_purpose_has_its_own_proof():
    story = Story()
    story.comes_in(form(consent=None))
    consent = Consent(
        True, ("marketing",), "2026-05", after(1), form="newsletter", page="https://x.example/n?e=ada"
    )
    story.comes_in(form("newsletter_signup", after(1), consent=consent))
    story.does([Event(Kind.PERMISSION, after(2), "UANA", withdrawal(story.now_is.permission, "marketing"))])

    asked, given_, gone = receipts_of(story.events, story.facts)
    assert (asked.purpose, asked.legal_basis, asked.granted) == ("contact", "steps at their request", True)
    assert (given_.purpose, given_.legal_basis, given_.wording, given_.form, given_.page) == (
        "marketing", "consent", "2026-05", "newsletter", "https://x.example/n"
    )  # fmt: skip
    assert (gone.purpose, gone.granted, gone.at, gone.source) == ("marketing", False, after(2), "UANA")
    assert not story.now_is.permission.marketing
    assert "newsletter" not in str([event.data for event in story.events if event.kind is Kind.PERMISSION])
    assert withdrawal(story.now_is.permission, "marketing") == {}, "twice does it once"


def test_a_newer_wording_is_a_new_receipt():
    story = Story()
    for n, version in enumerate(("2026-05", "2026-09")):
        story.comes_in(form(at=after(n), consent=Consent(True, ("contact",), version)))
    assert [one.wording for one in receipts_of(story.events, story.facts)] == ["2026-05", "2026-09"]


def test_opting_out_ends_every_purpose_and_the_proof_outlives_the_words():
    story = Story()
    story.comes_in(form(consent=Consent(True, ALL, "Ada's own wording", basis="on the phone")))
    story.does(opt_out(story.now_is, "themselves", after(1)))
    receipts = receipts_of(story.events, story.facts)
    assert [one.granted for one in receipts] == [True] * 4 + [False] * 4
    assert receipts[0].wording == "Ada's own wording"
    erased = receipts_of(story.events, {})
    assert [(one.purpose, one.granted) for one in erased] == [(one.purpose, one.granted) for one in receipts]
    assert "Ada" not in str(erased)


def test_the_definition_says_what_the_law_calls_it_in_each_country():
    legal = (
        "  legal_basis:\n    '*': {contact: contract}\n    de: {contact: consent, marketing: double_opt_in}\n"
    )
    rules = parse_definition(YAML.replace("  waits_days: 7\n", f"  waits_days: 7\n{legal}"))
    assert (rules.legal_basis("contact", "DE"), rules.legal_basis("contact", "FR")) == ("consent", "contract")
    story = Story(rules)
    story.comes_in(form(consent=Consent(True, ("contact", "marketing"))))
    story.comes_in(form(at=after(1), consent=Consent(True, ("contact",), "v2")))
    assert receipts_of(story.events, story.facts)[0].legal_basis == "contract"


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(["agrees", "objects", "asks"])),
        min_size=1,
        max_size=5,
        unique_by=lambda one: one[0],
    ),
    st.randoms(use_true_random=False),
)
def test_do_not_sell_wins_over_whatever_is_older_in_whatever_order_we_hear_it(moments, chance):
    def told(order):
        story = Story()
        story.comes_in(form(at=after(days=-1), consent=None))
        for hour, what in order:
            consent = Consent(True, ("profiling", "sharing")) if what == "agrees" else None
            story.comes_in(form(at=after(hour), consent=consent, objects=what == "objects"), now=after(9))
        assert fold(story.events, story.facts) == story.now_is
        return story.now_is.permission

    shuffled = list(moments)
    chance.shuffle(shuffled)
    permission = told(sorted(moments))
    last = [what for _, what in sorted(moments) if what != "asks"][-1:]
    assert permission.profiling is permission.sharing is (last == ["agrees"])
    late = told(shuffled)
    assert (late.profiling, late.sharing, late.objected_at) == (
        permission.profiling, permission.sharing, permission.objected_at
    )  # fmt: skip


def test_what_we_only_watched_scores_while_they_allow_it_and_what_they_sent_always():
    story = Story()
    story.comes_in(form(consent=Consent(True, ALL)))
    for hour in (1, 2, 3):
        story.comes_in(form("pricing_page", after(hour), consent=None))
    watched = engagement_of(story)
    story.does([Event(Kind.PERMISSION, after(4), "UANA", withdrawal(story.now_is.permission, "profiling"))])
    assert engagement_of(story) < watched
    assert engagement_of(story) == 30, "the demo request"
    assert story.now_is.stage == "mql"
    story.comes_in(form("pricing_page", after(5), consent=None))
    assert [a.counts for a in story.now_is.activities] == [True] * 4 + [False]


def test_what_we_watched_dates_no_mql_at_a_moment_at_which_they_did_not_allow_it():
    story = Story()
    story.comes_in(form("newsletter_signup", after(0), FIT[30], Consent(True, ALL)))
    story.comes_in(form("product_video", after(1), consent=None))
    story.does([Event(Kind.PERMISSION, after(2), "UANA", withdrawal(story.now_is.permission, "profiling"))])
    story.comes_in(form("demo_request", after(10), consent=None))
    story.comes_in(form("newsletter_signup", after(3), consent=None), now=after(11))
    assert (story.now_is.stage, story.now_is.mql_at) == ("mql", after(10))


def test_an_objection_is_heard_also_when_the_form_is_known():
    story = Story()
    story.comes_in(form(consent=Consent(True, ALL)))
    again = story.comes_in(form(consent=None, objects=True))
    assert (again.status, story.now_is.permission.profiling, len(story.now_is.activities)) == (
        "duplicate",
        False,
        1,
    )
    assert story.comes_in(form(consent=None, objects=True)).events == ()


def engagement_of(story: Story) -> float:
    reasons = engagement(story.now_is, RULES, after(6), watched=story.now_is.permission.profiling)[1]
    return round(sum(reason.points for reason in reasons))
