"""Words from outside: they read the same, and do nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.views import text
from handlers.views.alert import alert_card
from handlers.views.details import details_dialog
from handlers.views.lead_card import lead_card
from qualification.lead import Profile
from tests.handlers.views.people import NOW, ZONE, lead, looked_at
from tests.handlers.views.slack_rules import assert_dialog, assert_message, assert_no_ping

LIVELY = st.text(
    st.one_of(
        st.sampled_from(list("<>&@!#|*_~`:^/\\\n\t\r{}[]()=%?;., aZ0")),
        st.characters(),
        st.sampled_from(["\u202e", "\u200b", "\u200d", "\ud800", "\u0301", "\u2028", "\U000e0041"]),
    ),
    max_size=80,
)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<!channel> & co", "&lt;!channel&gt; &amp; co"),
        ("*x* `y` ~z~ _w_", "∗x∗ ˋyˋ ∼z∼ ˍwˍ"),
        ("snake_case_stays", "snake_case_stays"),
        ("abc\u202egnp\u2066", "abcgnp"),
        ("a\u200bb\ufeffc\x00d\x1b", "abcd"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("می‌خواهم", "می‌خواهم"),
        ("Z" + "\u0301" * 50, "Z" + "\u0301" * 4),
        ("\ud800", ""),
    ],
)
def test_it_reads_the_same_and_does_nothing(typed, shown):
    assert text.escape(typed) == shown


@given(LIVELY)
def test_escaped_text_has_no_markup(typed):
    assert_no_ping(text.escape(typed))
    assert_no_ping(text.line(typed))
    assert_no_ping(text.quote(typed))
    assert_no_ping(text.mail_link(typed))
    assert_no_ping(text.phone_link(typed))
    assert_no_ping(text.link(f"https://crm.example/{typed}", "Open"))
    assert not re.search(r"[*`~<>]", text.escape(typed))
    text.escape(typed).encode("utf-8")


@given(LIVELY, st.integers(1, 60))
def test_clipping_never_exceeds_and_says_that_it_cut(typed, n):
    cut = text.clip(typed, n)
    assert len(cut) <= n
    assert cut == typed or cut.endswith("…")


@given(LIVELY)
def test_paging_loses_nothing(typed):
    shown = text.pages(typed * 20, 100)
    assert all(0 < len(page) <= 100 for page in shown)
    assert "".join("".join(shown).split()) == "".join(text.escape(typed * 20).split())


@settings(max_examples=40, deadline=None)
@given(LIVELY, LIVELY, LIVELY, LIVELY)
def test_no_card_alert_or_details_pings_whatever_is_typed(name, company, message, phone):
    profile = Profile(
        email=f"{name}@x", phone=phone, first_name=name, company=company, title=message, country=phone
    )
    seen = looked_at(lead(profile, message=message, notes=company, next_step=name, extra=((name, message),)))
    assert_message(lead_card(seen, also=message))
    assert_message(alert_card(seen, by="UANA"))
    assert_dialog(details_dialog(seen, [], metadata={}).to_dict())


def test_a_message_keeps_its_lines():
    assert text.quote("one\n\n *two*\r\nthree") == ">one\n>∗two∗\n>three"
    assert text.quote(" \u200b ") == ""
    assert text.quote("a\nb\nc\nd", rows=3) == ">a\n>b\n>c…"


def test_dates_carry_the_workspaces_time_as_fallback():
    assert (
        text.when(NOW, ZONE)
        == f"<!date^{int(NOW.timestamp())}^{{date_short_pretty}} {{time}}|2026-11-02 10:30 CET>"
    )
    assert text.when(datetime(2026, 11, 2, 9, 30, tzinfo=UTC), UTC).endswith("|2026-11-02 09:30 UTC>")


def test_links_to_press():
    assert text.phone_link("+49 (0)30 / 90 18-20") == "<tel:+4930901820|+49 (0)30 / 90 18-20>"
    assert text.phone_link("n/a") == "n/a"
    assert text.mail_link("a|b@x.de") == "<mailto:a%7Cb@x.de|a¦b@x.de>"
    assert text.link("https://x.de/?a=1&b=<|>", "Open") == "<https://x.de/?a=1&amp;b=%3C%7C%3E|Open>"


def test_only_ids_become_mentions():
    assert text.mention("UANA") == "<@UANA>"
    assert text.mention("UANA> <!channel") == "UANA&gt; &lt;!channel"
