"""Several things that we hear of at once, late: the thread names the one by which it became an MQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.views.news import thread_line
from handlers.views.standing import not_scored
from qualification.events import RULE, Event, Kind
from qualification.lead import Activity, Lead, Permission, Stage
from qualification.seen import see
from tests.qualification.stories import RULES

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def did(action: str, at: datetime) -> Event:
    return Event(Kind.ACTIVITY, at, "events", {"action": action})


def test_what_costs_points_is_never_named_as_the_cause() -> None:
    lead = Lead(1001, AT, AT, stage=Stage.MQL)
    became = Event(Kind.STAGE, AT, RULE, {"from": "lead", "to": "mql"})
    late = did("careers_page", AT + timedelta(hours=1))
    told = thread_line([did("webinar_attended", AT), late, became], lead, RULES, ZONE)
    assert told == "Attended a webinar. lead → MQL."
    told = thread_line([late, became], lead, RULES, ZONE)
    assert told == "What they did until then was scored anew. lead → MQL."


def test_visits_from_before_a_new_consent_stay_not_scored_and_later_ones_count() -> None:
    unseen = Activity("product_page", AT, uncounted="profiling", counts=False)
    lead = Lead(1001, AT, AT, activities=(unseen, Activity("product_page", AT + timedelta(hours=1))))
    for allowed, says in ((True, "1 visit not scored: no permission to profile then"), (False, "2 visits")):
        seen = see(lead.but(permission=Permission(contact=True, profiling=allowed)), RULES, AT, ZONE)
        assert not_scored(seen).startswith(says)
