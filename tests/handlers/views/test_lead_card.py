"""The card in the leads channel: what a rep reads on a phone, and what can be pressed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.views.lead_card import digest_card, lead_card, pointer_card
from handlers.views.standing import fit_words, heat_words
from qualification.lead import Answers, Letter, Profile, Stage
from qualification.masking import Level, as_shown
from tests.handlers.views.people import (
    EVERYBODY,
    GOOD_CALL,
    NASTY,
    NOW,
    answered,
    lead,
    looked_at,
    owned,
    sql,
)
from tests.handlers.views.slack_rules import assert_message, labels, mrkdwn, walk


@pytest.mark.parametrize("person", EVERYBODY)
def test_every_lead_makes_a_card_slack_takes(person):
    seen = looked_at(EVERYBODY[person]())
    assert_message(
        lead_card(seen, also=NASTY, crm_url="https://crm.example/?a=1&b=<2>|", mention_group=NASTY)
    )
    assert_message(pointer_card(seen, "https://x.slack.com/archives/C1/p1"))
    assert_message(digest_card(3, inquiries=1, best=[seen] * 9))


def test_a_demo_request_reads_as_a_rep_needs_it():
    card = lead_card(looked_at(lead()), mention_group="S123")
    assert card.text == "Demo request: Ada Lovelace, VP Engineering, Acme"
    text = mrkdwn(card.blocks)
    assert text.startswith(
        "*Ada Lovelace* · VP Engineering · Acme (250 people, DE)\nAsked for a demo\n>Need it by March\n"
    )
    assert "<tel:+4930901820|+49 30 901820> · <mailto:ada@acme.de|ada@acme.de>" in text
    assert "It was 10:30 in Berlin when they asked" in text
    assert "*60 of 60 before the call: fits, hot*" in text
    assert "Asked for a demo (+30) · Title: executive or VP (+12) · 250 people, our usual size (+10)" in text
    assert "L-1042 · MQL · 0 of 4 BANT answers known · came in <!date^1793611800^" in text
    assert "Nobody has it yet" in text
    assert "<!subteam^S123>" in text
    assert labels(card.blocks) == ["Claim", "Qualify", "…"]


def test_the_five_rarer_things_carry_the_number():
    overflow = next(n for n in walk(lead_card(looked_at(lead())).blocks) if n.get("type") == "overflow")
    assert [o["value"] for o in overflow["options"]] == [
        "nurture:1042", "disqualify:1042", "snooze:1042", "reassign:1042", "details:1042",
    ]  # fmt: skip


def test_after_the_claim_the_card_says_who_and_offers_log_call():
    card = lead_card(looked_at(owned(lead())))
    assert "With <@UANA> since <!date^" in mrkdwn(card.blocks)
    assert labels(card.blocks) == ["Log call", "Qualify", "…"]


def test_after_the_call_the_score_is_out_of_a_hundred_and_ready_is_said():
    text = mrkdwn(lead_card(looked_at(owned(lead(answers=GOOD_CALL)))).blocks)
    assert "*93 of 100: fits, hot, BANT points 33 of 40*" in text
    assert "*Ready: press Qualify*" in text


def test_what_a_form_claims_is_said_to_be_a_claim():
    text = mrkdwn(lead_card(looked_at(lead(answers=Answers(budget=Letter(claimed="planned"))))).blocks)
    assert "*64 of 100: fits, hot, BANT points 4 of 40 as they say*" in text


def test_what_is_wanted_next_is_said_in_two_short_lines_at_most():
    half = owned(lead(Profile(email="a@b.example"), "newsletter_signup", answers=answered(budget="none")))
    half = replace(half, stage=Stage.LEAD, mql_at=None)
    said = mrkdwn(lead_card(looked_at(half)).blocks).split("\n")
    assert "A demo request or 15 more points of engagement make this an MQL" in said
    assert "For an SQL: better Budget, Need, one more BANT answer, a direct inquiry, 55 points" in said
    for person in ("sql", "won", "lost", "disqualified", "nurture", "opted out", "ready"):
        card = mrkdwn(lead_card(looked_at(EVERYBODY[person]())).blocks)
        assert "For an SQL" not in card, person
        assert "this an MQL" not in card, person


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("sql", ["Won", "Lost", "…"]),
        ("nurture", ["Qualify", "…"]),
        ("won", ["…"]),
        ("lost", ["…"]),
        ("disqualified", ["…"]),
        ("opted out", ["…"]),
        ("erased", []),
    ],
)
def test_a_closed_lead_offers_less(person, expected):
    assert labels(lead_card(looked_at(EVERYBODY[person]())).blocks) == expected


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("sql", "Handed to <@UBEN>"),
        ("taken", "Taken by <@UBEN>"),
        ("won", "Won: 12,000.00 EUR"),
        ("lost", "Lost: price"),
        ("disqualified", "Closed: no budget. It may come back <!date^"),
        ("nurture", "In nurture until <!date^"),
        ("snoozed", "Snoozed until <!date^"),
        ("opted out", "They asked not to be contacted."),
        ("erased", "L-1042: this person's data was erased."),
    ],
)
def test_where_it_went_is_said(person, said):
    assert said in mrkdwn(lead_card(looked_at(EVERYBODY[person]())).blocks)


def test_a_lead_left_alone_is_cooling():
    seen = looked_at(lead(Profile(email="a@b.example")), NOW + timedelta(days=60))
    assert seen.cooling
    assert "Cooling" in mrkdwn(lead_card(seen).blocks)


def test_a_redraw_keeps_the_notification_of_the_first_drawing():
    first = lead_card(looked_at(lead()))
    assert lead_card(looked_at(sql())).text == first.text


def test_the_notification_names_what_they_asked_for():
    said = {
        action: lead_card(looked_at(lead(action=action))).text.split(":")[0]
        for action in ("pricing_request", "quote_request", "call_request", "contact_form", "webinar_attended")
    }
    assert list(said.values()) == [
        "Price request",
        "Quote request",
        "Call request",
        "Contact form",
        "Attended a webinar",
    ]


def test_hours_are_only_told_where_they_are_certain():
    spain = replace(lead(), given=(replace(lead().given[0], profile=Profile(phone="+34612345678")),))
    texas_or_alaska = lead(Profile(email="x@y.com", country="US"))
    assert "It was 10:30 in Madrid" in mrkdwn(lead_card(looked_at(spain)).blocks)
    assert "It was" not in mrkdwn(lead_card(looked_at(texas_or_alaska)).blocks)


def test_score_words():
    assert [fit_words(n) for n in (20, 19, 10, 9)] == ["fits", "may fit", "may fit", "poor fit"]
    assert [heat_words(n) for n in (25, 24, 15, 14)] == ["hot", "warm", "warm", "cold"]


def test_a_burst_is_one_message_with_one_button():
    digest = digest_card(23, inquiries=2, best=[looked_at(lead())])
    assert digest.text == "23 new leads are waiting, 2 of them asked us directly."
    assert labels(digest.blocks) == ["Open queue"]
    assert "L-1042 · *Ada Lovelace*" in mrkdwn(digest.blocks)


def test_the_old_card_points_to_the_new_one():
    pointer = pointer_card(looked_at(lead()), "https://x.slack.com/archives/C1/p1")
    assert "<https://x.slack.com/archives/C1/p1|Go to the current card>" in mrkdwn(pointer.blocks)
    assert labels(pointer.blocks) == []


def test_a_masked_address_stands_there_once() -> None:
    seen = as_shown(looked_at(lead(Profile(email="ada@acme.example"))), Level.MASKED)
    text = mrkdwn(lead_card(seen).blocks)
    assert text.count("acme.example") == 1
    assert "a***@acme.example" in text
