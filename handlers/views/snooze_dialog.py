"""Snooze: keep the lead, and be reminded at a time that is one choice away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.fields import (
    MORNING,
    BadField,
    Values,
    chosen,
    date_field,
    dialog,
    option,
    picked_day,
    select,
)
from handlers.views.message import context
from handlers.views.standing import who
from qualification.seen import Seen

AFTERNOON = time(14)
_HOUR, _AFTERNOON, _TOMORROW, _MONDAY, _DATE = "hour", "afternoon", "tomorrow", "monday", "date"


def snooze_dialog(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """The choices that are still to come; "this afternoon" is offered in the morning only."""
    local = seen.at.astimezone(seen.zone)
    options = [option(_HOUR, "1 hour")]
    if local.time() < AFTERNOON:
        options.append(option(_AFTERNOON, "This afternoon, 14:00"))
    options += [
        option(_TOMORROW, "Tomorrow, 9:00"),
        option(_MONDAY, "Next Monday, 9:00"),
        option(_DATE, "A date, 9:00"),
    ]
    blocks = [
        *context([who(seen.lead.profile)]),
        select(ids.SNOOZE_FOR, "For", options, chosen_value=_HOUR),
        date_field(ids.SNOOZE_DATE, "Date", hint="Only with “A date”."),
    ]
    carried = {**metadata, "lead": seen.lead.number}
    return dialog(ids.SNOOZE_SAVED, f"Snooze {seen.lead.name}", blocks, submit="Save", metadata=carried)


def read_snooze(values: Values, zone: ZoneInfo, now: datetime) -> datetime:
    """Until when, in `zone`.

    A date that was picked counts, whatever "For" says: nobody picks one by accident.

    Raises:
        BadField: "A date" without one, or a time that has passed while the dialog stood open.
    """
    until = picked_day(values, ids.SNOOZE_DATE, zone) or _until(chosen(values, ids.SNOOZE_FOR), zone, now)
    if until is None:
        raise BadField(ids.SNOOZE_DATE, "Choose a date.")
    if until <= now:
        field = ids.SNOOZE_DATE if picked_day(values, ids.SNOOZE_DATE, zone) else ids.SNOOZE_FOR
        raise BadField(field, "That time has passed. Choose one that is still to come.")
    return until


def _until(choice: str | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    today = now.astimezone(zone).date()
    match choice:
        case "hour":
            return (now + timedelta(hours=1)).astimezone(zone)
        case "afternoon":
            return datetime.combine(today, AFTERNOON, zone)
        case "tomorrow":
            return datetime.combine(today + timedelta(days=1), MORNING, zone)
        case "monday":
            return datetime.combine(today + timedelta(days=7 - today.weekday()), MORNING, zone)
        case _:
            return None
