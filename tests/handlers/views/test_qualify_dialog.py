"""The Qualify dialog: what a rep fills in, what saving would do, and how it is read back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from handlers.views import ids
from handlers.views.fields import loading_dialog
from handlers.views.qualify_dialog import qualify_dialog, read_qualify
from qualification.lead import Answers, Letter, Profile, Stage
from qualification.qualify import Call, known_call, preview
from tests.handlers.views.people import (
    ADA,
    DEFINITION,
    EVERYBODY,
    GOOD_CALL,
    NOW,
    ZONE,
    lead,
    looked_at,
    owned,
    sql,
)
from tests.handlers.views.slack_rules import assert_dialog, inputs, mrkdwn


def opened(one, call=None, **more):
    seen = looked_at(one)
    drawn = preview(one, "UANA", call or known_call(one), NOW, DEFINITION)
    view = qualify_dialog(
        drawn, seen, revision=one.revision, metadata={"channel": "C1", "ts": "1.2"}, typed=call, **more
    ).to_dict()
    assert_dialog(view)
    return view


GOOD = Call(
    answers={"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"},
    notes="Wants SSO & more",
    next_step="Send the offer",
    next_step_at=datetime(2026, 11, 5, 9, tzinfo=ZONE),
    hand_to="UBEN",
)


@pytest.mark.parametrize("person", EVERYBODY)
def test_it_opens_for_every_lead(person):
    opened(EVERYBODY[person]())
    opened(EVERYBODY[person](), GOOD, changed=["<@UBEN> claimed it."] * 9)


def test_its_fields_are_called_what_reps_know():
    labels = list(inputs(opened(lead())))
    assert labels == [
        "Budget", "Authority", "Need", "Timeline", "Direct inquiry",
        "Notes", "Next step", "Next step date", "Hand to",
    ]  # fmt: skip


def test_title_and_company_size_are_asked_only_where_unknown():
    labels = inputs(opened(lead(Profile(email="a@b.example"))))
    assert labels["Title"]["optional"]
    assert labels["Company size"]["element"]["type"] == "number_input"
    assert "Title" not in inputs(opened(lead(replace(ADA, employees=None))))


def test_selects_are_sent_at_once_and_start_with_not_asked_yet():
    fields = inputs(opened(lead(activities=())))
    for label in ("Budget", "Authority", "Need", "Timeline", "Direct inquiry"):
        block = fields[label]
        assert block["dispatch_action"] is True
        assert block["element"]["type"] == "static_select"
        assert block["element"]["options"][0] == block["element"]["initial_option"]
        assert block["element"]["options"][0]["text"]["text"] == "Not asked yet"
        assert block["element"]["options"][0]["value"] == "unknown"
        assert block["element"]["action_id"].startswith(ids.QUALIFY_PREFIX)
    assert fields["Direct inquiry"]["hint"]["text"] == "Did they ask for a demo, price, quote or call?"


def test_what_a_form_claimed_is_marked_but_not_chosen_for_the_rep():
    fields = inputs(opened(lead(answers=Answers(budget=Letter(claimed="planned")))))
    budget = fields["Budget"]["element"]
    assert [o["text"]["text"] for o in budget["options"] if "they said" in o["text"]["text"]] == [
        "Planned this year (they said)"
    ]
    assert budget["initial_option"]["value"] == "unknown"
    inquiry = fields["Direct inquiry"]
    assert [o["text"]["text"] for o in inquiry["element"]["options"]] == ["Not asked yet", "Yes", "No"]
    assert inquiry["hint"]["text"] == "They asked by themselves: that counts as Yes unless you choose No."


def test_what_was_saved_before_stands_there_again():
    fields = inputs(opened(sql()))
    assert fields["Budget"]["element"]["initial_option"]["value"] == "findable"
    assert fields["Next step"]["element"]["initial_value"] == "Send the offer"
    assert fields["Next step date"]["element"]["initial_date"] == "2026-11-04"
    assert fields["Hand to"]["element"]["initial_user"] == "UBEN"


def test_choosing_shows_score_stage_and_what_is_missing():
    text = mrkdwn(opened(owned(lead()), Call(answers={"budget": "none"}))["blocks"])
    assert "*60 of 100: fits, hot, BANT points 0 of 40*" in text
    assert "Saving keeps it an MQL." in text
    assert "•  Score 60 of 75: 15 short" in text
    assert "•  Budget is “none”" in text


def test_the_button_says_hand_over_only_while_the_gate_holds():
    handing = opened(lead(), GOOD)
    assert handing["submit"]["text"] == "Save and hand over"
    assert "Saving makes this an *SQL*" in mrkdwn(handing["blocks"])
    assert opened(lead())["submit"]["text"] == "Save"
    assert opened(sql(), GOOD)["submit"]["text"] == "Save"


def test_qualifying_a_nurtured_lead_says_that_it_comes_back():
    assert "Saving makes it an MQL." in mrkdwn(opened(EVERYBODY["nurture"]())["blocks"])


def test_a_stale_dialog_says_what_changed_and_keeps_what_was_typed():
    view = opened(lead(), GOOD, changed=["<@UBEN> claimed it."])
    assert mrkdwn(view["blocks"]).startswith("*This lead changed while you were typing.*")
    assert "•  <@UBEN> claimed it." in mrkdwn(view["blocks"])
    assert inputs(view)["Notes"]["element"]["initial_value"] == "Wants SSO & more"


def test_blocks_keep_their_ids_so_that_typed_values_survive():
    before, after = opened(lead()), opened(lead(), GOOD)
    named = [[b["block_id"] for b in view["blocks"] if b["type"] == "input"] for view in (before, after)]
    assert named[0] == named[1]
    assert ids.QUALIFY_LIVE in [b.get("block_id") for b in after["blocks"]]


def test_metadata_carries_ids_only():
    assert json.loads(opened(lead())["private_metadata"]) == {
        "channel": "C1", "ts": "1.2", "lead": 1042, "revision": 3,
    }  # fmt: skip


def test_an_option_the_definition_no_longer_has_reads_as_not_asked():
    odd = lead(answers=Answers(budget=Letter(confirmed="gone")))
    assert inputs(opened(odd))["Budget"]["element"]["initial_option"]["value"] == "unknown"


def state_of(view):
    """What Slack would send for the dialog as it opened."""
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            e = block["element"]
            values[block["block_id"]] = {
                e["action_id"]: {
                    "type": e["type"],
                    "selected_option": e.get("initial_option"),
                    "value": e.get("initial_value"),
                    "selected_date": e.get("initial_date"),
                    "selected_user": e.get("initial_user"),
                }
            }
    return values


def test_reading_gives_back_what_was_drawn():
    assert read_qualify(state_of(opened(lead(), GOOD)), ZONE) == GOOD
    strange = Call(answers={"need": "curious"}, inquiry=False, title="CTO", employees=40, notes="")
    assert read_qualify(state_of(opened(lead(Profile(email="a@b.example")), strange)), ZONE) == strange


def test_a_date_is_nine_in_the_morning_where_we_are():
    call = read_qualify(
        {ids.QUALIFY_NEXT_STEP_DATE: {ids.QUALIFY_NEXT_STEP_DATE: {"selected_date": "2026-07-01"}}}, ZONE
    )
    assert call.next_step_at.isoformat() == "2026-07-01T09:00:00+02:00"


def test_nothing_filled_in_reads_as_nothing_known():
    assert read_qualify({}, ZONE) == Call()


@pytest.mark.parametrize("size", ["0", "-3", "12.5", "many", "", "999999999", "٣"])
def test_a_size_that_is_none_reads_as_unknown(size):
    assert read_qualify({ids.QUALIFY_SIZE: {ids.QUALIFY_SIZE: {"value": size}}}, ZONE).employees is None


def test_the_gate_that_holds_after_a_stage_change_elsewhere_is_not_offered_again():
    assert opened(replace(lead(answers=GOOD_CALL), stage=Stage.CUSTOMER))["submit"]["text"] == "Save"


def test_a_loading_dialog_stands_until_the_data_is_there():
    assert_dialog(loading_dialog("Qualify L-1042").to_dict())
