"""The definition's rules for visitors, readable without the file."""

from __future__ import annotations

from handlers.flows.house_state import InForce
from handlers.views.behaviour_text import behaviour_lines
from handlers.views.definition_text import definition_message
from handlers.views.message import Message
from qualification.definition import Definition, parse_definition
from tests.handlers.views.people import DEFINITION, NASTY, NOW, ZONE
from tests.handlers.views.slack_rules import assert_message, mrkdwn
from tests.qualification.test_behaviour import CAPPED
from tests.qualification.test_definition import changed


def shown_whole(definition: Definition) -> Message:
    return definition_message(InForce(definition, "installation", NOW), ZONE, {})


def test_every_rule_is_said_in_words():
    shown = shown_whole(DEFINITION)
    assert_message(shown)
    text = mrkdwn(shown.blocks)
    assert "• Saw the pricing page: “page” where path begins with “/pricing”" in text
    assert (
        "• Saw the careers page: “page” where path begins with “/careers”, “page” where path begins" in text
    )
    assert "• Stayed a minute on a page: “Page Left” where seconds is at least 60" in text
    assert "• Replied with interest: “Email Replied” where sentiment is “positive”" in text
    assert "Read the blog at most 5 at a time" in text
    assert "clicks within 2 seconds of delivery" in text


def test_limits_are_said_as_they_are():
    (said,) = behaviour_lines(CAPPED)
    assert "Saw a product page at most 9 at a time, 3 a day, 8 ever and halved every 7 days" in said


def test_a_definition_without_rules_says_nothing_and_a_hostile_one_harms_nothing():
    old = parse_definition(changed(behaviour=None))
    assert behaviour_lines(old) == []
    assert "What visitors do" not in mrkdwn(shown_whole(old).blocks)
    nasty = NASTY.replace("\ud800", "")
    rules = [{"event": nasty, "where": {nasty: {"contains": nasty}}, "counts_as": "blog_page"}] * 200
    hostile = parse_definition(changed(behaviour={"rules": [dict(rule) for rule in rules]}))
    assert_message(shown_whole(hostile))
