"""Whether a promise is still broken: asked when its timer rings, and again when each message goes out."""

from __future__ import annotations

from datetime import datetime

from bot.deliveries.desk import News
from qualification.events import Kind


def is_overdue(news: News, now: datetime) -> bool:
    """Whether what the named event promised (a claim, or the first touch after one) is still to be done."""
    lead = news.seen.lead
    if not news.seen.open or not news.events:
        return False
    if lead.snoozed_until is not None and lead.snoozed_until > now:
        return False
    event = news.events[0]
    if event.kind is Kind.CLOCK:
        return lead.owner is None
    if lead.owner is None or lead.claimed_at != event.at:
        return False
    return lead.last_touch_at is None or lead.last_touch_at < event.at
