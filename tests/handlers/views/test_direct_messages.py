"""Direct messages: what happened, what it means, and a button to go on."""

from __future__ import annotations

import pytest

from handlers.views import direct_messages as dm
from tests.handlers.views.people import EVERYBODY, NASTY, NOW, STRANGE, lead, looked_at, owned, sql
from tests.handlers.views.slack_rules import assert_message, labels, mrkdwn

LINK = "https://x.slack.com/archives/C1/p1?thread_ts=1.2&cid=C1"
ALL = {
    "handed over": lambda seen: dm.handed_over_dm(seen, by="UANA", permalink=LINK),
    "reassigned": lambda seen: dm.reassigned_dm(seen, by="UANA", permalink=LINK),
    "sent back": lambda seen: dm.sent_back_dm(seen, by="UBEN", reason=NASTY * 30, permalink=LINK),
    "new inquiry": lambda seen: dm.new_inquiry_dm(seen, permalink=LINK),
    "reminder": lambda seen: dm.reminder_dm(seen, due=NOW, permalink=LINK),
    "reminder without a card": lambda seen: dm.reminder_dm(seen, due=NOW),
}


@pytest.mark.parametrize("person", STRANGE)
@pytest.mark.parametrize("name", ALL)
def test_every_lead_makes_a_message_slack_takes(name, person):
    assert_message(ALL[name](looked_at(EVERYBODY[person]())))


@pytest.mark.parametrize(
    ("name", "one", "starts", "pressed"),
    [
        (
            "handed over",
            sql(),
            "<@UANA> handed Ada Lovelace, VP Engineering, Acme over to you.",
            ["Take it", "Send back"],
        ),
        ("reassigned", owned(lead()), "<@UANA> gave you Ada Lovelace", ["Log call", "Qualify"]),
        ("sent back", lead(), "<@UBEN> sent Ada Lovelace, VP Engineering, Acme back to you.", ["Qualify"]),
        (
            "new inquiry",
            owned(lead()),
            "Ada Lovelace, VP Engineering, Acme, one of your leads,",
            ["Log call"],
        ),
        ("reminder", lead(), "Nobody has claimed Ada Lovelace", ["Claim"]),
        ("reminder", owned(lead()), "Ada Lovelace, VP Engineering, Acme is still waiting", ["Log call"]),
    ],
)
def test_it_says_what_happened_and_offers_the_next_step(name, one, starts, pressed):
    told = ALL[name](looked_at(one))
    assert told.text.startswith(starts)
    assert labels(told.blocks) == [*pressed, "Open card"]
    assert starts in mrkdwn(told.blocks)


def test_the_hand_over_brings_the_next_step_with_it():
    assert "Next step: Send the offer, <!date^" in mrkdwn(ALL["handed over"](looked_at(sql())).blocks)
