"""`/lead definition`: what marketing and sales agreed on, in plain words."""

from __future__ import annotations

from typing import Any

from handlers.flows.house_state import InForce
from handlers.views.definition_text import definition_message
from qualification.definition import parse_definition
from tests.handlers.views.people import NASTY, NOW, ZONE
from tests.handlers.views.slack_rules import assert_message, mrkdwn
from tests.qualification.test_definition import changed


def shown(**changes: Any) -> str:
    told = InForce(parse_definition(changed(**changes)), "installation", NOW)
    message = definition_message(told, ZONE, {})
    assert_message(message)
    return mrkdwn(message.blocks)


def test_the_legal_basis_is_said_by_country_and_the_rest_of_the_world_last() -> None:
    legal = {"*": {"contact": "contract"}, "DE": {"contact": "contract", "marketing": "double_opt_in"}}
    text = shown(permission__legal_basis=legal)
    assert (
        "• Legal basis in DE: contact contract, marketing double_opt_in\n"
        "• Legal basis everywhere else: contact contract" in text
    )
    assert "Legal basis" not in shown()
    shown(permission__legal_basis={"DE": {"contact": NASTY.replace("\ud800", "")}})


def test_times_are_said_in_the_unit_they_are_whole_in() -> None:
    """Half a day is no "0 days", and twenty-four working hours are no day."""
    text = shown(engagement__half_life_days=0.5, permission__waits_days=1.5)
    assert "halved every 12 hours" in text
    assert "without it waits 36 hours" in text
    assert "Claim to first touch: 24 hours" in text
    assert "Direct inquiry to claim: 5 minutes" in text


def test_what_decides_most_comes_first_and_the_names_of_events_last() -> None:
    headings = ["*Stages*", "*A lead*", "*Fit*", "*BANT*", "*One person under two numbers*", "*Lists*"]
    text = shown()
    assert sorted(headings, key=text.index) == headings
    if "*What visitors do*" in text:
        assert text.index("*What visitors do*") > text.index("*Reasons to lose*")


def test_whose_word_stays_after_a_merge_is_said() -> None:
    fields = {"company": "longest", "title": "ask", "phone": "source"}
    text = shown(merge={"fields": fields, "sources": ["website", "import"]})
    assert "• company: the longest word" in text
    assert "• title: whoever merges chooses" in text
    assert "• Sources, the best first: website, import" in text
