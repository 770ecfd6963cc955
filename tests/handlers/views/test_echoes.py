"""Echoes: what was done, what it means, and how to take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.views import echoes
from qualification.lead import Permission, Stage
from tests.handlers.views.people import EVERYBODY, GOOD_CALL, NOW, lead, looked_at, owned, sql
from tests.handlers.views.slack_rules import assert_message

NAMES = {"UANA": "Ana Torres", "UBEN": "Ben <!channel>"}


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_echo_about_everybody_is_a_message_slack_takes(who):
    seen = looked_at(EVERYBODY[who]())
    one = seen.lead
    for words in (
        echoes.claimed_words(one),
        echoes.qualified_words(seen, "UANA", NAMES),
        echoes.logged_words(one),
        echoes.nurture_words(seen),
        echoes.closed_words(seen),
        echoes.snoozed_words(seen),
        echoes.reassigned_words(one, "UMAYA", NAMES),
        echoes.released_words(one),
        echoes.sent_back_words(one, "UBEN", NAMES),
        echoes.won_words(one),
        echoes.lost_words(seen),
        echoes.undone_words(one, Stage.SQL),
    ):
        shown = echoes.echo_message(words, one, undo="s1", back=True)
        assert_message(shown)
        assert "<!channel>" not in shown.text


def test_a_hand_over_names_who_is_told_without_calling_them():
    seen = looked_at(replace(sql(), qualified_at=NOW, stage_since=NOW))
    said = echoes.qualified_words(seen, "UANA", {"UBEN": "Ben Okafor"})
    assert said.endswith("L-1042 is an SQL now, Ben Okafor is told.")
    mine = looked_at(replace(sql(), qualified_at=NOW, stage_since=NOW, handed_to="UANA"))
    assert echoes.qualified_words(mine, "UANA", {}).endswith("is an SQL now, sales is told.")


def test_saving_an_sql_again_hands_nothing_over():
    seen = looked_at(replace(sql(), qualified_at=NOW + timedelta(hours=1), stage_since=NOW))
    assert echoes.qualified_words(seen, "UANA", {}).endswith("L-1042 is an SQL.")


def test_what_an_sql_still_needs_is_said_after_saving():
    said = echoes.qualified_words(looked_at(owned(lead())), "UANA", {})
    assert "L-1042 is an MQL. Missing for an SQL:" in said
    ready = echoes.qualified_words(looked_at(owned(lead(answers=GOOD_CALL))), "UANA", {})
    assert "Missing" not in ready


def test_a_closed_lead_says_when_it_comes_back_and_what_to_ask():
    gone = lead(stage=Stage.DISQUALIFIED, reason="wrong_person", until=NOW + timedelta(days=30))
    said = echoes.closed_words(looked_at(gone))
    assert said.startswith("L-1042 is closed: wrong person. It comes back on")
    silent = lead(stage=Stage.DISQUALIFIED, reason="opted_out", permission=Permission(opted_out=True))
    assert "must not be contacted" in echoes.closed_words(looked_at(silent))


def test_a_snooze_without_owner_ends_in_the_queue():
    nobody = looked_at(lead(snoozed_until=NOW + timedelta(hours=1)))
    assert "It is back in the queue then." in echoes.snoozed_words(nobody)


def test_sent_back_says_who_has_it_now():
    assert echoes.sent_back_words(lead(), "UBEN", NAMES) == "L-1042 is an MQL again, in the queue."
    mine = echoes.sent_back_words(owned(lead()), "UANA", NAMES)
    assert mine == "L-1042 is an MQL again. Ana Torres has it."


def test_a_refusal_reads_as_plain_text_on_a_field():
    said = echoes.spoken("<@UANA> already has A &amp; B. <@UNEW> asked.", NAMES)
    assert said == "@Ana Torres already has A & B. @UNEW asked."


def test_nothing_to_press_is_no_row_of_buttons():
    assert [block["type"] for block in echoes.echo_message("Done.", lead()).blocks] == ["section"]
