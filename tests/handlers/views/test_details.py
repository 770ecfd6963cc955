"""Details: nothing known is left out, and the rare actions are where they can be pressed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.views.details import details_dialog
from handlers.views.news import HistoryLine, history_line
from qualification.events import Event, Kind
from qualification.lead import Activity
from tests.handlers.views.people import (
    DEFINITION,
    EVERYBODY,
    LONG,
    NASTY,
    NOW,
    ZONE,
    lead,
    looked_at,
    owned,
    sql,
)
from tests.handlers.views.slack_rules import assert_dialog, labels, mrkdwn, walk

CLAIMED = history_line(Event(Kind.CLAIMED, NOW, "UANA", version=2), DEFINITION, ZONE, told=NASTY)


def opened(one, lines=(CLAIMED,), **more):
    view = details_dialog(looked_at(one), lines, metadata={"channel": "C1"}, **more).to_dict()
    assert_dialog(view)
    return view


@pytest.mark.parametrize("person", EVERYBODY)
def test_details_open_for_every_lead(person):
    opened(EVERYBODY[person](), [CLAIMED] * 200, undo="s1", crm_url="https://crm.example/1", more=3)
    opened(EVERYBODY[person](), [])


def test_everything_known_is_there():
    text = mrkdwn(opened(lead(message=LONG, campaign="spring", extra=(("team size", "12"),)))["blocks"])
    for said in (
        "<tel:+4930901820|",
        "<mailto:ada@acme.de|",
        "Title: VP Engineering",
        "People: 250",
        "Website: acme.de",
        "Title: executive or VP (+12)",
        "*Budget*: not asked yet",
        "We may contact them.",
        "We may not send marketing, score what they look at or share their data.",
        "Given by: their request",
        "Source: linkedin",
        "Campaign: spring",
        "team size: 12",
    ):
        assert said in text
    assert " ".join(text.split()).count("Please &lt;!here&gt; &amp; call me.") == 115


def test_history_says_when_who_what_and_under_which_version():
    line = HistoryLine("WHEN", "WHO", "Claimed it", 2)
    assert "WHEN · WHO: Claimed it · v2" in mrkdwn(opened(lead(), [line])["blocks"])


def test_a_long_history_says_how_much_more_there_is():
    line = HistoryLine("WHEN", "WHO", "Claimed it", 2)
    text = mrkdwn(opened(lead(), [line] * 200, more=5)["blocks"])
    assert text.count("Claimed it") == 80
    assert "… and 125 older" in text


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (lead(), ["Opt-out"]),
        (owned(lead()), ["Back to queue", "Opt-out"]),
        (sql(), ["Back to queue", "Won", "Lost", "Opt-out"]),
        (EVERYBODY["opted out"](), []),
        (EVERYBODY["erased"](), []),
    ],
)
def test_the_rare_actions(one, expected):
    assert labels(opened(one)["blocks"]) == expected


def test_undo_names_its_step_and_opting_out_asks_first():
    buttons = {
        n["action_id"]: n for n in walk(opened(lead(), undo="s7")["blocks"]) if n.get("type") == "button"
    }
    assert buttons["lead.undo"]["value"] == "1042:s7"
    assert buttons["lead.optout"]["confirm"]["confirm"]["text"] == "Opt out"


def test_who_says_that_it_is_a_direct_inquiry_and_since_when():
    asked = lead()
    quiet = lead(action="newsletter_signup")
    told = {
        "asked": asked,
        "quiet": quiet,
        "rep": replace(quiet, inquiry=True, inquiry_at=NOW, inquiry_by="UANA", inquiry_said_at=NOW),
        "no": replace(asked, inquiry=False, inquiry_by="UBEN", inquiry_said_at=NOW),
    }
    said = {name: mrkdwn(opened(one)["blocks"]) for name, one in told.items()}
    assert "Yes: they asked for a demo, <!date^" in said["asked"]
    assert "Not that we know: no demo, price, quote or call was asked for" in said["quiet"]
    assert "Yes, says <@UANA> since <!date^" in said["rep"]
    assert "No, says <@UBEN> since <!date^" in said["no"]
    assert "; they asked for a demo" in said["no"]


def test_a_score_adds_up_for_whoever_reads_it():
    often = tuple(Activity(name, NOW, False) for name in ("demo_request", "pricing_request", "chat"))
    text = mrkdwn(opened(lead(activities=often))["blocks"])
    assert "*Engagement 30*, the most there can be:" in text
    assert "• Asked for a demo (+30)" in text
    seen = looked_at(lead(activities=often))
    assert [part.points for part in seen.score.parts] == [30, seen.score.fit, seen.score.bant]
    assert f"*Fit {seen.score.fit}*:" in text
    assert sum(part.points for part in seen.score.parts) == seen.score.total
    once = mrkdwn(opened(lead(activities=often[2:]))["blocks"])
    assert "*Engagement 15*:" in once
    minus = mrkdwn(opened(lead(activities=(Activity("careers_page", NOW, False),)))["blocks"])
    assert "there can be" not in minus or "*Engagement 0*, the least there can be:" in minus
