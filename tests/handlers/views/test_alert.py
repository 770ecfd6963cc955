"""The alert in the sales channel, from the hand-over to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.views.alert import alert_card, bant_summary, older_alert
from qualification.events import Event, Kind
from qualification.lead import Answers, Letter, Stage
from tests.handlers.views.people import DEFINITION, EVERYBODY, NOW, lead, looked_at, owned, sql
from tests.handlers.views.slack_rules import assert_message, labels, mrkdwn, walk

CRM = "https://crm.example/leads?q=1042&x=<y>"


@pytest.mark.parametrize("person", EVERYBODY)
def test_every_lead_makes_an_alert_slack_takes(person):
    assert_message(alert_card(looked_at(EVERYBODY[person]()), by="UANA", crm_url=CRM))


def test_it_holds_what_the_next_conversation_needs():
    alert = alert_card(looked_at(sql()), by="UANA", crm_url=CRM)
    text = mrkdwn(alert.blocks)
    assert alert.text == "New SQL: Ada Lovelace, VP Engineering, Acme, 93 points, from <@UANA>, for <@UBEN>"
    for said in (
        "*93 of 100: fits, hot, BANT points 33 of 40*",
        "*Budget*: can be found for a good case",
        "*Authority*: one approval away",
        "*Need*: clear pain, searching",
        "*Timeline*: this quarter",
        "*Next step*: Send the offer, <!date^",
        "approved by <@UANA>, for <@UBEN>",
        ">Need it by March",
        ">Wants SSO",
        "Nobody has taken it yet",
    ):
        assert said in text
    assert labels(alert.blocks) == ["Take it", "Send back", "Open in CRM"]
    assert [n["style"] for n in walk(alert.blocks) if "style" in n] == ["primary"]


@pytest.mark.parametrize(
    ("changed", "said", "pressed"),
    [
        ({"taken_by": "UBEN", "owner": "UBEN"}, "Taken by <@UBEN>, <!date^", ["Won", "Lost", "Send back"]),
        ({"stage": Stage.MQL, "handed_to": None}, "Sent back by <@UBEN>, <!date^", []),
        ({"stage": Stage.CUSTOMER, "amount_minor": 99, "currency": "EUR"}, "Won by <@UBEN>, <!date^", []),
        ({"stage": Stage.LOST, "reason": "price"}, "Lost by <@UBEN>, <!date^", []),
        ({"stage": Stage.NURTURE}, "Handed back to nurture by <@UBEN>, <!date^", []),
        ({"stage": Stage.DISQUALIFIED, "reason": "spam"}, "Closed by <@UBEN>, <!date^", []),
    ],
)
def test_once_it_went_on_the_alert_says_who_and_when_and_offers_less(changed, said, pressed):
    last = Event(Kind.STAGE, NOW, "UBEN")
    alert = alert_card(looked_at(replace(sql(), **changed)), by="UANA", last=last)
    assert said in mrkdwn(alert.blocks)
    assert labels(alert.blocks) == pressed


def test_who_says_what_stays_visible():
    answers = Answers(budget=Letter(claimed="approved", confirmed="planned"), need=Letter(claimed="deadline"))
    assert bant_summary(owned(lead(answers=answers)), DEFINITION) == [
        "*Budget*: planned this year (they said: approved and in range)",
        "*Authority*: not asked yet",
        "*Need*: they said deadline or measured cost, not confirmed",
        "*Timeline*: not asked yet",
    ]


def test_only_whom_it_was_handed_to_is_called():
    names = {"UANA": "Ana Torres", "UBEN": "Ben Okafor"}
    alert = alert_card(looked_at(sql()), by="UANA", names=names)
    assert "approved by Ana Torres, for <@UBEN>" in mrkdwn(alert.blocks)
    assert alert.text.endswith("from Ana Torres, for <@UBEN>")
    mine = alert_card(looked_at(replace(sql(), handed_to="UANA")), by="UANA", names=names)
    assert "<@" not in mrkdwn(mine.blocks) + mine.text


def test_a_hand_over_that_was_undone_says_so():
    last = Event(Kind.UNDONE, NOW, "UANA", {"step": "s1"})
    undone = alert_card(looked_at(owned(lead())), by="UANA", last=last)
    assert "Taken back by <@UANA>, <!date^" in mrkdwn(undone.blocks)
    assert labels(undone.blocks) == []


def test_an_older_alert_leads_to_the_current_one():
    older = older_alert(looked_at(sql()), "https://x.example/p1")
    assert_message(older)
    assert "<https://x.example/p1|Go to the current alert>" in mrkdwn(older.blocks)
