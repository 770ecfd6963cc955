"""The small dialogs: what they ask, and what is read out of them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from handlers.views import dialogs, ids, snooze_dialog
from handlers.views.fields import BadField
from qualification.stages import disqualify
from tests.handlers.views.people import DEFINITION, EVERYBODY, NOW, STRANGE, ZONE, lead, looked_at
from tests.handlers.views.slack_rules import assert_dialog, inputs

DRAWN = {
    "log": (dialogs.log_dialog, ["What happened", "Note"]),
    "nurture": (dialogs.nurture_dialog, ["Until", "Note"]),
    "disqualify": (dialogs.disqualify_dialog, ["Reason", "Note"]),
    "snooze": (snooze_dialog.snooze_dialog, ["For", "Date"]),
    "reassign": (dialogs.reassign_dialog, ["To"]),
    "send_back": (dialogs.send_back_dialog, ["Reason"]),
    "won": (dialogs.won_dialog, ["Amount"]),
    "lost": (dialogs.lost_dialog, ["Reason", "Note"]),
}
CHOICE, TEXT, DATE, PERSON = "selected_option", "value", "selected_date", "selected_user"


def field(block_id, kind, value):
    return {block_id: {block_id: {kind: {"value": value} if kind == CHOICE else value}}}


@pytest.mark.parametrize("person", STRANGE)
@pytest.mark.parametrize("name", DRAWN)
def test_each_dialog_opens_for_every_lead(name, person):
    draw, labels = DRAWN[name]
    one = EVERYBODY[person]()
    view = draw(looked_at(one), metadata={"channel": "C1", "ts": "1.2"}).to_dict()
    assert_dialog(view)
    assert list(inputs(view)) == labels
    assert view["callback_id"] == name
    assert json.loads(view["private_metadata"]) == {"channel": "C1", "ts": "1.2", "lead": one.number}


def test_every_reason_the_dialog_offers_is_one_the_rules_take():
    view = dialogs.disqualify_dialog(looked_at(lead()), metadata={}).to_dict()
    block = inputs(view)["Reason"]
    for option in block["element"]["options"]:
        assert disqualify(lead(), "UANA", option["value"], NOW, DEFINITION)
    assert (
        "after 30 days: could not be reached, wrong person; after 90 days: no budget" in block["hint"]["text"]
    )
    described = {o["value"]: o.get("description", {}).get("text") for o in block["element"]["options"]}
    assert described["unreachable"] == "Comes back after 30 days"
    assert described["spam"] is None


def test_until_stands_a_month_ahead():
    view = dialogs.nurture_dialog(looked_at(lead()), metadata={}).to_dict()
    assert inputs(view)["Until"]["element"]["initial_date"] == "2026-12-02"


def test_what_was_filled_in_is_read_back():
    note = field(ids.LOG_NOTE, TEXT, " hello ")
    assert dialogs.read_log(field(ids.LOG_KIND, CHOICE, "call") | note) == dialogs.Logged("call", "hello")
    nurture = dialogs.read_nurture(field(ids.NURTURE_UNTIL, DATE, "2026-12-02"), ZONE)
    assert (nurture.until.isoformat(), nurture.note) == ("2026-12-02T09:00:00+01:00", None)
    assert dialogs.read_disqualify(field(ids.DISQUALIFY_REASON, CHOICE, "spam")) == dialogs.Closing(
        "spam", None
    )
    assert dialogs.read_reassign(field(ids.REASSIGN_TO, PERSON, "UBEN")) == "UBEN"
    assert dialogs.read_send_back(field(ids.SEND_BACK_REASON, TEXT, "No budget")) == "No budget"
    assert dialogs.read_won(field(ids.WON_AMOUNT, TEXT, "12000 EUR")) == "12000 EUR"
    assert dialogs.read_won(field(ids.WON_AMOUNT, TEXT, None)) is None
    assert dialogs.read_lost(field(ids.LOST_REASON, CHOICE, "price")) == dialogs.Closing("price", None)


@pytest.mark.parametrize(
    ("read", "block_id"),
    [
        (dialogs.read_log, ids.LOG_KIND),
        (lambda values: dialogs.read_nurture(values, ZONE), ids.NURTURE_UNTIL),
        (dialogs.read_disqualify, ids.DISQUALIFY_REASON),
        (dialogs.read_reassign, ids.REASSIGN_TO),
        (dialogs.read_send_back, ids.SEND_BACK_REASON),
        (dialogs.read_lost, ids.LOST_REASON),
        (lambda values: snooze_dialog.read_snooze(values, ZONE, NOW), ids.SNOOZE_DATE),
    ],
)
def test_an_empty_field_is_named_with_what_to_do(read, block_id):
    with pytest.raises(BadField) as refused:
        read({})
    assert refused.value.block_id == block_id
    assert str(refused.value).endswith(".")


def test_a_blank_reason_is_no_reason():
    with pytest.raises(BadField):
        dialogs.read_send_back(field(ids.SEND_BACK_REASON, TEXT, "  \n "))


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        ("hour", "2026-11-02T11:30:00+01:00"),
        ("afternoon", "2026-11-02T14:00:00+01:00"),
        ("tomorrow", "2026-11-03T09:00:00+01:00"),
        ("monday", "2026-11-09T09:00:00+01:00"),
    ],
)
def test_snooze_choices_mean_what_they_say(choice, until):
    assert snooze_dialog.read_snooze(field(ids.SNOOZE_FOR, CHOICE, choice), ZONE, NOW).isoformat() == until


def test_tomorrow_at_nine_is_nine_also_when_the_clocks_change():
    saturday = datetime(2026, 10, 24, 12, tzinfo=ZONE)
    until = snooze_dialog.read_snooze(field(ids.SNOOZE_FOR, CHOICE, "tomorrow"), ZONE, saturday)
    assert until.isoformat() == "2026-10-25T09:00:00+01:00"


def test_a_picked_date_wins_over_the_preset_choice():
    values = field(ids.SNOOZE_FOR, CHOICE, "hour") | field(ids.SNOOZE_DATE, DATE, "2026-11-20")
    assert snooze_dialog.read_snooze(values, ZONE, NOW).isoformat() == "2026-11-20T09:00:00+01:00"


def test_this_afternoon_is_not_offered_in_the_afternoon_and_refused_when_it_passed_meanwhile():
    def offered(hour):
        seen = looked_at(lead(), datetime(2026, 11, 2, hour, tzinfo=ZONE))
        options = inputs(snooze_dialog.snooze_dialog(seen, metadata={}).to_dict())["For"]["element"][
            "options"
        ]
        return [o["value"] for o in options]

    assert "afternoon" in offered(13)
    assert "afternoon" not in offered(14)
    with pytest.raises(BadField) as refused:
        snooze_dialog.read_snooze(
            field(ids.SNOOZE_FOR, CHOICE, "afternoon"), ZONE, datetime(2026, 11, 2, 15, tzinfo=ZONE)
        )
    assert refused.value.block_id == ids.SNOOZE_FOR
